//! Which blob is fetched next. One that does not come waits by itself, longer each time, but for one that may
//! warn; a network or a disk that is gone holds up all of them, and blames none. Pure.

use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

use kairan_contract::{BlobReference, Sha256};

use crate::library::MissingContent;

/// A blob that does not come is asked for again after so long at the latest.
const LAST_WAIT: Duration = Duration::from_mins(15);

/// A blob that is not here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MissingBlob {
    /// Which one.
    pub blob: BlobReference,
    /// A warning may stand in it: nothing else goes before it.
    pub is_urgent: bool,
}

/// Why a blob did not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FetchError {
    /// The backend does not have it, or what comes is not it, or it takes too long.
    Refused,
    /// There is no way to the backend.
    NoNetwork,
    /// The way or the backend failed in between: it is the fault of no blob, and none but it waits for it.
    Interrupted,
    /// There is no room for it, as was seen before it was fetched.
    NoRoom,
    /// The disk did not take it.
    DiskRefused,
}

#[derive(Debug, Clone, Copy)]
struct Tries {
    failed: u32,
    not_before: Instant,
}

/// The blobs that are not here.
#[derive(Debug)]
pub struct BlobQueue {
    order: Vec<MissingBlob>,
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

impl BlobQueue {
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

    /// These are wanted now and no others.
    pub fn set(&mut self, missing: Vec<MissingContent>) {
        let order = by_weight(missing);
        let is_wanted = |known: &Sha256| order.iter().any(|it| it.blob.sha256 == *known);
        self.tries.retain(|known, _| is_wanted(known));
        self.without_room.retain(is_wanted);
        self.order = order;
    }

    /// What is fetched now.
    pub fn next(&mut self, is_urgent: bool, now: Instant) -> Option<MissingBlob> {
        let next = *self.ready(is_urgent, now).next()?;
        self.fetching.push(next.blob.sha256);
        Some(next)
    }

