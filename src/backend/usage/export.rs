//! Taking the records out as they are: one archive with a file a day, the loans and the dictionary. Who does it,
//! and what for, stands in the audit log before the first byte leaves.

use std::io::Write;

use bytes::Bytes;
use jiff::Timestamp;
use kairan_evaluation::{
    dictionary::dictionary,
    evidence::Period,
    loans::{self, date_of},
};
use tokio::sync::mpsc;
use zip::{CompressionMethod, ZipWriter, result::ZipError, write::SimpleFileOptions};

use super::{archive::Archive, closing_error::ClosingError};
use crate::{
    audit::queries::{Act, Deed},
    database::{Database, DatabaseError},
};

/// Files that wait to be packed.
const WAITING: usize = 2;

/// What is taken out, by whom, and why.
#[derive(Debug, Clone)]
pub struct Export {
    /// The days.
    pub period: Period,
    /// Who does it.
    pub who: String,
    /// What for.
    pub reason: String,
}

/// Why records could not be taken out.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A day's file could not be read.
    #[error(transparent)]
    Day(#[from] ClosingError),
    /// The archive could not be written.
    #[error("the archive could not be written: {0} — check that the disk is not full")]
    Zip(#[from] ZipError),
    /// A table could not be written.
    #[error("a table could not be written: {0}")]
    Table(#[from] csv::Error),
    /// Somebody has left and is not erased from every file yet.
    #[error(
        "somebody has left and is not erased from every file yet — try again in an hour, or run `kairan close-days`"
    )]
    Erasing,
    /// The program is stopping, or nobody listens any more.
    #[error("nobody takes the archive any more")]
    Stopped,
}

/// Writes it down, and packs the records into `out`. Says how many days they are of.
pub async fn export(
    store: &Database,
    archive: &Archive,
    export: &Export,
    out: impl Write + Send + 'static,
) -> Result<usize, ExportError> {
    let period = export.period;
    let deed = Deed {
        who: export.who.clone(),
        deed: Act::RecordsExported,
        subject: format!("{} – {}", date_of(period.from), date_of(period.to)),
        was: String::new(),
        is_now: export.reason.clone(),
    };
    store.write_down(&deed, Timestamp::now()).await?;
    let (sender, receiver) = mpsc::channel(WAITING);
    let packing = tokio::task::spawn_blocking(move || pack(receiver, out));
    let sent = send(store, archive, period, &sender).await;
    if sent.is_err() {
        // An archive that is not finished cannot be taken for a whole one.
        let _ = sender.send(None).await;
    }
    drop(sender);
    packing.await.map_err(|_| ExportError::Stopped)??;
    sent
}

/// A file of the archive; none for the end of an archive that could not be finished.
type Entry = Option<(String, Bytes)>;

async fn send(
    store: &Database,
    archive: &Archive,
    period: Period,
    sender: &mpsc::Sender<Entry>,
) -> Result<usize, ExportError> {
    if !store.open_erasures().await?.is_empty() {
        return Err(ExportError::Erasing);
    }
    let put = async |name: String, bytes: Bytes| {
        let sent = sender.send(Some((name, bytes))).await;
        sent.map_err(|_| ExportError::Stopped)
    };
    put("dictionary.csv".to_owned(), dictionary().csv()?.into()).await?;
    let known = store.loans().await?;
    put("loans.csv".to_owned(), loans::csv(&known)?.into()).await?;
    let notes = store.notes().await?;
    let notes: Vec<String> = notes
        .into_iter()
        .map(|(note, value)| format!("{note}: {value}\n"))
        .collect();
    put("notes.txt".to_owned(), notes.concat().into()).await?;
    let mut days = 0;
    for closed in store.closed_days().await? {
        if !period.holds(closed.day) || closed.is_gone {
            continue;
        }
        let bytes = archive.bytes(closed.day).await?;
        let bytes = bytes.ok_or_else(|| ClosingError::Missing {
            path: archive.path(closed.day),
            records: closed.records,
            found: 0,
        })?;
        put(format!("records/{}.parquet", date_of(closed.day)), bytes).await?;
        days += 1;
    }
    Ok(days)
}

fn pack(mut receiver: mpsc::Receiver<Entry>, out: impl Write) -> Result<(), ZipError> {
    let mut zip = ZipWriter::new_stream(out);
    // Parquet is compressed already.
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    while let Some(entry) = receiver.blocking_recv() {
        let Some((name, bytes)) = entry else {
            // Dropping it would finish it: an archive with days missing that opens like a whole one.
            std::mem::forget(zip);
            return Ok(());
        };
        zip.start_file(name, options)?;
        zip.write_all(&bytes)?;
    }
    zip.finish()?.into_inner().flush()?;
    Ok(())
}
