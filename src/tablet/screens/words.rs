//! Dates, times and numbers in words, by Japan's clock.

use jiff::{
    Timestamp,
    civil::{Date, DateTime, Weekday},
    tz::Offset,
};

/// Japan's time: nine hours before UTC, without summer time.
const JAPAN: Offset = Offset::constant(9);

/// The date and time in Japan.
pub fn in_japan(now: Timestamp) -> DateTime {
    JAPAN.to_datetime(now)
}

/// 11月22日(日).
pub fn date(date: Date) -> String {
    format!("{}月{}日({})", date.month(), date.day(), weekday(date))
}

/// 午後 3時 24分.
pub fn time(at: DateTime) -> String {
    let half = if at.hour() < 12 { "午前" } else { "午後" };
    format!("{half} {}時 {}分", at.hour() % 12, at.minute())
}

/// きょう, きのう, or the date; for what was published or fetched.
pub fn day_before(day: Date, today: Date) -> String {
    if day == today {
        "きょう".to_owned()
    } else if Some(day) == today.yesterday().ok() {
        "きのう".to_owned()
    } else {
        date_from(day, today)
    }
}

/// きょう, あした, or the date; for what is to come.
pub fn day_after(day: Date, today: Date) -> String {
    if day == today {
        "きょう".to_owned()
    } else if Some(day) == today.tomorrow().ok() {
        "あした".to_owned()
    } else {
        date_from(day, today)
    }
}

/// The date, with its year where that is another than today's.
pub fn date_from(day: Date, today: Date) -> String {
    if day.year() == today.year() {
        date(day)
    } else {
        format!("{}年{}", day.year(), date(day))
    }
}

/// 8時20分, by the clock of 24 hours that timetables have.
pub fn clock(at: DateTime) -> String {
    format!("{}時{:02}分", at.hour(), at.minute())
}

/// A moment that lies behind, in words: きょう 午前 9時 5分.
pub fn moment(at: Timestamp, today: Date) -> String {
    let at = in_japan(at);
    format!("{} {}", day_before(at.date(), today), time(at))
}

fn weekday(date: Date) -> &'static str {
    match date.weekday() {
        Weekday::Monday => "月",
        Weekday::Tuesday => "火",
        Weekday::Wednesday => "水",
        Weekday::Thursday => "木",
        Weekday::Friday => "金",
        Weekday::Saturday => "土",
        Weekday::Sunday => "日",
    }
}

/// 23日(月).
pub fn day_of_month(date: Date) -> String {
    format!("{}日({})", date.day(), weekday(date))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn midnight_and_noon_have_no_hour_twelve() {
        let at = |text: &str| time(in_japan(text.parse().expect("a time")));
        assert_eq!(at("2026-11-22T15:05:00Z"), "午前 0時 5分");
        assert_eq!(at("2026-11-22T03:00:00Z"), "午後 0時 0分");
        assert_eq!(at("2026-11-22T06:24:00Z"), "午後 3時 24分");
    }

    #[test]
    fn days_are_told_as_a_person_would() {
        let today = jiff::civil::date(2027, 1, 1);
        assert_eq!(day_before(today, today), "きょう");
        assert_eq!(day_before(jiff::civil::date(2026, 12, 31), today), "きのう");
        assert_eq!(
            day_before(jiff::civil::date(2026, 12, 30), today),
            "2026年12月30日(水)"
        );
    }
}
