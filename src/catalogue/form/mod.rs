//! A form as an operator writes it: a TOML file beside the catalogue, read and checked with its goods. What of it is on
//! offer at one moment is a [`Form`] for tablets.

mod goods;
mod questions;
mod reader;
mod windows;

use std::{collections::BTreeMap, path::PathBuf};

use jiff::{Timestamp, civil::Time, tz::TimeZone};
use kairan_contract::{Form, GoodId, WindowId};
use kairan_sources::{japan::JAPAN, open_data::goods::StockedGood};

use crate::opening_hours::{Holidays, OpeningHours};

pub use goods::goods_fault;
pub use reader::{FILE_LIMIT, read};
pub use windows::{AskUntil, WindowRule};
pub(crate) use windows::{need_time, weekdays};

/// The zone in which a council's days are counted.
pub fn zone() -> TimeZone {
    TimeZone::fixed(JAPAN)
}

/// A form with everything that is decided about it.
#[derive(Debug, Clone, PartialEq)]
pub struct FormDefinition {
    /// The file beside the catalogue, and that of its goods.
    pub files: Vec<PathBuf>,
    /// What tablets are shown, without goods and windows.
    pub form: Form,
    /// The goods, as the file beside it lists them; the desk may have a newer list.
    pub goods: Vec<StockedGood>,
    /// When things are brought or fetched.
    pub windows: Vec<WindowRule>,
    /// What is decided about its requests.
    pub rules: FormRules,
}

/// What is decided about the requests of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormRules {
    /// How long its provider has for an answer, in hours of opening.
    pub answer_within_hours: u16,
    /// How many requests of it one resident can have open at once.
    pub open_at_once: u16,
    /// How many days after the end of a request its personal data are erased.
    pub keep_days: u16,
    /// Who confirms.
    pub confirms: Confirms,
    /// Until when what is confirmed can be cancelled; until it begins where nothing is said.
    pub cancel_until: Option<AskUntil>,
}

impl FormRules {
    /// A provider that needs longer than 200 hours of opening answers nobody.
    pub const ANSWER_WITHIN_HOURS: std::ops::RangeInclusive<u16> = 1..=200;
    /// How long personal data may be kept.
    pub const KEEP_DAYS: std::ops::RangeInclusive<u16> = 1..=365;
    /// Requests of one form and one resident.
    pub const OPEN_AT_ONCE: std::ops::RangeInclusive<u16> = 1..=20;
}

impl Default for FormRules {
    fn default() -> Self {
        Self {
            answer_within_hours: 8,
            open_at_once: 3,
            keep_days: 30,
            confirms: Confirms::Person,
            cancel_until: None,
        }
    }
}

/// Who confirms a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirms {
    /// Somebody at the provider's.
    Person,
    /// Nobody: whoever comes while there is room has it.
    Room,
}

/// How much there is of what a form offers, as whoever keeps it knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stock {
    /// The list of the desk, where it has given one.
    pub goods: Option<Vec<StockedGood>>,
    /// What is left of goods that are counted.
    pub left: BTreeMap<GoodId, u32>,
    /// How many places of a window are taken.
    pub taken: BTreeMap<WindowId, u32>,
}

impl FormDefinition {
    /// What is on offer at this moment: the form as tablets are shown it.
    pub fn on_offer(
        &self,
        stock: &Stock,
        hours: &OpeningHours,
        holidays: &Holidays,
        now: Timestamp,
    ) -> Form {
        let goods = stock.goods.as_ref().unwrap_or(&self.goods).iter();
        let goods = goods.map(|it| {
            let left = stock.left.get(&it.good.id).copied().or(it.stock);
            let mut good = it.good.clone();
            good.is_sold_out = left == Some(0);
            good
        });
        Form {
            goods: goods.collect(),
            windows: windows::on_offer(&self.windows, &stock.taken, hours, holidays, now),
            ..self.form.clone()
        }
    }

    /// How many places a window of this form has; none where there is no such window.
    pub fn places_of(&self, window: &WindowId) -> Option<u32> {
        windows::places_of(&self.windows, window)
    }
}

/// A time of the day as it is written: `9:00`.
pub(crate) fn time_of_day(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let is_number =
        |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|it| it.is_ascii_digit());
    if !is_number(hour) || !is_number(minute) || minute.len() != 2 {
        return None;
    }
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

#[cfg(test)]
mod tests;
