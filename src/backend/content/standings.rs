//! Tablets that are told something else than before hear of it at once.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::shelf::Shelf;
use crate::tablets::Known;

/// Has those who listen look what they are told, whenever tablets stand otherwise, until `stop` is cancelled.
pub async fn announce_changes(known: Known, shelf: Arc<Shelf>, stop: CancellationToken) {
    let mut changes = known.changes();
    while let Some(Ok(())) = stop.run_until_cancelled(changes.changed()).await {
        shelf.announce();
    }
}
