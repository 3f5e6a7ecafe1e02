//! A pilot, made up honestly: records as tablets would write them, with the truth beside them. Pure: the
//! same seed gives the same records.
//!
//! There are people who never switch the tablet on, who switch it on and put it back, who stop after
//! some weeks, who love one tile; clocks that are off or that nobody has measured; weeks without a
//! network; numbers that were lost, records that come twice and in any order.

use std::collections::BTreeMap;

use kairan_contract::{AgeBand, AreaCode, Participation, ProviderKind, ServiceId};
use rand::{Rng, SeedableRng as _, rngs::StdRng, seq::SliceRandom as _};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    loans::{Ending, Loan},
    row::{DAY_MS, JAPAN_MS, Row},
};

/// The tiles of the made-up council, who stands behind each, and how much it is liked.
const TILES: [(&str, ProviderKind, u32); 10] = [
    ("city-news", ProviderKind::Government, 18),
    ("weather", ProviderKind::Government, 30),
    ("warnings", ProviderKind::Government, 5),
    ("bus", ProviderKind::Private, 14),
    ("gatherings", ProviderKind::Government, 9),
    ("exercise", ProviderKind::Government, 8),
    ("clinics", ProviderKind::Government, 5),
    ("shopping", ProviderKind::Private, 6),
    ("fraud", ProviderKind::Government, 2),
    ("garbage", ProviderKind::Government, 3),
];
/// The municipalities, age bands and periods that loans are spread over.
const AREAS: [&str; 3] = ["99201", "99202", "99203"];
const COHORTS: [&str; 3] = ["2026-spring", "2026-summer", "2026-autumn"];

/// What is to be made up.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// Loans.
    pub loans: u32,
    /// Days from the first hand-over on.
    pub days: u32,
    /// The same seed gives the same records.
    pub seed: u64,
    /// The day of the first hand-over, days since 1970-01-01.
    pub from: i64,
    /// How many times as many visits as usual, to try what much use costs.
    pub busy: u32,
}

/// What kind of person a loan goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Person {
    /// The tablet stays in its box.
    NeverSwitchesOn,
    /// Switches it on once, and never touches it.
    PutsItBack,
    /// Uses it for some weeks.
    Stops,
    /// Goes on using it.
    Stays,
    /// Goes on using it, mostly for the bus.
    LovesTheBus,
}

/// The truth of one loan.
#[derive(Debug, Clone, Serialize)]
pub struct Truth {
    /// The pseudonym.
    pub participation: Participation,
    /// What kind of person.
    pub person: Person,
    /// The last day on which they use it, if they stop.
    pub stops_after: Option<i64>,
    /// Visits that were made up.
    pub visits: u64,
    /// Tiles that were opened.
    pub opened: u64,
    /// Sequence numbers that were lost.
    pub lost: u64,
}

struct Resident {
    loan: Loan,
    truth: Truth,
    tablet: String,
    boot: String,
    /// How likely they are to use the tablet on a day.
    keen: f64,
    /// Backend time minus tablet time.
    clock_offset_ms: i64,
    /// Days from and to which there is no network.
    offline: Option<(i64, i64)>,
    busy: u32,
    sequence: i64,
    visit: i64,
    random: StdRng,
}

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

