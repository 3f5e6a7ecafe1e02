//! Why a day could not be closed.

use std::path::PathBuf;

use kairan_evaluation::archive::ArchiveError;

use crate::database::DatabaseError;

/// Why a day could not be closed.
#[derive(Debug, thiserror::Error)]
pub enum ClosingError {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The disk is full, read-only or failing, or the object store does not answer.
    #[error(
        "cannot write or read {path}: {why} — check that you may, that the disk is not full, and that the bucket answers"
    )]
    Unreachable {
        /// Where.
        path: PathBuf,
        /// What the system or the object store says, in one line.
        why: String,
    },
    /// The program is stopping.
    #[error("the program is stopping; what was begun is done the next time")]
    Stopped,
    /// The file of the day is broken.
    #[error(
        "{path} is broken ({source}) — restore it from the last backup; until then the day stays open and nothing is lost"
    )]
    Broken {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        source: ArchiveError,
    },
    /// The file of a day that was closed is gone, or holds less than it did.
    #[error(
        "{path} should hold {records} records and holds {found} — name the right folder with --data, or restore the file from the last backup; until then the day stays as it is and nothing is lost"
    )]
    Missing {
        /// Which file.
        path: PathBuf,
        /// How many records it held.
        records: u64,
        /// How many it holds.
        found: usize,
    },
    /// The disk gave back something else than was written.
    #[error(
        "{0} does not hold what was written — the disk is failing; the records stay in the database"
    )]
    NotWhatWasWritten(PathBuf),
}
