//! The cells of a GTFS table, as they are read wherever they stand.

use jiff::civil::Date;

use crate::timetable::{
    feed::LATEST,
    table::{Row, Table, Zip},
};
use crate::{error::SourceError, open_data::words::day};

pub(super) fn needed<'z, 'b>(
    zip: &'z mut Zip<'b>,
    name: &'static str,
) -> Result<Table<'z, 'b>, SourceError> {
    zip.table(name)
        .ok_or_else(|| SourceError::NotUnderstood(format!("the zip holds no {name}")))
}

pub(super) fn read_day(row: &Row, column: Option<usize>) -> Result<Date, String> {
    let text = row.text(column).unwrap_or_default();
    day(&text).ok_or_else(|| format!("`{text}` is no day"))
}

/// `8:30:00`, and `25:10:00` for ten past one of the next morning; nothing where nothing stands.
pub(super) fn read_time(bytes: &[u8]) -> Result<Option<u32>, String> {
    let text = std::str::from_utf8(bytes).unwrap_or("?").trim();
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = || format!("`{text}` is no time");
    let parts: Vec<u32> = text
        .split(':')
        .map(|part| part.parse().map_err(|_| wrong()))
        .collect::<Result<_, _>>()?;
    let seconds = match parts[..] {
        [hours, minutes] if minutes < 60 => hours.checked_mul(3600).map(|h| h + minutes * 60),
        [hours, minutes, seconds] if minutes < 60 && seconds < 60 => {
            hours.checked_mul(3600).map(|h| h + minutes * 60 + seconds)
        }
        _ => None,
    };
    seconds
        .filter(|seconds| *seconds < LATEST)
        .map(Some)
        .ok_or_else(wrong)
}

/// Everything in a feed is counted in 32 bits; the limits above see to it that this is enough.
pub(super) fn index(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
