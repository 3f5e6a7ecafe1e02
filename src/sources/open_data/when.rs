//! Days and times of events as people write them: ranges, several days, times behind days.

use jiff::{
    Timestamp,
    civil::{Date, Time},
};

use super::words::{day_and_rest, time_and_rest};
use crate::japan::JAPAN;

/// What parts the beginning of a range from its end.
const UNTIL: [char; 8] = ['~', '〜', '～', '-', '－', '―', 'ー', '–'];

/// One cell that tells of days.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The first day.
    pub first_day: Date,
    /// The last day; the first where one is named.
    pub last_day: Date,
    /// When it begins, if the cell says so.
    pub begins: Option<Time>,
    /// When it ends, if the cell says so.
    pub ends: Option<Time>,
    /// What else the cell says.
    pub rest: Option<String>,
}

/// Reads a cell that begins with a day.
pub fn span(cell: &str) -> Option<Span> {
    if let Some((day, time)) = moment(cell) {
        return Some(Span {
            first_day: day,
            last_day: day,
            begins: time,
            ..Span::default()
        });
    }
    let (first_day, rest) = day_and_rest(cell)?;
    let rest = without_weekday(&rest);
    let (begins, rest) = begun(rest);
    let mut span = Span {
        first_day,
        last_day: first_day,
        begins,
        ..Span::default()
    };
    let after = without_until(rest);
    let rest = if after.len() == rest.len() {
        rest.to_owned()
    } else if let Some((last_day, rest)) = day_and_rest(after).filter(|(day, _)| *day >= first_day)
    {
        span.last_day = last_day;
        let (ends, rest) = begun(without_weekday(&rest));
        span.ends = ends;
        rest.to_owned()
    } else {
        let (ends, rest) = begun(after);
        span.ends = ends;
        rest.to_owned()
    };
    let rest = rest
        .trim_matches([' ', '　', '、', ',', '\n'])
        .trim_start_matches("まで");
    span.rest = (!rest.is_empty()).then(|| rest.replace('\n', " "));
    Some(span)
}

/// The last day, and when it ends on it; none where the cell names no day: 未定, 当日.
pub fn span_of_end(cell: &str) -> Option<(Date, Option<Time>)> {
    let span = span(cell)?;
    Some((span.last_day, span.ends.or(span.begins)))
}

/// A cell that tells of times: when it begins, when it ends, and what else it says.
pub fn times(cell: &str) -> (Option<Time>, Option<Time>, Option<String>) {
    let (begins, rest) = begun(cell);
    if begins.is_none() {
        let is_midnight = time_and_rest(cell).is_some_and(|(_, rest)| rest.is_empty());
        return (None, None, (!is_midnight).then(|| cell.replace('\n', " ")));
    }
    let after = without_until(rest);
    let (ends, rest) = if after.len() == rest.len() {
        (None, rest)
    } else {
        begun(after)
    };
    // Doors open, then it begins: both are worth reading.
    let rest = rest.trim_matches([' ', '　', '、', ',', '\n']);
    let is_word = rest.is_empty() || rest == "まで" || rest == "から";
    (begins, ends, (!is_word).then(|| cell.replace('\n', " ")))
}

/// A time at the beginning; midnight, which databases write where they know no time, is none.
fn begun(text: &str) -> (Option<Time>, &str) {
    let trimmed = text.trim_start_matches([' ', '　', 'T', 't', '\n']);
    match time_and_rest(trimmed) {
        Some((time, rest)) if time == Time::midnight() => (None, rest),
        Some((time, rest)) => (Some(time), rest),
        None => (None, text),
    }
}

fn without_until(text: &str) -> &str {
    let trimmed = text.trim_start_matches([' ', '　', '\n']);
    let after = trimmed.trim_start_matches(UNTIL);
    let after = after.strip_prefix("から").unwrap_or(after);
    if after.len() == trimmed.len() {
        text
    } else {
        after.trim_start_matches([' ', '　', '\n'])
    }
}

/// （日）, (日曜日), （日・祝） say nothing that the day does not say.
fn without_weekday(text: &str) -> &str {
    let trimmed = text.trim_start_matches([' ', '　']);
    for (open, close) in [('(', ')'), ('（', '）')] {
        if let Some(inside) = trimmed.strip_prefix(open)
            && let Some((weekday, rest)) = inside.split_once(close)
            && weekday.chars().count() <= 6
        {
            return rest;
        }
    }
    trimmed
}

/// A moment with its own offset: 2026-12-06T01:00:00Z, as databases write it.
fn moment(cell: &str) -> Option<(Date, Option<Time>)> {
    if !cell.contains(['T', 't', 'Z']) {
        return None;
    }
    let at: Timestamp = cell.trim().parse().ok()?;
    let local = JAPAN.to_datetime(at);
    let time = local.time();
    Some((local.date(), (time != Time::midnight()).then_some(time)))
}
