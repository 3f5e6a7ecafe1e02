//! The people who are made up: what kind each is, and the truth of each loan.

use kairan_contract::{AgeBand, AreaCode, Participation};
use rand::{Rng, SeedableRng as _, rngs::StdRng};
use serde::Serialize;
use uuid::Uuid;

use crate::loans::{Ending, Loan};

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

pub(super) struct Resident {
    pub(super) loan: Loan,
    pub(super) truth: Truth,
    pub(super) tablet: String,
    pub(super) boot: String,
    /// How likely they are to use the tablet on a day.
    pub(super) keen: f64,
    /// Backend time minus tablet time.
    pub(super) clock_offset_ms: i64,
    /// Days from and to which there is no network.
    pub(super) offline: Option<(i64, i64)>,
    pub(super) busy: u32,
    pub(super) sequence: i64,
    pub(super) visit: i64,
    pub(super) random: StdRng,
}

pub(super) fn resident(wanted: &Wanted, number: u32) -> Resident {
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
