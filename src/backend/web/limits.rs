//! How often somebody may do something, as pure state that is told the time. Every table has a bound.

use std::{collections::HashMap, hash::Hash};

use jiff::{SignedDuration, Timestamp};
use kairan_contract::Sha256;

use super::asking::Network;

/// So many at once, and one more each so often.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// How many at once.
    pub at_once: u32,
    /// How long until there is one more.
    pub every: SignedDuration,
}

/// What is left of a pace.
#[derive(Debug, Clone, Copy)]
pub struct Bucket {
    pace: Pace,
    /// Up to when it is spent, in milliseconds since 1970; it is full when that lies `at_once` times `every` back.
    spent_to: i64,
}

impl Bucket {
    /// A full one.
    pub fn full(pace: Pace) -> Self {
        Self { pace, spent_to: 0 }
    }

    fn every(&self) -> i64 {
        i64::try_from(self.pace.every.as_millis()).unwrap_or(i64::MAX / 2)
    }

    fn spent_to(&self, now: Timestamp) -> i64 {
        let room = self.every().saturating_mul(i64::from(self.pace.at_once));
        self.spent_to.max(now.as_millisecond().saturating_sub(room))
    }

    /// How long it takes until there is one; none if there is one now.
    pub fn wait(&self, now: Timestamp) -> Option<SignedDuration> {
        let wait = self.spent_to(now) + self.every() - now.as_millisecond();
        (wait > 0).then(|| SignedDuration::from_millis(wait))
    }

    /// Takes one, whether there is one or not.
    pub fn take(&mut self, now: Timestamp) {
        self.spent_to = self.spent_to(now) + self.every();
    }

    /// Gives one back.
    pub fn give_back(&mut self) {
        self.spent_to -= self.every();
    }

    /// Whether nothing is spent.
    pub fn is_full(&self, now: Timestamp) -> bool {
        let room = self.every().saturating_mul(i64::from(self.pace.at_once));
        self.spent_to <= now.as_millisecond().saturating_sub(room)
    }
}

/// A pace for each of many, of whom at most `most` are remembered.
#[derive(Debug, Clone)]
pub struct Buckets<K> {
    pace: Pace,
    most: usize,
    of: HashMap<K, Bucket>,
}

impl<K: Eq + Hash + Copy> Buckets<K> {
    /// Full ones.
    pub fn new(pace: Pace, most: usize) -> Self {
        Self {
            pace,
            most,
            of: HashMap::new(),
        }
    }

    /// How long `key` has to wait.
    pub fn wait(&self, key: K, now: Timestamp) -> Option<SignedDuration> {
        match self.of.get(&key) {
            Some(bucket) => bucket.wait(now),
            // There is no room to remember somebody else before one of the others is forgotten.
            None if self.of.len() >= self.most => Some(self.pace.every),
            None => None,
        }
    }

    /// Takes one of `key`'s.
    pub fn take(&mut self, key: K, now: Timestamp) {
        self.of
            .entry(key)
            .or_insert(Bucket::full(self.pace))
            .take(now);
        if self.of.len() >= self.most {
            self.of.retain(|_, bucket| !bucket.is_full(now));
        }
    }

    /// Gives one back.
    pub fn give_back(&mut self, key: K) {
        if let Some(bucket) = self.of.get_mut(&key) {
            bucket.give_back();
        }
    }

    /// How many are remembered.
    pub fn len(&self) -> usize {
        self.of.len()
    }

    /// Whether nobody is.
    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }
}

/// From where somebody signs in, as well as we know it. Each has a pace of its own, which nobody less known can empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whence {
    /// With a browser that has signed in under this name lately: the hash of what its cookie says.
    Device(Sha256),
    /// Under a name that has signed in from this network lately: the hash of both.
    Place(Sha256),
    /// From a network where somebody else has: colleagues, and whoever shares it.
    Office(Network),
    /// From anywhere.
    Stranger(Network),
}

/// How often somebody may try to sign in, so that a flood keeps neither the database nor the hashing from others. What
/// mistakes cost stands in the database; this is only the pace.
#[derive(Debug)]
pub struct SignIns {
    strangers: Bucket,
    by_network: Buckets<Network>,
    offices: Buckets<Network>,
    own: Buckets<Sha256>,
}

