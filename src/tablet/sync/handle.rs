//! What the screens ask of the link, in places that hold the latest of each: nothing is dropped
//! because the link is at something else.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kairan_contract::{EmergencySeen, EnrolmentCode};
use tokio::sync::Notify;

use super::receipts::EmergencyReceipts;

/// The screens' end of the link.
#[derive(Clone, Default)]
pub struct SyncHandle(Arc<SharedOrders>);

#[derive(Default)]
struct SharedOrders {
    state: Mutex<Orders>,
    changed: Notify,
}

#[derive(Default)]
struct Orders {
    enrol: Option<EnrolmentCode>,
    receipts: EmergencyReceipts,
    is_closed: bool,
}

impl SyncHandle {
    /// Let this tablet in with this code.
    pub fn enrol(&self, code: EnrolmentCode) {
        self.state().enrol = Some(code);
        self.0.changed.notify_one();
    }

    /// Tell the council that an emergency was shown here, or answered.
    pub fn report_seen(&self, seen: EmergencySeen) {
        self.state().receipts.note(seen);
        self.0.changed.notify_one();
    }

    /// The screens are gone.
    pub fn close(&self) {
        self.state().is_closed = true;
        self.0.changed.notify_one();
    }

    pub(super) async fn changed(&self) {
        self.0.changed.notified().await;
    }

    pub(super) fn is_closed(&self) -> bool {
        self.state().is_closed
    }

    pub(super) fn take_code(&self) -> Option<EnrolmentCode> {
        self.state().enrol.take()
    }

    pub(super) fn take_seen(&self) -> Vec<EmergencySeen> {
        self.state().receipts.take()
    }

    fn state(&self) -> MutexGuard<'_, Orders> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use kairan_contract::EmergencyId;
    use uuid::Uuid;

    use super::super::receipts::RECEIPTS_LIMIT;
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
        let handle = SyncHandle::default();
        for number in 0..50 {
            handle.report_seen(seen(number, false));
            handle.report_seen(seen(1_000, number > 10));
        }
        handle.enrol("123456".parse().expect("six digits"));
        handle.enrol("654321".parse().expect("six digits"));
        let taken = handle.take_seen();
        assert_eq!(taken.len(), RECEIPTS_LIMIT);
        assert_eq!(taken.last(), Some(&seen(1_000, true)));
        assert_eq!(handle.take_code(), "654321".parse().ok());
        assert_eq!(handle.take_code(), None);
    }
}
