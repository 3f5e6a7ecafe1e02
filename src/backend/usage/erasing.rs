//! Erasing a loan: from the database at once, and from every day's file one after the other.
//!
//! Whatever ends the program in between, the list of erasures says what is left to do, and it is done
//! with the next closing of days.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kairan_contract::Participation;
use kairan_evaluation::row::Row;

use super::{archive::Archive, closing::put_away, closing_error::ClosingError};
use crate::database::Database;

/// Erases a loan, and whatever was not erased to its end before. Says from how many files.
pub async fn erase(
    store: &Database,
    archive: &Archive,
    loan: Participation,
    now: Timestamp,
) -> Result<usize, ClosingError> {
    store.erase(loan, now).await?;
    finish(store, archive, now).await
}

/// What of a loan can still be found: rows of the database, and rows of the files. Nothing, after it was erased.
pub async fn left_of(
    store: &Database,
    archive: &Archive,
    loan: Participation,
) -> Result<(u64, usize), ClosingError> {
    let participation = loan.to_string();
    let mut in_files = 0;
    for day in archive.days().await? {
        let rows = archive.rows(day).await?;
        let theirs = rows
            .iter()
            .filter(|row| row.participation.as_deref() == Some(&*participation));
        in_files += theirs.count();
    }
    Ok((store.rows_about(loan).await?, in_files))
}

/// Goes on with what was begun. A file that is broken keeps no other from being gone through, but its
/// loan stays on the list.
pub async fn finish(
    store: &Database,
    archive: &Archive,
    now: Timestamp,
) -> Result<usize, ClosingError> {
    let open = store.open_erasures().await?;
    if open.is_empty() {
        return Ok(0);
    }
    let _alone = archive.alone(store).await?;
    let (mut files, mut failed) = (0, None);
    for loan in open {
        // A day that was being closed may have brought something back.
        store.erase(loan, now).await?;
        match erase_from_files(store, archive, loan, now).await {
            Ok(gone_through) => {
                files += gone_through;
                store.erased(loan).await?;
            }
            Err(error) => {
                tracing::error!(%error, "a loan could not be erased from every file");
                failed.get_or_insert(error);
            }
        }
    }
    match failed {
        Some(error) => Err(error),
        None => Ok(files),
    }
}

async fn erase_from_files(
    store: &Database,
    archive: &Archive,
    loan: Participation,
    now: Timestamp,
) -> Result<usize, ClosingError> {
    let participation = loan.to_string();
    let is_theirs = |row: &Row| row.participation.as_deref() == Some(participation.as_str());
    let closed = store.closed_days().await?;
    // A file may lie there that the database does not know yet, and the other way round.
    let mut days: BTreeSet<i64> = archive.days().await?.into_iter().collect();
    days.extend(closed.iter().map(|closed| closed.day));
    let (mut files, mut failed) = (0, None);
    for day in days {
        let known = closed.iter().find(|known| known.day == day);
        if known.is_some_and(|known| known.is_gone) {
            // Records that may be kept no longer went as a whole.
            archive.remove(day).await?;
            continue;
        }
        match archive.rows_of_closed(known, day).await {
            Ok(rows) if rows.iter().any(is_theirs) => {
                let others = rows.into_iter().filter(|row| !is_theirs(row));
                put_away(store, archive, day, others, now).await?;
                files += 1;
            }
            // The file was put away, and the program ended before the database heard of it.
            Ok(rows) if known.is_some_and(|known| known.records != rows.len() as u64) => {
                put_away(store, archive, day, rows.into_iter(), now).await?;
            }
            Ok(_) => {}
            // Fewer rows than the database knows: ours are gone from the file already, or it is damaged.
            Err(ClosingError::Missing { .. }) if archive.bytes(day).await?.is_some() => {
                let rows = archive.rows(day).await?;
                let others = rows.into_iter().filter(|row| !is_theirs(row));
                put_away(store, archive, day, others, now).await?;
                files += 1;
            }
            Err(error) => {
                failed.get_or_insert(error);
            }
        }
    }
    match failed {
        Some(error) => Err(error),
        None => Ok(files),
    }
}
