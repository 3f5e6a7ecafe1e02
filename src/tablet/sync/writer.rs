//! Usage records and requests on their way from the screens to the journal. Each has a writer of its
//! own: a call for help never stands behind records, and a disk that refuses it is told of at once.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use kairan_contract::{Record, RequestId};
use tokio::sync::{Mutex, Notify, mpsc};

use super::outbox::Outbox;
use crate::journal::Journal;

/// Records that wait while the disk cannot write; about a day of a busy tablet.
const WAITING_LIMIT: usize = 5_000;
/// How long to wait for a disk that is full.
const RETRY: Duration = Duration::from_secs(2);
/// How often that is tried while the program is ending.
const LAST_TRIES: u32 = 3;

/// The screens' end: never waits.
#[derive(Clone)]
pub struct Writer {
    records: mpsc::Sender<Record>,
    /// Records that found no place since the last one that did.
    lost: Arc<AtomicU64>,
}

impl Writer {
    /// A writer, and what [`write_records`] takes.
    pub fn new() -> (Self, mpsc::Receiver<Record>) {
        let (records, receiver) = mpsc::channel(WAITING_LIMIT);
        let lost = Arc::default();
        (Self { records, lost }, receiver)
    }

    /// Hands a record over. Those that find no place are counted; that is logged when it begins and
    /// when it is over.
    pub fn write(&self, record: Record) {
        if self.records.try_send(record).is_err() {
            if self.lost.fetch_add(1, Ordering::Relaxed) == 0 {
                tracing::error!("records are lost: the disk has not written for too long");
            }
            return;
        }
        let lost = self.lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            tracing::error!(lost, "records were lost; from now on they are kept again");
        }
    }
}

/// Writes down the records that come until the writer is gone: everything that waits, in one
/// transaction. `durable` hears the number of the last that stands on the disk.
pub async fn write_records(
    mut records: mpsc::Receiver<Record>,
    journal: Arc<Mutex<Journal>>,
    written: Arc<Notify>,
    durable: impl Fn(u64),
) {
    let mut waiting = Vec::new();
    while records.recv_many(&mut waiting, WAITING_LIMIT).await > 0 {
        let mut trouble = Trouble::default();
        // Three tries while the program is ending, and as many as it takes while it runs.
        let mut tries_left = LAST_TRIES;
        while tries_left > 0 {
            match journal.lock().await.append(&waiting).await {
                Ok(last) => {
                    trouble.recovered();
                    waiting.clear();
                    durable(last);
                    written.notify_one();
                    break;
                }
                Err(error) => trouble.report(&error, waiting.len()),
            }
            tokio::time::sleep(RETRY).await;
            if records.is_closed() {
                tries_left -= 1;
            }
        }
    }
}

/// What becomes of a request on its way to the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestWritten {
    /// It stands there.
    Kept(RequestId),
    /// The disk did not take it; it is tried again.
    Failed(RequestId),
}

/// Writes requests down as they come, each by itself, until nobody asks any more. `tell` hears what
/// became of each: a request that cannot be kept is told at the first try, or when the disk has hung for
/// long enough.
pub async fn write_requests(
    outbox: Outbox,
    journal: Arc<Mutex<Journal>>,
    tell: impl Fn(RequestWritten),
) {
    let report_overdue = async {
        loop {
            for id in outbox.overdue().await {
                if outbox.mark_failed(id) {
                    tracing::error!("a request is not written down in time: the disk hangs");
                    tell(RequestWritten::Failed(id));
                }
            }
        }
    };
    tokio::select! {
        () = write_waiting(&outbox, &journal, &tell) => {}
        () = report_overdue => {}
    }
}

async fn write_waiting(outbox: &Outbox, journal: &Mutex<Journal>, tell: impl Fn(RequestWritten)) {
    let mut tries_left = LAST_TRIES;
    let mut trouble = Trouble::default();
    while tries_left > 0 {
        let waiting = outbox.unwritten();
        let mut failed = 0;
        for request in &waiting {
            let kept = journal.lock().await.keep_request(request).await;
            match kept {
                Ok(()) => {
                    tell(RequestWritten::Kept(request.id));
                    outbox.mark_written(request.id);
                }
                Err(error) => {
                    failed += 1;
                    trouble.report(&error, waiting.len());
                    if outbox.mark_failed(request.id) {
                        tell(RequestWritten::Failed(request.id));
                    }
                }
            }
        }
        if failed == 0 {
            trouble.recovered();
            if outbox.is_closed() {
                return;
            }
            outbox.changed().await;
            continue;
        }
        if outbox.is_closed() {
            tries_left -= 1;
            tokio::time::sleep(RETRY).await;
        } else {
            // Who asks meanwhile is tried at once.
            let _ = tokio::time::timeout(RETRY, outbox.changed()).await;
        }
    }
}

