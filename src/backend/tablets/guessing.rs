//! How often codes may be tried, so that no code is found by chance and no honest tablet is refused for somebody who guesses.
//! Pure: it is told the time.
//!
//! There are 10·9⁷ = 47,829,690 codes of eight digits (none has a digit twice in a row), at most 100 are open at once
//! ([`OPEN_AT_MOST`]), and each lives for half an hour. What counts is how many codes that open nothing can be tried in a day:
//!
//! - **from a stranger's network** (an IPv4 address, an IPv6 /64): three, then after 5 min, 40 min, 5 h 20 min and a day;
//! - **from the larger network around it** (/24, /48): six, then after the same waits;
//! - **from all strangers together**: 150, and one more each 8 minutes: 330 a day at the most, however many addresses there are.
//!   Six addresses cannot empty it. Whoever does, from dozens of networks, makes new tablets on networks that we do not know
//!   wait: no rule can tell them from the guesser. The console says so, and how to go on: whoever hands the tablet over signs in
//!   to the console once from that network, and from then on it is known;
//! - **from a network that we know** (somebody who hands tablets over has signed in from there within the week, or a tablet
//!   was let in within the day), together with the larger one around it: 30, and one more each 5 minutes. Strangers cannot
//!   empty it; a guest on the office's own network can, and makes new tablets wait there, which the console says;
//! - **by a tablet that is lent already**, whose id nobody else knows: ten, and one more each 5 minutes.
//!
//! A code that opens is given back everywhere. The odds that a day of guessing at full rate opens a code, while 100 codes (or
//! ten, which is a busy day) are open all day long:
//!
//! | who guesses | before: tries a day, 100 open | 10 open | now: tries a day, 100 open | 10 open |
//! |---|---|---|---|---|
//! | one address | 14,400: 91 % | 22 % | 6: 1.3 · 10⁻⁵ | 1.3 · 10⁻⁶ |
//! | six addresses | 86,400: certain (98 min in the mean) | 77 % | 36: 7.5 · 10⁻⁵ | 7.5 · 10⁻⁶ |
//! | a /48 | 86,400: certain | 77 % | 9: 1.9 · 10⁻⁵ | 1.9 · 10⁻⁶ |
//! | 10,000 addresses | 86,400: certain | 77 % | 330: 6.9 · 10⁻⁴ | 6.9 · 10⁻⁵ |
//! | somebody within the office's own network | 14,400: 91 % | 22 % | 318: 6.6 · 10⁻⁴ | 6.6 · 10⁻⁵ |
//!
//! Codes of six digits that were printed before hold until they are half an hour old; in that time 153 tries are left against
//! 10·9⁵ = 590,490 codes: 2.6 % with 100 of them, once, at the change.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use kairan_contract::TabletId;

use crate::web::{
    asking::Network,
    limits::{Bucket, Buckets, Pace},
};

/// How many codes can be open at once.
pub const OPEN_AT_MOST: u64 = 100;

/// All strangers together.
const STRANGERS: Pace = Pace {
    at_once: 150,
    every: SignedDuration::from_mins(8),
};
/// A network that we know, and a tablet that is lent.
const KNOWN: Pace = Pace {
    at_once: 30,
    every: SignedDuration::from_mins(5),
};
const LENT: Pace = Pace {
    at_once: 10,
    every: SignedDuration::from_mins(5),
};
/// Mistakes that are free for a stranger's network, and for the larger one around it.
const FREE: u32 = 3;
const FREE_AROUND: u32 = 6;
/// After how long mistakes are forgotten.
const FORGOTTEN: SignedDuration = SignedDuration::from_hours(24);
/// How many networks or tablets are remembered at most, in each table.
const REMEMBERED: usize = 10_000;
/// So many tries in vain within an hour are no slips of fingers any more.
const MANY: u64 = 20;
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Who tries a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Asker {
    /// From a network that we do not know.
    Stranger(Network),
    /// From a network where a clerk has signed in, or a tablet was let in, lately.
    Known(Network),
    /// A tablet that is lent already, from anywhere.
    Lent(TabletId, Network),
}

impl Asker {
    /// From where.
    pub fn network(self) -> Network {
        match self {
            Self::Stranger(network) | Self::Known(network) | Self::Lent(_, network) => network,
        }
    }
}

/// Mistakes in a row, and when the last was.
#[derive(Debug, Clone, Copy)]
struct Mistakes {
    count: u32,
    last: Timestamp,
}

impl Mistakes {
    fn wait(self, free: u32, now: Timestamp) -> Option<SignedDuration> {
        let more = self.count.checked_sub(free)?;
        let minutes = 5_i64 << (3 * more.min(3));
        let wait = SignedDuration::from_mins(minutes).min(FORGOTTEN);
        let ago = now.duration_since(self.last);
        (ago < wait).then(|| wait - ago)
    }
}

/// The tries in vain of the last hour, by the minute.
#[derive(Debug, Default)]
struct LastHour {
    tries: Vec<(i64, u64)>,
    networks: HashMap<Network, Timestamp>,
    told: Option<Timestamp>,
}

/// How many tries in vain there were within an hour, and from how many networks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tries {
    /// How many.
    pub count: u64,
    /// From how many networks, as far as they are remembered.
    pub networks: usize,
}

