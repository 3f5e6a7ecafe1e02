//! The tablet's one clock on the real programs: what the clock on the wall does, and what the machine
//! sleeps through, changes nothing that is told or written down.

use jiff::{SignedDuration, Timestamp, ToSpan as _, Unit, tz::Offset};
use kairan_contract::Language;
use kairan_tablet::dates::time;
use kairan_tests::{
    council::{LANDSLIDE, WARNINGS_TILE},
    house::House,
    programs::Tablet,
    until,
};

use crate::usage_table::{complete_up_to, records};

/// A moment as it stands on the screen.
fn written(at: Timestamp) -> String {
    time(Language::JAPANESE, Offset::constant(9).to_datetime(at))
}

/// Whether a person sees what time it is; what is drawn may be a moment old.
fn tells_the_time(tablet: &mut Tablet) -> bool {
    let screen = tablet.look();
    let now = Timestamp::now();
    let minutes = [now, now - 1.minute()].map(written);
    screen
        .lines()
        .any(|line| minutes.iter().any(|minute| line.ends_with(&**minute)))
}

#[test]
fn no_step_of_the_clock_on_the_wall_changes_what_is_shown_or_misdates_a_record() {
    let house = House::with_warnings();
    let backend = house.backend();
    let mut tablet = house.listening_tablet(&backend);
    tablet.wait_for("今は ありません");
    let began = Timestamp::now();
    for step in [
        "step 10800",
        "step -21600",
        "wall 1970-01-02T00:00:00Z",
        "wall 2099-12-31T00:00:00Z",
        "wall 2020-01-01T00:00:00Z",
    ] {
        tablet.befall(step);
        tablet.go("天気", "ひだまり地方気象台");
        tablet.go("はじめ", "今は ありません");
        assert!(tells_the_time(&mut tablet), "{step}: {}", tablet.look());
    }
    // A warning takes over although the clock on the wall is years before it, and is answered once.
    house.council.publish_warnings(LANDSLIDE);
    tablet.wait_for("土砂災害危険警報");
    tablet.befall("wall 2099-12-31T00:00:00Z");
    tablet.go("わかりました", "ひだまり地方気象台");
    let last = tablet.close();
    let ended = Timestamp::now();
    let kept = until("every record", || {
        let kept = records(house.server());
        complete_up_to(&kept, last).then_some(kept)
    });
    backend.stop();
    let opened: Vec<_> = kept
        .iter()
        .filter(|record| record.kind == "service_opened")
        .collect();
    assert!(opened.len() >= 6, "{kept:?}");
    // The council's clock and the test's are one; the way of an answer is all that may lie between.
    let slack = SignedDuration::from_secs(2);
    let real = (began - slack).as_millisecond()..=(ended + slack).as_millisecond();
    for record in opened {
        let offset = record.clock_offset_ms.expect("the time was known");
        assert!(real.contains(&(record.happened_at + offset)), "{record:?}");
    }
    let answered = kept.iter().filter(|record| record.kind == "alert_answered");
    assert_eq!(answered.count(), 1);
}

#[test]
fn after_five_untouched_minutes_the_first_touch_only_wakes_and_the_next_answers() {
    let house = House::with_warnings();
    let backend = house.backend();
    let mut tablet = house.listening_tablet(&backend);
    tablet.wait_for("今は ありません");
    tablet.go("天気", "ひだまり地方気象台");
    tablet.befall("sleep 301");
    house.council.publish_warnings(LANDSLIDE);
    tablet.wait_for_sight("土砂災害危険警報");
    // A long press is a tap, and no tremor: whatever leaves this one alone leaves it because it wakes.
    tablet.take_hand("long");
    assert!(tablet.touch("わかりました"));
    let sees = tablet.look();
    assert!(!sees.contains("ひだまり地方気象台"), "{sees}");
    assert!(tablet.touch("わかりました"), "it is still asked");
    // Behind it is the page that says all that is in force.
    let sees = tablet.look();
    assert!(sees.contains("ひだまり地方気象台"), "{sees}");
    let last = tablet.close();
    let kept = until("every record", || {
        let kept = records(house.server());
        complete_up_to(&kept, last).then_some(kept)
    });
    let answered = kept.iter().filter(|record| record.kind == "alert_answered");
    assert_eq!(answered.count(), 1);
    backend.stop();
}

#[test]
fn the_minute_is_right_as_soon_as_the_machine_wakes() {
    let house = House::new();
    let backend = house.backend();
    let address = backend.address.clone();
    let mut tablet = house.enrolled_tablet(&backend);
    tablet.wait_for("ごみの出し方");
    tablet.close();
    backend.stop();
    // The beginning of a minute, so that the next one is far.
    let wall = (Timestamp::now() + 48.hours())
        .round(Unit::Minute)
        .expect("a time");
    let mut tablet = Tablet::start_at_time(&address, house.tablet(), wall, "another start");
    tablet.wait_for_sight(&written(wall));
    tablet.befall("sleep 7380");
    let woken = std::time::Instant::now();
    let shown = until("another minute", || {
        let screen = tablet.look();
        let before = written(wall);
        let is_before = screen.lines().any(|line| line.ends_with(&before));
        (!is_before).then_some(screen)
    });
    println!("shown {} ms after waking", woken.elapsed().as_millis());
    let minute = written(wall + 123.minutes());
    assert!(
        shown.lines().any(|line| line.ends_with(&minute)),
        "not {minute}, but only with the next minute:\n{shown}"
    );
    tablet.close();
}

#[test]
fn a_tablet_that_starts_without_a_network_and_with_a_clock_of_2020_warns_and_tells_the_time() {
    let house = House::new();
    house.council.publish_warnings(LANDSLIDE);
    house.council.add_tile(WARNINGS_TILE);
    let backend = house.backend();
    let address = backend.address.clone();
    let mut tablet = house.enrolled_tablet(&backend);
    tablet.wait_for("土砂災害危険警報");
    until("what is known of the time, on the disk", || {
        let choices = std::fs::read_to_string(house.tablet().join("choices.json")).ok()?;
        choices.contains("machine_start").then_some(())
    });
    tablet.kill();
    backend.kill();
    let wall = "2020-01-01T00:00:00Z".parse().expect("a time");
    // The program alone was killed: the time has only run on.
    let machine =
        kairan_tablet::uptime::Clocks::machine_start(&kairan_tablet::uptime::MachineClocks);
    let mut tablet = Tablet::start_at_time(&address, house.tablet(), wall, &machine);
    tablet.wait_for("土砂災害危険警報");
    tablet.go("わかりました", "ひだまり地方気象台");
    assert!(tells_the_time(&mut tablet), "{}", tablet.look());
    tablet.close();
    // The battery was empty: it is later than the last contact, whatever the wall shows.
    let mut tablet = Tablet::start_at_time(&address, house.tablet(), wall, "another start");
    tablet.go("警報", "ひだまり地方気象台");
    let screen = tablet.look();
    assert!(screen.contains("土砂災害危険警報"), "{screen}");
    assert!(!screen.contains("2020年"), "{screen}");
    tablet.close();
}
