//! Dates, times and numbers in words, by Japan's clock.

use jiff::{
    Timestamp,
    civil::{Date, DateTime, Weekday},
    tz::Offset,
};
use kairan_contract::Language;
use kairan_text::{message, message_in, tr};

/// Japan's time: nine hours before UTC, without summer time.
const JAPAN: Offset = Offset::constant(9);

/// The date and time in Japan.
pub fn in_japan(now: Timestamp) -> DateTime {
    JAPAN.to_datetime(now)
}

/// 11月22日(日), Sun 22 Nov.
pub fn date(language: Language, date: Date) -> String {
    let (day, weekday) = (date.day(), weekday(language, date));
    let month = month(language, date);
    tr!(language, "{month}{day}日({weekday})", month, day, weekday)
}

/// 午後 3時 24分, 3:24 pm.
pub fn time(language: Language, at: DateTime) -> String {
    let (hour, minute) = (at.hour(), at.minute());
    tr!(
        language,
        "{half} {hour}時 {minute}分",
        half = half(language, hour),
        hour = hour % 12,
        hour_from_twelve = hour_from_twelve(hour),
        hour_of_24 = hour,
        minute,
        minute_in_two_digits = format_args!("{minute:02}")
    )
}

/// 午前, am: the half of the day.
pub fn half(language: Language, hour: i8) -> &'static str {
    if hour < 12 {
        tr(language, "午前")
    } else {
        tr(language, "午後")
    }
}

/// The hour where it stands alone, as it does while somebody sets it: 午後 0時 is 12 pm.
pub fn hour_alone(language: Language, hour: i8) -> String {
    tr!(
        language,
        "an hour alone, beside 午前 or 午後" => "{hour}",
        hour = hour % 12,
        hour_from_twelve = hour_from_twelve(hour),
        hour_of_24 = hour
    )
}

/// The hour of half a day that begins with twelve.
fn hour_from_twelve(hour: i8) -> i8 {
    if hour % 12 == 0 { 12 } else { hour % 12 }
}

/// きょう, きのう, or the date; for what was published or fetched.
pub fn day_before(language: Language, day: Date, today: Date) -> String {
    if day == today {
        tr(language, "きょう").to_owned()
    } else if Some(day) == today.yesterday().ok() {
        tr(language, "きのう").to_owned()
    } else {
        date_from(language, day, today)
    }
}

/// きょう, あした, or the date; for what is to come.
pub fn day_after(language: Language, day: Date, today: Date) -> String {
    if day == today {
        tr(language, "きょう").to_owned()
    } else if Some(day) == today.tomorrow().ok() {
        tr(language, "あした").to_owned()
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
        tr!(language, "{year}年{written}", year, written)
    }
}

/// 8時20分, by the clock of 24 hours that timetables have.
pub fn clock(language: Language, at: DateTime) -> String {
    let (hour, minute) = (at.hour(), at.minute());
    tr!(
        language,
        "{hour}時{minute}分",
        hour,
        minute = format_args!("{minute:02}")
    )
}

/// A moment that lies behind, in words: きょう 午前 9時 5分.
pub fn moment(language: Language, at: Timestamp, today: Date) -> String {
    let at = in_japan(at);
    let (day, time) = (day_before(language, at.date(), today), time(language, at));
    format!("{day} {time}")
}

/// 日, Sun.
pub fn weekday(language: Language, date: Date) -> &'static str {
    let words = match date.weekday() {
        Weekday::Monday => message_in("weekday", "月"),
        Weekday::Tuesday => message_in("weekday", "火"),
        Weekday::Wednesday => message_in("weekday", "水"),
        Weekday::Thursday => message_in("weekday", "木"),
        Weekday::Friday => message_in("weekday", "金"),
        Weekday::Saturday => message_in("weekday", "土"),
        Weekday::Sunday => message_in("weekday", "日"),
    };
    words.tr(language)
}

/// 11月, Nov.
pub fn month(language: Language, date: Date) -> &'static str {
    let words = match date.month() {
        1 => message("1月"),
        2 => message("2月"),
        3 => message("3月"),
        4 => message("4月"),
        5 => message("5月"),
        6 => message("6月"),
        7 => message("7月"),
        8 => message("8月"),
        9 => message("9月"),
        10 => message("10月"),
        11 => message("11月"),
        _ => message("12月"),
    };
    words.tr(language)
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
    tr!(language, "{day}日({weekday})", day, weekday)
}

#[cfg(test)]
mod tests {

    use super::*;

    const JAPANESE: Language = Language::JAPANESE;
    const ENGLISH: Language = Language::ENGLISH;

    #[test]
    fn midnight_and_noon_are_told_as_each_language_tells_them() {
        let at = |language, text: &str| time(language, in_japan(text.parse().expect("a time")));
        assert_eq!(at(JAPANESE, "2026-11-22T15:05:00Z"), "午前 0時 5分");
        assert_eq!(at(JAPANESE, "2026-11-22T03:00:00Z"), "午後 0時 0分");
        assert_eq!(at(JAPANESE, "2026-11-22T06:24:00Z"), "午後 3時 24分");
        assert_eq!(at(ENGLISH, "2026-11-22T15:05:00Z"), "12:05 am");
        assert_eq!(at(ENGLISH, "2026-11-22T03:00:00Z"), "12:00 pm");
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
        assert_eq!(before(JAPANESE, today), "きょう");
        assert_eq!(before(JAPANESE, jiff::civil::date(2026, 12, 31)), "きのう");
        let earlier = jiff::civil::date(2026, 12, 30);
        assert_eq!(before(JAPANESE, earlier), "2026年12月30日(水)");
        assert_eq!(before(ENGLISH, earlier), "Wed 30 Dec 2026");
    }
}
