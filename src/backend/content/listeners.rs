//! Who listens to changes: no more tablets than there are places, each once. Where there is none, a tablet asks for the
//! manifest at its own pace and comes back.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use kairan_contract::TabletId;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// So many tablets are told in a second of what can wait: each then asks for what is new, fetches it and says that it
/// has it.
const TOLD_A_SECOND: f64 = 500.0;
/// But the last is told no later than this.
const LONGEST_SPREAD: Duration = Duration::from_mins(1);
/// How often it is told that there is no place.
const TELLING_PACE: Duration = Duration::from_mins(1);

struct Listener {
    /// Told when the same tablet listens anew: what stood before is dead, or about to be.
    overtaken: Arc<Notify>,
    permit: OwnedSemaphorePermit,
}

/// The tablets that listen.
pub struct Listeners {
    free: Arc<Semaphore>,
    all: usize,
    listening: Mutex<HashMap<TabletId, Listener>>,
    told: Mutex<Option<Instant>>,
}

impl Listeners {
    /// Room for so many.
    pub fn new(places: usize) -> Self {
        Self {
            free: Arc::new(Semaphore::new(places)),
            all: places,
            listening: Mutex::default(),
            told: Mutex::default(),
        }
    }

    /// A place for a tablet: its own, if it had one, or a free one.
    pub fn take(self: &Arc<Self>, tablet: TabletId) -> Option<ListenerPermit> {
        let overtaken = Arc::new(Notify::new());
        let mut listening = self.listening();
        let permit = if let Some(before) = listening.remove(&tablet) {
            before.overtaken.notify_one();
            before.permit
        } else if let Ok(permit) = Arc::clone(&self.free).try_acquire_owned() {
            permit
        } else {
            self.tell_of_no_place();
            return None;
        };
        let listener = Listener {
            overtaken: Arc::clone(&overtaken),
            permit,
        };
        listening.insert(tablet, listener);
        drop(listening);
        Some(ListenerPermit {
            tablet,
            overtaken,
            listeners: Arc::clone(self),
        })
    }

    /// Over how long tablets are told of what can wait.
    pub fn spread(&self) -> Duration {
        spread(self.all - self.free.available_permits())
    }

    fn tell_of_no_place(&self) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.is_none_or(|told| told.elapsed() >= TELLING_PACE) {
            *told = Some(Instant::now());
            tracing::warn!(
                listening = self.all,
                "as many tablets listen as can; the others ask once a minute. More open files let more listen: \
                 LimitNOFILE in the systemd unit"
            );
        }
    }

    fn listening(&self) -> MutexGuard<'_, HashMap<TabletId, Listener>> {
        self.listening
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Over how long so many are told of what can wait.
fn spread(listeners: usize) -> Duration {
    let listeners = f64::from(u32::try_from(listeners).unwrap_or(u32::MAX));
    LONGEST_SPREAD.min(Duration::from_secs_f64(listeners / TOLD_A_SECOND))
}

/// The place of a tablet that listens; free again when it is dropped.
pub struct ListenerPermit {
    tablet: TabletId,
    overtaken: Arc<Notify>,
    listeners: Arc<Listeners>,
}

impl ListenerPermit {
    /// Waits until the same tablet listens anew.
    pub async fn is_overtaken(&self) {
        self.overtaken.notified().await;
    }
}

impl Drop for ListenerPermit {
    fn drop(&mut self) {
        let mut listening = self.listeners.listening();
        let is_ours = |it: &Listener| Arc::ptr_eq(&it.overtaken, &self.overtaken);
        if listening.get(&self.tablet).is_some_and(is_ours) {
            listening.remove(&self.tablet);
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_tablet_that_comes_again_takes_no_second_place() {
        let listeners = Arc::new(Listeners::new(2));
        let [one, two, three] = [1, 2, 3].map(|number| TabletId(Uuid::from_u128(number)));
        let first = listeners.take(one).expect("a place");
        let second = listeners.take(two).expect("a place");
        assert!(listeners.take(three).is_none(), "there is none left");
        let again = listeners.take(one).expect("its own");
        drop(first);
        assert!(
            listeners.take(three).is_none(),
            "what the dead connection held is held by the new one"
        );
        drop(again);
        let third = listeners.take(three).expect("the one that was given up");
        drop((second, third));
        assert_eq!(listeners.spread(), Duration::ZERO);
    }

    #[test]
    fn few_are_told_at_once_and_many_one_after_another() {
        assert!(spread(50) <= Duration::from_millis(100));
        assert_eq!(spread(15_000), Duration::from_secs(30));
        assert_eq!(spread(1_000_000), LONGEST_SPREAD);
    }
}
