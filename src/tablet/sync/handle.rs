//! What the screens wish of the link, in places that hold the latest of each: no wish is dropped
//! because the link is at something else.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use kairan_contract::{Emergency, EmergencySeen, EnrolmentCode};
use tokio::sync::Notify;

/// Emergencies of which the council is still to hear what became here. More than twice what a tablet
/// takes in at once are nobody's news any more.
const SEEN: usize = 2 * Emergency::AT_ONCE;

/// The wishes of the screens.
#[derive(Clone, Default)]
pub struct SyncHandle(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    come: Notify,
}

#[derive(Default)]
struct State {
    enrol: Option<EnrolmentCode>,
    seen: Seen,
    is_closed: bool,
}

/// What became of emergencies here, the first to be told first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen(VecDeque<EmergencySeen>);

impl Seen {
    /// Notes what became of one. Of each only the latest is told.
    pub fn note(&mut self, seen: EmergencySeen) {
        self.0.retain(|known| known.id != seen.id);
        while self.0.len() >= SEEN {
            self.0.pop_front();
        }
        self.0.push_back(seen);
    }

    /// What is to be told, the first first.
    pub fn all(&self) -> Vec<EmergencySeen> {
        self.0.iter().copied().collect()
    }

    /// The council has heard it.
    pub fn told(&mut self, seen: &EmergencySeen) {
        self.0.retain(|known| known != seen);
    }

    /// Nothing is left to be told.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl SyncHandle {
    /// Let this tablet in with this code.
    pub fn enrol(&self, code: EnrolmentCode) {
        self.state().enrol = Some(code);
        self.0.come.notify_one();
    }

    /// Tell the council that an emergency was shown here, or answered.
    pub fn seen(&self, seen: EmergencySeen) {
        self.state().seen.note(seen);
        self.0.come.notify_one();
    }

    /// The screens are gone.
    pub fn close(&self) {
        self.state().is_closed = true;
        self.0.come.notify_one();
    }

    pub(super) async fn come(&self) {
        self.0.come.notified().await;
    }

    pub(super) fn is_closed(&self) -> bool {
        self.state().is_closed
    }

    pub(super) fn take_code(&self) -> Option<EnrolmentCode> {
        self.state().enrol.take()
    }

    pub(super) fn take_seen(&self) -> Vec<EmergencySeen> {
        self.state().seen.0.drain(..).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use kairan_contract::EmergencyId;
    use uuid::Uuid;

    use super::*;

    fn seen(number: u128, answered: bool) -> EmergencySeen {
        EmergencySeen {
            id: EmergencyId(Uuid::from_u128(number)),
            edition: 1,
            answered,
        }
    }

    #[test]
    fn however_many_are_seen_the_latest_of_each_is_told() {
        let wishes = SyncHandle::default();
        for number in 0..50 {
            wishes.seen(seen(number, false));
            wishes.seen(seen(1_000, number > 10));
        }
        wishes.enrol("123456".parse().expect("six digits"));
        wishes.enrol("654321".parse().expect("six digits"));
        let taken = wishes.take_seen();
        assert_eq!(taken.len(), SEEN);
        assert_eq!(taken.last(), Some(&seen(1_000, true)));
        assert_eq!(wishes.take_code(), "654321".parse().ok());
        assert_eq!(wishes.take_code(), None);
    }

    #[test]
    fn one_that_is_answered_while_another_is_told_is_told_too() {
        let mut told = Seen::default();
        told.note(seen(1, false));
        told.note(seen(2, false));
        assert_eq!(told.all(), [seen(1, false), seen(2, false)]);
        told.note(seen(1, true));
        told.told(&seen(1, false));
        told.told(&seen(2, false));
        assert_eq!(told.all(), [seen(1, true)]);
        told.told(&seen(1, true));
        assert!(told.is_empty());
    }
}
