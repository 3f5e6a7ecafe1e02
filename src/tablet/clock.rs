//! One clock for everything that the tablet tells, decides and writes down: the council's time as it was
//! last heard, and the time that has run since. The clock on the wall may be set, lost or wrong
//! meanwhile; this one does not follow it. Pure.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::uptime::{MachineTime, Uptime};

/// A clock that differs by less than this, beyond what the way of an answer leaves open, is not set anew:
/// it would only tremble.
const SLACK: SignedDuration = SignedDuration::from_millis(100);

/// The council's time, as an answer brought it. It was stamped somewhere between the question and the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CouncilTime {
    /// What the council's clock showed.
    pub stamped: Timestamp,
    /// When it was asked.
    pub asked: Uptime,
    /// When the answer was there.
    pub answered: Uptime,
}

/// That the council's time was known at a moment: what is kept of the clock over a restart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The council's time.
    pub at: Timestamp,
    /// The uptime at the same moment.
    pub uptime: Uptime,
    /// Of which start of the machine that uptime is.
    pub machine_start: String,
}

/// The tablet's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    machine_start: String,
    known: Basis,
}

/// What is known of the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Basis {
    /// Nothing but what hangs on the wall.
    Wall,
    /// It was not heard since the machine was switched on; but at that uptime it was later than this.
    LaterThan(Timestamp, Uptime),
    /// At that uptime it was this.
    Council(Timestamp, Uptime),
}

impl Clock {
    /// The clock as the program starts. `kept` is what the program before it kept: as long as the machine
    /// was not switched off, the time has only run on; and never is it earlier than then.
    pub fn start(kept: Option<&Contact>, machine_start: &str, now: MachineTime) -> Self {
        let known = match kept {
            None => Basis::Wall,
            Some(kept) => {
                let is_the_same_start =
                    !machine_start.is_empty() && kept.machine_start == machine_start;
                if is_the_same_start && kept.uptime <= now.uptime {
                    Basis::Council(kept.at, kept.uptime)
                } else {
                    Basis::LaterThan(kept.at, now.uptime)
                }
            }
        };
        Self {
            machine_start: machine_start.to_owned(),
            known,
        }
    }

    /// The council's time was heard. Says whether the clock is another now.
    pub fn synchronize(&mut self, heard: CouncilTime) -> bool {
        let way = SignedDuration::from_millis(
            i64::try_from(heard.answered.since(heard.asked)).unwrap_or(i64::MAX),
        );
        if let Basis::Council(at, uptime) = self.known {
            let ours = later(at, heard.answered.since(uptime));
            let ahead = ours.duration_since(heard.stamped);
            // The council's clock shows something from what it stamped to that and the whole way.
            if (SignedDuration::ZERO.saturating_sub(SLACK)..=way.saturating_add(SLACK))
                .contains(&ahead)
            {
                return false;
            }
        }
        // Half-way is the best guess.
        let half = heard.answered.since(heard.asked) / 2;
        self.known = Basis::Council(later(heard.stamped, half), heard.answered);
        true
    }

    /// What time it is.
    pub fn now(&self, now: MachineTime) -> Timestamp {
        match self.known {
            Basis::Wall => now.wall,
            Basis::LaterThan(at, uptime) => now.wall.max(later(at, now.uptime.since(uptime))),
            Basis::Council(at, uptime) => later(at, now.uptime.since(uptime)),
        }
    }

    /// This clock minus the one on the wall at the same moment, in milliseconds; none before the council's
    /// time is known.
    pub fn offset_ms(&self, now: MachineTime) -> Option<i64> {
        match self.known {
            Basis::Wall | Basis::LaterThan(..) => None,
            Basis::Council(..) => Some(self.now(now).as_millisecond() - now.wall.as_millisecond()),
        }
    }

    /// What is kept for the next start; nothing before the council's time is known.
    pub fn contact(&self, now: MachineTime) -> Option<Contact> {
        match self.known {
            Basis::Wall | Basis::LaterThan(..) => None,
            Basis::Council(..) => Some(Contact {
                at: self.now(now),
                uptime: now.uptime,
                machine_start: self.machine_start.clone(),
            }),
        }
    }

    /// At which uptime the next minute begins.
    pub fn next_minute(&self, now: MachineTime) -> Uptime {
        let into_the_minute = self.now(now).as_millisecond().rem_euclid(60_000);
        now.uptime.after(60_000 - into_the_minute.unsigned_abs())
    }
}

