//! When things are brought or fetched: rules that repeat every week, and the windows that come of them.

use std::collections::BTreeMap;

use jiff::{
    SignedDuration, Timestamp, ToSpan as _,
    civil::{Date, Time, Weekday},
};
use kairan_contract::{DeliveryWindow, Form, WindowId};
use toml::de::DeValue;

use super::{time_of_day, zone};
use crate::{
    fault::{Expected, FaultKind, FormFault},
    opening_hours::{Holidays, OpeningHours},
    table::{Faults, Placed, Table},
};

/// How far ahead windows are offered.
const DAYS_AHEAD: i64 = 14;
/// Places of one window.
const PLACES: u32 = 1_000;
/// The days of the week by the words for them.
pub(crate) const WEEKDAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

/// A window that comes again every week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowRule {
    /// On which days.
    pub days: Vec<Weekday>,
    /// From when.
    pub from: Time,
    /// Until when.
    pub until: Time,
    /// For how many requests.
    pub places: u32,
    /// Until when one has to have asked; until it begins where nothing is said.
    pub ask_until: Option<AskUntil>,
}

/// Until when something can be done, before something else takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskUntil {
    /// So many hours before it begins.
    Hours(u16),
    /// So many days before, at a time of the day.
    Days {
        /// How many days before.
        days: u16,
        /// At which time.
        at: Time,
        /// Only days on which the provider is open are counted.
        are_open_days: bool,
    },
}

impl AskUntil {
    /// The keys of its table.
    const KEYS: &'static [&'static str] =
        &["hours_before", "days_before", "open_days_before", "at"];

    /// `{ hours_before = 24 }`, `{ days_before = 1, at = "17:00" }` or `{ open_days_before = 1, at = "15:00" }`.
    pub(super) fn read(key: &'static str, table: &Table, faults: &mut Faults) -> Option<Self> {
        let value = table.get(key)?;
        let table = Table::under(key, key, Self::KEYS, value, faults)?;
        let small = |number: u32| u16::try_from(number).unwrap_or(u16::MAX);
        let hours = table.number("hours_before", 0, 24 * 30, faults);
        let days = table.number("days_before", 0, 30, faults);
        let open_days = table.number("open_days_before", 0, 30, faults);
        let at = need_time(&table, "at", hours.is_none(), faults);
        match (hours, days, open_days) {
            (Some(hours), None, None) => Some(Self::Hours(small(hours))),
            (None, Some(days), None) => at.map(|at| Self::Days {
                days: small(days),
                at,
                are_open_days: false,
            }),
            (None, None, Some(days)) => at.map(|at| Self::Days {
                days: small(days),
                at,
                are_open_days: true,
            }),
            _ => {
                let kind = FaultKind::WrongType {
                    key: key.to_owned(),
                    expected: Expected::Before,
                };
                faults.add(kind, &value.span());
                None
            }
        }
    }

    /// The moment, for what begins then.
    pub fn before(
        self,
        begins_at: Timestamp,
        hours: &OpeningHours,
        holidays: &Holidays,
    ) -> Timestamp {
        match self {
            Self::Hours(before) => begins_at
                .checked_sub(SignedDuration::from_hours(before.into()))
                .unwrap_or(begins_at),
            Self::Days {
                days,
                at,
                are_open_days,
            } => {
                let day = begins_at.to_zoned(zone()).date();
                let day = if are_open_days {
                    hours.open_days_before(day, days, holidays)
                } else {
                    day.checked_sub(i64::from(days).days()).unwrap_or(day)
                };
                let moment = zone().to_timestamp(day.to_datetime(at));
                moment.unwrap_or(begins_at).min(begins_at)
            }
        }
    }
}

/// A time of the day at `key`.
pub(crate) fn need_time(
    table: &Table,
    key: &'static str,
    is_needed: bool,
    faults: &mut Faults,
) -> Option<Time> {
    let text: Placed<&str> = if is_needed {
        table.need_text(key, faults)?
    } else {
        table.text(key, faults)?
    };
    let time = time_of_day(text.value);
    if time.is_none() {
        faults.add(FormFault::BadTime(text.value.to_owned()).into(), &text.span);
    }
    time
}

