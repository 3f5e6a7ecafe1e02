//! iCalendar: recurrences, exceptions, days without a time, and time zones, each occurrence once.

mod components;
mod occurrence;
mod recurrence;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use calcard::icalendar::{ICalendarComponent, ICalendarComponentType};
use jiff::{SignedDuration, Timestamp};
use kairan_contract::Occurrence;

use crate::{
    draft::{DraftContent, Gleaned, Skipped},
    error::SourceError,
    japan::day_in_japan,
    open_data::{events::coming, text_of},
};
use components::{alone, by_uid, calendars, frame, lines_of_events, unfolded};
use recurrence::expanded;

/// Occurrences are looked for so many days ahead.
const DAYS_AHEAD: i64 = 400;
/// The occurrences of one file that are computed.
const OF_ALL: usize = 50_000;
/// The events of one calendar.
const EVENT_LIMIT: usize = 5_000;
/// The bytes of a calendar: ten thousand events.
const CALENDAR_LIMIT: usize = 5 * 1024 * 1024;

/// Reads a calendar; `all` keeps what is over.
pub fn parse(bytes: &[u8], now: Timestamp, all: bool) -> Result<Gleaned, SourceError> {
    let lines = lines_of_events(bytes);
    let text = text_of(&unfolded(bytes))?;
    if text.len() > CALENDAR_LIMIT {
        return Err(SourceError::NotUnderstood(
            "the calendar is larger than 5 MB; name one that holds the coming months only"
                .to_owned(),
        ));
    }
    let (mut occurrences, mut skipped) = (Vec::new(), Vec::new());
    let calendars = calendars(&text, &mut skipped)?;
    let horizon = now + SignedDuration::from_hours(24 * DAYS_AHEAD);
    let today = day_in_japan(now);
    let (mut left, mut passed) = (OF_ALL, 0);
    for calendar in &calendars {
        let frame = frame(calendar);
        let groups = by_uid(calendar);
        if groups.len() > EVENT_LIMIT {
            skipped.push(Skipped::told(format!(
                "{} events are more than the {EVENT_LIMIT} that are read; the rest is left out",
                groups.len()
            )));
        }
        for events in groups.into_values().take(EVENT_LIMIT) {
            let line = events.first().and_then(|index| {
                let before = calendar.components[..*index].iter();
                let is_event =
                    |it: &&ICalendarComponent| it.component_type == ICalendarComponentType::VEvent;
                lines.get(passed + before.filter(is_event).count()).copied()
            });
            let found = expanded(alone(calendar, &frame, &events), horizon, &mut left);
            match found {
                Ok(found) => occurrences.extend(
                    found
                        .into_iter()
                        .filter(|it: &Occurrence| all || it.last_day >= today),
                ),
                Err(why) => skipped.push(Skipped {
                    file: None,
                    line,
                    why,
                }),
            }
        }
        let components = calendar.components.iter();
        passed += components
            .filter(|it| it.component_type == ICalendarComponentType::VEvent)
            .count();
    }
    let mut seen = HashSet::new();
    occurrences.retain(|occurrence: &Occurrence| seen.insert(occurrence.id.clone()));
    Ok(Gleaned {
        draft: DraftContent::Events(coming(occurrences, now, all, &mut skipped)),
        skipped,
    })
}

/// Whether the bytes are a calendar and no table.
pub fn is_calendar(bytes: &[u8]) -> bool {
    let begin = &bytes[..bytes.len().min(400)];
    let wanted = b"BEGIN:VCALENDAR";
    begin
        .windows(wanted.len())
        .any(|window| window.eq_ignore_ascii_case(wanted))
}