/// What is remembered of those who have tried codes.
#[derive(Debug)]
pub struct Guessing {
    networks: HashMap<Network, Mistakes>,
    around: HashMap<Network, Mistakes>,
    strangers: Bucket,
    known: Buckets<Network>,
    lent: Buckets<TabletId>,
    hour: LastHour,
}

impl Default for Guessing {
    fn default() -> Self {
        Self {
            networks: HashMap::new(),
            around: HashMap::new(),
            strangers: Bucket::full(STRANGERS),
            known: Buckets::new(KNOWN, REMEMBERED),
            lent: Buckets::new(LENT, REMEMBERED),
            hour: LastHour::default(),
        }
    }
}

impl Guessing {
    /// Whether `asker` may try a code now, else how long they wait. It counts as a mistake until [`Self::opened`] or
    /// [`Self::undecided`] says otherwise: so many who ask at the same moment are not let through together.
    pub fn ask(&mut self, asker: Asker, now: Timestamp) -> Result<(), SignedDuration> {
        let wait = match asker {
            Asker::Known(network) => self.known.wait(network.wider(), now),
            Asker::Lent(tablet, _) => self.lent.wait(tablet, now),
            Asker::Stranger(network) => {
                let of = |mistakes: Option<&Mistakes>, free| {
                    mistakes.and_then(|it: &Mistakes| it.wait(free, now))
                };
                of(self.networks.get(&network), FREE)
                    .max(of(self.around.get(&network.wider()), FREE_AROUND))
                    .max(self.strangers.wait(now))
            }
        };
        if let Some(wait) = wait {
            return Err(wait);
        }
        match asker {
            Asker::Known(network) => self.known.take(network.wider(), now),
            Asker::Lent(tablet, _) => self.lent.take(tablet, now),
            Asker::Stranger(network) => {
                self.strangers.take(now);
                add(&mut self.networks, network, now);
                add(&mut self.around, network.wider(), now);
            }
        }
        Ok(())
    }

    /// The code opened: nothing is held against anybody.
    pub fn opened(&mut self, asker: Asker) {
        self.undecided(asker);
        if let Asker::Stranger(network) = asker {
            self.networks.remove(&network);
        }
    }

    /// Nobody knows whether the code would have opened: the database was busy.
    pub fn undecided(&mut self, asker: Asker) {
        match asker {
            Asker::Known(network) => self.known.give_back(network.wider()),
            Asker::Lent(tablet, _) => self.lent.give_back(tablet),
            Asker::Stranger(network) => {
                self.strangers.give_back();
                take_back(&mut self.networks, network);
                take_back(&mut self.around, network.wider());
            }
        }
    }

    /// Notes a try in vain: a wrong code, or one that was not looked at. Says so when there are many, once an hour.
    pub fn in_vain(&mut self, asker: Asker, now: Timestamp) -> Option<Tries> {
        let minute = now.as_second().div_euclid(60);
        match self.hour.tries.last_mut() {
            Some((last, count)) if *last == minute => *count += 1,
            _ => self.hour.tries.push((minute, 1)),
        }
        // At most sixty-one minutes are kept, and so many networks.
        self.hour.tries.retain(|(it, _)| *it > minute - 60);
        if self.hour.networks.len() >= REMEMBERED {
            self.hour
                .networks
                .retain(|_, last| now.duration_since(*last) < HOUR);
        }
        if self.hour.networks.len() < REMEMBERED {
            self.hour.networks.insert(asker.network(), now);
        }
        let tries = self.last_hour(now)?;
        let told = self.hour.told;
        if told.is_some_and(|told| now.duration_since(told) < HOUR) {
            return None;
        }
        self.hour.told = Some(now);
        Some(tries)
    }

    /// The tries in vain of the last hour, if they are many.
    pub fn last_hour(&self, now: Timestamp) -> Option<Tries> {
        let minute = now.as_second().div_euclid(60);
        let recent = self.hour.tries.iter().filter(|(it, _)| *it > minute - 60);
        let count = recent.map(|(_, count)| count).sum();
        let networks = self.hour.networks.values();
        let networks = networks
            .filter(|last| now.duration_since(**last) < HOUR)
            .count();
        (count >= MANY).then_some(Tries { count, networks })
    }
}

fn add(table: &mut HashMap<Network, Mistakes>, network: Network, now: Timestamp) {
    // All strangers together make 330 a day, so there is always room; the bound is for the clock that jumps.
    if table.len() >= REMEMBERED {
        table.retain(|_, it| now.duration_since(it.last) < FORGOTTEN);
    }
    let mistakes = table.entry(network).or_insert(Mistakes {
        count: 0,
        last: now,
    });
    if now.duration_since(mistakes.last) >= FORGOTTEN {
        mistakes.count = 0;
    }
    mistakes.count = mistakes.count.saturating_add(1);
    mistakes.last = now;
}

fn take_back(table: &mut HashMap<Network, Mistakes>, network: Network) {
    if let Some(mistakes) = table.get_mut(&network) {
        mistakes.count = mistakes.count.saturating_sub(1);
        if mistakes.count == 0 {
            table.remove(&network);
        }
    }
}

#[cfg(test)]
mod tests;