    fn ready(&self, is_urgent: bool, now: Instant) -> impl Iterator<Item = &MissingBlob> {
        let is_held_up = self.held_up(is_urgent).is_some_and(|until| now < until);
        let is_ready = move |it: &&MissingBlob| {
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
    pub fn arrived(&mut self, sha256: Sha256) {
        self.fetching.retain(|it| *it != sha256);
        self.order.retain(|it| it.blob.sha256 != sha256);
        self.tries.remove(&sha256);
        self.without_room.remove(&sha256);
        self.disk_failed = 0;
    }

    /// It did not come.
    pub fn failed(&mut self, sha256: Sha256, why: FetchError, now: Instant) {
        self.fetching.retain(|it| *it != sha256);
        match why {
            FetchError::NoRoom | FetchError::DiskRefused => {
                self.without_room.insert(sha256);
            }
            // There was room when it was asked for.
            FetchError::Refused | FetchError::Interrupted => {
                self.without_room.remove(&sha256);
            }
            FetchError::NoNetwork => {}
        }
        match why {
            FetchError::NoNetwork => self.network = Some(now + self.every),
            FetchError::NoRoom => self.disk = Some(now + self.every),
            FetchError::DiskRefused => {
                self.disk_failed += 1;
                self.disk = Some(now + self.wait(self.disk_failed));
                self.blame(sha256, now);
            }
            FetchError::Refused => self.blame(sha256, now),
            FetchError::Interrupted => {
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

    /// Whether the disk has no place for something that is queued.
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

/// Each blob once: what may warn first, then the lightest contents, so that one that is heavy holds up no other; of
/// each its text first.
fn by_weight(mut missing: Vec<MissingContent>) -> Vec<MissingBlob> {
    let weight = |it: &MissingContent| it.blobs.iter().map(|blob| blob.bytes).sum::<u64>();
    // Those of the same weight keep the operator's order.
    missing.sort_by_key(|it| (!it.is_urgent, weight(it)));
    let mut named = HashSet::new();
    let all = missing
        .into_iter()
        .flat_map(|MissingContent { blobs, is_urgent }| {
            let blobs = blobs.into_iter();
            blobs.map(move |blob| MissingBlob { blob, is_urgent })
        });
    all.filter(|it| named.insert(it.blob.sha256)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY: Duration = Duration::from_mins(1);

    fn named(name: &str) -> Sha256 {
        Sha256::of(name.as_bytes())
    }

    /// Those in capitals are urgent.
    fn queue_of(names: &[&str]) -> BlobQueue {
        let mut queue = BlobQueue::new(EVERY);
        queue.set(all(names));
        queue
    }

    fn all(names: &[&str]) -> Vec<MissingContent> {
        let missing = |name: &&str| content(&[(name, 1)]);
        names.iter().map(missing).collect()
    }

    /// Of such blobs with such weights.
    fn content(blobs: &[(&str, u64)]) -> MissingContent {
        let blob = |(name, bytes): &(&str, u64)| BlobReference {
            sha256: named(name),
            bytes: *bytes,
        };
        MissingContent {
            blobs: blobs.iter().map(blob).collect(),
            is_urgent: blobs[0].0.chars().all(char::is_uppercase),
        }
    }

    fn next(queue: &mut BlobQueue, is_urgent: bool, now: Instant) -> Option<Sha256> {
        queue.next(is_urgent, now).map(|it| it.blob.sha256)
    }

    #[test]
    fn what_may_warn_comes_first_then_the_lightest_tiles_and_of_each_its_text() {
        let heavy = content(&[("h", 10), ("h1", 900), ("h2", 800)]);
        let light = content(&[("l", 10), ("l1", 50)]);
        let (page, same) = (content(&[("p", 10)]), content(&[("p", 10)]));
        let warning = content(&[("W", 2_000)]);
        let all = [&heavy, &light, &page, &same, &warning];
        for (missing, expected) in [
            (&all[..], &["W", "p", "l", "l1", "h", "h1", "h2"][..]),
            // What else is missing of a tile decides what it weighs now.
            (&[&content(&[("h", 10)]), &light], &["h", "l", "l1"]),
            (&[&same, &content(&[("q", 10)])], &["p", "q"]),
            // What two tiles show comes once, and as early as the first of them.
            (
                &[&content(&[("h1", 900)]), &content(&[("H", 1), ("h1", 900)])],
                &["H", "h1"],
            ),
            (&[], &[]),
        ] {
            let missing: Vec<_> = missing.iter().map(|it| (*it).clone()).collect();
            let order: Vec<_> = by_weight(missing).iter().map(|it| it.blob.sha256).collect();
            let expected: Vec<_> = expected.iter().map(|it| named(it)).collect();
            assert_eq!(order, expected);
        }
    }

    #[test]
    fn one_that_does_not_come_holds_up_no_other_and_is_tried_again_at_a_bounded_pace() {
        let (start, mut queue) = (Instant::now(), queue_of(&["W", "a", "b"]));
        assert_eq!(next(&mut queue, false, start), Some(named("a")));
        assert_eq!(next(&mut queue, true, start), Some(named("W")));
        queue.failed(named("a"), FetchError::Refused, start);
        queue.arrived(named("W"));
        assert_eq!(next(&mut queue, false, start), Some(named("b")));
        assert!(!queue.is_at_rest(start));
        queue.arrived(named("b"));
        assert!(queue.is_at_rest(start));
        let (mut now, mut minutes) = (start, Vec::new());
        for _ in 0..7 {
            let at = queue.wake_at(false).expect("it is tried again");
            minutes.push((at - now).as_secs() / 60);
            now = at;
            assert_eq!(next(&mut queue, false, now), Some(named("a")));
            queue.failed(named("a"), FetchError::Refused, now);
        }
        assert_eq!(minutes, [1, 2, 4, 8, 15, 15, 15]);
        // What no manifest names any more is not asked for, and forgotten.
        queue.set(all(&["c"]));
        assert_eq!(next(&mut queue, false, now), Some(named("c")));
        assert!(queue.tries.is_empty());
    }

    #[test]
    fn what_may_warn_waits_for_the_next_manifest_at_most_and_not_when_the_network_is_back() {
        let (start, mut queue) = (Instant::now(), queue_of(&["W", "a"]));
        let mut now = start;
        for _ in 0..7 {
            assert_eq!(next(&mut queue, true, now), Some(named("W")));
            queue.failed(named("W"), FetchError::Refused, now);
            assert_eq!(queue.wake_at(true), Some(now + EVERY));
            now += EVERY;
        }
        assert_eq!(next(&mut queue, true, now), Some(named("W")));
        queue.failed(named("W"), FetchError::Interrupted, now);
        assert_eq!(next(&mut queue, true, now), None);
        queue.network_is_back();
        assert_eq!(next(&mut queue, true, now), Some(named("W")));
    }

    #[test]
    fn the_disk_is_full_only_as_long_as_something_that_is_wanted_has_no_place() {
        let (now, mut queue) = (Instant::now(), queue_of(&["a", "heavy", "b"]));
        queue.failed(named("heavy"), FetchError::NoRoom, now);
        queue.failed(named("a"), FetchError::DiskRefused, now);
        assert!(queue.lacks_room());
        queue.arrived(named("a"));
        assert!(
            queue.lacks_room(),
            "what is light says nothing of what is heavy"
        );
        // The heavy one is withdrawn; one that does not come is left, and needs no room.
        queue.failed(named("b"), FetchError::Refused, now);
        queue.set(all(&["b"]));
        assert!(!queue.lacks_room());
        queue.failed(named("b"), FetchError::NoRoom, now);
        queue.failed(named("b"), FetchError::NoNetwork, now);
        assert!(queue.lacks_room());
        queue.failed(named("b"), FetchError::Refused, now);
        assert!(!queue.lacks_room());
    }

    #[test]
    fn a_way_that_breaks_off_blames_no_blob_and_holds_up_no_other() {
        let (mut now, mut queue) = (Instant::now(), queue_of(&["a", "b"]));
        for _ in 0..7 {
            assert_eq!(next(&mut queue, false, now), Some(named("a")));
            queue.failed(named("a"), FetchError::Interrupted, now);
            assert_eq!(next(&mut queue, false, now), Some(named("b")));
            queue.failed(named("b"), FetchError::Interrupted, now);
            assert_eq!(queue.wake_at(false), Some(now + EVERY));
            now += EVERY;
        }
    }

    #[test]
    fn a_network_that_is_gone_blames_no_blob_and_a_full_disk_holds_up_no_warning() {
        let (now, mut queue) = (Instant::now(), queue_of(&["W", "a", "b"]));
        assert_eq!(next(&mut queue, false, now), Some(named("a")));
        queue.failed(named("a"), FetchError::NoNetwork, now);
        for is_urgent in [true, false] {
            assert_eq!(next(&mut queue, is_urgent, now), None);
            assert_eq!(queue.wake_at(is_urgent), Some(now + EVERY));
        }
        queue.network_is_back();
        assert_eq!(next(&mut queue, false, now), Some(named("a")));
        queue.failed(named("a"), FetchError::NoRoom, now);
        assert_eq!(next(&mut queue, false, now), None);
        assert_eq!(next(&mut queue, true, now), Some(named("W")));
        queue.arrived(named("W"));
        assert!(queue.is_at_rest(now));
        let later = now + EVERY;
        assert_eq!(next(&mut queue, false, later), Some(named("a")));
        queue.failed(named("a"), FetchError::DiskRefused, later);
        assert_eq!(queue.wake_at(false), Some(later + EVERY));
        assert_eq!(next(&mut queue, false, later + EVERY), Some(named("a")));
        queue.failed(named("a"), FetchError::DiskRefused, later);
        assert_eq!(queue.wake_at(false), Some(later + 2 * EVERY));
    }
}
