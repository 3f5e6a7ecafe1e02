//! kill -9 at random moments: nothing that was taken as written is lost, nothing doubled, and the
//! library is whole each time. `KAIRAN_TABLET_KILLS` and `KAIRAN_BACKEND_KILLS` set how often.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use kairan_tablet::library::Library;
use kairan_tests::{
    house::House,
    programs::{Backend, Tablet},
    until,
};
use rand::Rng as _;

use crate::usage_table::{Kept, complete_up_to, records};

fn kills(name: &str, otherwise: u32) -> u32 {
    std::env::var(name)
        .ok()
        .and_then(|number| number.parse().ok())
        .unwrap_or(otherwise)
}

/// Touches as a resident would, and as nobody would.
const SCRIPT: [&str; 8] = [
    "市からのお知らせ",
    "もどる",
    "天気",
    "はじめ",
    "文字の大きさ",
    "いちばん大きい文字",
    "困ったとき",
    "はじめ",
];

/// Touches the tablet for a random while, so that what follows comes at a random moment.
fn use_for_a_while(tablet: &mut Tablet) {
    let mut random = rand::rng();
    let life = Duration::from_millis(random.random_range(50..2_500));
    let began = Instant::now();
    for label in SCRIPT.iter().cycle() {
        if began.elapsed() >= life {
            break;
        }
        tablet.touch(label);
        std::thread::sleep(Duration::from_millis(random.random_range(0..150)));
    }
}

/// The content changes all the time, so that kills fall into syncs too.
fn publish_anew(house: &House, round: u32) {
    house
        .council
        .publish_news(&[&format!("第{round}号"), "水道工事のお知らせ"]);
}

fn library_is_whole(data: &Path) {
    let library = Library::open(data).expect("opens");
    let held = library
        .held()
        .expect("there was a manifest before, so there is one now");
    assert_eq!(
        library.missing(&held.manifest).len(),
        0,
        "a manifest is in force whose blobs are not all whole"
    );
    assert_eq!(held.contents.len(), held.manifest.services.len());
}

fn holds_everything(house: &House) {
    until("the whole library", || {
        Library::open(house.tablet())
            .ok()?
            .held()
            .filter(|held| held.contents.len() == 3)
    });
}

/// Waits until every record that was taken as written has arrived, each once.
fn arrived(house: &House, written: u64) -> Vec<Kept> {
    until("every record that was taken as written", || {
        let kept = records(house.server());
        complete_up_to(&kept, written).then_some(kept)
    })
}

#[test]
fn the_tablet_is_killed_at_random_moments() {
    let times = kills("KAIRAN_TABLET_KILLS", 10);
    let house = House::new();
    let backend = house.backend();
    let tablet = house.enrolled_tablet(&backend);
    holds_everything(&house);
    let mut written = tablet.kill();
    for round in 0..times {
        library_is_whole(house.tablet());
        publish_anew(&house, round);
        let mut tablet = house.tablet_at(&backend.address);
        use_for_a_while(&mut tablet);
        written = written.max(tablet.kill());
    }
    library_is_whole(house.tablet());
    let tablet = house.tablet_at(&backend.address);
    let kept = arrived(&house, written);
    tablet.close();
    backend.stop();
    println!(
        "tablet killed {times} times: {written} records taken as written before the last kill, {} arrived, 0 lost, 0 doubled",
        kept.len()
    );
}

#[test]
fn the_backend_is_killed_at_random_moments() {
    let times = kills("KAIRAN_BACKEND_KILLS", 5);
    let house = House::new();
    let mut backend = house.backend();
    let port = backend.host_and_port();
    let mut tablet = house.enrolled_tablet(&backend);
    holds_everything(&house);
    for round in 0..times {
        publish_anew(&house, round);
        use_for_a_while(&mut tablet);
        backend.kill();
        backend = Backend::start_at(&house.council, house.server(), &port, &[]);
    }
    let written = tablet.close();
    library_is_whole(house.tablet());
    let tablet = house.tablet_at(&backend.address);
    let kept = arrived(&house, written);
    tablet.close();
    backend.stop();
    println!(
        "backend killed {times} times: {written} records taken as written by then, {} arrived, 0 lost, 0 doubled",
        kept.len()
    );
}
