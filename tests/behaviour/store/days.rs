//! Days of usage are folded into summaries, on both databases alike.

use std::{collections::BTreeMap, path::Path};

use jiff::Timestamp;
use kairan_backend::{
    database::Database,
    usage::{
        closing::{Archive, close_days, put_away},
        queries::{Intake, SummaryValue},
    },
};
use kairan_contract::{EnrolmentCode, Participation, TabletId};
use kairan_evaluation::{
    evidence::Period,
    loans::{Ending, Loan},
    simulation::{Simulation, Wanted},
    summaries::SUMMARIES,
};
use kairan_tests::postgresql::PostgreSql;
use uuid::Uuid;

use super::records::record;

/// What both databases make of the same days, table by table.
async fn folded(store: &Database, folder: &Path) -> Vec<Vec<Vec<SummaryValue>>> {
    let wanted = Wanted {
        loans: 40,
        days: 50,
        seed: 5,
        from: 20_540,
        busy: 1,
    };
    let mut made = Simulation::new(wanted);
    let archive = Archive::open(folder, None).expect("opens");
    let now = Timestamp::UNIX_EPOCH;
    for day in made.days().collect::<Vec<_>>() {
        let rows = made.records_of(day);
        put_away(store, &archive, day, rows.into_iter(), now)
            .await
            .expect("folds");
    }
    store.put_loans(&made.loans()).await.expect("keeps");
    weeks_add_up_to_what_their_days_say(store).await;
    let mut tables = Vec::new();
    for summary in SUMMARIES {
        let rows = store.summary(summary, 0, 30_000).await.expect("reads");
        assert!(!rows.is_empty(), "{} is empty", summary.name);
        tables.push(rows);
    }
    tables
}