/// So much later; where time itself ends, no later.
fn later(at: Timestamp, milliseconds: u64) -> Timestamp {
    let milliseconds = i64::try_from(milliseconds).unwrap_or(i64::MAX);
    at.checked_add(SignedDuration::from_millis(milliseconds))
        .unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> Timestamp {
        time.parse().expect("a time")
    }

    fn machine_time(wall: &str, uptime: u64) -> MachineTime {
        MachineTime {
            wall: at(wall),
            uptime: Uptime::from_millis(uptime),
        }
    }

    /// Heard at this uptime, after a way of so many milliseconds.
    fn heard(stamped: &str, way: u64, answered: u64) -> CouncilTime {
        CouncilTime {
            stamped: at(stamped),
            asked: Uptime::from_millis(answered - way),
            answered: Uptime::from_millis(answered),
        }
    }

    const COUNCIL: &str = "2026-11-22T06:24:00Z";

    #[test]
    fn no_step_of_the_clock_on_the_wall_moves_it_once_the_councils_time_is_known() {
        let mut clock = Clock::start(None, "a", machine_time("2020-01-01T00:00:00Z", 1_000));
        assert!(clock.synchronize(heard(COUNCIL, 0, 10_000)));
        for wall in [
            "1970-01-01T00:00:00Z",
            "2020-01-01T00:00:00Z",
            "2026-11-22T03:24:00Z",
            "2026-11-22T09:24:00Z",
            "2099-12-31T23:59:59Z",
        ] {
            let now = machine_time(wall, 70_000);
            assert_eq!(clock.now(now), at("2026-11-22T06:25:00Z"), "{wall}");
            let offset = clock.offset_ms(now).expect("it is known");
            let dated = now.wall.as_millisecond() + offset;
            assert_eq!(dated, at("2026-11-22T06:25:00Z").as_millisecond(), "{wall}");
        }
    }

    #[test]
    fn before_any_contact_it_is_the_clock_on_the_wall_but_never_before_the_last_contact() {
        let wall = machine_time("2026-11-22T06:00:00Z", 5_000);
        let clock = Clock::start(None, "a", wall);
        assert_eq!(clock.now(wall), wall.wall);
        assert_eq!(clock.offset_ms(wall), None);
        assert_eq!(clock.contact(wall), None);
        let kept = Contact {
            at: at(COUNCIL),
            uptime: Uptime::from_millis(900_000),
            machine_start: "the one before".to_owned(),
        };
        let clock = Clock::start(
            Some(&kept),
            "a",
            machine_time("2020-01-01T00:00:00Z", 5_000),
        );
        let later = machine_time("2020-01-01T00:01:00Z", 65_000);
        assert_eq!(clock.now(later), at("2026-11-22T06:25:00Z"));
        assert_eq!(clock.offset_ms(later), None, "that is no more than a bound");
        let set = machine_time("2026-11-23T00:00:00Z", 66_000);
        assert_eq!(clock.now(set), set.wall);
    }

    #[test]
    fn a_program_that_starts_anew_on_the_same_machine_knows_the_time() {
        let mut clock = Clock::start(None, "a", machine_time("2020-01-01T00:00:00Z", 1_000));
        clock.synchronize(heard(COUNCIL, 0, 10_000));
        let now = machine_time("2020-01-01T00:00:00Z", 20_000);
        let kept = clock.contact(now).expect("it is known");
        let json = serde_json::to_string(&kept).expect("writes");
        let kept: Contact = serde_json::from_str(&json).expect("reads");
        assert_eq!(kept.at, at("2026-11-22T06:24:10Z"));
        let start = machine_time("2099-01-01T00:00:00Z", 3_610_000);
        let again = Clock::start(Some(&kept), "a", start);
        assert_eq!(again.now(start), at("2026-11-22T07:24:00Z"));
        // A machine that does not say which start it is, or whose uptime began anew, says nothing.
        for (machine, uptime) in [("", 3_610_000), ("a", 19_999)] {
            let start = machine_time("2026-12-01T00:00:00Z", uptime);
            assert_eq!(
                Clock::start(Some(&kept), machine, start).now(start),
                start.wall
            );
        }
    }

    #[test]
    fn what_a_slow_answer_leaves_open_does_not_set_it_and_what_is_wrong_does() {
        let mut clock = Clock::start(None, "a", machine_time(COUNCIL, 0));
        assert!(clock.synchronize(heard(COUNCIL, 0, 10_000)));
        // Two seconds on the way: it was stamped somewhere within.
        assert!(!clock.synchronize(heard("2026-11-22T06:24:10Z", 2_000, 21_000)));
        assert_eq!(
            clock.now(machine_time(COUNCIL, 21_000)),
            at("2026-11-22T06:24:11Z")
        );
        // A whole night on the way, asleep, sets nothing.
        assert!(!clock.synchronize(heard("2026-11-22T06:24:12Z", 28_800_000, 28_822_000)));
        // A council that corrects its own clock is followed, in either direction.
        assert!(clock.synchronize(heard("2026-11-22T05:00:00Z", 200, 28_900_000)));
        assert_eq!(
            clock.now(machine_time(COUNCIL, 28_900_000)),
            at("2026-11-22T05:00:00.1Z")
        );
    }

    #[test]
    fn the_next_minute_is_the_councils_and_time_ends_without_a_panic() {
        let mut clock = Clock::start(None, "a", machine_time(COUNCIL, 0));
        clock.synchronize(heard("2026-11-22T06:24:42Z", 0, 10_000));
        let next = clock.next_minute(machine_time("2099-01-01T00:00:59Z", 15_000));
        assert_eq!(next, Uptime::from_millis(28_000));
        clock.synchronize(CouncilTime {
            stamped: Timestamp::MAX,
            asked: Uptime::from_millis(0),
            answered: Uptime::from_millis(0),
        });
        let end = machine_time(COUNCIL, u64::MAX);
        assert_eq!(clock.now(end), Timestamp::MAX);
    }
}
