//! What takes over the screen, and what becomes of it.

use super::*;

#[test]
fn a_warning_takes_over_is_answered_once_and_leads_to_its_tile() {
    let mut session = session();
    let now = demonstration::now();
    session.update(Command::OpenTile(id("garbage")), demonstration::now(), 0);
    assert_eq!(session.tick(now, 1_000), [], "samples alarm nobody");
    let mut snapshot = quiet();
    demonstration::make_real(&mut snapshot, &[("49", 4), ("03", 3)]);
    session.set_content(Arc::new(snapshot), 2_000);
    assert_eq!(
        kinds(&session.tick(now, 2_000)),
        ["item_read", "service_left", "alert_shown"]
    );
    assert_eq!(session.screen(), crate::screens::alert::NAME);
    assert_eq!(session.tick(now, 3_000), [], "it is on the screen already");
    assert_eq!(
        session.update(Command::Home, demonstration::now(), 4_000),
        []
    );
    assert_eq!(
        session.screen(),
        crate::screens::alert::NAME,
        "nothing leads past it"
    );
    assert_eq!(session.accepts_touch(2_500), Err(TouchIgnored::Repeat));
    let effects = session.update(Command::AlertUnderstood, demonstration::now(), 62_000);
    assert_eq!(
        kinds(&effects),
        ["alert_answered"],
        "another waits, and nothing is opened before it"
    );
    assert!(effects.contains(&Effect::Record(
        Some(id("warnings")),
        Event::AlertAnswered {
            level: kairan_contract::WarningLevel::EverybodyLeaves,
            after_ms: 60_000
        }
    )));
    // The lesser one follows, and then nothing more.
    assert_eq!(kinds(&session.tick(now, 63_000)), ["alert_shown"]);
    let effects = session.update(Command::AlertUnderstood, demonstration::now(), 70_000);
    assert_eq!(kinds(&effects), ["alert_answered", "service_opened"]);
    assert_eq!(session.tick(now, 71_000), []);
    assert_eq!(session.route(), &Route::Service(id("warnings")));
    // After a restart it is remembered.
    let mut again = Session::new(session.content.clone(), session.profile.clone(), true);
    assert_eq!(again.tick(now, 0), []);
}

#[test]
fn a_warning_that_is_over_leaves_the_screen() {
    let mut session = session();
    let now = demonstration::now();
    let mut snapshot = quiet();
    demonstration::make_real(&mut snapshot, &[("49", 4)]);
    session.set_content(Arc::new(snapshot.clone()), 0);
    session.tick(now, 0);
    demonstration::make_real(&mut snapshot, &[]);
    session.set_content(Arc::new(snapshot), 1_000);
    session.tick(now, 1_000);
    assert_eq!(session.screen(), crate::screens::home::NAME);
}

fn with_emergency(stage: EmergencyStage, drill: bool) -> Arc<ContentSnapshot> {
    let mut snapshot = demonstration::snapshot();
    snapshot.manifest.messages.clear();
    snapshot.manifest.emergencies = vec![demonstration::emergency(stage, drill)];
    Arc::new(snapshot)
}

#[test]
fn an_emergency_takes_over_until_it_is_answered_and_can_then_be_read_again() {
    let mut session = Session::new(
        Some(with_emergency(EmergencyStage::Released, false)),
        Profile::practised(),
        true,
    );
    let now = demonstration::now();
    session.tick(now + 10.hours(), 1_000);
    assert_ne!(
        session.screen(),
        crate::screens::alert::NAME,
        "its time is over"
    );
    let effects = session.tick(now, 2_000);
    assert_eq!(session.screen(), crate::screens::alert::NAME);
    assert!(effects.contains(&crate::session::alert::ALARM));
    session.update(Command::Home, now, 10_000);
    assert_eq!(
        session.screen(),
        crate::screens::alert::NAME,
        "nothing leads past it"
    );
    let seen = |effects: &[Effect]| {
        effects.iter().find_map(|effect| match effect {
            Effect::TellSeen(seen) => Some((seen.edition, seen.answered)),
            _ => None,
        })
    };
    assert_eq!(seen(&effects), Some((1, false)));
    let effects = session.update(Command::AlertUnderstood, now, 11_000);
    assert_eq!(seen(&effects), Some((1, true)));
    assert_eq!(session.screen(), crate::screens::message::NAME);
    session.tick(now, 12_000);
    assert_eq!(
        session.screen(),
        crate::screens::message::NAME,
        "once is enough"
    );

    session.set_content(with_emergency(EmergencyStage::Over, false), 20_000);
    session.tick(now, 20_000);
    assert_eq!(
        session.screen(),
        crate::screens::alert::NAME,
        "it is told that it is over"
    );
    session.update(Command::AlertUnderstood, now, 30_000);
    session.set_content(Arc::new(demonstration::snapshot()), 40_000);
    session.tick(now, 40_000);
    assert!(session.profile.emergencies.is_empty(), "and forgotten");
}

#[test]
fn that_something_is_over_is_no_news_to_who_never_heard_of_it() {
    let snapshot = with_emergency(EmergencyStage::Over, false);
    let mut session = Session::new(Some(snapshot), Profile::practised(), true);
    session.tick(demonstration::now(), 1_000);
    assert_eq!(session.screen(), crate::screens::home::NAME);
    session.set_content(with_emergency(EmergencyStage::Corrected, false), 2_000);
    session.tick(demonstration::now(), 2_000);
    assert_eq!(
        session.screen(),
        crate::screens::alert::NAME,
        "what is corrected is"
    );
}

#[test]
fn a_real_warning_takes_the_place_of_a_drill_and_an_emergency_that_of_a_warning() {
    let mut snapshot = demonstration::snapshot();
    snapshot.manifest.emergencies = vec![demonstration::emergency(EmergencyStage::Released, true)];
    let mut session = Session::new(Some(Arc::new(snapshot.clone())), Profile::practised(), true);
    let now = demonstration::now();
    session.tick(now, 1_000);
    let danger = |session: &Session| session.alert().map(|alert| alert.danger.clone());
    assert!(matches!(
        danger(&session),
        Some(AlertSubject::Emergency { .. })
    ));
    demonstration::make_real(&mut snapshot, &[("33", 5)]);
    session.set_content(Arc::new(snapshot.clone()), 2_000);
    session.tick(now, 2_000);
    assert!(matches!(
        danger(&session),
        Some(AlertSubject::Warning { .. })
    ));
    snapshot.manifest.emergencies = vec![demonstration::emergency(EmergencyStage::Released, false)];
    session.set_content(Arc::new(snapshot), 3_000);
    session.tick(now, 3_000);
    assert!(matches!(
        danger(&session),
        Some(AlertSubject::Emergency { .. })
    ));
}
