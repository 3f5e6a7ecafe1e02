//! Dates, times of day and days of the week that are written with signs instead of words.

use super::{
    characters::{digits, is_kanji, past_spaces, stands, value},
    counters::{Counter, add_followers},
    numbers::Number,
};

const ERAS: [(&str, &str); 10] = [
    ("R", "レイワ"),
    ("H", "平成"),
    ("S", "昭和"),
    ("T", "大正"),
    ("M", "明治"),
    ("令和", "レイワ"),
    ("平成", "平成"),
    ("昭和", "昭和"),
    ("大正", "大正"),
    ("明治", "明治"),
];
const WEEKDAYS: [(char, &str); 7] = [
    ('月', "月曜日"),
    ('火', "火曜日"),
    ('水', "水曜日"),
    ('木', "木曜日"),
    ('金', "金曜日"),
    ('土', "土曜日"),
    ('日', "日曜日"),
];
/// Words and names that look like days of the week in a row.
const NO_WEEKDAYS: [&str; 3] = ["月日", "土日", "水木"];
/// More days in one place than this are no days.
const MOST_WEEKDAYS: usize = 8;

/// Something found in a text: how it is said, and where it ends.
pub type Found = (String, usize);

/// R8.4.1, 令和8/4/1.
pub fn with_era(text: &[char], at: usize) -> Option<Found> {
    let is_within_a_word = at > 0 && text[at - 1].is_ascii_alphanumeric();
    let (written, said) = ERAS.iter().find(|(written, _)| stands(text, at, written))?;
    let (year, end) = digits(text, at + written.chars().count(), 2)?;
    let (month_and_day, end) = month_and_day_after(text, end)?;
    let year = count("年", value(year));
    (!is_within_a_word).then(|| (format!("{said} {year} {month_and_day}"), end))
}

/// 2026-04-01, 2026/4/1, 2026.4.1, 2026/4.
pub fn numeric(text: &[char], at: usize) -> Option<Found> {
    let (year, end) = digits(text, at, 4)?;
    let is_year = (1000..3000).contains(&value(year));
    let year = is_year.then(|| count("年", value(year)))?;
    if let Some((month_and_day, end)) = month_and_day_after(text, end) {
        return Some((format!("{year} {month_and_day}"), end));
    }
    let (month, end) = digits(text, past(text, end, '/')?, 2)?;
    let is_month = (1..=12).contains(&value(month)) && text.get(end) != Some(&'/');
    is_month.then(|| (format!("{year} {}", count("月", value(month))), end))
}

/// 4/1 where it can be a date.
pub fn month_and_day(text: &[char], at: usize) -> Option<Found> {
    let (month, end) = digits(text, at, 2)?;
    let (day, end) = digits(text, past(text, end, '/')?, 2)?;
    let is_part = |each: Option<&char>| each.is_some_and(|each| "/.-".contains(*each));
    if is_part(text.get(end)) && text.get(end + 1).is_some_and(char::is_ascii_digit)
        || is_part(at.checked_sub(1).and_then(|before| text.get(before)))
    {
        return None;
    }
    date(value(month), value(day)).map(|said| (said, end))
}

/// 1/2 and the few other fractions that are written like dates.
pub fn fraction(text: &[char], at: usize) -> Option<Found> {
    const FRACTIONS: [(&str, &str); 5] = [
        ("1/2", "ニブンのイチ"),
        ("1/3", "サンブンのイチ"),
        ("2/3", "サンブンのニ"),
        ("1/4", "ヨンブンのイチ"),
        ("3/4", "ヨンブンのサン"),
    ];
    let (_, said) = FRACTIONS
        .iter()
        .find(|(written, _)| stands(text, at, written))?;
    let end = at + 3;
    let next = text
        .get(past_spaces(text, end))
        .filter(|each| !each.is_ascii_digit());
    let next = text.get(end).filter(|each| each.is_ascii_digit()).or(next);
    let mut before = text[..at]
        .iter()
        .rev()
        .take(4)
        .skip_while(|each| **each == ' ');
    let is_date = next.is_some_and(|next| "0123456789/〜-(".contains(*next))
        || before.next().is_some_and(|before| "/〜-".contains(*before));
    (!is_date).then(|| ((*said).to_owned(), end))
}

/// 13:05, 9:00, 25:10.
pub fn clock(text: &[char], at: usize) -> Option<Found> {
    let (hour, end) = digits(text, at, 2)?;
    let (minute, end) = sixtieth(text, end)?;
    let (second, end) = sixtieth(text, end).unwrap_or((0, end));
    let mut said = count("時", value(hour));
    for (counter, value) in [("分", minute), ("秒", second)] {
        if value > 0 {
            said = format!("{said} {}", count(counter, value));
        }
    }
    let end = add_followers(&mut said, text, end);
    (value(hour) <= 30).then_some((said, end))
}