fn resident(wanted: &Wanted, number: u32) -> Resident {
    let seed = wanted.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ u64::from(number);
    let mut random = StdRng::seed_from_u64(seed);
    let mut id = || Uuid::from_u128(random.random());
    let (participation, tablet, boot) = (Participation(id()), id(), id());
    let person = match random.random_range(0..100) {
        0..12 => Person::NeverSwitchesOn,
        12..20 => Person::PutsItBack,
        20..45 => Person::Stops,
        45..90 => Person::Stays,
        _ => Person::LovesTheBus,
    };
    // Tablets are handed over in the first third; some come back before the end.
    let days = i64::from(wanted.days);
    let began = wanted.from + random.random_range(0..(days / 3).max(1));
    let ended = random.random_bool(0.15).then(|| {
        let how = match random.random_range(0..4) {
            0 => Ending::Withdrawn,
            1 => Ending::Lost,
            _ => Ending::Returned,
        };
        (began + random.random_range(0..days.max(1)), how)
    });
    let ages = AgeBand::ALL;
    let pick = random.random_range(0..AREAS.len());
    let loan = Loan {
        participation,
        area: AreaCode::try_from(AREAS[pick].to_owned()).ok(),
        age_band: Some(ages[random.random_range(0..ages.len())].1),
        cohort: COHORTS[random.random_range(0..COHORTS.len())].to_owned(),
        began,
        ended,
    };
    let stops_after =
        (person == Person::Stops).then(|| began + random.random_range(3..60_i64.max(days / 2)));
    let clock_offset_ms = match random.random_range(0..20) {
        0 => random.random_range(-8 * 3_600_000..8 * 3_600_000),
        1 | 2 => random.random_range(-600_000..600_000),
        _ => random.random_range(-3_000..3_000),
    };
    let offline = random.random_bool(0.1).then(|| {
        let from = began + random.random_range(0..days.max(1));
        (from, from + random.random_range(2..14))
    });
    Resident {
        truth: Truth {
            participation,
            person,
            stops_after,
            visits: 0,
            opened: 0,
            lost: 0,
        },
        loan,
        tablet: tablet.to_string(),
        boot: boot.to_string(),
        keen: random.random_range(0.25..0.95),
        clock_offset_ms,
        offline,
        busy: wanted.busy.max(1),
        sequence: 0,
        visit: 0,
        random,
    }
}

impl Resident {
    /// One day of this person.
    fn live(&mut self, day: i64, rows: &mut Vec<Row>) {
        let midnight = day * DAY_MS - JAPAN_MS;
        let is_first = day == self.loan.began;
        match self.truth.person {
            Person::NeverSwitchesOn => return,
            Person::PutsItBack => {
                if is_first {
                    self.write(rows, midnight + 11 * 3_600_000, "started", |row| {
                        row.cause = Some("power".to_owned());
                    });
                }
                return;
            }
            Person::Stops if self.truth.stops_after.is_some_and(|last| day > last) => return,
            _ => {}
        }
        if is_first || self.random.random_bool(0.05) {
            self.write(rows, midnight + 6 * 3_600_000, "started", |row| {
                row.cause = Some("power".to_owned());
            });
        }
        if day % 30 == 17 {
            self.be_warned(midnight + 14 * 3_600_000, rows);
        }
        if !is_first && !self.random.random_bool(self.keen) {
            return;
        }
        for _ in 0..self.random.random_range(1..5) * self.busy {
            let hour = match self.random.random_range(0..10) {
                0..5 => self.random.random_range(7..11),
                5..9 => self.random.random_range(14..19),
                _ => self.random.random_range(5..23),
            };
            let at = midnight + hour * 3_600_000 + self.random.random_range(0..3_000_000);
            self.visit(at, day, rows);
        }
    }

    fn visit(&mut self, began: i64, day: i64, rows: &mut Vec<Row>) {
        self.visit += 1;
        self.truth.visits += 1;
        let mut at = began;
        self.write(rows, at, "visit_began", |row| {
            row.how = Some("touch".to_owned());
        });
        if self.random.random_bool(0.02) {
            let size = if self.random.random_bool(0.5) {
                "large"
            } else {
                "largest"
            };
            self.write(rows, at, "text_size_set", |row| {
                row.chosen = Some(size.to_owned());
            });
        }
        for _ in 0..self.random.random_range(1..6) {
            let tile = self.tile();
            self.truth.opened += 1;
            at += self.random.random_range(1_000..8_000);
            self.write(rows, at, "service_opened", |row| {
                row.service = Some(tile.to_owned());
                row.opened_from = Some("home".to_owned());
            });
            let dwell = self.dwell();
            if self.random.random_bool(0.15) {
                self.write(rows, at + dwell / 2, "read_aloud", |row| {
                    row.service = Some(tile.to_owned());
                    row.heard_ms = Some(dwell / 2);
                    row.stopped = Some(0);
                });
            }
            if self.random.random_bool(0.2) {
                let why = if self.random.random_bool(0.7) {
                    "repeat"
                } else {
                    "slide"
                };
                self.write(rows, at + dwell / 3, "touch_ignored", |row| {
                    row.why = Some(why.to_owned());
                });
            }
            at += dwell;
            self.write(rows, at, "service_left", |row| {
                row.service = Some(tile.to_owned());
                row.dwell_ms = Some(dwell);
                row.how = Some("home".to_owned());
            });
        }
        if self.random.random_bool(0.03) {
            self.write(rows, at, "help_opened", |row| {
                row.screen = Some("home".to_owned());
            });
        }
        let since = day - self.loan.began;
        if since == 30 || since == 60 {
            self.answer(
                if since == 30 {
                    ("first-month", 3, 3)
                } else {
                    ("sus", 10, 5)
                },
                at,
                rows,
            );
        }
        self.write(rows, at + 300_000, "visit_ended", |row| {
            row.cause = Some("idle".to_owned());
        });
    }

