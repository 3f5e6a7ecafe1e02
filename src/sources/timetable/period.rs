//! On which days something runs.

use std::collections::HashMap;

use jiff::civil::{Date, Weekday};

/// From when until when a timetable is published; an end that is not known is open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub until: Option<Date>,
}

impl Period {
    /// Whether `day` lies in it.
    pub fn holds_on(self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}

/// The days of one GTFS service: weekdays of a period, and exceptions for single days.
#[derive(Debug, Clone, Default)]
pub struct ServiceDays {
    /// The rows of `calendar.txt`: Monday to Sunday, the first and the last day. Where timetables were
    /// joined, a service has several.
    pub weekly: Vec<([bool; 7], Date, Date)>,
    /// Runs on this day, or does not, whatever the weekday.
    pub exceptions: HashMap<Date, bool>,
}

impl ServiceDays {
    /// Whether the service runs on `day`.
    pub fn run_on(&self, day: Date) -> bool {
        if let Some(runs) = self.exceptions.get(&day) {
            return *runs;
        }
        let weekday = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0);
        self.weekly
            .iter()
            .any(|(weekdays, from, until)| weekdays[weekday] && (*from..=*until).contains(&day))
    }

    /// The first and the last day that it names.
    pub fn bounds(&self) -> Option<(Date, Date)> {
        let days = self
            .exceptions
            .iter()
            .filter(|(_, runs)| **runs)
            .map(|(day, _)| *day)
            .chain(
                self.weekly
                    .iter()
                    .flat_map(|(_, from, until)| [*from, *until]),
            );
        let (least, most) = days.fold(
            (None, None),
            |(least, most): (Option<Date>, Option<Date>), day| {
                (
                    Some(least.map_or(day, |known| known.min(day))),
                    Some(most.map_or(day, |known| known.max(day))),
                )
            },
        );
        least.zip(most)
    }
}

/// The names of the columns of `calendar.txt`, in the order of [`ServiceDays::weekdays`].
pub const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];
