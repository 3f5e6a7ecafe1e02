//! Days that can be chosen: the next fourteen, the days of a month, and a birthday by its era.

use jiff::{ToSpan as _, civil::Date};

/// An era of Japan's calendar in which somebody who lives can be born.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Era {
    /// From 1912.
    Taisho,
    /// From the last days of 1926.
    Showa,
    /// From 1989.
    Heisei,
    /// From May 2019.
    Reiwa,
}

impl Era {
    /// Every era, the earliest first.
    pub const ALL: [Self; 4] = [Self::Taisho, Self::Showa, Self::Heisei, Self::Reiwa];

    /// Its first year and its last, as the calendar of the world counts them.
    fn years(self) -> (i16, i16) {
        match self {
            Self::Taisho => (1912, 1926),
            Self::Showa => (1926, 1989),
            Self::Heisei => (1989, 2019),
            Self::Reiwa => (2019, i16::MAX),
        }
    }
}

/// The year that an era calls its `year`th; none where the era has no such year, or it lies ahead.
pub fn birth_year(era: Era, year: i16, today: Date) -> Option<i16> {
    let (first, last) = era.years();
    let found = first.checked_add(year.checked_sub(1)?)?;
    (year >= 1 && found <= last.min(today.year())).then_some(found)
}

/// The days of a month from `first` to `last`.
pub fn days_of_month(year: i16, month: i8, first: Date, last: Date) -> Vec<Date> {
    let days = (1..=31).filter_map(|day| Date::new(year, month, day).ok());
    days.filter(|day| (first..=last).contains(day)).collect()
}

/// The months in which the days from `first` to `last` lie.
pub fn months_until(first: Date, last: Date) -> Vec<(i16, i8)> {
    let mut months = Vec::new();
    let mut at = first.first_of_month();
    // Never more than somebody can choose from: a year and a month.
    while at <= last && months.len() < 14 {
        months.push((at.year(), at.month()));
        let Ok(next) = at.checked_add(1.month()) else {
            break;
        };
        at = next;
    }
    months
}