fn sixtieth(text: &[char], at: usize) -> Option<(u64, usize)> {
    let (run, end) = digits(text, past(text, at, ':')?, 2)?;
    (run.len() == 2 && value(run) < 60).then(|| (value(run), end))
}

/// (日), (月・祝), (月〜金).
pub fn weekdays_in_brackets(text: &[char], at: usize) -> Option<Found> {
    let mut at = past(text, at, '(')?;
    let mut said: Vec<String> = Vec::new();
    while said.len() < MOST_WEEKDAYS {
        match text.get(at)? {
            ')' if !said.is_empty() => return Some((said.join(" "), at + 1)),
            '・' | '、' | ',' | '/' | ' ' if !said.is_empty() => at += 1,
            '〜' | '-' => {
                said.last_mut()?.push_str("から");
                at += 1;
            }
            '祝' => {
                said.push("祝日".to_owned());
                at += if text.get(at + 1) == Some(&'日') {
                    2
                } else {
                    1
                };
            }
            '休' => {
                said.push("休日".to_owned());
                at += if text.get(at + 1) == Some(&'日') {
                    2
                } else {
                    1
                };
            }
            _ => {
                let (_, weekday) = weekday(text, at)?;
                said.push(weekday.to_owned());
                at = past_weekday(text, at + 1);
            }
        }
    }
    None
}

/// 月火木, 月・水・金曜日, 月〜金: days in a row that stand for themselves.
pub fn weekdays_in_a_row(text: &[char], from: usize) -> Option<Found> {
    let before = from.checked_sub(1).and_then(|before| text.get(before));
    if before.is_some_and(|each| (is_kanji(*each) && *each != '週') || each.is_ascii_digit()) {
        return None;
    }
    let (mut at, mut said, mut last) = (from, String::new(), None);
    while let Some((day, name)) = weekday(text, at).filter(|(day, _)| last < Some(*day)) {
        said += name;
        last = Some(day);
        at += 1;
        let next = text.get(at).filter(|_| weekday(text, at + 1).is_some());
        match next {
            Some('・' | '、' | ',' | '/') => at += 1,
            Some('〜' | '-') => {
                said += "から";
                at += 1;
            }
            _ if weekday(text, at).is_none() => break,
            _ => {}
        }
        said.push(' ');
    }
    let row = text.get(from..at)?;
    let is_row = row.len() > 1
        && !NO_WEEKDAYS
            .iter()
            .any(|word| row.iter().copied().eq(word.chars()));
    let end = past_weekday(text, at);
    let goes_on = text.get(end).is_some_and(|next| is_kanji(*next));
    (is_row && !goes_on && !said.ends_with(' ')).then_some((said, end))
}

/// The day's place in the week and its name.
fn weekday(text: &[char], at: usize) -> Option<(usize, &'static str)> {
    let found = text.get(at)?;
    let place = WEEKDAYS.iter().position(|(kanji, _)| kanji == found)?;
    Some((place, WEEKDAYS[place].1))
}

/// Behind 曜 or 曜日, if either stands here.
fn past_weekday(text: &[char], at: usize) -> usize {
    match (text.get(at), text.get(at + 1)) {
        (Some('曜'), Some('日')) => at + 2,
        (Some('曜'), _) => at + 1,
        _ => at,
    }
}

fn past(text: &[char], at: usize, sign: char) -> Option<usize> {
    (text.get(at) == Some(&sign)).then_some(at + 1)
}

/// The same sign twice, with a month and a day behind it.
fn month_and_day_after(text: &[char], at: usize) -> Option<Found> {
    let sign = *text.get(at).filter(|sign| "-/.".contains(**sign))?;
    let (month, end) = digits(text, at + 1, 2)?;
    let (day, end) = digits(text, past(text, end, sign)?, 2)?;
    date(value(month), value(day)).map(|said| (said, end))
}

fn date(month: u64, day: u64) -> Option<String> {
    let is_date = (1..=12).contains(&month) && (1..=31).contains(&day);
    is_date.then(|| format!("{} {}", count("月", month), count("日", day)))
}

/// A value with a counter of the table.
fn count(counter: &str, value: u64) -> String {
    let written: Vec<char> = counter.chars().collect();
    let number = Number {
        value: Some(value),
        said: String::new(),
    };
    Counter::find(&written, 0, &number).map_or_else(String::new, |(found, _)| found.count(&number))
}
