//! iCalendar: recurrences, exceptions, days without a time, and time zones, each occurrence once.

use std::collections::{BTreeMap, HashSet};

use calcard::{
    Entry, Parser,
    common::timezone::Tz,
    icalendar::{
        ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarParameter,
        ICalendarProperty, ICalendarStatus, ICalendarValue,
        dates::{CalendarEvent, TimeOrDelta},
    },
};
use chrono::{DateTime, TimeDelta};
use jiff::{
    SignedDuration, Timestamp, ToSpan as _,
    civil::{Date, Time},
};
use kairan_contract::{Occurrence, Position};

use super::{
    Draft, DraftBlock, Gleaned, Skipped, SourceError, html,
    japan::{JAPAN, day_in_japan},
    open_data::{events::coming, text_of},
};

/// Occurrences are looked for so many days ahead.
const DAYS_AHEAD: i64 = 400;
/// The occurrences of one event, from its beginning on: a daily one for fifty years.
const OF_ONE_EVENT: usize = 20_000;
/// The occurrences of one file that are computed.
const OF_ALL: usize = 50_000;
/// The events of one calendar.
const EVENT_LIMIT: usize = 5_000;
/// The exceptions of one event.
const EXCEPTION_LIMIT: usize = 1_000;
/// The time zones of one calendar, with the parts of which they are made.
const FRAME_LIMIT: usize = 100;
/// The bytes of a calendar: ten thousand events.
const CALENDAR_LIMIT: usize = 5 * 1024 * 1024;
/// Calendars nested or chained in one file.
const CALENDARS: usize = 5_000;
/// Letters of a description; the rest is cut.
const DESCRIPTION_LIMIT: usize = 2_000;

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
        draft: Draft::Events(coming(occurrences, now, all, &mut skipped)),
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