    /// Some leave a questionnaire in the middle.
    fn answer(
        &mut self,
        (form, questions, choices): (&str, i64, i64),
        at: i64,
        rows: &mut Vec<Row>,
    ) {
        self.write(rows, at, "form_began", |row| {
            row.form = Some(form.to_owned());
        });
        for question in 1..=questions {
            if self.random.random_bool(0.03) {
                self.write(rows, at, "form_left", |row| {
                    row.form = Some(form.to_owned());
                    row.step = Some(question);
                });
                return;
            }
            let choice = self.random.random_range(1..=choices);
            self.write(rows, at, "question_answered", |row| {
                row.survey = Some(form.to_owned());
                row.question = Some(question);
                row.choice = Some(choice);
            });
            self.write(rows, at, "form_step", |row| {
                row.form = Some(form.to_owned());
                row.step = Some(question);
            });
        }
        self.write(rows, at, "form_sent", |row| {
            row.form = Some(form.to_owned());
        });
    }

    fn be_warned(&mut self, at: i64, rows: &mut Vec<Row>) {
        self.write(rows, at, "alert_shown", |row| {
            row.service = Some("warnings".to_owned());
            row.level = Some(4);
        });
        if self.random.random_bool(0.8) {
            let after = self.random.random_range(5_000..1_800_000);
            self.write(rows, at + after, "alert_answered", |row| {
                row.service = Some("warnings".to_owned());
                row.level = Some(4);
                row.after_ms = Some(after);
            });
        }
    }

    fn tile(&mut self) -> &'static str {
        if self.truth.person == Person::LovesTheBus && self.random.random_bool(0.7) {
            return "bus";
        }
        let all: u32 = TILES.iter().map(|(_, _, liked)| liked).sum();
        let mut at = self.random.random_range(0..all);
        for (tile, _, liked) in TILES {
            if at < liked {
                return tile;
            }
            at -= liked;
        }
        TILES[0].0
    }

    /// Most stay for half a minute; some for long; some leave at once.
    fn dwell(&mut self) -> i64 {
        let mut length = 20_000_i64;
        for _ in 0..4 {
            length = length * self.random.random_range(40..220) / 100;
        }
        length.max(300)
    }

    fn write(&mut self, rows: &mut Vec<Row>, at: i64, kind: &str, fill: impl FnOnce(&mut Row)) {
        self.sequence += 1;
        if self.random.random_bool(0.000_5) {
            // The disk lost this one.
            self.truth.lost += 1;
            return;
        }
        let day = crate::row::day_of(at);
        let is_offline = self
            .offline
            .is_some_and(|(from, to)| (from..=to).contains(&day));
        let received_at = match self.offline {
            Some((_, to)) if is_offline => (to + 1) * DAY_MS - JAPAN_MS + 60_000,
            _ => at + 5_000,
        };
        let mut row = Row {
            tablet: Some(self.tablet.clone()),
            sequence: Some(self.sequence),
            participation: Some(self.loan.participation.to_string()),
            boot: Some(self.boot.clone()),
            uptime_ms: Some(at - self.loan.began * DAY_MS + DAY_MS),
            happened_at: Some(at - self.clock_offset_ms),
            clock_offset_ms: Some(self.clock_offset_ms),
            visit: Some(self.visit),
            catalogue: Some(1),
            kind: Some(kind.to_owned()),
            received_at: Some(received_at),
            detail: Some("{}".to_owned()),
            ..Row::default()
        };
        if self.sequence <= 3 && self.clock_offset_ms.abs() < 10_000 {
            // Before the first contact nobody has measured the clock.
            row.clock_offset_ms = None;
            row.happened_at = Some(at);
        }
        fill(&mut row);
        rows.push(row);
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
