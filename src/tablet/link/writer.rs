//! Usage records and requests on their way from the screens to the journal.

use std::{sync::Arc, time::Duration};

use kairan_contract::{Record, Request};
use tokio::sync::{Mutex, Notify, mpsc};

use crate::journal::Journal;

/// Records that wait while the disk cannot write; about a day of a busy tablet.
const WAITING_LIMIT: usize = 5_000;
/// How long to wait for a disk that is full.
const RETRY: Duration = Duration::from_secs(2);

/// Something to be written down.
#[derive(Debug)]
pub enum Entry {
    /// A usage record.
    Record(Record),
    /// What a resident asks for.
    Request(Request),
}

/// The screens' end: never waits.
#[derive(Clone)]
pub struct Writer(mpsc::Sender<Entry>);

impl Writer {
    /// A writer, and what [`write_down`] takes.
    pub fn new() -> (Self, mpsc::Receiver<Entry>) {
        let (sender, receiver) = mpsc::channel(WAITING_LIMIT);
        (Self(sender), receiver)
    }

    /// Hands an entry over.
    pub fn write(&self, entry: Entry) {
        if let Err(error) = self.0.try_send(entry) {
            tracing::error!(%error, "an entry is lost: the disk has not written for too long");
        }
    }
}

/// Writes down what comes until the writer is gone: everything that waits, in one transaction.
/// `durable` hears the number of the last record that stands on the disk, and of the requests there;
/// `failed` hears of requests that the disk did not take, at each try.
pub async fn write_down(
    mut entries: mpsc::Receiver<Entry>,
    journal: Arc<Mutex<Journal>>,
    written: Arc<Notify>,
    durable: impl Fn(u64, &[Request]),
    failed: impl Fn(&[Request]),
) {
    let mut coming = Vec::new();
    let (mut waiting, mut requests) = (Vec::new(), Vec::new());
    while entries.recv_many(&mut coming, WAITING_LIMIT).await > 0 {
        for entry in coming.drain(..) {
            match entry {
                Entry::Record(record) => waiting.push(record),
                Entry::Request(request) => requests.push(request),
            }
        }
        // Three tries while the program is ending, and as many as it takes while it runs.
        let mut tries_left = 3;
        while tries_left > 0 {
            match journal.lock().await.append(&waiting, &requests).await {
                Ok(last) => {
                    waiting.clear();
                    durable(last, &requests);
                    requests.clear();
                    written.notify_one();
                    break;
                }
                Err(error) => {
                    tracing::error!(%error, waiting = waiting.len(), "the journal could not be written");
                    failed(&requests);
                }
            }
            tokio::time::sleep(RETRY).await;
            if entries.is_closed() {
                tries_left -= 1;
            }
        }
    }
}