/// The days of the week at `key`. Words in `besides` are none of these days, and no fault.
pub(crate) fn weekdays(
    table: &Table,
    key: &'static str,
    besides: &[&str],
    faults: &mut Faults,
) -> Vec<Weekday> {
    let texts = table.texts(key, faults);
    let days = texts.iter().filter(|text| !besides.contains(&text.value));
    days.filter_map(|text| crate::table::one_of(key, text, &WEEKDAYS, faults))
        .collect()
}

/// One `[[window]]`.
pub(super) fn rule(table: &Table, faults: &mut Faults) -> Option<WindowRule> {
    let needs_days = table.need("days", faults).is_some();
    let days = weekdays(table, "days", &[], faults);
    let from = need_time(table, "from", true, faults);
    let until = need_time(table, "until", true, faults);
    let places = table.number("places", 1, PLACES, faults);
    if places.is_none() {
        table.need("places", faults);
    }
    let ask_until = AskUntil::read("ask_until", table, faults);
    let (from, until) = (from?, until?);
    if until <= from {
        let span = table.get("until").map(toml::Spanned::<DeValue>::span);
        faults.add(FaultKind::PeriodEndsBeforeItBegins, &span.unwrap_or(0..0));
        return None;
    }
    Some(WindowRule {
        days: Some(days).filter(|days| needs_days && !days.is_empty())?,
        from,
        until,
        places: places?,
        ask_until,
    })
}

/// The windows of the next days, the soonest first. On a day on which the provider is closed there are none.
pub(super) fn on_offer(
    rules: &[WindowRule],
    taken: &BTreeMap<WindowId, u32>,
    hours: &OpeningHours,
    holidays: &Holidays,
    now: Timestamp,
) -> Vec<DeliveryWindow> {
    let today = now.to_zoned(zone()).date();
    let days = (0..DAYS_AHEAD).filter_map(|ahead| today.checked_add(ahead.days()).ok());
    let mut windows: Vec<DeliveryWindow> = days
        .filter(|day| hours.is_open_on(*day, holidays))
        .flat_map(|day| {
            let rules = rules
                .iter()
                .filter(move |it| it.days.contains(&day.weekday()));
            rules.filter_map(move |rule| window(rule, day, taken, hours, holidays))
        })
        .filter(|window| now < window.ask_until)
        .collect();
    windows.sort_by(|one, other| (one.begins_at, &one.id).cmp(&(other.begins_at, &other.id)));
    windows.dedup_by(|one, other| one.id == other.id);
    windows.truncate(Form::WINDOW_LIMIT);
    windows
}

fn window(
    rule: &WindowRule,
    day: Date,
    taken: &BTreeMap<WindowId, u32>,
    hours: &OpeningHours,
    holidays: &Holidays,
) -> Option<DeliveryWindow> {
    let at = |time: Time| zone().to_timestamp(day.to_datetime(time)).ok();
    let begins_at = at(rule.from)?;
    let ask_until = rule
        .ask_until
        .map_or(begins_at, |until| until.before(begins_at, hours, holidays));
    let id = id_of(day, rule)?;
    let is_full = taken.get(&id).is_some_and(|taken| *taken >= rule.places);
    Some(DeliveryWindow {
        id,
        begins_at,
        ends_at: at(rule.until)?,
        ask_until,
        is_full,
    })
}

/// `20261203-1000-1200`: what is on offer then, whatever else changes.
fn id_of(day: Date, rule: &WindowRule) -> Option<WindowId> {
    let id = format!(
        "{}-{}-{}",
        day.strftime("%Y%m%d"),
        rule.from.strftime("%H%M"),
        rule.until.strftime("%H%M")
    );
    id.parse().ok()
}

/// How many places a window has.
pub(super) fn places_of(rules: &[WindowRule], window: &WindowId) -> Option<u32> {
    let day: Date = Date::strptime("%Y%m%d", window.as_str().get(..8)?).ok()?;
    let on_the_day = rules
        .iter()
        .filter(|rule| rule.days.contains(&day.weekday()));
    let mut found = on_the_day.filter(|rule| id_of(day, rule).as_ref() == Some(window));
    found.next().map(|rule| rule.places)
}
