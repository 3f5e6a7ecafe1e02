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
    draft::{DraftContent, Gleaned, Skipped},
    error::SourceError,
    japan::{JAPAN, day_in_japan},
};

/// A tablet knows the departures of so many days, so that a week without a network is no week
/// without a bus.
const DAYS_AHEAD: i32 = 8;
/// The departures that a tablet holds of one stop.
const DEPARTURE_LIMIT: usize = 2_000;

/// The stops of which a resident may choose, on one tile.
pub const STOP_LIMIT: usize = 10;

/// Reads a feed and tells the departures from the first of `stops`, to `to` if that is given, and
/// from the others of which a resident may choose. `all` begins at the first of the day, and, where
/// the timetable is over or has not begun, on its first day.
pub fn parse(
    bytes: &[u8],
    stops: &[String],
    to: Option<&str>,
    now: Timestamp,
    all: bool,
) -> Result<Gleaned, SourceError> {
    let (feed, mut skipped) = Feed::read(bytes)?;
    let stops: Vec<_> = stops
        .iter()
        .map(|stop| feed.stop(stop))
        .collect::<Result<_, _>>()?;
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
    let begin = if all { start_of(first) } else { now };
    let mut boards = stops.into_iter().map(|stop| {
        let mut departures = feed.departures(stop, to, earlier(first, 3), last);
        departures.retain(|departure| departure.at >= begin);
        let name = feed.name_of(stop);
        if departures.len() > DEPARTURE_LIMIT {
            told(format!(
                "{} departures from {} are more than the {DEPARTURE_LIMIT} that a tablet holds; the latest are left out",
                departures.len(),
                name.name
            ));
            departures.truncate(DEPARTURE_LIMIT);
        }
        Departures {
            stop: name.name.clone(),
            reading: name.reading.clone(),
            position: name.position,
            to: to.map(|to| feed.name_of(to).name.clone()),
            operator: feed.operator().map(str::to_owned),
            published_until: feed.period().until,
            departures,
            other_stops: Vec::new(),
        }
    });
    let no_stop = || SourceError::NotUnderstood("no stop is named".to_owned());
    let mut board = boards.next().ok_or_else(no_stop)?;
    board.other_stops = boards.collect();
    Ok(Gleaned {
        draft: DraftContent::Timetable(board),
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
