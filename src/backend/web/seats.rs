//! Who sits at the table and for how long: every connection that does not listen, with what it is doing. Whoever
//! dawdles gives their seat up when others wait, the longest first, and after a while in any case.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use futures_util::future::AbortHandle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What a connection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// It has come, and nobody has had time yet to hear what it wants.
    Arriving,
    /// Its first question is not whole yet.
    Coming,
    /// It sends the body of a question.
    Sending,
    /// It waits for our answer. The rooms have bounds of their own for that.
    Waiting,
    /// It takes the answer.
    Taking,
    /// The answer is made, and what is left of it goes through the line.
    Leaving,
    /// It has its answer, and may ask again.
    Resting,
}

impl Doing {
    /// For how long it may; none if that is not for us to say.
    fn bounds(self) -> Option<Bounds> {
        let bounds = |in_all, still, under_pressure| {
            Some(Bounds {
                in_all: Duration::from_secs(in_all),
                still: Duration::from_secs(still),
                under_pressure: Duration::from_secs(under_pressure),
            })
        };
        match self {
            // That is our fault and not theirs.
            Self::Arriving => bounds(60, 60, 60),
            Self::Coming => bounds(15, 15, 2),
            Self::Sending => bounds(120, 120, 5),
            Self::Waiting => None,
            // A large blob through a thin line, while its bytes keep going.
            Self::Taking | Self::Leaving => bounds(60 * 60, 15 * 60, 10),
            // Longer than a proxy keeps a connection, so that it is the proxy that closes it.
            Self::Resting => bounds(75, 75, 1),
        }
    }

    /// Whether somebody would lose what they are in the middle of.
    fn is_at_work(self) -> bool {
        !matches!(self, Self::Coming | Self::Resting)
    }
}

/// How long a connection may do the same.
struct Bounds {
    in_all: Duration,
    /// Without a byte that goes.
    still: Duration,
    /// Without a byte that goes, if others wait for a seat.
    under_pressure: Duration,
}

struct Sitting {
    doing: Doing,
    since: Instant,
    /// When a byte went last, of what is sent to it.
    moved: Instant,
    end: AbortHandle,
}

impl Sitting {
    fn begin(&mut self, doing: Doing, now: Instant) {
        self.doing = doing;
        self.since = now;
        self.moved = now;
    }
}

/// All seats.
pub struct Seats {
    free: Arc<Semaphore>,
    all: usize,
    sitting: Mutex<HashMap<u64, Sitting>>,
}

impl Seats {
    /// So many, all of them free.
    pub fn new(all: usize) -> Self {
        Self {
            free: Arc::new(Semaphore::new(all)),
            all,
            sitting: Mutex::default(),
        }
    }

    /// A free seat, if there is one.
    pub fn free(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.free).try_acquire_owned().ok()
    }

    /// A seat, when one becomes free.
    pub async fn next_free(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.free).acquire_owned().await.ok()
    }

    /// Whether so few are free that nobody should keep theirs for another question.
    pub fn are_few(&self) -> bool {
        self.free.available_permits() < self.all / 2
    }

    /// Somebody sits down; `end` ends their connection.
    pub fn sit_down(
        self: &Arc<Self>,
        number: u64,
        free: OwnedSemaphorePermit,
        end: AbortHandle,
        now: Instant,
    ) -> Arc<Seat> {
        let sitting = Sitting {
            doing: Doing::Arriving,
            since: now,
            moved: now,
            end,
        };
        self.sitting().insert(number, sitting);
        Arc::new(Seat {
            number,
            seats: Arc::clone(self),
            permit: Mutex::new(Some(free)),
        })
    }

    /// Ends the connections that have taken too long. If others wait, those that dawdle as well: those first that are in
    /// the middle of nothing, of these the longest, and no more at once than an eighth of all.
    pub fn clear(&self, others_wait: bool, now: Instant) -> usize {
        let mut sitting = self.sitting();
        let mut dawdling = Vec::new();
        let mut ended = Vec::new();
        for (number, it) in &*sitting {
            let Some(bounds) = it.doing.bounds() else {
                continue;
            };
            let so_far = now.saturating_duration_since(it.since);
            let still = now.saturating_duration_since(it.moved);
            if so_far >= bounds.in_all || still >= bounds.still {
                ended.push(*number);
            } else if others_wait && still >= bounds.under_pressure {
                dawdling.push((it.doing.is_at_work(), it.moved, *number));
            }
        }
        if others_wait {
            dawdling.sort_unstable();
            let more = (self.all / 8).max(1).saturating_sub(ended.len());
            ended.extend(dawdling.into_iter().take(more).map(|(.., number)| number));
        }
        for number in &ended {
            if let Some(it) = sitting.remove(number) {
                it.end.abort();
            }
        }
        ended.len()
    }

    fn sitting(&self) -> MutexGuard<'_, HashMap<u64, Sitting>> {
        self.sitting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The seat of one connection; free again when it is dropped.
pub struct Seat {
    number: u64,
    seats: Arc<Seats>,
    permit: Mutex<Option<OwnedSemaphorePermit>>,
}

impl Seat {
    /// Does something else from now on.
    pub fn begin(&self, doing: Doing, now: Instant) {
        if let Some(it) = self.seats.sitting().get_mut(&self.number) {
            it.begin(doing, now);
        }
    }

