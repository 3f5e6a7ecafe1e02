//! Closing a day: its records are laid down as one Parquet file, read back, folded into the summaries,
//! and only then leave the database.
//!
//! The file comes first. Whatever ends the program between two steps, the records stand in the
//! database, in the file, or in both: closing the day again takes each once.

use std::{
    collections::BTreeMap,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use kairan_contract::Sha256;
use kairan_evaluation::{
    archive::{self, ArchiveError},
    loans::date_of,
    row::{Row, day_of},
};

use crate::store::{ClosedDay, Store, StoreError};

/// Why a day could not be closed.
#[derive(Debug, thiserror::Error)]
pub enum ClosingError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The disk is full, read-only or failing.
    #[error(
        "cannot write or read {path}: {source} — check that you may, and that the disk is not full"
    )]
    Disk {
        /// Where.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
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
    /// The disk gave back something else than was written.
    #[error(
        "{0} does not hold what was written — the disk is failing; the records stay in the database"
    )]
    NotWhatWasWritten(PathBuf),
}

/// The folder of the days' files.
#[derive(Debug, Clone)]
pub struct Archive(PathBuf);

impl Archive {
    /// The folder `days` in the data folder.
    pub fn in_folder(data: &Path) -> Self {
        Self(data.join("days"))
    }

    /// Where the file of a day lies.
    pub fn path(&self, day: i64) -> PathBuf {
        self.0.join(format!("{}.parquet", date_of(day)))
    }

    /// What the file of a day holds; nothing if there is none.
    pub fn rows(&self, day: i64) -> Result<Vec<Row>, ClosingError> {
        let path = self.path(day);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(ClosingError::Disk { path, source }),
        };
        archive::read(bytes).map_err(|source| ClosingError::Broken { path, source })
    }

    /// Lays the rows of a day down, whole and read back, and says under which hash.
    pub fn lay(&self, day: i64, rows: &[Row]) -> Result<Sha256, ClosingError> {
        let path = self.path(day);
        let disk = |source| ClosingError::Disk {
            path: path.clone(),
            source,
        };
        let bytes = archive::write(rows).map_err(|source| ClosingError::Broken {
            path: path.clone(),
            source,
        })?;
        let aside = path.with_extension("parquet.part");
        std::fs::create_dir_all(&self.0).map_err(disk)?;
        let mut file = std::fs::File::create(&aside).map_err(disk)?;
        file.write_all(&bytes).map_err(disk)?;
        file.sync_all().map_err(disk)?;
        let written = std::fs::read(&aside).map_err(disk)?;
        if archive::read(written).ok().as_deref() != Some(rows) {
            return Err(ClosingError::NotWhatWasWritten(aside));
        }
        std::fs::rename(&aside, &path).map_err(disk)?;
        std::fs::File::open(&self.0)
            .and_then(|folder| folder.sync_all())
            .map_err(disk)?;
        Ok(Sha256::of(&bytes))
    }
}

/// Closes every day before today of which records lie in the database, and opens those again of which
/// some came late. Says how many; a day that cannot be closed keeps no other from it.
pub async fn close_days(
    store: &Store,
    archive: &Archive,
    now: Timestamp,
) -> Result<usize, ClosingError> {
    let today = day_of(now.as_millisecond());
    let (mut closed, mut failed) = (0, None);
    for day in store.open_days(today).await? {
        match close(store, archive, day, now).await {
            Ok(()) => closed += 1,
            Err(error) => {
                tracing::error!(%error, day = %date_of(day), "a day could not be closed");
                failed.get_or_insert(error);
            }
        }
    }
    match failed {
        Some(error) => Err(error),
        None => Ok(closed),
    }
}

async fn close(
    store: &Store,
    archive: &Archive,
    day: i64,
    now: Timestamp,
) -> Result<(), ClosingError> {
    let before = archive.rows(day)?;
    let open = store.rows_of(day).await?;
    put_away(store, archive, day, before.into_iter().chain(open), now).await
}

/// Lays rows down as the file of a day, and folds them.
pub async fn put_away(
    store: &Store,
    archive: &Archive,
    day: i64,
    rows: impl Iterator<Item = Row>,
    now: Timestamp,
) -> Result<(), ClosingError> {
    let mut each_once: BTreeMap<(String, i64), Row> = BTreeMap::new();
    for row in rows {
        let (tablet, sequence) = row.key();
        each_once
            .entry((tablet.to_owned(), sequence))
            .or_insert(row);
    }
    let rows: Vec<Row> = each_once.into_values().collect();
    let sha256 = archive.lay(day, &rows)?;
    let closed = ClosedDay {
        day,
        records: rows.len() as u64,
        sha256: sha256.to_string(),
    };
    store.close_day(&closed, &rows, now).await?;
    Ok(())
}