fn calendars(text: &str, skipped: &mut Vec<Skipped>) -> Result<Vec<ICalendar>, SourceError> {
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
fn unfolded(bytes: &[u8]) -> Vec<u8> {
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
fn lines_of_events(bytes: &[u8]) -> Vec<u64> {
    let lines = bytes.split(|byte| *byte == b'\n');
    (1..)
        .zip(lines)
        .filter(|(_, line)| line.trim_ascii().eq_ignore_ascii_case(b"BEGIN:VEVENT"))
        .map(|(number, _)| number)
        .collect()
}

/// The places of each event and its exceptions.
fn by_uid(calendar: &ICalendar) -> BTreeMap<String, Vec<usize>> {
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
fn frame(calendar: &ICalendar) -> Vec<ICalendarComponent> {
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
fn alone(calendar: &ICalendar, frame: &[ICalendarComponent], events: &[usize]) -> ICalendar {
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

/// Every occurrence of one event up to `horizon`.
fn expanded(
    mut group: ICalendar,
    horizon: Timestamp,
    left: &mut usize,
) -> Result<Vec<Occurrence>, String> {
    let zones = group.build_owned_tz_resolver().with_default(tokyo());
    for component in &mut group.components {
        let zone = start_zone(component, |name| zones.resolve_or_default(name));
        for entry in &mut component.entries {
            bound_rule(entry, zone, horizon);
        }
    }
    let limit = OF_ONE_EVENT.min(*left);
    let expand = group.expand_dates(tokyo(), limit);
    *left = left.saturating_sub(expand.events.len());
    if let (Some(error), true) = (expand.errors.first(), expand.events.is_empty()) {
        return Err(format!(
            "its times cannot be understood ({:?})",
            error.error
        ));
    }
    let occurrences = expand.events.iter().filter_map(|event| {
        let component = group.components.get(usize::try_from(event.comp_id).ok()?)?;
        occurrence(component, event)
    });
    let found: Vec<Occurrence> = occurrences.collect();
    if found.is_empty() && !expand.events.is_empty() && !is_cancelled(&group) {
        return Err("it has no title".to_owned());
    }
    Ok(found)
}

fn is_cancelled(group: &ICalendar) -> bool {
    group.components.iter().any(is_called_off)
}

fn tokyo() -> Tz {
    Tz::Tz(chrono_tz::Asia::Tokyo)
}

fn start_zone<'c>(component: &'c ICalendarComponent, zone: impl Fn(Option<&'c str>) -> Tz) -> Tz {
    let start = component
        .entries
        .iter()
        .find(|entry| entry.name == ICalendarProperty::Dtstart);
    zone(start.and_then(ICalendarEntry::tz_id))
}

/// Ends a rule that has no end at the horizon, and puts an end that is written in UTC, as the
/// standard asks, into the zone in which the rule is computed.
fn bound_rule(entry: &mut ICalendarEntry, zone: Tz, horizon: Timestamp) {
    for value in &mut entry.values {
        let ICalendarValue::RecurrenceRule(rule) = value else {
            continue;
        };
        let written = rule.until.as_ref().and_then(|until| {
            let mut until = until.clone();
            if until.hour.is_none() {
                // A day includes what begins on it.
                (until.hour, until.minute, until.second) = (Some(23), Some(59), Some(59));
            }
            until.to_date_time_with_tz(zone)
        });
        let last = DateTime::from_timestamp(horizon.as_second(), 0).unwrap_or_default();
        let until = match written {
            Some(until) => until.with_timezone(&zone).min(last.with_timezone(&zone)),
            None => last.with_timezone(&zone),
        };
        rule.until = Some(calcard::common::PartialDateTime::from_naive_timestamp(
            until.naive_local().and_utc().timestamp(),
        ));
    }
}

type Event = CalendarEvent<DateTime<Tz>, TimeOrDelta<DateTime<Tz>, TimeDelta>>;

fn occurrence(component: &ICalendarComponent, event: &Event) -> Option<Occurrence> {
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

fn is_called_off(component: &ICalendarComponent) -> bool {
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

fn text(component: &ICalendarComponent, name: &ICalendarProperty) -> Option<String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(events: &str, now: &str) -> (Vec<String>, Vec<String>) {
        let text = format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n");
        let gleaned = parse(text.as_bytes(), now.parse().expect("a time"), false).expect("reads");
        let Draft::Events(occurrences) = gleaned.draft else {
            panic!("no events")
        };
        let shown = |o: &Occurrence| {
            let mut words = format!("{} {}", o.first_day, o.title);
            if let Some(begins) = o.begins {
                words = format!("{} {begins} {}", o.first_day, o.title);
            }
            if o.last_day != o.first_day {
                words = format!("{words} –{}", o.last_day);
            }
            words
        };
        (
            occurrences.iter().map(shown).collect(),
            gleaned.skipped.iter().map(Skipped::to_string).collect(),
        )
    }

    const NOW: &str = "2026-12-01T00:00:00Z";

    #[test]
    fn a_weekly_circle_with_an_exception_moved_and_one_left_out() {
        let (found, skipped) = read(
            "BEGIN:VEVENT\r\nUID:1\r\nSEQUENCE:3\r\nDTSTART;TZID=Asia/Tokyo:20261202T133000\r\nDTEND;TZID=Asia/Tokyo:20261202T150000\r\n\
             RRULE:FREQ=WEEKLY;COUNT=4\r\nEXDATE;TZID=Asia/Tokyo:20261209T133000\r\nSUMMARY:折り紙の会\r\nEND:VEVENT\r\n\
             BEGIN:VEVENT\r\nUID:1\r\nSEQUENCE:5\r\nRECURRENCE-ID;TZID=Asia/Tokyo:20261216T133000\r\nDTSTART;TZID=Asia/Tokyo:20261217T100000\r\n\
             DTEND;TZID=Asia/Tokyo:20261217T110000\r\nSUMMARY:折り紙の会（木曜日）\r\nEND:VEVENT\r\n",
            NOW,
        );
        assert_eq!(skipped, [""; 0]);
        assert_eq!(
            found,
            [
                "2026-12-02 13:30:00 折り紙の会",
                "2026-12-17 10:00:00 折り紙の会（木曜日）",
                "2026-12-23 13:30:00 折り紙の会",
            ]
        );
    }

    #[test]
    fn an_end_in_utc_or_as_a_day_includes_the_last_occurrence() {
        for until in [
            "20261215T150000Z",
            "20261216T043000Z",
            "20261216",
            "20261216T133000",
        ] {
            let (found, _) = read(
                &format!(
                    "BEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=Asia/Tokyo:20261202T133000\r\nRRULE:FREQ=WEEKLY;UNTIL={until}\r\nSUMMARY:体操\r\nEND:VEVENT\r\n"
                ),
                NOW,
            );
            let expected = if until.starts_with("20261215") { 2 } else { 3 };
            assert_eq!(found.len(), expected, "{until}: {found:?}");
        }
    }

    #[test]
    fn days_without_a_time_and_other_time_zones() {
        let (found, _) = read(
            "BEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20261213\r\nSUMMARY:歳末たすけあい\r\n もちつき大会\r\nEND:VEVENT\r\n\
             BEGIN:VEVENT\r\nUID:2\r\nDTSTART;VALUE=DATE:20261220\r\nDTEND;VALUE=DATE:20261223\r\nSUMMARY:作品展\r\nEND:VEVENT\r\n\
             BEGIN:VEVENT\r\nUID:3\r\nDTSTART:20261209T010000Z\r\nSUMMARY:朝の会\r\nEND:VEVENT\r\n\
             BEGIN:VEVENT\r\nUID:4\r\nDTSTART;TZID=America/New_York:20261209T190000\r\nSUMMARY:姉妹都市\r\nEND:VEVENT\r\n\
             BEGIN:VEVENT\r\nUID:5\r\nDTSTART:20261212T090000\r\nSUMMARY:時差のない会\r\nEND:VEVENT\r\n",
            NOW,
        );
        assert_eq!(
            found,
            [
                "2026-12-09 10:00:00 朝の会",
                "2026-12-10 09:00:00 姉妹都市",
                "2026-12-12 09:00:00 時差のない会",
                "2026-12-13 歳末たすけあいもちつき大会",
                "2026-12-20 作品展 –2026-12-22",
            ]
        );
    }

    #[test]
    fn a_rule_in_utc_keeps_its_hour_and_its_exceptions() {
        let (found, _) = read(
            "BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261202T013000Z\r\nDTEND:20261202T023000Z\r\nRRULE:FREQ=WEEKLY;COUNT=3\r\n\
             EXDATE:20261209T013000Z\r\nSUMMARY:朝の会\r\nEND:VEVENT\r\n\
             BEGIN:VEVENT\r\nUID:1\r\nRECURRENCE-ID:20261216T013000Z\r\nDTSTART:20261216T030000Z\r\nSUMMARY:昼の会\r\nEND:VEVENT\r\n",
            NOW,
        );
        assert_eq!(
            found,
            ["2026-12-02 10:30:00 朝の会", "2026-12-16 12:00:00 昼の会"]
        );
    }

    #[test]
    fn lines_cut_inside_a_letter_whole_days_and_tags() {
        let title = "中央公民館の 体操".as_bytes();
        let mut bytes = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=Asia/Tokyo:20261205T000000\r\nDTEND;TZID=Asia/Tokyo:20261206T000000\r\nSUMMARY:".to_vec();
        bytes.extend(&title[..7]);
        bytes.extend(b"\r\n ");
        bytes.extend(&title[7..]);
        bytes.extend("\r\nDESCRIPTION:<p>くつ&nbsp;と<br>水</p>\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:2\r\nSUMMARY:いつか\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n".as_bytes());
        let now = NOW.parse().expect("a time");
        let gleaned = parse(&bytes, now, false).expect("reads");
        let Draft::Events(found) = gleaned.draft else {
            panic!("no events")
        };
        assert_eq!(found[0].title, "中央公民館の 体操");
        assert_eq!((found[0].begins, found[0].ends), (None, None));
        assert_eq!(found[0].last_day, found[0].first_day);
        assert!(
            found[0]
                .description
                .as_deref()
                .is_some_and(|text| !text.contains('<'))
        );
        assert_eq!(gleaned.skipped[0].line, Some(10));
    }

    #[test]
    fn a_rule_without_an_end_begun_long_ago_and_one_that_is_called_off() {
        let (found, skipped) = read(
            "BEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=Asia/Tokyo:20050103T100000\r\nRRULE:FREQ=MONTHLY;BYDAY=2TU\r\nSUMMARY:健康相談\r\nEND:VEVENT\r\n\
             BEGIN:VEVENT\r\nUID:2\r\nDTSTART;TZID=Asia/Tokyo:20261210T100000\r\nSTATUS:CANCELLED\r\nSUMMARY:中止\r\nEND:VEVENT\r\n\
             BEGIN:VEVENT\r\nUID:3\r\nSUMMARY:いつか\r\nEND:VEVENT\r\n",
            NOW,
        );
        assert_eq!(found[0], "2026-12-08 10:00:00 健康相談");
        assert_eq!(found[1], "2027-01-12 10:00:00 健康相談");
        assert_eq!(found.len(), 13);
        assert_eq!(skipped.len(), 1, "{skipped:?}");
    }

    proptest::proptest! {
        #[test]
        fn no_text_ends_in_a_panic(body in "(BEGIN:VEVENT\n|END:VEVENT\n|DTSTART:|DTSTART;VALUE=DATE:|RRULE:FREQ=|DAILY|SECONDLY|;COUNT=9|;UNTIL=|2026120[0-9]|T1[0-9]0000|Z|\n|UID:1\n|SUMMARY:あ\n|DURATION:PT1H\n){0,40}") {
            let text = format!("BEGIN:VCALENDAR\n{body}END:VCALENDAR\n");
            let _ = parse(text.as_bytes(), "2026-12-01T00:00:00Z".parse().expect("a time"), false);
        }
    }
}
