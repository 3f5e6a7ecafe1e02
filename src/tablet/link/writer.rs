//! Usage records on their way from the screens to the journal.

use std::{sync::Arc, time::Duration};

use kairan_contract::Record;
use tokio::sync::{Mutex, Notify, mpsc};

use crate::journal::Journal;

/// Records that wait while the disk cannot write; about a day of a busy tablet.
const WAITING_LIMIT: usize = 5_000;
/// How long to wait for a disk that is full.
const RETRY: Duration = Duration::from_secs(2);

/// The screens' end: never waits.
#[derive(Clone)]
pub struct Writer(mpsc::Sender<Record>);

impl Writer {
    /// A writer, and what [`write_down`] takes.
    pub fn new() -> (Self, mpsc::Receiver<Record>) {
        let (sender, receiver) = mpsc::channel(WAITING_LIMIT);
        (Self(sender), receiver)
    }

    /// Hands a record over.
    pub fn write(&self, record: Record) {
        if let Err(error) = self.0.try_send(record) {
            tracing::error!(%error, "a usage record is lost: the disk has not written for too long");
        }
    }
}

/// Writes down what comes until the writer is gone: everything that waits, in one transaction.
/// `durable` hears the number of the last record that stands on the disk.
pub async fn write_down(
    mut records: mpsc::Receiver<Record>,
    journal: Arc<Mutex<Journal>>,
    written: Arc<Notify>,
    durable: impl Fn(u64),
) {
    let mut waiting = Vec::new();
    while records.recv_many(&mut waiting, WAITING_LIMIT).await > 0 {
        // Three tries while the program is ending, and as many as it takes while it runs.
        let mut tries_left = 3;
        while tries_left > 0 {
            match journal.lock().await.append(&waiting).await {
                Ok(last) => {
                    waiting.clear();
                    durable(last);
                    written.notify_one();
                    break;
                }
                Err(error) => {
                    tracing::error!(%error, waiting = waiting.len(), "the journal could not be written");
                }
            }
            tokio::time::sleep(RETRY).await;
            if records.is_closed() {
                tries_left -= 1;
            }
        }
    }
}
