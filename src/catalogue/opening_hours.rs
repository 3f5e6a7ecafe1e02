//! When somebody answers at a provider's: its opening hours, its own closed days and the holidays of Japan. Pure.

use std::collections::BTreeSet;

use jiff::{
    SignedDuration, Timestamp, ToSpan as _,
    civil::{Date, Time, Weekday},
    tz::TimeZone,
};

/// The holidays of Japan as the Cabinet Office publishes them: one `YYYY-MM-DD` a line.
const HOLIDAYS: &str = include_str!("../../assets/holidays.txt");
/// Nobody waits longer for an answer: a provider that is closed all the time answers never.
const DAYS_LOOKED_AHEAD: i64 = 90;

/// The holidays that are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holidays(BTreeSet<Date>);

impl Holidays {
    /// Those of Japan that this version knows.
    pub fn of_japan() -> Self {
        Self::read(HOLIDAYS)
    }

    /// One `YYYY-MM-DD` a line; whatever else stands on a line, and every other line, is passed over.
    pub fn read(text: &str) -> Self {
        let day = |line: &str| line.get(..10)?.parse().ok();
        Self(text.lines().filter_map(day).collect())
    }

    /// Whether this day is one.
    pub fn contains(&self, day: Date) -> bool {
        self.0.contains(&day)
    }

    /// The last day of the last year of which they are known.
    pub fn known_until(&self) -> Option<Date> {
        let last = self.0.last()?;
        Date::new(last.year(), 12, 31).ok()
    }
}

/// When a provider is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpeningHours {
    /// On each day of the week, Monday first, in the order of the day and without meeting one another.
    week: [Vec<(Time, Time)>; 7],
    /// On holidays; closed where there are none.
    holidays: Vec<(Time, Time)>,
    /// Days on which it is closed, whatever the week says.
    closed: BTreeSet<Date>,
}

impl Default for OpeningHours {
    /// Monday to Friday from 9:00 to 17:00.
    fn default() -> Self {
        let hours = vec![(Time::constant(9, 0, 0, 0), Time::constant(17, 0, 0, 0))];
        let mut week: [Vec<(Time, Time)>; 7] = Default::default();
        for day in &mut week[..5] {
            day.clone_from(&hours);
        }
        Self {
            week,
            holidays: Vec::new(),
            closed: BTreeSet::new(),
        }
    }
}

/// Two times of opening that meet, or one that ends before it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("opening hours end after they begin, and do not meet one another")]
pub struct Overlap;

impl OpeningHours {
    /// Never open.
    pub fn never() -> Self {
        Self {
            week: Default::default(),
            holidays: Vec::new(),
            closed: BTreeSet::new(),
        }
    }

    /// Opens on these days of the week.
    ///
    /// # Errors
    /// Where it would be opened while it is open.
    pub fn open(&mut self, days: &[Weekday], from: Time, until: Time) -> Result<(), Overlap> {
        for day in days {
            let place = usize::try_from(day.to_monday_zero_offset()).unwrap_or_default();
            add(&mut self.week[place], from, until)?;
        }
        Ok(())
    }

    /// Opens on holidays.
    ///
    /// # Errors
    /// Where it would be opened while it is open.
    pub fn open_on_holidays(&mut self, from: Time, until: Time) -> Result<(), Overlap> {
        add(&mut self.holidays, from, until)
    }

    /// Closes on a day.
    pub fn close(&mut self, day: Date) {
        self.closed.insert(day);
    }

    /// The hours of a day.
    pub fn on(&self, day: Date, holidays: &Holidays) -> &[(Time, Time)] {
        let place = usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or_default();
        if self.closed.contains(&day) {
            &[]
        } else if holidays.contains(day) {
            &self.holidays
        } else {
            &self.week[place]
        }
    }

    /// Whether it is open on a day at all.
    pub fn is_open_on(&self, day: Date, holidays: &Holidays) -> bool {
        !self.on(day, holidays).is_empty()
    }

    /// When so much time of opening has gone by since `from`: until then somebody answers who has that long for it. At
    /// the end of a day and not at the beginning of the next, where the time is just over. Where it is closed for three
    /// months, that is as long as anybody waits.
    pub fn after(
        &self,
        from: Timestamp,
        open_for: SignedDuration,
        zone: &TimeZone,
        holidays: &Holidays,
    ) -> Timestamp {
        let first = from.to_zoned(zone.clone()).date();
        let mut left = open_for;
        for ahead in 0..DAYS_LOOKED_AHEAD {
            let Ok(day) = first.checked_add(ahead.days()) else {
                break;
            };
            for (opens, closes) in self.on(day, holidays) {
                let at = |time: Time| zone.to_timestamp(day.to_datetime(time)).ok();
                let (Some(opens), Some(closes)) = (at(*opens), at(*closes)) else {
                    continue;
                };
                let begins = opens.max(from);
                if begins >= closes {
                    continue;
                }
                let lasts = begins.duration_until(closes);
                if left <= lasts {
                    return begins.checked_add(left).unwrap_or(closes);
                }
                left -= lasts;
            }
        }
        from.checked_add(SignedDuration::from_hours(24 * DAYS_LOOKED_AHEAD))
            .unwrap_or(from)
    }

