//! A pilot, made up honestly: records as tablets would write them, with the truth beside them. Pure: the
//! same seed gives the same records.
//!
//! There are people who never switch the tablet on, who switch it on and put it back, who stop after
//! some weeks, who love one tile; clocks that are off or that nobody has measured; weeks without a
//! network; numbers that were lost, records that come twice and in any order.

mod days;
mod person;

use std::collections::BTreeMap;

use kairan_contract::{ProviderKind, ServiceId};
use rand::{Rng, SeedableRng as _, rngs::StdRng, seq::SliceRandom as _};

use crate::{loans::Loan, row::Row};
use days::TILES;
use person::{Resident, resident};

pub use person::{Person, Truth, Wanted};

/// Makes records up, day by day.
pub struct Simulation {
    wanted: Wanted,
    residents: Vec<Resident>,
}

impl Simulation {
    /// Makes the people up.
    pub fn new(wanted: Wanted) -> Self {
        let residents = (0..wanted.loans).map(|number| resident(&wanted, number));
        Self {
            wanted,
            residents: residents.collect(),
        }
    }

    /// The loans.
    pub fn loans(&self) -> Vec<Loan> {
        self.residents.iter().map(|it| it.loan.clone()).collect()
    }

    /// The truth of each loan; complete once the last day was made up.
    pub fn truth(&self) -> Vec<Truth> {
        self.residents.iter().map(|it| it.truth.clone()).collect()
    }

    /// Who stands behind each tile.
    pub fn providers() -> BTreeMap<ServiceId, ProviderKind> {
        let tiles = TILES
            .iter()
            .filter_map(|(id, kind, _)| Some((id.parse().ok()?, *kind)));
        tiles.collect()
    }

    /// The days.
    pub fn days(&self) -> impl Iterator<Item = i64> + use<> {
        let from = self.wanted.from;
        from..from + i64::from(self.wanted.days)
    }

    /// The records of a day, in any order, some of them twice. Days must be asked for in their order.
    pub fn records_of(&mut self, day: i64) -> Vec<Row> {
        let mut rows = Vec::new();
        for resident in &mut self.residents {
            if resident.loan.is_open_on(day) {
                resident.live(day, &mut rows);
            }
        }
        let seed = self.wanted.seed ^ day.unsigned_abs();
        let mut random = StdRng::seed_from_u64(seed);
        for index in 0..rows.len() {
            if random.random_bool(0.01) {
                rows.push(rows[index].clone());
            }
        }
        rows.shuffle(&mut random);
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WANTED: Wanted = Wanted {
        loans: 60,
        days: 40,
        seed: 3,
        from: 20_700,
        busy: 1,
    };

    #[test]
    fn the_same_seed_gives_the_same_records_and_another_seed_others() {
        let make = |wanted| {
            let mut made = Simulation::new(wanted);
            let days: Vec<i64> = made.days().collect();
            let rows: Vec<Row> = days.iter().flat_map(|day| made.records_of(*day)).collect();
            rows
        };
        assert!(make(WANTED) == make(WANTED));
        assert!(make(WANTED) != make(Wanted { seed: 4, ..WANTED }));
    }

    #[test]
    fn there_is_everything_that_goes_wrong_in_a_pilot() {
        let mut made = Simulation::new(Wanted {
            loans: 200,
            ..WANTED
        });
        let days: Vec<i64> = made.days().collect();
        let rows: Vec<Row> = days.iter().flat_map(|day| made.records_of(*day)).collect();
        let truth = made.truth();
        let persons: std::collections::BTreeSet<Person> =
            truth.iter().map(|it| it.person).collect();
        assert_eq!(persons.len(), 5);
        assert!(truth.iter().any(|it| it.lost > 0));
        assert!(rows.iter().any(|row| row.clock_offset_ms.is_none()));
        assert!(
            rows.iter()
                .any(|row| row.clock_offset_ms.is_some_and(|it| it.abs() > 300_000))
        );
        let mut keys: Vec<(&str, i64)> = rows.iter().map(Row::key).collect();
        assert!(!keys.is_sorted(), "they come in any order");
        keys.sort_unstable();
        let all = keys.len();
        keys.dedup();
        assert!(keys.len() < all, "some come twice");
        // Every record lies on the day that it was made up for, whatever the clock says.
        let first = days[0];
        assert!(rows.iter().all(|row| row.day() >= first));
    }
}
