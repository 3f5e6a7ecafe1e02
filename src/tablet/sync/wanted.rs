//! Which blob is fetched next. One that does not come waits by itself, longer each time, but for one that may
//! warn; a network or a disk that is gone holds up all of them, and blames none. Pure.

use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

use kairan_contract::Sha256;

use crate::library::Missing;

/// A blob that does not come is asked for again after so long at the latest.
const LAST_WAIT: Duration = Duration::from_mins(15);

/// Why a blob did not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missed {
    /// The backend does not have it, or what comes is not it, or it takes too long.
    Refused,
    /// There is no way to the backend.
    NoNetwork,
    /// The way or the backend failed in between: it is the fault of no blob, and none but it waits for it.
    BrokeOff,
    /// There is no room for it, as was seen before it was fetched.
    NoRoom,
    /// The disk did not take it.
    NotTaken,
}

#[derive(Debug, Clone, Copy)]
struct Tries {
    failed: u32,
    not_before: Instant,
}

/// The blobs that are not here.
#[derive(Debug)]
pub struct Wanted {
    order: Vec<Missing>,
    fetching: Vec<Sha256>,
    tries: HashMap<Sha256, Tries>,
    /// Those that the disk had no place for when they were last asked for.
    without_room: HashSet<Sha256>,
    /// The first wait after a failure.
    every: Duration,
    /// Nothing is fetched before.
    network: Option<Instant>,
    /// Nothing but what is urgent is fetched before.
    disk: Option<Instant>,
    /// How often the disk has refused one after the other.
    disk_failed: u32,
}

impl Wanted {
    /// Nothing is wanted yet.
    pub fn new(every: Duration) -> Self {
        Self {
            order: Vec::new(),
            fetching: Vec::new(),
            tries: HashMap::new(),
            without_room: HashSet::new(),
            every,
            network: None,
            disk: None,
            disk_failed: 0,
        }
    }

    /// These are wanted now, in this order, and no others.
    pub fn put(&mut self, order: Vec<Missing>) {
        let is_wanted = |known: &Sha256| order.iter().any(|it| it.blob.sha256 == *known);
        self.tries.retain(|known, _| is_wanted(known));
        self.without_room.retain(is_wanted);
        self.order = order;
    }

    /// What is fetched now.
    pub fn next(&mut self, is_urgent: bool, now: Instant) -> Option<Missing> {
        let next = *self.ready(is_urgent, now).next()?;
        self.fetching.push(next.blob.sha256);
        Some(next)
    }

    fn ready(&self, is_urgent: bool, now: Instant) -> impl Iterator<Item = &Missing> {
        let is_held_up = self.held_up(is_urgent).is_some_and(|until| now < until);
        let is_ready = move |it: &&Missing| {
            let tries = self.tries.get(&it.blob.sha256);
            it.is_urgent == is_urgent
                && !is_held_up
                && !self.fetching.contains(&it.blob.sha256)
                && tries.is_none_or(|tries| tries.not_before <= now)
        };
        self.order.iter().filter(is_ready)
    }

    fn held_up(&self, is_urgent: bool) -> Option<Instant> {
        let disk = self.disk.filter(|_| !is_urgent);
        self.network.max(disk)
    }

    /// When the next can be fetched, if none is ready now.
    pub fn wake_at(&self, is_urgent: bool) -> Option<Instant> {
        let waiting = self
            .order
            .iter()
            .filter(|it| it.is_urgent == is_urgent && !self.fetching.contains(&it.blob.sha256));
        let own = waiting.map(|it| self.tries.get(&it.blob.sha256).map(|it| it.not_before));
        let first = own.min()?;
        first.max(self.held_up(is_urgent))
    }

    /// Nothing is being fetched, and nothing can be now.
    pub fn is_at_rest(&self, now: Instant) -> bool {
        let mut lanes = [true, false].into_iter();
        self.fetching.is_empty() && lanes.all(|urgent| self.ready(urgent, now).next().is_none())
    }

    /// It lies here.
    pub fn came(&mut self, sha256: Sha256) {
        self.fetching.retain(|it| *it != sha256);
        self.order.retain(|it| it.blob.sha256 != sha256);
        self.tries.remove(&sha256);
        self.without_room.remove(&sha256);
        self.disk_failed = 0;
    }

