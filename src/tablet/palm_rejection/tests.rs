//! Hands as they are, and fingers in any order.

use proptest::prelude::*;

use super::*;

const GLASS: ScreenArea = ScreenArea {
    width: 217.0,
    height: 136.0,
};

fn at(x: f32, y: f32) -> Point {
    Point { x, y }
}

/// The window's one pointer as it would be followed, and where it tapped.
#[derive(Default)]
struct Window {
    pressed: Option<Point>,
    taps: Vec<Point>,
}

impl Window {
    fn follow(&mut self, told: Vec<Pointer>) {
        for pointer in told {
            match pointer {
                Pointer::Pressed(spot) => {
                    assert_eq!(self.pressed.replace(spot), None, "pressed twice");
                }
                Pointer::Moved(_) => assert!(self.pressed.is_some(), "nothing moves"),
                Pointer::Released(_) => {
                    let tap = self.pressed.take().expect("it was pressed");
                    self.taps.push(tap);
                }
                Pointer::Exited => self.pressed = None,
            }
        }
    }
}

/// A hand on the glass and the window below it.
#[derive(Default)]
struct Hand {
    fingers: PalmRejection<u8>,
    window: Window,
    now_ms: u64,
}

impl Hand {
    fn down(&mut self, id: u8, spot: Point) -> &mut Self {
        let told = self.fingers.put_down(id, spot, GLASS, self.now_ms);
        self.window.follow(told);
        self
    }

    fn up(&mut self, id: u8, spot: Point) -> &mut Self {
        let told = self.fingers.lifted(id, spot, self.now_ms);
        self.window.follow(told);
        self
    }

    /// Time goes on, and the tablet looks when a finger will rest.
    fn wait(&mut self, milliseconds: u64) -> &mut Self {
        let until = self.now_ms + milliseconds;
        while let Some(due) = self.fingers.due_ms().filter(|due| *due <= until) {
            let told = self.fingers.update(due);
            self.window.follow(told);
        }
        self.now_ms = until;
        self
    }
}

const TILE: Point = Point { x: 60.0, y: 40.0 };
const OTHER: Point = Point { x: 150.0, y: 40.0 };
const MARGIN: Point = Point { x: 2.0, y: 70.0 };

#[test]
fn one_finger_lights_what_it_presses_and_taps_when_it_is_lifted() {
    let mut hand = Hand::default();
    hand.down(1, TILE);
    assert_eq!(hand.window.pressed, Some(TILE));
    hand.wait(4_900).up(1, TILE);
    assert_eq!(hand.window.taps, [TILE], "a long press is a tap");
}

#[test]
fn a_thumb_on_the_margin_blocks_nobody_and_opens_nothing() {
    for rested_ms in [0, 100, 1_000, 60_000] {
        let mut hand = Hand::default();
        hand.down(1, MARGIN).wait(rested_ms).down(2, TILE);
        assert_eq!(hand.window.pressed, Some(TILE), "after {rested_ms} ms");
        hand.wait(3_000).up(2, TILE).wait(50).up(1, MARGIN);
        assert_eq!(hand.window.taps, [TILE], "after {rested_ms} ms");
    }
}

#[test]
fn a_thumb_that_comes_later_does_not_take_the_tap() {
    let mut hand = Hand::default();
    hand.down(1, TILE).wait(100).down(2, MARGIN);
    assert_eq!(hand.window.pressed, Some(TILE));
    hand.wait(100).up(2, MARGIN).wait(10).up(1, TILE);
    assert_eq!(hand.window.taps, [TILE]);
}

#[test]
fn a_finger_at_the_margin_taps_too_whoever_rests() {
    let key = at(100.0, 133.0);
    let mut hand = Hand::default();
    hand.down(1, MARGIN)
        .wait(5_000)
        .down(2, key)
        .wait(80)
        .up(2, key);
    assert_eq!(hand.window.taps, [key]);
}

#[test]
fn a_hand_that_rests_on_one_tile_leaves_the_tap_to_the_other() {
    for rested_ms in [0, 400, 1_900, 2_100, 60_000] {
        let mut hand = Hand::default();
        hand.down(1, TILE).wait(rested_ms);
        hand.down(2, OTHER).wait(120).up(2, OTHER);
        hand.wait(900).up(1, TILE);
        assert_eq!(hand.window.taps, [OTHER], "after {rested_ms} ms");
    }
}

#[test]
fn a_heel_that_drops_behind_its_finger_opens_nothing() {
    let mut hand = Hand::default();
    hand.down(1, TILE).wait(150).down(2, OTHER).wait(100);
    hand.up(1, TILE).wait(800).up(2, OTHER);
    assert_eq!(hand.window.taps, [TILE]);
}

#[test]
fn who_only_rests_opens_nothing() {
    let mut hand = Hand::default();
    hand.down(1, TILE).wait(5_000);
    assert_eq!(hand.window.pressed, None, "the light goes out");
    hand.up(1, TILE);
    assert_eq!(hand.window.taps, []);
}