/// All strangers together: two a second, which the database and the hashing do not notice.
const STRANGERS: Pace = Pace {
    at_once: 240,
    every: SignedDuration::from_millis(500),
};
/// One network of strangers.
const STRANGE: Pace = Pace {
    at_once: 60,
    every: SignedDuration::from_secs(1),
};
/// A network in which somebody has signed in lately: an office signs in at nine.
const OFFICE: Pace = Pace {
    at_once: 120,
    every: SignedDuration::from_millis(500),
};
/// One browser, or one name in its own network: a person, however often they mistype.
const OWN: Pace = Pace {
    at_once: 20,
    every: SignedDuration::from_secs(3),
};
/// How many are remembered in each table.
const REMEMBERED: usize = 10_000;

impl Default for SignIns {
    fn default() -> Self {
        Self {
            strangers: Bucket::full(STRANGERS),
            by_network: Buckets::new(STRANGE, REMEMBERED),
            offices: Buckets::new(OFFICE, REMEMBERED),
            own: Buckets::new(OWN, REMEMBERED),
        }
    }
}

impl SignIns {
    /// Whether somebody may try once more now, else how long they wait.
    pub fn ask(&mut self, whence: Whence, now: Timestamp) -> Result<(), SignedDuration> {
        let wait = match whence {
            Whence::Device(own) | Whence::Place(own) => self.own.wait(own, now),
            Whence::Office(network) => self.offices.wait(network, now),
            Whence::Stranger(network) => {
                let wait = self.by_network.wait(network, now);
                wait.max(self.strangers.wait(now))
            }
        };
        if let Some(wait) = wait {
            return Err(wait);
        }
        match whence {
            Whence::Device(own) | Whence::Place(own) => self.own.take(own, now),
            Whence::Office(network) => self.offices.take(network, now),
            Whence::Stranger(network) => {
                self.strangers.take(now);
                self.by_network.take(network, now);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: Pace = Pace {
        at_once: 3,
        every: SignedDuration::from_secs(10),
    };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + second).expect("a time")
    }

    #[test]
    fn a_bucket_is_emptied_filled_and_given_back_to() {
        let mut bucket = Bucket::full(PACE);
        for _ in 0..3 {
            assert_eq!(bucket.wait(at(0)), None);
            bucket.take(at(0));
        }
        assert_eq!(bucket.wait(at(0)), Some(SignedDuration::from_secs(10)));
        assert_eq!(bucket.wait(at(4)), Some(SignedDuration::from_secs(6)));
        assert_eq!(bucket.wait(at(10)), None);
        bucket.give_back();
        assert_eq!(bucket.wait(at(0)), None);
        assert!(!bucket.is_full(at(0)) && bucket.is_full(at(30)));
    }

    #[test]
    fn no_more_are_remembered_than_there_is_room_for() {
        let mut buckets = Buckets::new(PACE, 100);
        for key in 0..100_000_u32 {
            if buckets.wait(key, at(0)).is_none() {
                buckets.take(key, at(0));
            }
        }
        assert_eq!(buckets.len(), 100);
        assert!(buckets.wait(7, at(0)).is_none(), "who is known goes on");
        // Once they have been quiet, there is room again.
        buckets.take(7, at(60));
        assert_eq!(buckets.len(), 1);
    }

    #[test]
    fn a_flood_keeps_nobody_out_who_is_known_better() {
        let mut sign_ins = SignIns::default();
        let network = |number: u32| Network::of(std::net::Ipv4Addr::from(number).into());
        let let_through = (0..100_000)
            .filter(|number| {
                sign_ins
                    .ask(Whence::Stranger(network(*number)), at(0))
                    .is_ok()
            })
            .count();
        assert_eq!(let_through, 240);
        assert!(sign_ins.by_network.len() <= 240);
        // A guest on the office's own network makes colleagues wait who have never signed in there, and nobody else.
        let guest = Whence::Office(network(7));
        let let_through = (0..1_000).filter(|_| sign_ins.ask(guest, at(0)).is_ok());
        assert_eq!(let_through.count(), 120);
        for own in [
            Whence::Device(Sha256::of(b"a browser")),
            Whence::Place(Sha256::of(b"a name there")),
        ] {
            assert_eq!(sign_ins.ask(own, at(0)), Ok(()));
        }
    }
}
