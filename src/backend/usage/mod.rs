//! Usage records at rest: days are closed into summaries and Parquet files, and reports are made of
//! what they add up to.

pub mod api;
mod archive;
pub mod closing;
pub mod dictionary;
pub mod erasing;
pub mod export;
pub mod pages;
pub mod queries;
pub mod reporting;
pub mod retention;
pub mod simulating;

use crate::database::{Database, DatabaseError};
use kairan_catalogue::Catalogue;

/// The catalogue that tablets are shown, or were shown last: what the council has decided stands in it.
pub async fn catalogue(store: &Database) -> Result<Option<Catalogue>, DatabaseError> {
    let last = store.last_catalogue().await?;
    Ok(last.and_then(|(_, text)| Catalogue::once_good(&text, None)))
}
