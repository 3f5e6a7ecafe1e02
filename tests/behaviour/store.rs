//! The same tests on both databases.

use std::{collections::BTreeMap, path::Path};

use jiff::{SignedDuration, Timestamp};
use kairan_backend::{
    audit::queries::AuditQuestion,
    catalogue::queries::Draft,
    database::{Database, DatabaseError},
    pages::{
        Role,
        queries::{Person, SecondFactor},
    },
    people::queries::Wait,
    tablets::queries::{Away, CodeRefused, Label, NewLoan, Order, Telling},
    usage::{
        closing::{Archive, close_days, put_away},
        erasing::erase,
        queries::{Intake, NotKept, SummaryValue},
        retention::let_go,
    },
};
use kairan_contract::{
    EnrolmentCode, Participation, ProviderId, TabletId, TabletStatus, WipeState, WireRecord,
};
use kairan_evaluation::{
    evidence::Period,
    loans::{Ending, Loan},
    simulation::{Simulation, Wanted},
    summaries::SUMMARIES,
};
use kairan_tests::postgresql::{Commits, PostgreSql};
use uuid::Uuid;

use crate::{editions, planning, staff};

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_keeps_its_promises() {
    let folder = tempfile::tempdir().expect("dir");
    promises(folder.path(), None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_keeps_its_promises() {
    let Some(server) = PostgreSql::start(Commits::InMemory) else {
        println!("PostgreSQL is not installed here; `make test` installs it");
        assert!(
            std::env::var_os("KAIRAN_SET_UP").is_none(),
            "the set-up should have installed PostgreSQL"
        );
        return;
    };
    let folder = tempfile::tempdir().expect("dir");
    promises(folder.path(), Some(&server.url)).await;
}

async fn promises(folder: &Path, url: Option<&str>) {
    // Its keys come to lie beside it, and go with it.
    let folder = &folder.join("data");
    std::fs::create_dir(folder).expect("a folder");
    let store = Database::open(folder, url).await.expect("opens");
    let now: Timestamp = "2026-11-23T00:00:00Z".parse().expect("a time");
    codes_live_half_an_hour_and_work_once(&store, now).await;
    records_are_kept_once(&store, now).await;
    revisions_grow_with_changes_only(&store, now).await;
    store.close().await;
    // What was written is there after opening again, and migrations run once.
    let store = Database::open(folder, url).await.expect("opens again");
    assert_eq!(store.count_usage_records().await.expect("counts"), 1_000);
    closed_days_count_each_record_once(&store, folder, now).await;
    records_go_when_they_may_be_kept_no_longer(&store, folder, now).await;
    people_come_in_and_what_they_do_is_written_down(&store, now).await;
    tablets_are_lent_told_and_taken_back(&store, now).await;
    tablets_are_registered_and_put_away(&store, now).await;
    editions::two_people_send_one(&store, now).await;
    editions::a_form_that_is_sent_twice_writes_one(&store, now).await;
    editions::no_drill_pushes_out_what_is_real(&store, now).await;
    editions::what_was_shown_is_kept_of_each_that_holds(&store, now).await;
    editions::what_is_gone_stays_gone(&store, now + SignedDuration::from_hours(48)).await;
    staff::each_address_is_told_once(&store, now).await;
    planning::one_plan_of_each_kind_waits(&store, now).await;
    store.close().await;
}

async fn codes_live_half_an_hour_and_work_once(store: &Database, now: Timestamp) {
    let loan = Participation(Uuid::new_v4());
    let (first, second) = (EnrolmentCode::from_number(7), EnrolmentCode::from_number(8));
    let tablet = TabletId(Uuid::new_v4());
    assert!(store.add_code(&first, loan, now).await.expect("adds"));
    assert!(
        !store.add_code(&first, loan, now).await.expect("refuses"),
        "this code lives already"
    );
    assert!(store.add_code(&second, loan, now).await.expect("adds"));
    let late = now + SignedDuration::from_mins(31);
    let refused = store.enrol(&second, tablet, "token", late).await;
    assert!(
        matches!(refused, Err(CodeRefused::NotValid)),
        "after 31 minutes"
    );
    let (one, two) = tokio::join!(
        store.enrol(&first, tablet, "token-a", now),
        store.enrol(&first, TabletId(Uuid::new_v4()), "token-b", now)
    );
    assert!(
        one.is_ok() != two.is_ok(),
        "exactly one of two at the same moment is let in"
    );
    let entered = one.or(two).expect("one of them");
    // The one that was let in may not have heard the answer, and asks again.
    let again = store.enrol(&first, entered.tablet, "again-a", now).await;
    assert_eq!(again.expect("let in again").participation, loan);
    let found = store.tablet_with("again-a").await.expect("asks");
    assert_eq!(found.map(|found| found.participation), Some(loan));
    assert!(matches!(
        store.enrol(&first, entered.tablet, "again-b", late).await,
        Err(CodeRefused::NotValid)
    ));
    assert_eq!(store.tablet_with("token-c").await.expect("asks"), None);
    // A loan has one tablet: the one that is replaced is told to forget it.
    let other = TabletId(Uuid::new_v4());
    let refused = store.enrol(&second, other, "token-early", now).await;
    assert!(
        matches!(refused, Err(CodeRefused::NotValid)),
        "a code of the loan that another has begun opens nothing"
    );
    assert!(store.add_code(&second, loan, now).await.expect("adds"));
    let replaced = store.enrol(&second, other, "token-replacing", now).await;
    assert_eq!(replaced.expect("is let in").participation, loan);
    let standings = store.standings().await.expect("reads");
    assert_eq!(standings[&entered.tablet].order, Some(Order::Wipe));
    assert_eq!(standings[&other].order, None);
    // The code of the one before opens nothing any more: it would take the loan back.
    let refused = store.enrol(&first, entered.tablet, "token-late", now).await;
    assert!(matches!(refused, Err(CodeRefused::NotValid)));
    let standings = store.standings().await.expect("reads");
    assert_eq!(standings[&other].order, None);
    assert!(
        store.add_code(&first, loan, now).await.expect("adds"),
        "a used code makes room"
    );
}

fn record(tablet: TabletId, sequence: u64) -> WireRecord {
    serde_json::from_value(serde_json::json!({
        "tablet": tablet, "participation": tablet, "sequence": sequence, "boot": tablet, "uptime_ms": 1,
        "happened_at": -1, "clock_offset_ms": if sequence.is_multiple_of(2) { Some(-5) } else { None }, "visit": 1, "catalogue": 1,
        "kind": "started", "service": null, "detail": { "cause": "power" }
    }))
    .expect("a record")
}

async fn records_are_kept_once(store: &Database, now: Timestamp) {
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

async fn revisions_grow_with_changes_only(store: &Database, now: Timestamp) {
    let mut revisions = Vec::new();
    for text in ["a", "a", "b", "a"] {
        revisions.push(store.catalogue_revision(text, now).await.expect("keeps"));
    }
    assert_eq!(revisions, [1, 1, 2, 3]);
}

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
    let Some(server) = PostgreSql::start(Commits::InMemory) else {
        println!("PostgreSQL is not installed here; `make test` installs it");
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
async fn closed_days_count_each_record_once(store: &Database, folder: &Path, now: Timestamp) {
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

/// The files go, the figures stay, and what comes late for such a day is refused with the reason.
async fn records_go_when_they_may_be_kept_no_longer(
    store: &Database,
    folder: &Path,
    now: Timestamp,
) {
    let catalogue = include_str!("../fixtures/services.toml");
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

async fn people_come_in_and_what_they_do_is_written_down(store: &Database, now: Timestamp) {
    let person = Person {
        id: Uuid::new_v4(),
        name: "kato".to_owned(),
        role: Role::Operator,
        provider: None,
        has_second_factor: false,
        is_barred: false,
    };
    assert!(
        store
            .add_person(&person, "hash", "command line", now)
            .await
            .expect("adds")
    );
    assert!(
        !store
            .add_person(&person, "hash", "command line", now)
            .await
            .expect("refuses")
    );
    assert_eq!(
        store.people().await.expect("reads"),
        std::slice::from_ref(&person)
    );
    store
        .begin_session("token", person.id, false, now)
        .await
        .expect("begins");
    store
        .put_new_secret("token", "SECRET")
        .await
        .expect("keeps");
    assert!(store.use_step(person.id, "SECRET", 7).await.expect("uses"));
    assert!(
        !store
            .use_step(person.id, "SECRET", 7)
            .await
            .expect("refuses"),
        "each code once"
    );
    let session = store
        .session("token", now + SignedDuration::from_mins(29))
        .await;
    assert_eq!(
        session.expect("reads").map(|it| it.second_factor),
        Some(SecondFactor::Known("SECRET".to_owned()))
    );
    let late = now + SignedDuration::from_mins(60);
    assert!(
        store.session("token", late).await.expect("reads").is_none(),
        "half an hour idle"
    );
    attempts_in_vain_are_counted(store, now).await;
    store
        .take_password(person.id, "kato", "other", now)
        .await
        .expect("takes");
    assert!(
        store
            .put_password("kato", "third", "hana", now)
            .await
            .expect("renews")
    );
    let shop: ProviderId = "shop".parse().expect("an id");
    for name in ["kato", "kato", "nobody"] {
        let placed = store.put_role(name, Role::Provider, Some(&shop), "hana", now);
        assert_eq!(placed.await.expect("places"), name == "kato");
    }
    store
        .bar_person("kato", true, "hana", now)
        .await
        .expect("bars");
    drafts_are_kept_and_publications_noted(store, &person, now).await;
}

async fn attempts_in_vain_are_counted(store: &Database, now: Timestamp) {
    let subjects = [(
        "account kato".to_owned(),
        (|tried, _| (tried >= 2).then(|| SignedDuration::from_secs(30))) as Wait,
    )];
    for wanted in [None, None, Some(SignedDuration::from_secs(30))] {
        let kept = store.attempt(&subjects, now).await.expect("counts");
        assert_eq!(kept.map(|it| it.wait), wanted);
    }
    store
        .take_back_attempt("account kato")
        .await
        .expect("takes back");
    assert_eq!(store.attempt(&subjects, now).await.expect("counts"), None);
    assert!(
        store
            .put_password("kato", "again", "hana", now)
            .await
            .expect("renews")
    );
    assert_eq!(
        store.attempt(&subjects, now).await.expect("counts"),
        None,
        "forgotten"
    );
}

async fn tablets_are_registered_and_put_away(store: &Database, now: Timestamp) {
    let label = |letters: &str| letters.parse::<Label>().expect("a label");
    let registered = async |letters: &[&str]| {
        let labels: Vec<Label> = letters.iter().map(|it| label(it)).collect();
        let done = store.register(&labels, "mori", now).await;
        done.expect("registers")
    };
    assert_eq!(registered(&["S-1", "S-2"]).await, 2);
    assert_eq!(registered(&["S-2", "S-3"]).await, 1);
    for (letters, away, is_done) in [
        ("S-1", Some(Away::Lost), true),
        ("S-1", Some(Away::Lost), false),
        ("S-1", None, true),
        ("S-1", None, false),
        ("S-1", Some(Away::Repair), true),
        ("S-9", Some(Away::Lost), false),
    ] {
        let done = store.put_away(&label(letters), away, "mori", now).await;
        assert_eq!(done.expect("puts away"), is_done, "{letters} {away:?}");
    }
    let stock = store.stock().await.expect("reads");
    let stock: Vec<_> = stock
        .iter()
        .map(|it| (it.label.as_str(), it.away))
        .collect();
    let wanted = [("S-1", Some(Away::Repair)), ("S-2", None), ("S-3", None)];
    assert_eq!(stock, wanted);
    let code = EnrolmentCode::from_number(55);
    let loan = Participation(Uuid::new_v4());
    store
        .replace_tablet(loan, Some("S-2"), &code, "mori", now)
        .await
        .expect("keeps a code");
    let awaited = store.awaited_labels(now).await.expect("reads");
    assert!(awaited.contains("S-2") && !awaited.contains("S-1"));
    let late = now + SignedDuration::from_mins(31);
    let awaited = store.awaited_labels(late).await.expect("reads");
    assert!(!awaited.contains("S-2"), "its code opens nothing any more");
}

async fn drafts_are_kept_and_publications_noted(store: &Database, of: &Person, now: Timestamp) {
    let person = of.id;
    let draft = Draft {
        base: kairan_contract::Sha256::of(b"before"),
        text: "after".to_owned(),
    };
    for _ in 0..2 {
        store.keep_draft(person, &draft, now).await.expect("keeps");
    }
    assert_eq!(
        store.draft(person).await.expect("reads").as_ref(),
        Some(&draft)
    );
    for (text, is_there) in [("earlier", false), ("after", true), ("after", false)] {
        let back = store.send_back(of, text, "too loud", "kato", now);
        assert_eq!(back.await.expect("gives back"), is_there, "{text}");
    }
    let reason = store.sent_back(person).await.expect("reads");
    assert_eq!(reason.as_deref(), Some("too loud"));
    store.keep_draft(person, &draft, now).await.expect("keeps");
    assert_eq!(store.sent_back(person).await.expect("reads"), None);
    store.drop_draft(person).await.expect("drops");
    let revision = store
        .catalogue_revision("a text", now)
        .await
        .expect("keeps");
    store
        .note_publication(revision, "kato", "why", now)
        .await
        .expect("notes");
    let revisions = store.revisions(None, 5).await.expect("reads");
    assert_eq!(revisions[0].note.as_deref(), Some("why"));
    let earlier = store.revisions(Some(revision), 5).await.expect("reads");
    assert!(earlier.iter().all(|it| it.revision < revision));
    for (text, is_known) in [("a text", true), ("another", false)] {
        let hash = kairan_contract::Sha256::of(text.as_bytes());
        let found = store.text_once_in_force(hash).await.expect("reads");
        assert_eq!(found.as_deref(), is_known.then_some(text));
    }
    let question = AuditQuestion {
        text: "KATO".to_owned(),
        acts: Vec::new(),
        below: None,
        limit: 100,
    };
    let deeds: Vec<String> = store
        .audit(&question)
        .await
        .expect("reads")
        .into_iter()
        .map(|it| it.deed)
        .collect();
    let wanted = [
        "catalogue_published",
        "draft_sent_back",
        "person_barred",
        "role_changed",
        "password_renewed",
        "password_changed",
        "password_renewed",
        "person_added",
    ];
    assert_eq!(deeds, wanted);
    assert_eq!(store.audit_is_broken_at().await.expect("reads"), None);
}

async fn tablets_are_lent_told_and_taken_back(store: &Database, now: Timestamp) {
    let (loan, code) = (
        Participation(Uuid::new_v4()),
        EnrolmentCode::from_number(20),
    );
    let begun = NewLoan {
        participation: loan,
        cohort: "2026".to_owned(),
        area: None,
        age_band: None,
        began: 0,
        label: Some("A-7".to_owned()),
    };
    assert!(
        store
            .begin_loan(&begun, &code, "mori", now)
            .await
            .expect("begins")
    );
    let waiting = store.loans_without_tablet().await.expect("reads");
    assert!(
        waiting
            .iter()
            .any(|(participation, _)| *participation == loan)
    );
    let tablet = TabletId(Uuid::new_v4());
    store
        .enrol(&code, tablet, "token-g", now)
        .await
        .expect("enrols");
    let labels = async || {
        let tablets = store.lent_tablets().await.expect("reads");
        let found = tablets.into_iter().find(|it| it.tablet == tablet);
        found.expect("lent").label
    };
    assert_eq!(
        labels().await.as_deref(),
        Some("A-7"),
        "it came with its code"
    );
    let status = TabletStatus {
        version: "0.1.0".to_owned(),
        catalogue: 1,
        locked: false,
        battery_percent: None,
        free_megabytes: Some(5),
        unsent: 0,
        emergency: None,
    };
    store.put_status(tablet, &status, now).await.expect("keeps");
    store
        .put_seen(&[(tablet, now)].into())
        .await
        .expect("keeps");
    store
        .put_label(tablet, "A-1", "mori", now)
        .await
        .expect("keeps");
    let found = async || {
        let tablets = store.lent_tablets().await.expect("reads");
        tablets
            .into_iter()
            .find(|it| it.tablet == tablet)
            .expect("lent")
    };
    let lent = found().await;
    assert_eq!(
        (lent.status, lent.seen_at, lent.label.as_deref()),
        (Some(status), Some(now), Some("A-1"))
    );
    for (telling, order, is_trial) in [
        (Telling::Lock, Some(Order::Lock), false),
        (Telling::Trial, Some(Order::Lock), true),
        (Telling::Open, None, true),
        (Telling::NoTrial, None, false),
        (Telling::Wipe, Some(Order::Wipe), false),
    ] {
        store
            .tell(&[tablet], telling, "mori", now)
            .await
            .expect("tells");
        let standings = store.standings().await.expect("reads");
        let stands = &standings[&tablet];
        assert_eq!(
            (stands.order, stands.is_trial),
            (order, is_trial),
            "{telling:?}"
        );
        assert_eq!(stands.recipient.cohort.as_deref(), Some("2026"));
    }
    a_loan_ends_and_its_tablet_forgets_it(store, loan, tablet, now).await;
}

async fn a_loan_ends_and_its_tablet_forgets_it(
    store: &Database,
    loan: Participation,
    tablet: TabletId,
    now: Timestamp,
) {
    let code = EnrolmentCode::from_number(21);
    assert!(
        store
            .replace_tablet(loan, Some("A-8"), &code, "mori", now)
            .await
            .expect("replaces")
    );
    let ended = (5, Ending::Returned);
    assert!(
        store
            .end_loan(loan, ended, "mori", now)
            .await
            .expect("ends")
    );
    assert!(
        !store
            .end_loan(loan, ended, "mori", now)
            .await
            .expect("has ended")
    );
    let refused = store
        .enrol(&code, TabletId(Uuid::new_v4()), "token-h", now)
        .await;
    assert!(
        matches!(refused, Err(CodeRefused::NotValid)),
        "its codes open nothing any more"
    );
    for state in [WipeState::Received, WipeState::Done] {
        store.note_wipe(tablet, state, now).await.expect("notes");
    }
    let tablets = store.lent_tablets().await.expect("reads");
    let wiped = tablets.into_iter().find(|it| it.tablet == tablet);
    assert_eq!(wiped.map(|it| it.wipe), Some([Some(now); 3]));
    assert_eq!(store.tablet_with("token-g").await.expect("asks"), None);
    assert_eq!(store.audit_is_broken_at().await.expect("reads"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn days_lie_in_an_object_store_as_in_a_folder() {
    let folder = tempfile::tempdir().expect("dir");
    let store = Database::open(folder.path(), None).await.expect("opens");
    in_an_object_store(&store, &Archive::in_memory()).await;
    store.close().await;
}

/// A server that speaks S3, where one is named: `make soak` starts one.
#[tokio::test(flavor = "multi_thread")]
async fn days_lie_in_a_bucket_as_in_a_folder() {
    let Ok(address) = std::env::var("KAIRAN_BUCKET") else {
        return;
    };
    let folder = tempfile::tempdir().expect("dir");
    let _ = rustls::crypto::ring::default_provider().install_default();
    let store = Database::open(folder.path(), None).await.expect("opens");
    let archive = Archive::open(folder.path(), Some(&address)).expect("opens");
    in_an_object_store(&store, &archive).await;
    store.close().await;
}

/// Laid down, added to by what came late, and erased.
async fn in_an_object_store(store: &Database, archive: &Archive) {
    let now: Timestamp = "2026-11-23T00:00:00Z".parse().expect("a time");
    let wanted = Wanted {
        loans: 12,
        days: 3,
        seed: 5,
        from: 20_540,
        busy: 1,
    };
    let mut made = Simulation::new(wanted);
    let days: Vec<i64> = made.days().collect();
    let mut rows: Vec<_> = days
        .into_iter()
        .flat_map(|day| made.records_of(day))
        .collect();
    rows.retain(|row| row.day() == 20_540);
    rows.sort();
    rows.dedup_by(|a, b| a.key() == b.key());
    let half = rows.len() / 2;
    assert_eq!(archive.rows(20_540).await.expect("nothing yet"), []);
    for part in [&rows[..half], &rows[half..]] {
        let before = archive.rows(20_540).await.expect("reads");
        let all = before.into_iter().chain(part.iter().cloned());
        put_away(store, archive, 20_540, all, now)
            .await
            .expect("lays down");
    }
    let mut found = archive.rows(20_540).await.expect("reads");
    found.sort();
    assert!(found == rows);
    assert_eq!(archive.days().await.expect("lists"), [20_540]);
    let leaving = rows[0].participation.clone().expect("a loan");
    let loan = leaving.parse().expect("a pseudonym");
    assert_eq!(erase(store, archive, loan, now).await.expect("erases"), 1);
    let found = archive.rows(20_540).await.expect("reads");
    assert!(!found.is_empty());
    assert!(
        found
            .iter()
            .all(|row| row.participation.as_ref() != Some(&leaving))
    );
    archive.remove(20_540).await.expect("removes");
    archive.remove(20_540).await.expect("is gone already");
    assert!(archive.days().await.expect("lists").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_a_newer_version_is_left_alone() {
    let folder = tempfile::tempdir().expect("dir");
    Database::open(folder.path(), None)
        .await
        .expect("opens")
        .close()
        .await;
    let options =
        sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join("kairan.sqlite"));
    let pool = sqlx::SqlitePool::connect_with(options)
        .await
        .expect("opens");
    sqlx::query("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'tomorrow', TRUE, x'00', 0)")
        .execute(&pool)
        .await
        .expect("writes");
    pool.close().await;
    assert!(matches!(
        Database::open(folder.path(), None).await,
        Err(DatabaseError::Newer(_))
    ));
}
