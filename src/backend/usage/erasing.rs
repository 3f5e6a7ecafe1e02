//! Erasing a loan: from the database at once, and from every day's file one after the other.
//!
//! Whatever ends the program in between, the list of erasures says what is left to do, and it is done
//! with the next closing of days.

use jiff::Timestamp;
use kairan_contract::Participation;
use kairan_evaluation::row::Row;

use super::closing::{Archive, ClosingError, put_away};
use crate::store::Store;

/// Erases a loan, and whatever was not erased to its end before. Says from how many files.
pub async fn erase(
    store: &Store,
    archive: &Archive,
    loan: Participation,
    now: Timestamp,
) -> Result<usize, ClosingError> {
    store.erase(loan, now).await?;
    finish(store, archive, now).await
}

/// Goes on with what was begun.
pub async fn finish(
    store: &Store,
    archive: &Archive,
    now: Timestamp,
) -> Result<usize, ClosingError> {
    let mut files = 0;
    for loan in store.open_erasures().await? {
        // A day that was being closed may have brought something back.
        store.erase(loan, now).await?;
        let participation = loan.to_string();
        let is_theirs = |row: &Row| row.participation.as_deref() == Some(participation.as_str());
        for closed in store.closed_days().await? {
            let rows = archive.rows(closed.day)?;
            if rows.iter().any(is_theirs) {
                let others = rows.into_iter().filter(|row| !is_theirs(row));
                put_away(store, archive, closed.day, others, now).await?;
                files += 1;
            }
        }
        store.erased(loan).await?;
    }
    Ok(files)
}
