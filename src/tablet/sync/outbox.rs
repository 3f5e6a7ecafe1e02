//! What residents ask for, until it stands on the disk: a bounded place of its own, so that no flood
//! of records can push a call for help out, and no full disk can keep it from being sent.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use kairan_contract::{Request, RequestId};
use tokio::sync::Notify;

/// Requests that wait for a disk that does not write. Nobody asks for more by hand in a day.
pub const CAPACITY: usize = 100;
/// A request that does not stand on the disk after so long is sent from memory: a disk that hangs
/// must not be waited for.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);
/// A request that neither stands on the disk nor has arrived after so long is told not to be kept: who
/// waits for help rings instead.
const OVERDUE: Duration = Duration::from_secs(3);

/// Every place is taken: the request is neither written nor sent.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{CAPACITY} requests wait already")]
pub struct OutboxFull;

/// Requests that do not stand on the disk yet. The screens put them in and never wait.
#[derive(Clone, Default)]
pub struct Outbox(Arc<SharedOutbox>);

#[derive(Default)]
struct SharedOutbox {
    state: Mutex<OutboxState>,
    /// Somebody asked for something, or nobody will any more: for who writes.
    changed: Notify,
    /// Somebody asked for something: for who watches whether it is written.
    put_in: Notify,
    /// The same, and that something could not be written: for who sends.
    to_send: Notify,
}

#[derive(Default)]
struct OutboxState {
    waiting: Vec<WaitingRequest>,
    is_closed: bool,
}

struct WaitingRequest {
    request: Request,
    since: Instant,
    /// The disk has refused it.
    has_failed: bool,
}

impl Outbox {
    /// Takes a request in.
    pub fn put(&self, request: Request) -> Result<(), OutboxFull> {
        {
            let mut state = self.state();
            if state.waiting.len() >= CAPACITY {
                return Err(OutboxFull);
            }
            state.waiting.push(WaitingRequest {
                request,
                since: Instant::now(),
                has_failed: false,
            });
        }
        self.0.changed.notify_one();
        self.0.put_in.notify_one();
        self.0.to_send.notify_one();
        Ok(())
    }

    /// Nobody will ask for anything any more.
    pub fn close(&self) {
        self.state().is_closed = true;
        self.0.changed.notify_one();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.state().is_closed
    }

    /// Comes when somebody asked for something, or nobody will any more.
    pub(super) async fn changed(&self) {
        self.0.changed.notified().await;
    }

    /// Comes when there may be something to be sent from memory.
    pub(super) async fn to_send(&self) {
        self.0.to_send.notified().await;
    }

    /// Waits until requests hang, and says which.
    pub(super) async fn overdue(&self) -> Vec<RequestId> {
        loop {
            let now = Instant::now();
            let overdue = self.overdue_at(now);
            if !overdue.is_empty() {
                return overdue;
            }
            match self.first_being_written() {
                Some(since) => tokio::time::sleep_until((since + OVERDUE).into()).await,
                None => self.0.put_in.notified().await,
            }
        }
    }

    /// What has been written for too long at `now`.
    fn overdue_at(&self, now: Instant) -> Vec<RequestId> {
        let state = self.state();
        let being_written = state.waiting.iter().filter(|it| !it.has_failed);
        let overdue = being_written.filter(|it| now.saturating_duration_since(it.since) >= OVERDUE);
        overdue.map(|it| it.request.id).collect()
    }

    /// Since when the first is being written.
    fn first_being_written(&self) -> Option<Instant> {
        let state = self.state();
        let being_written = state.waiting.iter().filter(|it| !it.has_failed);
        being_written.map(|it| it.since).min()
    }

    /// What does not stand on the disk.
    pub(super) fn unwritten(&self) -> Vec<Request> {
        let state = self.state();
        state.waiting.iter().map(|it| it.request.clone()).collect()
    }

    /// What is to be sent from memory, because the disk has refused it or hangs.
    pub(super) fn sendable(&self) -> Vec<Request> {
        let state = self.state();
        let waiting = state.waiting.iter();
        waiting
            .filter(|it| it.has_failed || it.since.elapsed() >= PATIENCE)
            .map(|it| it.request.clone())
            .collect()
    }

    /// When a request that is still being written is to be sent from memory.
    pub(super) fn next_sendable(&self) -> Option<Instant> {
        self.first_being_written().map(|since| since + PATIENCE)
    }

    /// The disk did not take it, or hangs; says whether that is news.
    pub(super) fn mark_failed(&self, id: RequestId) -> bool {
        let is_news = {
            let mut state = self.state();
            let found = state.waiting.iter_mut().find(|it| it.request.id == id);
            found.is_some_and(|it| !std::mem::replace(&mut it.has_failed, true))
        };
        if is_news {
            self.0.to_send.notify_one();
        }
        is_news
    }

    /// It stands on the disk: its place is free, and it is sent from there.
    pub(super) fn mark_written(&self, id: RequestId) {
        self.remove(&[id]);
        self.0.to_send.notify_one();
    }

    /// They are at the backend: their places are free.
    pub(super) fn remove(&self, ids: &[RequestId]) {
        self.state()
            .waiting
            .retain(|it| !ids.contains(&it.request.id));
    }

    fn state(&self) -> MutexGuard<'_, OutboxState> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use kairan_contract::{RequestKind, ScreenName};
    use uuid::Uuid;

    use super::*;

    fn call(number: u128) -> Request {
        Request {
            id: RequestId(Uuid::from_u128(number)),
            made_at: 1,
            what: RequestKind::CallBack {
                screen: ScreenName::named("help"),
            },
        }
    }

    #[test]
    fn what_the_disk_refuses_is_sent_from_memory_and_its_place_is_free_when_it_has_arrived() {
        let outbox = Outbox::default();
        outbox.put(call(1)).expect("there is room");
        outbox.put(call(2)).expect("there is room");
        assert_eq!(outbox.sendable(), [], "they are being written");
        assert!(outbox.mark_failed(call(2).id));
        assert!(!outbox.mark_failed(call(2).id), "that is no news");
        assert_eq!(outbox.sendable(), [call(2)]);
        outbox.remove(&[call(2).id]);
        assert_eq!(outbox.unwritten(), [call(1)]);
        assert!(!outbox.mark_failed(call(2).id), "it has gone");
    }

    #[test]
    fn a_request_that_finds_no_place_is_told() {
        let outbox = Outbox::default();
        for number in 0..CAPACITY as u128 {
            outbox.put(call(number)).expect("there is room");
        }
        assert_eq!(outbox.put(call(1_000)), Err(OutboxFull));
        outbox.remove(&[call(0).id]);
        assert_eq!(outbox.put(call(1_000)), Ok(()));
    }
}