#[test]
fn a_palm_opens_nothing_and_two_fingers_together_are_one() {
    let mut palm = Hand::default();
    palm.down(1, TILE).wait(30).down(2, at(80.0, 45.0)).wait(30);
    palm.down(3, at(70.0, 60.0)).wait(200);
    assert_eq!(palm.window.pressed, None);
    // It rocks; then a finger taps beside it; then it is lifted, one after the other.
    palm.up(2, at(80.0, 45.0)).wait(400).down(4, at(82.0, 44.0));
    palm.wait(100).up(4, at(82.0, 44.0)).wait(100);
    palm.down(5, OTHER).wait(90).up(5, OTHER);
    palm.wait(10).up(1, TILE).wait(10).up(3, at(70.0, 60.0));
    assert_eq!(palm.window.taps, [OTHER]);

    let mut pair = Hand::default();
    pair.down(1, TILE)
        .wait(20)
        .down(2, at(76.0, 40.0))
        .wait(150);
    pair.up(1, TILE).wait(15).up(2, at(76.0, 40.0));
    assert_eq!(pair.window.taps, [TILE]);
}

#[test]
fn a_finger_that_the_system_takes_back_taps_nothing() {
    let mut hand = Hand::default();
    hand.down(1, TILE).wait(50);
    let told = hand.fingers.cancelled(1);
    hand.window.follow(told);
    assert_eq!((hand.window.pressed, hand.window.taps.len()), (None, 0));
}

#[derive(Debug, Clone, Copy)]
enum Deed {
    Down(u8, Point),
    Move(u8, Point),
    Up(u8),
    Cancel(u8),
    Wait(u64),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let spot = (0.0_f32..217.0, 0.0_f32..136.0).prop_map(|(x, y)| at(x, y));
    let finger = 0_u8..6;
    let deed = prop_oneof![
        3 => (finger.clone(), spot.clone()).prop_map(|(id, spot)| Deed::Down(id, spot)),
        1 => (finger.clone(), spot).prop_map(|(id, spot)| Deed::Move(id, spot)),
        3 => finger.clone().prop_map(Deed::Up),
        1 => finger.prop_map(Deed::Cancel),
        4 => prop_oneof![0_u64..400, 0_u64..6_000].prop_map(Deed::Wait),
    ];
    proptest::collection::vec(deed, 0..60)
}

/// What is known of a finger that is down: where and when it came, and that it must not tap any more.
#[derive(Clone, Copy)]
struct FingerTrack {
    began: Point,
    at: Point,
    began_ms: u64,
    is_spent: bool,
}

proptest! {
    /// Whatever the fingers do: a tap is a finger's that is lifted now, where it was put down, once; who was
    /// down while another tapped taps no more; nothing stays lit; and one finger more always taps.
    #[test]
    fn any_fingers_in_any_order(deeds in deeds()) {
        let mut hand = Hand::default();
        let mut tracks: [Option<FingerTrack>; 6] = [None; 6];
        for deed in deeds {
            let taps = hand.window.taps.len();
            match deed {
                Deed::Down(id, spot) => {
                    hand.down(id, spot);
                    tracks[usize::from(id)] = Some(FingerTrack {
                        began: spot,
                        at: spot,
                        began_ms: hand.now_ms,
                        is_spent: false,
                    });
                    prop_assert_eq!(hand.window.taps.len(), taps);
                }
                Deed::Move(id, spot) => {
                    let told = hand.fingers.moved(id, spot, hand.now_ms);
                    hand.window.follow(told);
                    if let Some(finger) = &mut tracks[usize::from(id)] {
                        finger.at = spot;
                    }
                    prop_assert_eq!(hand.window.taps.len(), taps);
                }
                Deed::Up(id) => {
                    let Some(finger) = tracks[usize::from(id)].take() else {
                        hand.up(id, TILE);
                        prop_assert_eq!(hand.window.taps.len(), taps);
                        continue;
                    };
                    hand.up(id, finger.at);
                    if hand.window.taps.len() > taps {
                        prop_assert_eq!(&hand.window.taps[taps..], &[finger.began]);
                        prop_assert!(!finger.is_spent, "another tapped since");
                        prop_assert!(hand.now_ms - finger.began_ms < ALONE_MS, "it rested");
                        for other in tracks.iter_mut().flatten() {
                            other.is_spent = true;
                        }
                    }
                }
                Deed::Cancel(id) => {
                    let told = hand.fingers.cancelled(id);
                    hand.window.follow(told);
                    tracks[usize::from(id)] = None;
                    prop_assert_eq!(hand.window.taps.len(), taps);
                }
                Deed::Wait(milliseconds) => {
                    hand.wait(milliseconds);
                    prop_assert_eq!(hand.window.taps.len(), taps);
                }
            }
            if tracks.iter().all(Option::is_none) {
                prop_assert_eq!(hand.window.pressed, None);
            }
        }
        hand.wait(ALONE_MS);
        prop_assert_eq!(hand.window.pressed, None, "nothing stays lit");
        prop_assert_eq!(hand.fingers.due_ms(), None, "nothing is waited for");
        // Who lies there hinders nobody.
        let far = |spot: Point| {
            tracks.iter().flatten().all(|it| distance(it.at, spot) > BESIDE_PALM_MM)
        };
        let free = [(60.0, 40.0), (150.0, 40.0), (60.0, 100.0), (150.0, 100.0), (108.0, 68.0)];
        if let Some((x, y)) = free.into_iter().find(|(x, y)| far(at(*x, *y))) {
            let taps = hand.window.taps.len();
            hand.down(9, at(x, y)).wait(100).up(9, at(x, y));
            prop_assert_eq!(&hand.window.taps[taps..], &[at(x, y)]);
        }
    }
}
