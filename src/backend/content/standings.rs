//! Tablets that are told something else than before hear of it at once.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::repository::ContentRepository;
use crate::tablets::TabletCache;

/// Has those who listen look what they are told, whenever tablets stand otherwise, until `stop` is cancelled.
pub async fn announce_changes(
    tablet_cache: TabletCache,
    repository: Arc<ContentRepository>,
    stop: CancellationToken,
) {
    let mut changes = tablet_cache.changes();
    while let Some(Ok(())) = stop.run_until_cancelled(changes.changed()).await {
        repository.announce();
    }
}