/// What a report takes from folded weeks is what their days, asked one by one, add up to; also after the
/// loans have changed.
async fn weeks_add_up_to_what_their_days_say(store: &Database) {
    let providers = BTreeMap::new();
    let mut loans = store.loans().await.expect("reads");
    let cohort = loans[0].cohort.clone();
    for cohort in [None, Some(cohort.as_str())] {
        // From a Wednesday to a Thursday, four whole weeks between.
        let (from, to) = (20_544, 20_580);
        let ask = async |from, to| {
            let evidence = store
                .evidence(Period { from, to }, cohort, &providers)
                .await;
            evidence.expect("reads")
        };
        let whole = ask(from, to).await;
        let (mut dwell, mut opened) = (BTreeMap::new(), BTreeMap::new());
        let mut visits = BTreeMap::new();
        for day in from..=to {
            let evidence = ask(day, day).await;
            for it in evidence.dwell {
                *dwell.entry((it.service, it.bucket)).or_insert(0) += it.times;
            }
            for it in evidence.hours {
                *visits.entry((it.weekday, it.hour)).or_insert(0) += it.visits;
            }
            for it in evidence.services {
                let loan = evidence.loans[it.loan].participation;
                *opened.entry((loan, it.service)).or_insert(0) += it.opened;
            }
        }
        let found = whole.dwell.into_iter();
        assert!(
            found
                .map(|it| ((it.service, it.bucket), it.times))
                .eq(dwell)
        );
        let found = whole.hours.iter();
        assert!(
            found
                .map(|it| ((it.weekday, it.hour), it.visits))
                .eq(visits)
        );
        let found: BTreeMap<_, _> = whole
            .services
            .into_iter()
            .map(|it| ((whole.loans[it.loan].participation, it.service), it.opened))
            .collect();
        assert!(!found.is_empty());
        assert_eq!(found, opened);
        // The next round finds other ends.
        for loan in loans.iter_mut().step_by(2) {
            loan.ended = Some((20_560, Ending::Returned));
        }
        store.put_loans(&loans).await.expect("keeps");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn both_databases_fold_the_same_days_into_the_same_rows() {
    let Some(server) = PostgreSql::for_a_test() else {
        return;
    };
    let (one, two) = (
        tempfile::tempdir().expect("dir"),
        tempfile::tempdir().expect("dir"),
    );
    let sqlite = Database::open(one.path(), None).await.expect("opens");
    let postgresql = Database::open(two.path(), Some(&server.url))
        .await
        .expect("opens");
    let (a, b) = (
        folded(&sqlite, one.path()).await,
        folded(&postgresql, two.path()).await,
    );
    for (summary, (a, b)) in SUMMARIES.iter().zip(a.iter().zip(&b)) {
        assert!(a == b, "{} differs", summary.name);
    }
    let file = |folder: &Path| {
        std::fs::read(Archive::open(folder, None).expect("opens").path(20_550)).expect("there")
    };
    assert!(file(one.path()) == file(two.path()));
    sqlite.close().await;
    postgresql.close().await;
}

/// A day is closed, opened again by a late record, and what was delivered once stays delivered.
pub(super) async fn closed_days_count_each_record_once(
    store: &Database,
    folder: &Path,
    now: Timestamp,
) {
    let tablet = TabletId(Uuid::new_v4());
    let code = EnrolmentCode::from_number(11);
    let loan = Participation(Uuid::new_v4());
    assert!(store.add_code(&code, loan, now).await.expect("adds"));
    store
        .enrol(&code, tablet, "token-e", now)
        .await
        .expect("enrols");
    let intake = |numbers: &[u64]| Intake {
        records: numbers
            .iter()
            .map(|number| record(tablet, *number))
            .collect(),
        refused: Vec::new(),
        held_from: 1,
    };
    let archive = Archive::open(folder, None).expect("opens");
    let before = store.count_usage_records().await.expect("counts");
    // 4 is still on its way when the day is closed.
    let taken = store.take_in(tablet, &intake(&[1, 2, 3, 5, 6]), now).await;
    assert_eq!(taken.expect("takes in").acknowledged, 3);
    assert_eq!(close_days(store, &archive, now).await.expect("closes"), 1);
    assert_eq!(store.count_usage_records().await.expect("counts"), 0);
    assert_eq!(
        archive.rows(0).await.expect("reads").len() as u64,
        before + 5
    );
    // An old batch comes once more: nothing of it counts again.
    let again = store.take_in(tablet, &intake(&[1, 2, 3, 5, 6]), now).await;
    assert_eq!(again.expect("takes in").acknowledged, 3);
    assert_eq!(store.count_usage_records().await.expect("counts"), 0);
    // The late one fills the gap, and opens its day again.
    let late = store.take_in(tablet, &intake(&[4]), now).await;
    assert_eq!(late.expect("takes in").acknowledged, 6);
    assert_eq!(close_days(store, &archive, now).await.expect("closes"), 1);
    assert_eq!(
        archive.rows(0).await.expect("reads").len() as u64,
        before + 6
    );
    let days = store.closed_days().await.expect("reads");
    assert_eq!((days.len(), days[0].records), (1, before + 6));
    // A broken file closes nothing and loses nothing.
    let path = archive.path(0);
    let whole = std::fs::read(&path).expect("reads");
    std::fs::write(&path, b"").expect("spoils");
    store
        .take_in(tablet, &intake(&[7]), now)
        .await
        .expect("takes in");
    let refused = close_days(store, &archive, now).await.expect_err("broken");
    assert!(
        refused
            .to_string()
            .contains("restore it from the last backup"),
        "{refused}"
    );
    assert_eq!(store.count_usage_records().await.expect("counts"), 1);
    std::fs::write(&path, whole).expect("restores");
    assert_eq!(close_days(store, &archive, now).await.expect("closes"), 1);
    assert_eq!(
        archive.rows(0).await.expect("reads").len() as u64,
        before + 7
    );
    // A file that is gone is not taken for a day without records.
    let whole = std::fs::read(&path).expect("reads");
    std::fs::remove_file(&path).expect("removes");
    store
        .take_in(tablet, &intake(&[8]), now)
        .await
        .expect("takes in");
    let refused = close_days(store, &archive, now).await.expect_err("gone");
    assert!(refused.to_string().contains("and holds 0"), "{refused}");
    std::fs::write(&path, whole).expect("restores");
    // A clock of three thousand years ago keeps no day from being closed.
    let mut absurd = record(tablet, 9);
    absurd.happened_at = -99_000_000_000_000;
    let absurd = Intake {
        records: vec![absurd],
        refused: Vec::new(),
        held_from: 1,
    };
    store.take_in(tablet, &absurd, now).await.expect("takes in");
    assert_eq!(close_days(store, &archive, now).await.expect("closes"), 2);
    assert_eq!(
        archive.rows(0).await.expect("reads").len() as u64,
        before + 8
    );
    who_has_left_comes_back_with_no_old_table(store, tablet, loan, now).await;
}

async fn who_has_left_comes_back_with_no_old_table(
    store: &Database,
    tablet: TabletId,
    loan: Participation,
    now: Timestamp,
) {
    // Who has left comes back with no old table, and nothing of theirs is taken in.
    let lent = |participation| Loan {
        participation,
        area: None,
        age_band: None,
        cohort: "a".to_owned(),
        began: 0,
        ended: None,
    };
    store.put_loans(&[lent(loan)]).await.expect("keeps");
    store.erase(loan, now).await.expect("erases");
    store.put_loans(&[lent(loan)]).await.expect("passes over");
    let loans = store.loans().await.expect("reads");
    assert!(loans.iter().all(|known| known.participation != loan));
    assert_eq!(loans.len(), 1);
    let mut theirs = record(tablet, 10);
    theirs.participation = loan;
    let theirs = Intake {
        records: vec![theirs],
        refused: Vec::new(),
        held_from: 1,
    };
    let settled = store.take_in(tablet, &theirs, now).await;
    assert_eq!(settled.expect("settles").acknowledged, 10);
    assert_eq!(store.count_usage_records().await.expect("counts"), 0);
}
