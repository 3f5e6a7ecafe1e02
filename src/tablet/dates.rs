//! Dates, times and numbers in words, by Japan's clock.

use jiff::{
    Timestamp,
    civil::{Date, DateTime, Weekday},
    tz::Offset,
};
use kairan_contract::Language;

use crate::{language::pick, say};

/// Japan's time: nine hours before UTC, without summer time.
const JAPAN: Offset = Offset::constant(9);

/// The date and time in Japan.
pub fn in_japan(now: Timestamp) -> DateTime {
    JAPAN.to_datetime(now)
}

/// 11月22日(日), Sun 22 Nov.
pub fn date(language: Language, date: Date) -> String {
    let (day, weekday) = (date.day(), weekday(language, date));
    let (month, month_name) = (date.month(), month_name(date));
    say!(
        language,
        "{month}月{day}日({weekday})",
        "{weekday} {day} {month_name}"
    )
}

/// 午後 3時 24分, 3:24 pm.
pub fn time(language: Language, at: DateTime) -> String {
    let is_morning = at.hour() < 12;
    let (hour, minute) = (at.hour() % 12, at.minute());
    match language {
        Language::Japanese => {
            let half = if is_morning { "午前" } else { "午後" };
            format!("{half} {hour}時 {minute}分")
        }
        Language::English => {
            let half = if is_morning { "am" } else { "pm" };
            let hour = if hour == 0 { 12 } else { hour };
            format!("{hour}:{minute:02} {half}")
        }
    }
}

/// きょう, きのう, or the date; for what was published or fetched.
pub fn day_before(language: Language, day: Date, today: Date) -> String {
    if day == today {
        pick(language, "きょう", "Today").to_owned()
    } else if Some(day) == today.yesterday().ok() {
        pick(language, "きのう", "Yesterday").to_owned()
    } else {
        date_from(language, day, today)
    }
}

/// きょう, あした, or the date; for what is to come.
pub fn day_after(language: Language, day: Date, today: Date) -> String {
    if day == today {
        pick(language, "きょう", "Today").to_owned()
    } else if Some(day) == today.tomorrow().ok() {
        pick(language, "あした", "Tomorrow").to_owned()
    } else {
        date_from(language, day, today)
    }
}

/// The date, with its year where that is another than today's.
pub fn date_from(language: Language, day: Date, today: Date) -> String {
    let (year, written) = (day.year(), date(language, day));
    if year == today.year() {
        written
    } else {
        say!(language, "{year}年{written}", "{written} {year}")
    }
}

/// 8時20分, by the clock of 24 hours that timetables have.
pub fn clock(language: Language, at: DateTime) -> String {
    let (hour, minute) = (at.hour(), at.minute());
    say!(language, "{hour}時{minute:02}分", "{hour}:{minute:02}")
}

/// A moment that lies behind, in words: きょう 午前 9時 5分.
pub fn moment(language: Language, at: Timestamp, today: Date) -> String {
    let at = in_japan(at);
    let (day, time) = (day_before(language, at.date(), today), time(language, at));
    format!("{day} {time}")
}

/// 日, Sun.
pub fn weekday(language: Language, date: Date) -> &'static str {
    let (japanese, english) = match date.weekday() {
        Weekday::Monday => ("月", "Mon"),
        Weekday::Tuesday => ("火", "Tue"),
        Weekday::Wednesday => ("水", "Wed"),
        Weekday::Thursday => ("木", "Thu"),
        Weekday::Friday => ("金", "Fri"),
        Weekday::Saturday => ("土", "Sat"),
        Weekday::Sunday => ("日", "Sun"),
    };
    pick(language, japanese, english)
}

fn month_name(date: Date) -> &'static str {
    const NAMES: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    usize::try_from(date.month() - 1).map_or("", |index| NAMES[index % 12])
}

/// The sentences of a text, each with its full stop. A line feed ends one as well.
pub fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut inside = 0_i32;
    text.split_inclusive(move |letter: char| {
        match letter {
            '「' | '（' | '(' => inside += 1,
            '」' | '）' | ')' => inside = (inside - 1).max(0),
            _ => {}
        }
        // What is quoted belongs to the sentence around it.
        letter == '\n' || (inside == 0 && matches!(letter, '。' | '！' | '？'))
    })
    .map(str::trim)
    .filter(|sentence| !sentence.is_empty())
}

/// 23日(月), Mon 23.
pub fn day_of_month(language: Language, date: Date) -> String {
    let (day, weekday) = (date.day(), weekday(language, date));
    say!(language, "{day}日({weekday})", "{weekday} {day}")
}

#[cfg(test)]
mod tests {
    use Language::{English, Japanese};

    use super::*;

    #[test]
    fn midnight_and_noon_are_told_as_each_language_tells_them() {
        let at = |language, text: &str| time(language, in_japan(text.parse().expect("a time")));
        assert_eq!(at(Japanese, "2026-11-22T15:05:00Z"), "午前 0時 5分");
        assert_eq!(at(Japanese, "2026-11-22T03:00:00Z"), "午後 0時 0分");
        assert_eq!(at(Japanese, "2026-11-22T06:24:00Z"), "午後 3時 24分");
        assert_eq!(at(English, "2026-11-22T15:05:00Z"), "12:05 am");
        assert_eq!(at(English, "2026-11-22T03:00:00Z"), "12:00 pm");
    }

    #[test]
    fn a_quotation_stays_in_its_sentence() {
        let cut: Vec<&str> =
            sentences("係が「押しますか。」と 聞きます。そして\n終わりです").collect();
        assert_eq!(
            cut,
            ["係が「押しますか。」と 聞きます。", "そして", "終わりです"]
        );
    }

    #[test]
    fn days_are_told_as_a_person_would() {
        let today = jiff::civil::date(2027, 1, 1);
        let before = |language, day| day_before(language, day, today);
        assert_eq!(before(Japanese, today), "きょう");
        assert_eq!(before(Japanese, jiff::civil::date(2026, 12, 31)), "きのう");
        let earlier = jiff::civil::date(2026, 12, 30);
        assert_eq!(before(Japanese, earlier), "2026年12月30日(水)");
        assert_eq!(before(English, earlier), "Wed 30 Dec 2026");
    }
}
