//! Keeps what the resident chose, and what is told of them, beside the window's thread: the latest, one after the other.

use std::{io, time::Duration};

use tokio::sync::{mpsc, watch};

use crate::{data_folder::DataFolder, sync::LinkEvent};

/// How long to wait for a disk that is full.
const RETRY: Duration = Duration::from_secs(5);

/// Keeps each of the `latest` with `save` until none comes any more. What cannot be kept is told, and tried again.
pub(super) async fn save_latest<T: Clone + Send + Sync + 'static>(
    mut latest: watch::Receiver<T>,
    data: DataFolder,
    save: fn(&DataFolder, &T) -> io::Result<()>,
    tell: mpsc::UnboundedSender<LinkEvent>,
) {
    while latest.changed().await.is_ok() {
        let mut is_told = false;
        loop {
            let (data, kept) = (data.clone(), latest.borrow_and_update().clone());
            let saving = tokio::task::spawn_blocking(move || save(&data, &kept));
            let is_kept = match saving.await {
                Ok(Ok(())) => true,
                Ok(Err(error)) => {
                    if !is_told {
                        tracing::error!(%error, "the resident's choices could not be kept");
                    }
                    false
                }
                Err(error) => {
                    tracing::error!(%error, "the resident's choices could not be kept");
                    false
                }
            };
            if is_kept == is_told {
                // The window may be gone already; then nobody needs to be told.
                let _ = tell.send(LinkEvent::ProfileSaved(is_kept));
                is_told = !is_kept;
            }
            if is_kept {
                break;
            }
            // A newer choice is tried at once. When the program ends they are kept once more by itself.
            if let Ok(Err(_)) = tokio::time::timeout(RETRY, latest.changed()).await {
                return;
            }
        }
    }
}
