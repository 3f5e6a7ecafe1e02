//! One time that an event takes place, as residents read it: by the clock of Japan, in plain words.

use calcard::{
    common::timezone::Tz,
    icalendar::{
        ICalendarComponent, ICalendarProperty, ICalendarStatus, ICalendarValue,
        dates::{CalendarEvent, TimeOrDelta},
    },
};
use chrono::{DateTime, TimeDelta};
use jiff::{
    Timestamp, ToSpan as _,
    civil::{Date, Time},
};
use kairan_contract::{Occurrence, Position};

use super::components::text;
use crate::{draft::DraftBlock, html, japan::JAPAN};

/// Letters of a description; the rest is cut.
const DESCRIPTION_LIMIT: usize = 2_000;

pub(super) type Event = CalendarEvent<DateTime<Tz>, TimeOrDelta<DateTime<Tz>, TimeDelta>>;

pub(super) fn occurrence(component: &ICalendarComponent, event: &Event) -> Option<Occurrence> {
    if is_called_off(component) {
        return None;
    }
    let title = text(component, &ICalendarProperty::Summary)?;
    let title = without_tags(&title).replace('\n', " ").trim().to_owned();
    if title.is_empty() {
        return None;
    }
    let all_day = is_all_day(component);
    let has_end = component.entries.iter().any(|entry| {
        matches!(
            entry.name,
            ICalendarProperty::Dtend | ICalendarProperty::Duration
        )
    });
    let end = match event.end {
        // Without an end of its own it ends when it begins, says the standard.
        _ if !all_day && !has_end => event.start,
        TimeOrDelta::Time(end) => end,
        TimeOrDelta::Delta(length) => event.start.checked_add_signed(length)?,
    };
    let (first_day, begins) = in_japan(&event.start, all_day)?;
    // From midnight to midnight is how some programs write a whole day.
    let whole_days = !all_day
        && begins == Time::midnight()
        && has_end
        && in_japan(&end, false)
            .is_some_and(|(day, time)| time == Time::midnight() && day > first_day);
    let (mut last_day, ends) = in_japan(&end, all_day)?;
    // The end stands after the last moment: a day's event ends at the midnight that follows it.
    let ends_at_midnight = all_day || ends == Time::midnight();
    if ends_at_midnight && last_day > first_day {
        last_day = last_day.checked_sub(1.day()).ok()?;
    }
    let uid = text(component, &ICalendarProperty::Uid).unwrap_or_else(|| title.clone());
    Some(Occurrence {
        id: format!("{uid}@{first_day}T{begins}"),
        reading: None,
        first_day,
        last_day: last_day.max(first_day),
        begins: (!all_day && !whole_days).then_some(begins),
        ends: (!all_day && !whole_days && has_end && end > event.start).then_some(ends),
        time_note: None,
        description: text(component, &ICalendarProperty::Description).map(|text| {
            without_tags(&text)
                .chars()
                .take(DESCRIPTION_LIMIT)
                .collect()
        }),
        place: text(component, &ICalendarProperty::Location),
        address: None,
        position: position(component),
        audience: None,
        fee: None,
        application: None,
        contact: text(component, &ICalendarProperty::Contact),
        telephone: None,
        title,
    })
}

/// Calendars on the web write their texts in HTML.
fn without_tags(text: &str) -> String {
    let is_html = text.contains("</")
        || text.contains("<br")
        || text.contains("&amp;")
        || text.contains("&nbsp;");
    if !is_html {
        return text.to_owned();
    }
    let blocks = html::blocks(text);
    let words: Vec<String> = blocks
        .into_iter()
        .filter_map(DraftBlock::into_words)
        .collect();
    words.join("\n")
}

/// The day and time in Japan. A day without a time is that day wherever one is.
fn in_japan(moment: &DateTime<Tz>, all_day: bool) -> Option<(Date, Time)> {
    let seconds = if all_day {
        moment.naive_local().and_utc().timestamp() - 9 * 3600
    } else {
        moment.timestamp()
    };
    let local = JAPAN.to_datetime(Timestamp::from_second(seconds).ok()?);
    Some((local.date(), local.time()))
}

fn is_all_day(component: &ICalendarComponent) -> bool {
    component.entries.iter().any(|entry| {
        entry.name == ICalendarProperty::Dtstart
            && matches!(entry.values.first(), Some(ICalendarValue::PartialDateTime(date)) if !date.has_time())
    })
}

pub(super) fn is_called_off(component: &ICalendarComponent) -> bool {
    component.entries.iter().any(|entry| {
        matches!(
            entry.values.first(),
            Some(ICalendarValue::Status(ICalendarStatus::Cancelled))
        )
    })
}

fn position(component: &ICalendarComponent) -> Option<Position> {
    let entry = component
        .entries
        .iter()
        .find(|entry| entry.name == ICalendarProperty::Geo)?;
    let numbers: Vec<f64> = entry
        .values
        .iter()
        .filter_map(|value| match value {
            ICalendarValue::Float(number) => Some(*number),
            _ => None,
        })
        .collect();
    match numbers[..] {
        [latitude, longitude] => Position::new(latitude, longitude).ok(),
        _ => None,
    }
}
