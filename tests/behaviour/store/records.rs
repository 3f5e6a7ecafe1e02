//! Usage records come in once and go in time.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use kairan_backend::{
    database::Database,
    usage::{
        closing::{Archive, close_days},
        erasing::erase,
        queries::{Intake, NotKept},
        retention::let_go,
    },
};
use kairan_contract::{EnrolmentCode, Participation, TabletId, WireRecord};
use kairan_evaluation::summaries::SUMMARIES;
use uuid::Uuid;

pub(super) fn record(tablet: TabletId, sequence: u64) -> WireRecord {
    serde_json::from_value(serde_json::json!({
        "tablet": tablet, "participation": tablet, "sequence": sequence, "boot": tablet, "uptime_ms": 1,
        "happened_at": -1, "clock_offset_ms": if sequence.is_multiple_of(2) { Some(-5) } else { None }, "visit": 1, "catalogue": 1,
        "kind": "started", "service": null, "detail": { "cause": "power" }
    }))
    .expect("a record")
}

pub(super) async fn records_are_kept_once(store: &Database, now: Timestamp) {
    let tablet = TabletId(Uuid::new_v4());
    let code = EnrolmentCode::from_number(9);
    assert!(
        store
            .add_code(&code, Participation(Uuid::new_v4()), now)
            .await
            .expect("adds")
    );
    store
        .enrol(&code, tablet, "token-d", now)
        .await
        .expect("enrols");
    let intake = |numbers: std::ops::RangeInclusive<u64>| Intake {
        records: numbers.map(|sequence| record(tablet, sequence)).collect(),
        refused: Vec::new(),
        held_from: 1,
    };
    // Overlapping batches at the same time, as when an answer is lost and the tablet asks again.
    let batches = [1..=400, 200..=600, 1..=500, 500..=800, 801..=1_000, 1..=10];
    let mut tasks = tokio::task::JoinSet::new();
    for numbers in batches {
        let (store, intake) = (store.clone(), intake(numbers));
        tasks.spawn(async move { store.take_in(tablet, &intake, now).await.expect("takes in") });
    }
    let answers = tasks.join_all().await;
    assert_eq!(answers.iter().map(|it| it.acknowledged).max(), Some(1_000));
    assert_eq!(store.count_usage_records().await.expect("counts"), 1_000);
    let gap = Intake {
        records: Vec::new(),
        refused: vec![(1_002, "bad".to_owned())],
        held_from: 1,
    };
    assert_eq!(
        store
            .take_in(tablet, &gap, now)
            .await
            .expect("takes in")
            .acknowledged,
        1_000
    );
    let lost = Intake {
        records: Vec::new(),
        refused: vec![(1_001, "bad".to_owned())],
        held_from: 1,
    };
    assert_eq!(
        store
            .take_in(tablet, &lost, now)
            .await
            .expect("takes in")
            .acknowledged,
        1_002
    );
}

/// The files go, the figures stay, and what comes late for such a day is refused with the reason.
pub(super) async fn records_go_when_they_may_be_kept_no_longer(
    store: &Database,
    folder: &Path,
    now: Timestamp,
) {
    let catalogue = include_str!("../../fixtures/services.toml");
    let catalogue = format!("{catalogue}\n[evaluation]\nkeep_records_days = 31\n");
    let tablet = TabletId(Uuid::new_v4());
    let code = EnrolmentCode::from_number(12);
    let loan = Participation(Uuid::new_v4());
    assert!(store.add_code(&code, loan, now).await.expect("adds"));
    let entered = store.enrol(&code, tablet, "token-f", now).await;
    entered.expect("enrols");
    // Thirty days ago, forty days ago, and by a clock that was never set.
    let ago = |days: i64| (now - SignedDuration::from_hours(days * 24)).as_millisecond();
    let dated = |sequence: u64, at: i64| {
        let mut record = record(tablet, sequence);
        (record.happened_at, record.clock_offset_ms) = (at, None);
        record
    };
    let intake = |records: Vec<WireRecord>| Intake {
        records,
        refused: Vec::new(),
        held_from: 1,
    };
    let records = vec![dated(1, ago(30)), dated(2, ago(40)), dated(3, 0)];
    let taken = store.take_in(tablet, &intake(records), now).await;
    assert_eq!(taken.expect("takes in").acknowledged, 3);
    let archive = Archive::open(folder, None).expect("opens");
    assert_eq!(close_days(store, &archive, now).await.expect("closes"), 3);
    let day = |days: i64| kairan_evaluation::row::day_of(ago(days));
    assert_eq!(let_go(store, &archive, now).await.expect("asks"), 0);
    assert!(archive.path(day(40)).exists(), "nobody has decided yet");

    store
        .catalogue_revision(&catalogue, now)
        .await
        .expect("keeps");
    // Besides ours, the day three thousand years ago that was put away today stays like ours of 1970.
    assert_eq!(let_go(store, &archive, now).await.expect("lets go"), 1);
    assert!(!archive.path(day(40)).exists());
    assert!(archive.path(day(30)).exists() && archive.path(0).exists());
    assert_eq!(let_go(store, &archive, now).await.expect("lets go"), 0);
    let loan_days = SUMMARIES.iter().find(|it| it.name == "loan_days");
    let kept = store.summary(loan_days.expect("known"), day(40), day(40));
    assert_eq!(
        kept.await.expect("reads").len(),
        1,
        "what was counted stays"
    );

    let late = intake(vec![dated(4, ago(40))]);
    let late = store.take_in(tablet, &late, now).await.expect("answers");
    assert_eq!(
        (late.acknowledged, late.refused),
        (4, vec![(4, NotKept::TooOld)])
    );
    // What a wrong clock wrote goes when it has lain long enough, and its day can be written on again.
    let later = now + SignedDuration::from_hours(24 * 40);
    assert_eq!(let_go(store, &archive, later).await.expect("lets go"), 1);
    assert!(archive.rows(0).await.expect("reads").is_empty());
    let again = intake(vec![dated(5, 0)]);
    let again = store.take_in(tablet, &again, later).await;
    assert!(again.expect("takes in").refused.is_empty());
    assert_eq!(close_days(store, &archive, later).await.expect("closes"), 1);
    assert_eq!(archive.rows(0).await.expect("reads").len(), 1);
    // Who leaves now is erased, though a file is gone.
    erase(store, &archive, loan, now).await.expect("erases");
}