    /// The day that lies so many open days before `day`.
    pub fn open_days_before(&self, day: Date, count: u16, holidays: &Holidays) -> Date {
        let mut found = day;
        let mut left = count;
        for _ in 0..DAYS_LOOKED_AHEAD {
            if left == 0 {
                break;
            }
            found = found.checked_sub(1.day()).unwrap_or(found);
            if self.is_open_on(found, holidays) {
                left -= 1;
            }
        }
        found
    }
}

fn add(hours: &mut Vec<(Time, Time)>, from: Time, until: Time) -> Result<(), Overlap> {
    let meets = hours
        .iter()
        .any(|(opens, closes)| *opens < until && from < *closes);
    if from >= until || meets {
        return Err(Overlap);
    }
    hours.push((from, until));
    hours.sort();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::zone;
    use jiff::civil::{date, time};

    fn at(text: &str) -> Timestamp {
        let local: jiff::civil::DateTime = text.parse().expect("a time");
        zone().to_timestamp(local).expect("a time")
    }

    fn shop() -> OpeningHours {
        let mut hours = OpeningHours::never();
        let days = [Weekday::Monday, Weekday::Tuesday, Weekday::Friday];
        hours
            .open(&days, time(9, 0, 0, 0), time(12, 0, 0, 0))
            .expect("fits");
        hours
            .open(&days, time(13, 0, 0, 0), time(18, 0, 0, 0))
            .expect("fits");
        hours.close(date(2026, 12, 29));
        hours
    }

    #[test]
    fn the_time_for_an_answer_counts_while_the_provider_is_open() {
        let holidays = Holidays::read("2026-11-23,勤労感謝の日\n2026-12-01\n");
        for (from, hours, expected) in [
            // A Monday.
            ("2026-11-30T09:00", 1, "2026-11-30T10:00"),
            ("2026-11-30T11:00", 2, "2026-11-30T14:00"),
            ("2026-11-30T06:00", 3, "2026-11-30T12:00"),
            // Tuesday is a holiday, Wednesday and Thursday are closed.
            ("2026-11-30T17:00", 2, "2026-12-04T10:00"),
            // At night, at the weekend, over the end of the year.
            ("2026-11-28T23:30", 1, "2026-11-30T10:00"),
            ("2026-12-28T17:30", 1, "2027-01-01T09:30"),
        ] {
            let duration = SignedDuration::from_hours(hours);
            let by = shop().after(at(from), duration, &zone(), &holidays);
            assert_eq!(by, at(expected), "{hours} h after {from}");
        }
    }

    #[test]
    fn who_is_never_open_is_not_waited_for_longer_than_three_months() {
        let from = at("2026-11-30T09:00");
        let hours = OpeningHours::never();
        let by = hours.after(
            from,
            SignedDuration::from_hours(1),
            &zone(),
            &Holidays::of_japan(),
        );
        assert_eq!(from.duration_until(by).as_hours(), 90 * 24);
    }

    #[test]
    fn open_days_are_counted_backwards() {
        let none = Holidays::read("");
        assert_eq!(
            shop().open_days_before(date(2026, 12, 4), 1, &none),
            date(2026, 12, 1)
        );
        assert_eq!(
            shop().open_days_before(date(2027, 1, 1), 1, &none),
            date(2026, 12, 28)
        );
        assert_eq!(
            shop().open_days_before(date(2026, 12, 4), 0, &none),
            date(2026, 12, 4)
        );
    }

    #[test]
    fn hours_do_not_meet() {
        let mut hours = shop();
        let open = |hours: &mut OpeningHours, from, until| {
            hours.open(
                &[Weekday::Monday],
                time(from, 0, 0, 0),
                time(until, 0, 0, 0),
            )
        };
        assert_eq!(open(&mut hours, 11, 13), Err(Overlap));
        assert_eq!(open(&mut hours, 20, 19), Err(Overlap));
        assert_eq!(open(&mut hours, 12, 13), Ok(()));
    }

    #[test]
    fn the_holidays_of_this_and_the_next_year_are_known() {
        let holidays = Holidays::of_japan();
        for day in [
            date(2026, 11, 23),
            date(2027, 1, 1),
            date(2027, 3, 22),
            date(2026, 9, 22),
        ] {
            assert!(holidays.contains(day), "{day}");
        }
        assert!(!holidays.contains(date(2026, 12, 25)));
        assert_eq!(holidays.known_until(), Some(date(2027, 12, 31)));
    }
}
