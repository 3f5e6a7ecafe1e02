//! kill -9 at random moments: nothing that was taken as written is lost, nothing doubled, and the
//! library is whole each time. `KAIRAN_TABLET_KILLS`, `KAIRAN_BACKEND_KILLS`,
//! `KAIRAN_CLOSING_KILLS` and `KAIRAN_ERASING_KILLS` set how often.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use kairan_backend::{
    database::Database,
    usage::{
        closing::Archive,
        queries::{Intake, SummaryValue},
    },
};
use kairan_contract::{EnrolmentCode, Participation, TabletId, WireRecord};
use kairan_evaluation::summaries::SUMMARIES;
use kairan_tablet::library::Library;
use kairan_tests::{
    house::House,
    programs::{Backend, Tablet, program},
    until,
};
use rand::Rng as _;
use uuid::Uuid;

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
    let snapshot = library
        .snapshot()
        .expect("there was a manifest before, so there is one now");
    assert_eq!(
        library.missing(&snapshot.manifest).len(),
        0,
        "a manifest is in force whose blobs are not all whole"
    );
    assert_eq!(snapshot.contents.len(), snapshot.manifest.services.len());
}

fn holds_everything(house: &House) {
    until("the whole library", || {
        Library::open(house.tablet())
            .ok()?
            .snapshot()
            .filter(|snapshot| snapshot.contents.len() == 3)
    });
}

/// Waits until every record that was taken as written has arrived, each once.
fn arrived(house: &House, written: u64) -> Vec<Kept> {
    until("every record that was taken as written", || {
        let kept = records(house.server());
        complete_up_to(&kept, written).then_some(kept)
    })
}

