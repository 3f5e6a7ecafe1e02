//! Messages of the council, as they come forward.

use super::*;

#[test]
fn a_message_comes_forward_once_and_can_be_put_off() {
    let snapshot = Some(Arc::new(demonstration::snapshot()));
    let mut session = Session::new(snapshot, Profile::practised(), true);
    let now = demonstration::now();
    session.tick(now, 1_000);
    assert_eq!(session.screen(), crate::screens::reminder::NAME);
    session.update(Command::DueLater, now, 2_000);
    session.tick(now, 60_000);
    assert_eq!(session.screen(), crate::screens::home::NAME);
    session.tick(now + 11.minutes(), 11 * 60_000);
    assert_eq!(session.screen(), crate::screens::reminder::NAME);
    session.update(Command::DueDone, now, 12 * 60_000);
    assert_eq!(session.screen(), crate::screens::message::NAME);
    session.update(Command::Home, now, 13 * 60_000);
    session.tick(now + 2.hours(), 120 * 60_000);
    assert_eq!(session.screen(), crate::screens::home::NAME);
}

#[test]
fn no_message_disturbs_the_night_or_somebody_at_something_else() {
    let snapshot = Some(Arc::new(demonstration::snapshot()));
    let mut session = Session::new(snapshot, Profile::practised(), true);
    let now = demonstration::now();
    session.tick(now + 14.hours(), 1_000);
    assert_ne!(session.screen(), crate::screens::reminder::NAME);
    session.update(Command::Wake, now, 2_000);
    session.update(Command::Reminders, now, 3_000);
    session.tick(now, 4_000);
    assert_eq!(session.screen(), crate::screens::reminders::NAME);
}
