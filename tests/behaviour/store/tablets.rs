//! Codes, registrations, loans and what tablets are told.

use jiff::{SignedDuration, Timestamp};
use kairan_backend::{
    database::Database,
    tablets::queries::{Away, CodeRefused, Label, NewLoan, Order, Telling},
};
use kairan_contract::{EnrolmentCode, Participation, TabletId, TabletStatus, WipeState};
use kairan_evaluation::loans::Ending;
use uuid::Uuid;

pub(super) async fn codes_live_half_an_hour_and_work_once(store: &Database, now: Timestamp) {
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

pub(super) async fn tablets_are_registered_and_put_away(store: &Database, now: Timestamp) {
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

pub(super) async fn tablets_are_lent_told_and_taken_back(store: &Database, now: Timestamp) {
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
