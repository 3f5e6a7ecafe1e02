//! Hands as they are on a real touch screen, under the real window: what rests neither blocks nor opens.

use std::{thread::sleep, time::Duration};

use kairan_tests::{
    glass::{Glass, Pixel, Window},
    house::House,
    programs::Backend,
    until,
};

use crate::usage_table::records;

/// Longer than the tablet takes a second tap for a tremor.
const PATIENCE: Duration = Duration::from_millis(800);
const GREEN: [u8; 3] = [0x0b, 0x5d, 0x33];
const PURPLE: [u8; 3] = [0x6a, 0x1b, 0x7a];
/// The key はじめ.
const HOME: Pixel = Pixel { x: 90.0, y: 730.0 };
/// The frame of the tablet, where a thumb holds it.
const MARGIN: Pixel = Pixel { x: 6.0, y: 420.0 };

const TILES: &str = r##"
[[category]]
id = "green"
name = "みどり"
colour = "#0b5d33"
icon = "recycle"

[[category]]
id = "purple"
name = "むらさき"
colour = "#6a1b7a"
icon = "recycle"

[[service]]
id = "green"
provider = "city"
category = "green"
title = "みどりの窓"
reading = "みどりのまど"
summary = "みどり"
icon = "recycle"
content = { kind = "page", file = "garbage.md" }

[[service]]
id = "purple"
provider = "city"
category = "purple"
title = "むらさき"
reading = "むらさき"
summary = "むらさき"
icon = "recycle"
content = { kind = "page", file = "garbage.md" }
"##;

/// A hand before a tablet that shows a green and a purple tile.
struct Hand {
    glass: Glass,
    window: Window,
    backend: Backend,
    house: House,
}

impl Hand {
    fn new() -> Self {
        let house = House::new();
        house.council.add_tile(TILES);
        let backend = house.backend();
        let glass = Glass::start();
        let code = backend.enrolment_code();
        let window = glass.tablet(&backend.address, house.tablet(), &[("--enrol", &code)]);
        until("the tiles", || {
            glass.middle_of(GREEN)?;
            glass.middle_of(PURPLE)
        });
        sleep(PATIENCE);
        Self {
            glass,
            window,
            backend,
            house,
        }
    }

    fn tile(&self, colour: [u8; 3]) -> Pixel {
        self.glass.middle_of(colour).expect("the tile is there")
    }

    /// Which tiles were opened so far, as the council is told.
    fn opened(&self) -> Vec<String> {
        let kept = records(self.house.server()).into_iter();
        kept.filter(|it| it.kind == "service_opened")
            .filter_map(|it| it.service)
            .collect()
    }

    fn waits_until_opened(&self, tiles: &[&str]) {
        until("the tile that was tapped", || {
            let opened = self.opened();
            assert!(
                tiles.iter().zip(&opened).all(|(wanted, it)| wanted == it),
                "{opened:?} instead of {tiles:?}"
            );
            (opened.len() >= tiles.len()).then_some(())
        });
        sleep(PATIENCE);
    }

    fn goes_home(&mut self, finger: u32) {
        self.glass.tap(finger, HOME);
        until("the tiles", || self.glass.middle_of(PURPLE));
        sleep(PATIENCE);
    }

    /// Everything that was opened, and nothing else, when all is over.
    fn ends(self, tiles: &[&str]) {
        let (house, backend) = (&self.house, &self.backend);
        self.window.stop();
        until("the end of the visit", || {
            let kept = records(house.server());
            kept.iter().any(|it| it.kind == "visit_ended").then_some(())
        });
        let kept = records(house.server()).into_iter();
        let opened: Vec<String> = kept
            .filter(|it| it.kind == "service_opened")
            .filter_map(|it| it.service)
            .collect();
        assert_eq!(opened, tiles, "{}", backend.log());
    }
}

#[test]
fn a_thumb_on_the_margin_blocks_no_other_finger() {
    let mut hand = Hand::new();
    let tile = hand.tile(PURPLE);
    hand.glass.down(1, MARGIN);
    sleep(PATIENCE);
    hand.glass.tap(2, tile);
    hand.waits_until_opened(&["purple"]);
    // It still holds the tablet.
    hand.goes_home(3);
    let tile = hand.tile(GREEN);
    hand.glass.tap(4, tile);
    hand.waits_until_opened(&["purple", "green"]);
    hand.glass.up(1, MARGIN);
    hand.ends(&["purple", "green"]);
}

#[test]
fn a_palm_on_one_tile_leaves_the_tap_to_the_other_and_opens_nothing_when_it_is_lifted() {
    let mut hand = Hand::new();
    let (green, purple) = (hand.tile(GREEN), hand.tile(PURPLE));
    // One contact of the palm alone, then three at once.
    hand.glass.down(1, green);
    sleep(PATIENCE);
    hand.glass.tap(2, purple);
    hand.waits_until_opened(&["purple"]);
    hand.glass.up(1, green);
    sleep(PATIENCE);
    hand.goes_home(3);
    let palm = |by: f64| Pixel {
        x: green.x + by,
        y: green.y + by / 2.0,
    };
    for (finger, by) in [(4, 0.0), (5, 70.0), (6, -70.0)] {
        hand.glass.down(finger, palm(by));
    }
    sleep(PATIENCE);
    hand.glass.tap(7, purple);
    hand.waits_until_opened(&["purple", "purple"]);
    for (finger, by) in [(4, 0.0), (5, 70.0), (6, -70.0)] {
        hand.glass.up(finger, palm(by));
    }
    sleep(PATIENCE);
    hand.goes_home(8);
    for (finger, by) in [(9, 0.0), (10, 60.0), (11, -60.0)] {
        hand.glass.down(finger, palm(by));
    }
    for (finger, by) in [(9, 0.0), (10, 60.0), (11, -60.0)] {
        hand.glass.up(finger, palm(by));
    }
    sleep(PATIENCE);
    hand.glass.tap(12, purple);
    hand.waits_until_opened(&["purple", "purple", "purple"]);
    hand.ends(&["purple", "purple", "purple"]);
}

#[test]
fn one_finger_taps_whether_it_presses_long_or_slides_a_little() {
    let mut hand = Hand::new();
    let purple = hand.tile(PURPLE);
    hand.glass.down(1, purple);
    sleep(Duration::from_secs(3));
    // 7 mm at 149 pixels an inch.
    let slid = Pixel {
        x: purple.x + 41.0,
        y: purple.y,
    };
    hand.glass.slide(1, slid);
    hand.glass.up(1, slid);
    hand.waits_until_opened(&["purple"]);
    hand.goes_home(2);
    // Who lies there for six seconds did not tap.
    let green = hand.tile(GREEN);
    hand.glass.down(3, green);
    sleep(Duration::from_secs(6));
    hand.glass.up(3, green);
    sleep(PATIENCE);
    hand.glass.tap(4, purple);
    hand.waits_until_opened(&["purple", "purple"]);
    hand.ends(&["purple", "purple"]);
}
