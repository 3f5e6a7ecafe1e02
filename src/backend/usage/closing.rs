//! Closing a day: its records are laid down as one Parquet file, read back, folded into the summaries,
//! and only then leave the database.
//!
//! The file comes first. Whatever ends the program between two steps, the records stand in the
//! database, in the file, or in both: closing the day again takes each once.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kairan_evaluation::{
    loans::date_of,
    row::{Row, day_of},
};

pub use super::{
    archive::{Alone, Archive},
    closing_error::ClosingError,
};

use super::queries::{ClosedDay, NotKept};
use crate::database::Database;

/// Closes every day before today of which records lie in the database, and opens those again of which
/// some came late. Says how many; a day that cannot be closed keeps no other from it.
pub async fn close_days(
    store: &Database,
    archive: &Archive,
    now: Timestamp,
) -> Result<usize, ClosingError> {
    let _alone = archive.alone(store).await?;
    let today = day_of(now.as_millisecond());
    let known = store.closed_days().await?;
    let (mut closed, mut failed) = (0, None);
    for day in store.open_days(today).await? {
        let before = known.iter().find(|known| known.day == day);
        match close(store, archive, day, before, now).await {
            Ok(()) => {
                tracing::info!(day = %date_of(day), "a day is closed");
                closed += 1;
            }
            Err(error) => {
                tracing::error!(%error, day = %date_of(day), "a day could not be closed");
                failed.get_or_insert(error);
            }
        }
    }
    match failed {
        Some(error) => Err(error),
        None => Ok(closed),
    }
}

async fn close(
    store: &Database,
    archive: &Archive,
    day: i64,
    closed: Option<&ClosedDay>,
    now: Timestamp,
) -> Result<(), ClosingError> {
    if closed.is_some_and(|closed| closed.is_gone) {
        store.refuse_day(day, NotKept::TooOld, now).await?;
        return Ok(());
    }
    let before = archive.rows_of_closed(closed, day).await?;
    let open = store.rows_of(day).await?;
    put_away(store, archive, day, before.into_iter().chain(open), now).await
}

/// Lays rows down as the file of a day, and folds them.
pub async fn put_away(
    store: &Database,
    archive: &Archive,
    day: i64,
    rows: impl Iterator<Item = Row>,
    now: Timestamp,
) -> Result<(), ClosingError> {
    let mut each_once: BTreeMap<(String, i64), Row> = BTreeMap::new();
    for row in rows {
        let (tablet, sequence) = row.key();
        each_once
            .entry((tablet.to_owned(), sequence))
            .or_insert(row);
    }
    let rows: Vec<Row> = each_once.into_values().collect();
    let (sha256, rows) = archive.lay(day, rows).await?;
    let closed = ClosedDay {
        day,
        records: rows.len() as u64,
        sha256: sha256.to_string(),
        closed_at: now,
        is_gone: false,
    };
    store.close_day(&closed, &rows).await?;
    Ok(())
}