    /// It did not come.
    pub fn missed(&mut self, sha256: Sha256, why: Missed, now: Instant) {
        self.fetching.retain(|it| *it != sha256);
        match why {
            Missed::NoRoom | Missed::NotTaken => {
                self.without_room.insert(sha256);
            }
            // There was room when it was asked for.
            Missed::Refused | Missed::BrokeOff => {
                self.without_room.remove(&sha256);
            }
            Missed::NoNetwork => {}
        }
        match why {
            Missed::NoNetwork => self.network = Some(now + self.every),
            Missed::NoRoom => self.disk = Some(now + self.every),
            Missed::NotTaken => {
                self.disk_failed += 1;
                self.disk = Some(now + self.wait(self.disk_failed));
                self.blame(sha256, now);
            }
            Missed::Refused => self.blame(sha256, now),
            Missed::BrokeOff => {
                let failed = self.tries.get(&sha256).map_or(0, |it| it.failed);
                let not_before = now + self.every;
                self.tries.insert(sha256, Tries { failed, not_before });
            }
        }
    }

    fn blame(&mut self, sha256: Sha256, now: Instant) {
        let failed = self.tries.get(&sha256).map_or(0, |it| it.failed) + 1;
        let wait = if self.is_urgent(sha256) {
            // What may warn is asked for as often as the backend is.
            self.every
        } else {
            self.wait(failed)
        };
        let not_before = now + wait;
        self.tries.insert(sha256, Tries { failed, not_before });
    }

    fn is_urgent(&self, sha256: Sha256) -> bool {
        let mut order = self.order.iter();
        order.any(|it| it.blob.sha256 == sha256 && it.is_urgent)
    }

    fn wait(&self, failed: u32) -> Duration {
        let doubled = 1_u32 << failed.saturating_sub(1).min(20);
        self.every.saturating_mul(doubled).min(LAST_WAIT)
    }

    /// Whether the disk has no place for something that is wanted.
    pub fn lacks_room(&self) -> bool {
        !self.without_room.is_empty()
    }

    /// The backend has answered: there is a network, and what may warn is asked for at once.
    pub fn network_is_back(&mut self) {
        self.network = None;
        let urgent = self.order.iter().filter(|it| it.is_urgent);
        for it in urgent {
            self.tries.remove(&it.blob.sha256);
        }
    }
}

#[cfg(test)]
mod tests {
    use kairan_contract::BlobReference;

    use super::*;

    const EVERY: Duration = Duration::from_mins(1);

    fn named(name: &str) -> Sha256 {
        Sha256::of(name.as_bytes())
    }

    /// Those in capitals are urgent.
    fn wanted(names: &[&str]) -> Wanted {
        let mut wanted = Wanted::new(EVERY);
        wanted.put(all(names));
        wanted
    }

    fn all(names: &[&str]) -> Vec<Missing> {
        let missing = |name: &&str| Missing {
            blob: BlobReference {
                sha256: named(name),
                bytes: 1,
            },
            is_urgent: name.chars().all(char::is_uppercase),
        };
        names.iter().map(missing).collect()
    }

    fn next(wanted: &mut Wanted, is_urgent: bool, now: Instant) -> Option<Sha256> {
        wanted.next(is_urgent, now).map(|it| it.blob.sha256)
    }

    #[test]
    fn one_that_does_not_come_holds_up_no_other_and_is_tried_again_at_a_bounded_pace() {
        let (start, mut wanted) = (Instant::now(), wanted(&["W", "a", "b"]));
        assert_eq!(next(&mut wanted, false, start), Some(named("a")));
        assert_eq!(next(&mut wanted, true, start), Some(named("W")));
        wanted.missed(named("a"), Missed::Refused, start);
        wanted.came(named("W"));
        assert_eq!(next(&mut wanted, false, start), Some(named("b")));
        assert!(!wanted.is_at_rest(start));
        wanted.came(named("b"));
        assert!(wanted.is_at_rest(start));
        let (mut now, mut minutes) = (start, Vec::new());
        for _ in 0..7 {
            let at = wanted.wake_at(false).expect("it is tried again");
            minutes.push((at - now).as_secs() / 60);
            now = at;
            assert_eq!(next(&mut wanted, false, now), Some(named("a")));
            wanted.missed(named("a"), Missed::Refused, now);
        }
        assert_eq!(minutes, [1, 2, 4, 8, 15, 15, 15]);
        // What no manifest names any more is not asked for, and forgotten.
        wanted.put(all(&["c"]));
        assert_eq!(next(&mut wanted, false, now), Some(named("c")));
        assert!(wanted.tries.is_empty());
    }

