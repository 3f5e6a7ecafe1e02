//! A day of guessing at full rate, in made-up time: no code opens, and nobody honest is refused.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use uuid::Uuid;

use super::*;

/// Codes of eight digits of which none stands twice in a row.
const CODES: u32 = 47_829_690;
const DAY: i64 = 24 * 60 * 60;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).expect("a time")
}

fn v4(number: u32) -> Network {
    Network::of(IpAddr::V4(Ipv4Addr::from(number)))
}

/// What came of a day.
#[derive(Debug, Default)]
struct Day {
    /// Codes that the attacker could try.
    tried: u32,
    /// Codes that opened for the attacker, while a hundred are open all day long.
    opened: u32,
    /// Honest tablets that were refused: at the counter, lent before, and on networks of their own.
    refused_at_the_counter: u32,
    refused_lent: u32,
    refused_strangers: u32,
}

impl Day {
    /// The odds that the attacker finds one code of a hundred.
    fn odds(&self) -> f64 {
        f64::from(self.tried) * 100.0 / f64::from(CODES)
    }
}

/// A day on which each of `attackers` tries a code whenever it is let, and honest tablets come all day long.
fn a_day(attackers: &[Network], seed: u64) -> Day {
    let mut guessing = Guessing::default();
    let mut random = StdRng::seed_from_u64(seed);
    let mut day = Day::default();
    // Who tries next, and when.
    let next = (0..attackers.len()).map(|attacker| Reverse((0, attacker)));
    let mut next: BinaryHeap<Reverse<(i64, usize)>> = next.collect();
    let office = v4(0xC0A8_0001);
    for second in 0..DAY {
        while next.peek().is_some_and(|Reverse((due, _))| *due <= second) {
            let Some(Reverse((_, attacker))) = next.pop() else {
                break;
            };
            let asker = Asker::Stranger(attackers[attacker]);
            let wait = match guessing.ask(asker, at(second)) {
                Ok(()) => {
                    day.tried += 1;
                    // Codes are numbers here, and the first hundred are open.
                    day.opened += u32::from(random.random_range(0..CODES) < 100);
                    guessing.in_vain(asker, at(second));
                    0
                }
                // Who is told to wait comes back when the wait is over, or every half hour to see.
                Err(wait) => wait.as_secs().clamp(1, 1_800),
            };
            next.push(Reverse((second + wait, attacker)));
        }
        // Every three minutes somebody at the counter, of whom one in twenty has pressed a wrong key.
        if second % 180 == 0 {
            let asker = Asker::Known(office);
            match guessing.ask(asker, at(second)) {
                Ok(()) if second % 3_600 == 0 => {}
                Ok(()) => guessing.opened(asker),
                Err(_) => day.refused_at_the_counter += 1,
            }
        }
        // Every ten minutes a tablet on a network of its own, and one that was lent before.
        if second % 600 == 300 {
            let number = u32::try_from(second).expect("small");
            let network = v4(0x0B00_0000 + (number << 8));
            let asker = Asker::Stranger(network);
            match guessing.ask(asker, at(second)) {
                Ok(()) => guessing.opened(asker),
                Err(_) => day.refused_strangers += 1,
            }
            let asker = Asker::Lent(TabletId(Uuid::from_u128(number.into())), network);
            match guessing.ask(asker, at(second)) {
                Ok(()) => guessing.opened(asker),
                Err(_) => day.refused_lent += 1,
            }
        }
    }
    assert!(guessing.networks.len() <= REMEMBERED && guessing.around.len() <= REMEMBERED);
    assert!(guessing.hour.networks.len() <= REMEMBERED && guessing.hour.tries.len() <= 61);
    day
}

fn addresses(count: u32) -> Vec<Network> {
    (0..count).map(|it| v4(0x5000_0000 + it * 1_021)).collect()
}

#[test]
fn a_day_of_guessing_from_one_address_and_from_six_opens_nothing_and_refuses_nobody() {
    for (count, tries) in [(1, 6), (6, 36)] {
        let day = a_day(&addresses(count), u64::from(count));
        assert!(day.tried <= tries, "{day:?}");
        assert_eq!(day.opened, 0);
        assert!(day.odds() < 1e-4, "{}", day.odds());
        let refused = (
            day.refused_at_the_counter,
            day.refused_lent,
            day.refused_strangers,
        );
        assert_eq!(refused, (0, 0, 0), "{day:?}");
    }
}

#[test]
fn a_day_of_guessing_from_ten_thousand_addresses_opens_nothing_and_refuses_nobody_whom_we_know() {
    let day = a_day(&addresses(10_000), 10_000);
    assert!(day.tried <= 330, "{day:?}");
    assert_eq!(day.opened, 0);
    assert!(day.odds() < 1e-3, "{}", day.odds());
    let refused = (day.refused_at_the_counter, day.refused_lent);
    assert_eq!(refused, (0, 0), "{day:?}");
    // Whom nobody knows, nobody can tell from the guessers: a new tablet on a network of its own waits meanwhile.
    assert!(day.refused_strangers > 100, "{day:?}");
}

#[test]
fn all_the_addresses_of_one_customer_are_one_guesser() {
    let of = |number: u16| {
        let address = Ipv6Addr::new(0x2001, 0xdb8, 1, number, 0, 0, 0, 1);
        Network::of(address.into())
    };
    let day = a_day(&(0..5_000).map(of).collect::<Vec<_>>(), 48);
    assert!(day.tried <= 9, "{day:?}");
    assert_eq!(day.refused_strangers, 0, "{day:?}");
}

#[test]
fn within_the_office_a_guesser_is_slow_and_is_heard_of() {
    let mut guessing = Guessing::default();
    let asker = Asker::Known(v4(1));
    let (mut tried, mut told) = (0, 0);
    for second in 0..DAY {
        if guessing.ask(asker, at(second)).is_ok() {
            tried += 1;
        }
        told += u32::from(guessing.in_vain(asker, at(second)).is_some());
    }
    assert!((317..=318).contains(&tried), "{tried}");
    assert!((23..=24).contains(&told), "once an hour: {told}");
}

#[test]
fn somebody_who_tries_many_codes_at_the_same_moment_gains_nothing() {
    let mut guessing = Guessing::default();
    let asker = Asker::Stranger(v4(7));
    let asked = (0..1_000).filter(|_| guessing.ask(asker, at(0)).is_ok());
    assert_eq!(asked.count(), 3);
}

#[test]
fn who_is_let_in_has_made_no_mistakes() {
    let mut guessing = Guessing::default();
    let asker = Asker::Stranger(v4(7));
    for _ in 0..20 {
        // Two slips, and the third opens.
        for _ in 0..3 {
            assert_eq!(guessing.ask(asker, at(0)), Ok(()));
        }
        guessing.opened(asker);
        guessing.strangers = Bucket::full(STRANGERS);
        guessing.around.clear();
    }
    assert!(guessing.networks.is_empty());
}

#[test]
fn many_tries_within_an_hour_are_told_and_forgotten() {
    let mut guessing = Guessing::default();
    for number in 0..19 {
        let asker = Asker::Stranger(v4(number));
        assert_eq!(guessing.in_vain(asker, at(i64::from(number))), None);
    }
    let asker = Asker::Stranger(v4(99));
    let tries = Tries {
        count: 20,
        networks: 20,
    };
    assert_eq!(guessing.in_vain(asker, at(60)), Some(tries));
    assert_eq!(guessing.in_vain(asker, at(61)), None, "told already");
    assert!(guessing.last_hour(at(61)).is_some());
    assert_eq!(guessing.last_hour(at(4_000)), None);
}