    /// A byte went of what is sent to it.
    pub fn move_on(&self, now: Instant) {
        if let Some(it) = self.seats.sitting().get_mut(&self.number)
            && matches!(it.doing, Doing::Taking | Doing::Leaving)
        {
            it.moved = now;
        }
    }

    /// Does something else from now on, if it was doing this.
    pub fn go_on(&self, was: Doing, doing: Doing, now: Instant) {
        if let Some(it) = self.seats.sitting().get_mut(&self.number)
            && it.doing == was
        {
            it.begin(doing, now);
        }
    }

    /// Gives the seat up and stays: it listens, for which it has a place of another kind.
    pub fn give_up(&self) {
        self.seats.sitting().remove(&self.number);
        let mut permit = self.permit.lock().unwrap_or_else(PoisonError::into_inner);
        *permit = None;
    }

    /// Whether nobody should keep a seat for another question.
    pub fn is_wanted(&self) -> bool {
        self.seats.are_few()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.seats.sitting().remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(all: usize, guests: u64) -> (Arc<Seats>, Vec<Arc<Seat>>, Instant) {
        let (seats, now) = (Arc::new(Seats::new(all)), Instant::now());
        let sit = |number| {
            let (end, _) = AbortHandle::new_pair();
            let free = seats.free().expect("a free seat");
            let came = now + Duration::from_millis(number);
            seats.sit_down(number, free, end, came)
        };
        let sitting = (0..guests).map(sit).collect();
        (seats, sitting, now)
    }

    #[test]
    fn who_dawdles_goes_when_others_wait_and_the_longest_first() {
        let (seats, guests, now) = table(16, 16);
        assert!(seats.free().is_none());
        let later = now + Duration::from_secs(3);
        assert_eq!(seats.clear(true, later), 0, "nobody has heard them yet");
        for (number, guest) in (0..).zip(&guests) {
            guest.begin(Doing::Coming, now + Duration::from_millis(number));
        }
        assert_eq!(seats.clear(false, later), 0, "nobody waits");
        for guest in &guests[3..] {
            guest.begin(Doing::Waiting, now);
        }
        assert_eq!(seats.clear(true, later), 2, "an eighth at once");
        let left: Vec<u64> = {
            let mut left: Vec<u64> = seats.sitting().keys().copied().collect();
            left.sort_unstable();
            left
        };
        assert_eq!(left[0], 2, "the first two to come went");
        assert_eq!(seats.clear(true, later), 1);
        assert_eq!(seats.clear(true, later), 0, "who waits for us is let be");
    }

    #[test]
    fn nobody_sits_for_ever() {
        let (seats, guests, now) = table(8, 6);
        let doing = [
            Doing::Coming,
            Doing::Sending,
            Doing::Taking,
            Doing::Leaving,
            Doing::Resting,
            Doing::Waiting,
        ];
        for (guest, doing) in guests.iter().zip(doing) {
            guest.begin(doing, now);
        }
        for (seconds, gone) in [
            (14, 0),
            (15, 1),
            (75, 1),
            (120, 1),
            (15 * 60, 2),
            (86_400, 0),
        ] {
            let then = now + Duration::from_secs(seconds);
            assert_eq!(seats.clear(false, then), gone, "after {seconds} s");
        }
    }

    #[test]
    fn whoever_takes_an_answer_goes_after_those_that_are_in_the_middle_of_nothing() {
        let (seats, guests, now) = table(16, 4);
        let later = |seconds| now + Duration::from_secs(seconds);
        guests[0].begin(Doing::Taking, now);
        guests[1].begin(Doing::Sending, now);
        guests[2].begin(Doing::Resting, later(29));
        guests[3].begin(Doing::Coming, later(28));
        assert_eq!(seats.clear(true, later(30)), 2, "an eighth at once");
        let left = |number| seats.sitting().contains_key(&number);
        assert!(left(0) && left(1), "those who are at work are still here");
        assert_eq!(seats.clear(true, later(30)), 2, "and go in the end");
    }

    #[test]
    fn whoever_takes_an_answer_slowly_stays_while_its_bytes_go() {
        let (seats, guests, now) = table(8, 1);
        let later = |seconds| now + Duration::from_secs(seconds);
        guests[0].begin(Doing::Taking, now);
        for minute in 1..60 {
            if minute == 30 {
                guests[0].go_on(Doing::Taking, Doing::Leaving, later(30 * 60 - 1));
            }
            guests[0].move_on(later(60 * minute - 1));
            assert_eq!(seats.clear(true, later(60 * minute)), 0, "minute {minute}");
        }
        // A byte now and then holds no seat for ever.
        guests[0].move_on(later(90 * 60 - 1));
        assert_eq!(seats.clear(false, later(90 * 60)), 1);
    }

    #[test]
    fn a_seat_that_is_given_up_is_free() {
        let (seats, guests, _) = table(2, 2);
        assert!(seats.free().is_none() && guests[0].is_wanted());
        guests[0].give_up();
        assert!(seats.free().is_some());
        drop(guests);
        assert!(!seats.are_few() && seats.sitting().is_empty());
    }
}
