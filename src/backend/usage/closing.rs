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
    loans::{date_of, day_number},
    row::{Row, day_of},
};

use crate::store::{ClosedDay, NotKept, Store, StoreError};

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

    /// Waits until nobody else closes days or erases in this folder; holds it until the guard goes.
    pub async fn alone(&self) -> Result<Alone, ClosingError> {
        let folder = self.0.clone();
        let path = folder.join(".lock");
        let disk = |source| ClosingError::Disk {
            path: path.clone(),
            source,
        };
        let locked = tokio::task::spawn_blocking(move || {
            std::fs::create_dir_all(&folder)?;
            let file = std::fs::File::create(folder.join(".lock"))?;
            file.lock()?;
            // What was cut off before it was whole is nothing.
            for entry in std::fs::read_dir(&folder)?.flatten() {
                if entry.path().extension().is_some_and(|it| it == "part") {
                    std::fs::remove_file(entry.path())?;
                }
            }
            io::Result::Ok(file)
        });
        let file = locked.await.map_err(io::Error::other).and_then(|file| file);
        Ok(Alone {
            _file: file.map_err(disk)?,
        })
    }

    /// The days of which a file lies here, by the names of the files.
    pub fn days(&self) -> Result<Vec<i64>, ClosingError> {
        let disk = |source| ClosingError::Disk {
            path: self.0.clone(),
            source,
        };
        let mut days = Vec::new();
        for entry in std::fs::read_dir(&self.0).map_err(disk)? {
            let name = entry.map_err(disk)?.file_name();
            let name = name.to_string_lossy();
            let date = name
                .strip_suffix(".parquet")
                .and_then(|date| date.parse().ok());
            days.extend(date.map(day_number));
        }
        days.sort_unstable();
        Ok(days)
    }

    /// What the file of a day holds that the database knows as closed.
    pub fn rows_of_closed(
        &self,
        closed: Option<&ClosedDay>,
        day: i64,
    ) -> Result<Vec<Row>, ClosingError> {
        let rows = self.rows(day)?;
        match closed {
            Some(closed) if (rows.len() as u64) < closed.records => Err(ClosingError::Missing {
                path: self.path(day),
                records: closed.records,
                found: rows.len(),
            }),
            _ => Ok(rows),
        }
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

    /// Removes the file of a day, if there is one.
    pub fn remove(&self, day: i64) -> Result<(), ClosingError> {
        let path = self.path(day);
        match std::fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                Err(ClosingError::Disk { path, source })
            }
            _ => Ok(()),
        }
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

/// As long as it is held, nobody else changes the files of the days.
pub struct Alone {
    _file: std::fs::File,
}

/// Closes every day before today of which records lie in the database, and opens those again of which
/// some came late. Says how many; a day that cannot be closed keeps no other from it.
pub async fn close_days(
    store: &Store,
    archive: &Archive,
    now: Timestamp,
) -> Result<usize, ClosingError> {
    let _alone = archive.alone().await?;
    let today = day_of(now.as_millisecond());
    let known = store.closed_days().await?;
    let (mut closed, mut failed) = (0, None);
    for day in store.open_days(today).await? {
        let before = known.iter().find(|known| known.day == day);
        match close(store, archive, day, before, now).await {
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
    closed: Option<&ClosedDay>,
    now: Timestamp,
) -> Result<(), ClosingError> {
    if closed.is_some_and(|closed| closed.is_gone) {
        store.refuse_day(day, NotKept::TooOld, now).await?;
        return Ok(());
    }
    let before = archive.rows_of_closed(closed, day)?;
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
        closed_at: now,
        is_gone: false,
    };
    store.close_day(&closed, &rows).await?;
    Ok(())
}
