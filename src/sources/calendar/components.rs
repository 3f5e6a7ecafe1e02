//! The calendars of one file and their parts: cut, unfolded, and each event with what belongs to it.

use std::collections::BTreeMap;

use calcard::{
    Entry, Parser,
    icalendar::{
        ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarParameter,
        ICalendarProperty, ICalendarValue,
    },
};

use crate::{draft::Skipped, error::SourceError};

/// The exceptions of one event.
const EXCEPTION_LIMIT: usize = 1_000;
/// The time zones of one calendar, with the parts of which they are made.
const FRAME_LIMIT: usize = 100;
/// Calendars nested or chained in one file.
const CALENDARS: usize = 5_000;

pub(super) fn calendars(
    text: &str,
    skipped: &mut Vec<Skipped>,
) -> Result<Vec<ICalendar>, SourceError> {
    let mut parser = Parser::new(text);
    let mut found = Vec::new();
    for _ in 0..CALENDARS {
        match parser.entry() {
            Entry::ICalendar(calendar) => found.push(calendar),
            Entry::Eof => break,
            Entry::InvalidLine(line) => skipped.push(Skipped::told(format!(
                "this line belongs to no calendar: {}",
                line.trim().chars().take(40).collect::<String>()
            ))),
            Entry::UnterminatedComponent(name) => skipped.push(Skipped {
                file: None,
                line: None,
                why: format!("{name} is not ended"),
            }),
            _ => {}
        }
    }
    if found.is_empty() {
        return Err(SourceError::NotUnderstood(
            "there is no calendar in it".to_owned(),
        ));
    }
    Ok(found)
}

/// Lines put together again. Many programs cut them by bytes and inside a letter, so this is done
/// before the bytes are understood as letters.
pub(super) fn unfolded(bytes: &[u8]) -> Vec<u8> {
    let mut whole: Vec<u8> = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\n') {
        let is_folded = matches!(rest.get(at + 1), Some(b' ' | b'\t'));
        let line = &rest[..at];
        if is_folded {
            whole.extend(line.strip_suffix(b"\r").unwrap_or(line));
            rest = &rest[at + 2..];
        } else {
            whole.extend(&rest[..=at]);
            rest = &rest[at + 1..];
        }
    }
    whole.extend(rest);
    whole
}

/// The lines on which events begin, in their order.
pub(super) fn lines_of_events(bytes: &[u8]) -> Vec<u64> {
    let lines = bytes.split(|byte| *byte == b'\n');
    (1..)
        .zip(lines)
        .filter(|(_, line)| line.trim_ascii().eq_ignore_ascii_case(b"BEGIN:VEVENT"))
        .map(|(number, _)| number)
        .collect()
}

/// The places of each event and its exceptions.
pub(super) fn by_uid(calendar: &ICalendar) -> BTreeMap<String, Vec<usize>> {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let events = calendar.components.iter().enumerate();
    for (index, component) in
        events.filter(|(_, component)| component.component_type == ICalendarComponentType::VEvent)
    {
        let uid = text(component, &ICalendarProperty::Uid);
        let group = groups.entry(uid.unwrap_or_else(|| format!("without a UID {index}")));
        group.or_default().push(index);
    }
    groups
}

/// The calendar itself and its time zones, without its events.
pub(super) fn frame(calendar: &ICalendar) -> Vec<ICalendarComponent> {
    let is_kept = |component: &&ICalendarComponent| {
        matches!(
            component.component_type,
            ICalendarComponentType::VCalendar
                | ICalendarComponentType::VTimezone
                | ICalendarComponentType::Standard
                | ICalendarComponentType::Daylight
        )
    };
    let kept = calendar.components.iter().filter(is_kept);
    kept.take(FRAME_LIMIT).map(without_children).collect()
}

/// A component without the list of what it holds, which may be as long as the file.
fn without_children(component: &ICalendarComponent) -> ICalendarComponent {
    ICalendarComponent {
        component_type: component.component_type.clone(),
        entries: component.entries.clone(),
        component_ids: Vec::new(),
    }
}

/// One event with its exceptions, as a calendar of its own.
///
/// An exception belongs to the event with the same UID, whatever its SEQUENCE, which counts how
/// often it was edited: so the sequence numbers are left out.
pub(super) fn alone(
    calendar: &ICalendar,
    frame: &[ICalendarComponent],
    events: &[usize],
) -> ICalendar {
    let mut components = frame.to_vec();
    for index in events.iter().take(EXCEPTION_LIMIT) {
        let mut event = without_children(&calendar.components[*index]);
        event
            .entries
            .retain(|entry| entry.name != ICalendarProperty::Sequence);
        event.entries.iter_mut().for_each(name_utc);
        components.push(event);
    }
    ICalendar { components }
}

/// A time in UTC names its zone, so that its rule is computed in it and not in Japan's.
fn name_utc(entry: &mut ICalendarEntry) {
    let is_utc = matches!(
        entry.values.first(),
        Some(ICalendarValue::PartialDateTime(time)) if time.tz_hour == Some(0) && time.tz_minute.unwrap_or(0) == 0
    );
    let tells_when = matches!(
        entry.name,
        ICalendarProperty::Dtstart | ICalendarProperty::Dtend
    );
    if tells_when && is_utc && entry.tz_id().is_none() {
        entry
            .params
            .push(ICalendarParameter::tzid("UTC".to_owned()));
    }
}

pub(super) fn text(component: &ICalendarComponent, name: &ICalendarProperty) -> Option<String> {
    let entry = component.entries.iter().find(|entry| entry.name == *name)?;
    let texts: Vec<&str> = entry
        .values
        .iter()
        .filter_map(|value| match value {
            ICalendarValue::Text(text) => Some(text.trim()),
            _ => None,
        })
        .collect();
    let text = texts.join("、");
    (!text.is_empty()).then_some(text)
}
