//! When an event takes place: its rule with a bound, expanded.

use calcard::{
    common::timezone::Tz,
    icalendar::{ICalendar, ICalendarComponent, ICalendarEntry, ICalendarProperty, ICalendarValue},
};
use chrono::DateTime;
use jiff::Timestamp;
use kairan_contract::Occurrence;

use super::occurrence::{is_called_off, occurrence};

/// The occurrences of one event, from its beginning on: a daily one for fifty years.
const OF_ONE_EVENT: usize = 20_000;

/// Every occurrence of one event up to `horizon`.
pub(super) fn expanded(
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