/// Starts the tablet once more, and closes everything when all has arrived: how many records there are then.
fn all_that_arrives(house: &House, backend: Backend, written: u64) -> usize {
    library_is_whole(house.tablet());
    let tablet = house.tablet_at(&backend.address);
    let kept = arrived(house, written);
    tablet.close();
    backend.stop();
    kept.len()
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
    let kept = all_that_arrives(&house, backend, written);
    println!(
        "tablet killed {times} times: {written} records taken as written before the last kill, {kept} arrived, 0 lost, 0 doubled"
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
    let kept = all_that_arrives(&house, backend, written);
    println!(
        "backend killed {times} times: {written} records taken as written by then, {kept} arrived, 0 lost, 0 doubled"
    );
}

/// Everything that lies in a data folder: in the days' files and in the database.
fn everything(data: &Path) -> Vec<(String, i64)> {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (mut rows, told) = runtime.block_on(async {
        let store = Database::open(data, None).await.expect("opens");
        let archive = Archive::open(data, None).expect("opens");
        let mut rows = Vec::new();
        for closed in store.closed_days().await.expect("reads") {
            rows.extend(archive.rows(closed.day).await.expect("whole"));
        }
        let quality = SUMMARIES.iter().find(|it| it.name == "quality");
        let quality = quality.expect("there");
        let told = store
            .summary(quality, i64::MIN, i64::MAX)
            .await
            .expect("reads");
        for day in store.open_days(i64::MAX).await.expect("reads") {
            rows.extend(store.rows_of(day).await.expect("reads"));
        }
        store.close().await;
        (rows, told)
    });
    // What the summaries say was written is what the files hold.
    let written = told.iter().map(|row| match row[3] {
        SummaryValue::Number(Some(written)) => written,
        _ => 0,
    });
    let open = usize::try_from(written.sum::<i64>()).expect("a count");
    assert!(open <= rows.len(), "the summaries tell more than there is");
    rows.sort();
    let keys = rows.iter().map(|row| {
        let (tablet, sequence) = row.key();
        (tablet.to_owned(), sequence)
    });
    keys.collect()
}

fn start(arguments: &[&str]) -> std::process::Child {
    std::process::Command::new(program("kairan"))
        .args(arguments)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("starts")
}

/// Starts a command of `kairan` and kills it at a random moment, so many times; then lets it end.
fn killed_while(times: u32, mut before: impl FnMut(u32), arguments: &[&str]) {
    let mut random = rand::rng();
    for round in 0..times {
        before(round);
        let mut child = start(arguments);
        std::thread::sleep(Duration::from_millis(random.random_range(5..250)));
        let _ = child.kill();
        let _ = child.wait();
    }
    before(times);
    assert!(start(arguments).wait().expect("ends").success());
}

#[test]
fn the_closing_of_days_is_killed_at_random_moments() {
    let times = kills("KAIRAN_CLOSING_KILLS", 10);
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let tablets = [1_u128, 2, 3].map(|number| TabletId(Uuid::from_u128(number)));
    let now: jiff::Timestamp = "2026-11-23T00:00:00Z".parse().expect("a time");
    let mut sent = Vec::new();
    let arguments = ["close-days", "--data", data.to_str().expect("text")];
    killed_while(
        times,
        |round| {
            // More comes in between: every tablet sends 60 records over ten days, some of them again.
            let first = u64::from(round) * 60 + 1;
            runtime.block_on(async {
                let store = Database::open(data, None).await.expect("opens");
                for (number, tablet) in (100..).zip(tablets) {
                    if round == 0 {
                        let code = EnrolmentCode::from_number(number);
                        let loan = Participation(tablet.0);
                        assert!(store.add_code(&code, loan, now).await.expect("adds"));
                        store
                            .enrol(&code, tablet, &format!("token {number}"), now)
                            .await
                            .expect("enrols");
                    }
                    let again = first.saturating_sub(20).max(1);
                    let intake = Intake {
                        records: (again..first + 60)
                            .map(|sequence| read(tablet, sequence))
                            .collect(),
                        refused: Vec::new(),
                        held_from: 1,
                    };
                    store.take_in(tablet, &intake, now).await.expect("takes in");
                }
                store.close().await;
            });
            for tablet in tablets {
                for sequence in first..first + 60 {
                    sent.push((tablet.to_string(), i64::try_from(sequence).expect("fits")));
                }
            }
        },
        &arguments,
    );
    sent.sort();
    assert!(everything(data) == sent, "not exactly what was sent");
    println!(
        "closing killed {times} times: {} records sent, each there once",
        sent.len()
    );
}

/// A record of one of ten days, by its number.
fn read(tablet: TabletId, sequence: u64) -> WireRecord {
    let day = i64::try_from(sequence % 10).expect("fits");
    serde_json::from_value(serde_json::json!({
        "tablet": tablet, "participation": tablet, "sequence": sequence, "boot": tablet, "uptime_ms": 1,
        "happened_at": 1_790_000_000_000_i64 + day * 86_400_000, "clock_offset_ms": 0, "visit": 1,
        "catalogue": 1, "kind": "service_left", "service": "bus",
        "detail": { "dwell_ms": sequence * 100, "how": "home" }
    }))
    .expect("a record")
}

#[test]
fn the_erasing_of_a_loan_is_killed_at_random_moments() {
    let times = kills("KAIRAN_ERASING_KILLS", 5);
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let place = data.to_str().expect("text");
    let made = start(&["simulate", "--loans", "25", "--days", "40", "--out", place])
        .wait()
        .expect("ends");
    assert!(made.success());
    let truth = std::fs::read_to_string(data.join("truth.json")).expect("written");
    let truth: Vec<serde_json::Value> = serde_json::from_str(&truth).expect("JSON");
    // The truth of a made-up pilot names everybody; a real one has no such file.
    std::fs::remove_file(data.join("truth.json")).expect("removes");
    let busiest = truth.iter().max_by_key(|it| it["visits"].as_u64());
    let leaving = busiest.expect("somebody")["participation"]
        .as_str()
        .expect("a pseudonym");
    let before = rows_by_loan(&data);
    assert!(before[leaving] > 100);
    killed_while(times, |_| {}, &["erase", leaving, "--data", place]);
    let mut after = rows_by_loan(&data);
    for (loan, rows) in before {
        let left = after.remove(&loan).unwrap_or(0);
        assert_eq!(left, if loan == leaving { 0 } else { rows }, "{loan}");
    }
    // Nothing of it lies in any file, not even where a database has deleted something.
    for file in walk(&data) {
        let bytes = std::fs::read(&file).expect("reads");
        let found = bytes
            .windows(leaving.len())
            .any(|part| part == leaving.as_bytes());
        assert!(!found, "{} still names the loan", file.display());
    }
    println!("erasing killed {times} times: nothing of the loan is left, and all of the others");
}

fn rows_by_loan(data: &Path) -> std::collections::BTreeMap<String, usize> {
    let mut loans = std::collections::BTreeMap::new();
    for file in walk(&data.join("days")) {
        if file.extension().is_some_and(|it| it == "parquet") {
            let bytes = std::fs::read(&file).expect("reads");
            for row in kairan_evaluation::archive::read(bytes).expect("whole") {
                *loans
                    .entry(row.participation.unwrap_or_default())
                    .or_default() += 1;
            }
        }
    }
    loans
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("reads").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(walk(&path));
        } else {
            files.push(path);
        }
    }
    files
}