    #[test]
    fn what_may_warn_waits_for_the_next_manifest_at_most_and_not_when_the_network_is_back() {
        let (start, mut wanted) = (Instant::now(), wanted(&["W", "a"]));
        let mut now = start;
        for _ in 0..7 {
            assert_eq!(next(&mut wanted, true, now), Some(named("W")));
            wanted.missed(named("W"), Missed::Refused, now);
            assert_eq!(wanted.wake_at(true), Some(now + EVERY));
            now += EVERY;
        }
        assert_eq!(next(&mut wanted, true, now), Some(named("W")));
        wanted.missed(named("W"), Missed::BrokeOff, now);
        assert_eq!(next(&mut wanted, true, now), None);
        wanted.network_is_back();
        assert_eq!(next(&mut wanted, true, now), Some(named("W")));
    }

    #[test]
    fn the_disk_is_full_only_as_long_as_something_that_is_wanted_has_no_place() {
        let (now, mut wanted) = (Instant::now(), wanted(&["a", "heavy", "b"]));
        wanted.missed(named("heavy"), Missed::NoRoom, now);
        wanted.missed(named("a"), Missed::NotTaken, now);
        assert!(wanted.lacks_room());
        wanted.came(named("a"));
        assert!(
            wanted.lacks_room(),
            "what is light says nothing of what is heavy"
        );
        // The heavy one is withdrawn; one that does not come is left, and needs no room.
        wanted.missed(named("b"), Missed::Refused, now);
        wanted.put(all(&["b"]));
        assert!(!wanted.lacks_room());
        wanted.missed(named("b"), Missed::NoRoom, now);
        wanted.missed(named("b"), Missed::NoNetwork, now);
        assert!(wanted.lacks_room());
        wanted.missed(named("b"), Missed::Refused, now);
        assert!(!wanted.lacks_room());
    }

    #[test]
    fn a_way_that_breaks_off_blames_no_blob_and_holds_up_no_other() {
        let (mut now, mut wanted) = (Instant::now(), wanted(&["a", "b"]));
        for _ in 0..7 {
            assert_eq!(next(&mut wanted, false, now), Some(named("a")));
            wanted.missed(named("a"), Missed::BrokeOff, now);
            assert_eq!(next(&mut wanted, false, now), Some(named("b")));
            wanted.missed(named("b"), Missed::BrokeOff, now);
            assert_eq!(wanted.wake_at(false), Some(now + EVERY));
            now += EVERY;
        }
    }

    #[test]
    fn a_network_that_is_gone_blames_no_blob_and_a_full_disk_holds_up_no_warning() {
        let (now, mut wanted) = (Instant::now(), wanted(&["W", "a", "b"]));
        assert_eq!(next(&mut wanted, false, now), Some(named("a")));
        wanted.missed(named("a"), Missed::NoNetwork, now);
        for is_urgent in [true, false] {
            assert_eq!(next(&mut wanted, is_urgent, now), None);
            assert_eq!(wanted.wake_at(is_urgent), Some(now + EVERY));
        }
        wanted.network_is_back();
        assert_eq!(next(&mut wanted, false, now), Some(named("a")));
        wanted.missed(named("a"), Missed::NoRoom, now);
        assert_eq!(next(&mut wanted, false, now), None);
        assert_eq!(next(&mut wanted, true, now), Some(named("W")));
        wanted.came(named("W"));
        assert!(wanted.is_at_rest(now));
        let later = now + EVERY;
        assert_eq!(next(&mut wanted, false, later), Some(named("a")));
        wanted.missed(named("a"), Missed::NotTaken, later);
        assert_eq!(wanted.wake_at(false), Some(later + EVERY));
        assert_eq!(next(&mut wanted, false, later + EVERY), Some(named("a")));
        wanted.missed(named("a"), Missed::NotTaken, later);
        assert_eq!(wanted.wake_at(false), Some(later + 2 * EVERY));
    }
}
