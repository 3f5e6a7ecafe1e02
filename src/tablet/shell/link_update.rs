//! What the link tells, as it changes the session, and the effects that follow. Pure.

use jiff::Timestamp;
use kairan_contract::RequestId;

use crate::{
    clock::Contact,
    session::{BackendAnswer, Effect, RequestState, Session},
    speech::Tone,
    sync::LinkEvent,
};

/// The tablet's clock, after the backend's time was heard.
#[derive(Debug, Clone, Default)]
pub(super) struct ClockState {
    /// What time it is.
    pub(super) now: Timestamp,
    /// What the next start of the program is to know.
    pub(super) contact: Option<Contact>,
    /// It is another clock than before.
    pub(super) was_set: bool,
    /// It has not stood on the disk for long enough.
    pub(super) is_save_due: bool,
}

/// Whether something on the screen may be another. A minute in which nothing changed draws nothing.
pub(super) fn is_news(event: &LinkEvent) -> bool {
    !matches!(
        event,
        LinkEvent::Online { .. } | LinkEvent::Unauthorized | LinkEvent::Offline
    )
}

/// The backend answered.
pub(super) fn online(
    session: &mut Session,
    is_saved: bool,
    clock: ClockState,
    now_ms: u64,
) -> Vec<Effect> {
    let mut effects = session.set_last_contact(clock.now, clock.contact);
    let how = if is_saved {
        BackendAnswer::Kept
    } else {
        BackendAnswer::NotKept
    };
    effects.extend(session.answered(how, now_ms));
    if clock.is_save_due || clock.was_set {
        effects.push(Effect::SaveProfile);
    }
    effects
}

/// The backend did not answer.
pub(super) fn offline(session: &mut Session, now_ms: u64) -> Vec<Effect> {
    let mut effects = session.not_answered(now_ms);
    // When it was last true must be known after a restart, too.
    if !effects.is_empty() {
        effects.insert(0, Effect::SaveProfile);
    }
    effects
}

/// How far a request has come on its way to the disk. What has arrived has arrived.
pub(super) fn set_request_state(session: &mut Session, id: RequestId, state: RequestState) {
    let mut requests = session.requests.iter_mut();
    let known = requests.find(|it| it.request.id == id && it.state != RequestState::Received);
    if let Some(known) = known {
        known.state = state;
    }
}

/// What has just arrived is heard.
pub(super) fn arrival(has_arrived: bool) -> Vec<Effect> {
    let tone = has_arrived.then_some(Effect::Sound(Tone::Sent));
    tone.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use kairan_contract::{Event, Request, RequestKind, ScreenName};
    use uuid::Uuid;

    use super::*;
    use crate::{demonstration, profile::Profile, session::KeptRequest};

    fn session() -> Session {
        Session::new(None, Profile::practised(), true)
    }

    fn saves(effects: &[Effect]) -> usize {
        let saves = |it: &&Effect| matches!(it, Effect::SaveProfile);
        effects.iter().filter(saves).count()
    }

    #[test]
    fn the_profile_is_saved_when_the_clock_was_set_or_an_hour_is_over_and_else_not() {
        let mut session = session();
        for (was_set, is_save_due, expected) in [
            (true, false, 1),
            (false, false, 0),
            (false, true, 1),
            (true, true, 1),
        ] {
            let clock = ClockState {
                now: demonstration::now(),
                contact: None,
                was_set,
                is_save_due,
            };
            // An answer before it, so that this is not the one that ends a silence.
            online(
                &mut session,
                true,
                ClockState {
                    now: clock.now,
                    ..ClockState::default()
                },
                1,
            );
            let effects = online(&mut session, true, clock, 2);
            assert_eq!(saves(&effects), expected, "{was_set} {is_save_due}");
            assert_eq!(session.profile.last_contact, Some(demonstration::now()));
        }
    }

    #[test]
    fn a_silence_that_begins_saves_when_it_was_last_true_and_one_that_goes_on_does_not() {
        let mut session = session();
        online(&mut session, true, ClockState::default(), 1);
        let begins = offline(&mut session, 2);
        let is_expected = matches!(
            &begins[..],
            [
                Effect::SaveProfile,
                Effect::Record(None, Event::OfflineBegan {})
            ]
        );
        assert!(is_expected, "{begins:?}");
        assert!(offline(&mut session, 3).is_empty());
    }

    #[test]
    fn a_request_that_has_arrived_is_not_taken_back_by_the_disk() {
        let id = |number| RequestId(Uuid::from_u128(number));
        let kept = |number, state| KeptRequest {
            request: Request {
                id: id(number),
                made_at: 1,
                what: RequestKind::CallBack {
                    screen: ScreenName::named("help"),
                },
            },
            state,
        };
        let mut session = session();
        session.requests = vec![
            kept(1, RequestState::Writing),
            kept(2, RequestState::Received),
        ];
        set_request_state(&mut session, id(1), RequestState::NotWritten);
        set_request_state(&mut session, id(2), RequestState::Waiting);
        let states: Vec<_> = session.requests.iter().map(|it| it.state).collect();
        assert_eq!(states, [RequestState::NotWritten, RequestState::Received]);
    }
}
