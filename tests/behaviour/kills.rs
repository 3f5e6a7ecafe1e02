//! kill -9 at random moments: nothing that was taken as written is lost, nothing doubled, and the
//! library is whole each time. `KAIRAN_TABLET_KILLS` and `KAIRAN_BACKEND_KILLS` set how often.

use std::{path::Path, time::Duration};

use kairan_tablet::library::Library;
use kairan_tests::{
    council::Council,
    programs::{Backend, Tablet},
    until,
};
use rand::Rng as _;

use crate::usage_table::{complete_up_to, records};

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

fn library_is_whole(data: &Path) {
    let library = Library::open(data).expect("opens");
    let held = library
        .held()
        .expect("there was a manifest before, so there is one now");
    assert_eq!(
        library.missing_now().len(),
        0,
        "a manifest is in force whose blobs are not all whole"
    );
    assert_eq!(held.contents.len(), held.manifest.services.len());
}

#[test]
fn the_tablet_is_killed_at_random_moments() {
    let times = kills("KAIRAN_TABLET_KILLS", 10);
    let (council, server, data) = (
        Council::new(),
        tempfile::tempdir().expect("dir"),
        tempfile::tempdir().expect("dir"),
    );
    let backend = Backend::start(&council, server.path());
    let mut tablet = Tablet::start(
        &backend.address,
        data.path(),
        Some(&backend.enrolment_code()),
    );
    tablet.wait_for("晴れ 21°");
    tablet.wait_for("あたらしい記事");
    tablet.wait_for("曜日と分け方");
    until("the whole library", || {
        Library::open(data.path())
            .ok()?
            .held()
            .filter(|h| h.contents.len() == 3)
    });
    let mut written = tablet.kill();
    let mut random = rand::rng();
    for round in 0..times {
        library_is_whole(data.path());
        // The content changes all the time, so that kills fall into syncs too.
        council.publish_news(&[&format!("第{round}号"), "水道工事のお知らせ"]);
        let mut tablet = Tablet::start(&backend.address, data.path(), None);
        let life = Duration::from_millis(random.random_range(50..2_500));
        let began = std::time::Instant::now();
        for label in SCRIPT.iter().cycle() {
            if began.elapsed() >= life {
                break;
            }
            tablet.touch(label);
            std::thread::sleep(Duration::from_millis(random.random_range(0..150)));
        }
        written = written.max(tablet.kill());
    }
    library_is_whole(data.path());
    let tablet = Tablet::start(&backend.address, data.path(), None);
    let kept = until("every record that was taken as written", || {
        let kept = records(server.path());
        complete_up_to(&kept, written).then_some(kept)
    });
    let last = tablet.close();
    println!(
        "tablet killed {times} times: {} records, {written} taken as written before the last kill, 0 lost, 0 doubled",
        kept.len()
    );
    assert!(last >= written);
    backend.stop();
}

#[test]
fn the_backend_is_killed_at_random_moments() {
    let times = kills("KAIRAN_BACKEND_KILLS", 5);
    let (council, server, data) = (
        Council::new(),
        tempfile::tempdir().expect("dir"),
        tempfile::tempdir().expect("dir"),
    );
    let mut backend = Backend::start(&council, server.path());
    let port = backend.host_and_port();
    let mut tablet = Tablet::start(
        &backend.address,
        data.path(),
        Some(&backend.enrolment_code()),
    );
    tablet.wait_for("市からのお知らせ");
    let mut random = rand::rng();
    for round in 0..times {
        council.publish_news(&[&format!("第{round}号"), "水道工事のお知らせ"]);
        let life = Duration::from_millis(random.random_range(50..2_500));
        let began = std::time::Instant::now();
        for label in SCRIPT.iter().cycle() {
            if began.elapsed() >= life {
                break;
            }
            tablet.touch(label);
            std::thread::sleep(Duration::from_millis(random.random_range(0..150)));
        }
        backend.kill();
        backend = Backend::start_at(&council, server.path(), &port, &[]);
    }
    let address = backend.address.clone();
    let written = tablet.close();
    library_is_whole(data.path());
    let tablet = Tablet::start(&address, data.path(), None);
    let kept = until("every record that was taken as written", || {
        let kept = records(server.path());
        complete_up_to(&kept, written).then_some(kept)
    });
    tablet.close();
    println!(
        "backend killed {times} times: {} records, {written} taken as written by then, 0 lost, 0 doubled",
        kept.len()
    );
    backend.stop();
}