/// A disk that does not write is logged when that begins and when it is over, not at each try.
#[derive(Default)]
struct Trouble(bool);

impl Trouble {
    fn report(&mut self, error: &dyn std::error::Error, waiting: usize) {
        if !std::mem::replace(&mut self.0, true) {
            tracing::error!(%error, waiting, "the journal could not be written; it is tried again");
        }
    }

    fn recovered(&mut self) {
        if std::mem::take(&mut self.0) {
            tracing::info!("the journal can be written again");
        }
    }
}

#[cfg(test)]
mod tests {
    use kairan_contract::{
        BootId, Event, Participation, Request, RequestKind, ScreenName, StartCause, TabletId,
    };
    use uuid::Uuid;

    use super::*;

    fn record() -> Record {
        Record {
            tablet: TabletId(Uuid::nil()),
            participation: Participation(Uuid::nil()),
            sequence: 0,
            boot: BootId(Uuid::nil()),
            uptime_ms: 1,
            happened_at: 0,
            clock_offset_ms: None,
            visit: 0,
            catalogue: 0,
            service: None,
            event: Event::Started {
                cause: StartCause::Power,
            },
        }
    }

    fn call(number: u128) -> Request {
        Request {
            id: RequestId(Uuid::from_u128(number)),
            made_at: 1,
            what: RequestKind::CallBack {
                screen: ScreenName::named("help"),
            },
        }
    }

    #[tokio::test]
    async fn a_request_that_a_hanging_disk_holds_up_is_told_and_is_written_when_it_hangs_no_more() {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = Journal::open(folder.path()).await.expect("opens");
        let journal = Arc::new(Mutex::new(journal));
        let (outbox, (tell, mut told)) = (Outbox::default(), mpsc::unbounded_channel());
        let tell = move |it| tell.send(it).expect("somebody hears it");
        let mut heard = async || {
            let told = tokio::time::timeout(Duration::from_mins(1), told.recv()).await;
            told.expect("it is told in time")
        };
        // Records are being written, and the disk does not come back.
        let hanging = journal.lock().await;
        let (asked, to) = (outbox.clone(), Arc::clone(&journal));
        let writing = tokio::spawn(write_requests(asked, to, tell));
        outbox.put(call(1)).expect("there is room");
        assert_eq!(heard().await, Some(RequestWritten::Failed(call(1).id)));
        // So is one that comes after it.
        outbox.put(call(2)).expect("there is room");
        assert_eq!(heard().await, Some(RequestWritten::Failed(call(2).id)));
        assert_eq!(outbox.sendable(), [call(1), call(2)]);
        drop(hanging);
        assert_eq!(heard().await, Some(RequestWritten::Kept(call(1).id)));
        assert_eq!(heard().await, Some(RequestWritten::Kept(call(2).id)));
        outbox.close();
        writing.await.expect("ends");
    }

    #[tokio::test]
    async fn a_flood_of_records_that_wait_pushes_no_request_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = Journal::open(folder.path()).await.expect("opens");
        let journal = Arc::new(Mutex::new(journal));
        let outbox = Outbox::default();
        // Nobody writes records: the disk takes none.
        let (writer, _records) = Writer::new();
        for _ in 0..WAITING_LIMIT + 500 {
            writer.write(record());
        }
        assert_eq!(writer.lost.load(Ordering::Relaxed), 500);
        outbox.put(call(1)).expect("there is room");
        outbox.close();
        let told = std::sync::Mutex::new(Vec::new());
        let tell = |it| told.lock().expect("not poisoned").push(it);
        write_requests(outbox, Arc::clone(&journal), tell).await;
        assert_eq!(
            told.into_inner().expect("not poisoned"),
            [RequestWritten::Kept(call(1).id)]
        );
        let kept = journal.lock().await.requests_to_send(|_| false).await;
        assert_eq!(kept.expect("reads"), [call(1)]);
    }
}
