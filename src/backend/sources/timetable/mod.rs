//! Timetables in GTFS-JP: when the bus leaves, by the name of the stop.

mod board;
mod feed;
mod period;
mod reader;
mod table;

use jiff::{Timestamp, ToSpan as _, civil::Date};
use kairan_contract::Departures;

pub use feed::{Feed, StopName};

use super::{
    Draft, Gleaned, Skipped, SourceError,
    japan::{JAPAN, day_in_japan},
};

/// A tablet knows the departures of so many days, so that a week without a network is no week
/// without a bus.
const DAYS_AHEAD: i32 = 8;
/// The departures that a tablet holds of one stop.
const DEPARTURE_LIMIT: usize = 2_000;

/// Reads a feed and tells the departures from `stop`, to `to` if that is given. `all` begins at the
/// first of the day, and, where the timetable is over or has not begun, on its first day.
pub fn parse(
    bytes: &[u8],
    stop: &str,
    to: Option<&str>,
    now: Timestamp,
    all: bool,
) -> Result<Gleaned, SourceError> {
    let (feed, mut skipped) = Feed::read(bytes)?;
    let stop = feed.stop(stop)?;
    let to = to.map(|to| feed.stop(to)).transpose()?;
    let today = day_in_japan(now);
    let mut first = today;
    let mut told = |why: String| skipped.push(Skipped::told(why));
    if let Some(end) = feed.period().until
        && end < today
    {
        told(format!(
            "the timetable ended on {end}; ask its operator for the next"
        ));
    }
    if let Some(begin) = feed.period().from
        && begin > today
    {
        told(format!("the timetable begins on {begin}"));
    }
    if all && !feed.period().holds_on(today) {
        first = feed.period().from.unwrap_or(today);
    }
    let last = later(first, DAYS_AHEAD - 1);
    let mut departures = feed.departures(stop, to, earlier(first, 3), last);
    let begin = if all { start_of(first) } else { now };
    departures.retain(|departure| departure.at >= begin);
    if departures.len() > DEPARTURE_LIMIT {
        told(format!(
            "{} departures are more than the {DEPARTURE_LIMIT} that a tablet holds; the latest are left out",
            departures.len()
        ));
        departures.truncate(DEPARTURE_LIMIT);
    }
    Ok(Gleaned {
        draft: Draft::Timetable(Departures {
            stop: feed.name_of(stop).name.clone(),
            reading: feed.name_of(stop).reading.clone(),
            to: to.map(|to| feed.name_of(to).name.clone()),
            operator: feed.operator().map(str::to_owned),
            published_until: feed.period().until,
            departures,
        }),
        skipped,
    })
}

fn start_of(day: Date) -> Timestamp {
    let midnight = day.to_datetime(jiff::civil::Time::midnight());
    JAPAN.to_timestamp(midnight).unwrap_or(Timestamp::MIN)
}

fn later(day: Date, days: i32) -> Date {
    day.saturating_add(days.days())
}

fn earlier(day: Date, days: i32) -> Date {
    day.saturating_sub(days.days())
}
