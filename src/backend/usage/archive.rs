//! Where the files of the days lie: a folder, or an object store that speaks S3.

use std::{
    fmt, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use kairan_contract::Sha256;
use kairan_evaluation::{
    archive,
    loans::{date_of, day_number},
    row::Row,
};
use object_store::{
    ObjectStore, ObjectStoreExt as _, RetryConfig, aws::AmazonS3Builder, local::LocalFileSystem,
    memory::InMemory, path::Path as Key, prefix::PrefixStore,
};

use super::{closing_error::ClosingError, queries::ClosedDay};
use crate::database::{Database, EvaluationLock};

/// The files of the days.
#[derive(Clone)]
pub struct Archive {
    files: Arc<dyn ObjectStore>,
    /// How it is named to people.
    shown: PathBuf,
    /// The folder in which whoever changes files holds a lock, if they lie on this machine or are changed
    /// from it.
    folder: Option<PathBuf>,
    /// Whether the files themselves lie in that folder.
    is_local: bool,
}

impl fmt::Debug for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Archive").field(&self.shown).finish()
    }
}

/// As long as it is held, nobody else changes the files of the days.
pub struct Alone {
    _file: Option<std::fs::File>,
    _database: Option<EvaluationLock>,
}

impl Archive {
    /// The folder `days` in the data folder; or the bucket at `address`, such as `s3://bucket/kairan`, with the
    /// credentials of the environment (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_ENDPOINT` …).
    pub fn open(data: &Path, address: Option<&str>) -> Result<Self, ClosingError> {
        let folder = data.join("days");
        std::fs::create_dir_all(&folder).map_err(|error| unreachable(&folder, &error))?;
        let Some(address) = address else {
            let files = LocalFileSystem::new_with_prefix(&folder)
                .map_err(|error| unreachable(&folder, &error))?
                // What is told to be there must be there after a power cut.
                .with_fsync(true);
            return Ok(Self {
                files: Arc::new(files),
                shown: folder.clone(),
                folder: Some(folder),
                is_local: true,
            });
        };
        // One provider of cryptography for the whole program; a second call changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let shown = PathBuf::from(address);
        let bucket = AmazonS3Builder::from_env()
            .with_url(address)
            .with_retry(RetryConfig {
                // What cannot be done is done an hour later; nobody waits for minutes.
                max_retries: 4,
                retry_timeout: Duration::from_secs(30),
                ..RetryConfig::default()
            });
        let bucket = bucket
            .build()
            .map_err(|error| unreachable(&shown, &error))?;
        let inside = address
            .strip_prefix("s3://")
            .and_then(|it| it.split_once('/'));
        Ok(Self {
            files: Arc::new(PrefixStore::new(
                bucket,
                inside.map_or("", |(_, inside)| inside),
            )),
            shown,
            folder: Some(folder),
            is_local: false,
        })
    }

    /// One that is gone with the program, for tests.
    pub fn in_memory() -> Self {
        Self {
            files: Arc::new(InMemory::new()),
            shown: PathBuf::from("memory"),
            folder: None,
            is_local: false,
        }
    }

    /// Where the file of a day lies, as it is told to people.
    pub fn path(&self, day: i64) -> PathBuf {
        self.shown.join(name_of(day))
    }

    /// Waits until nobody else closes days or erases; holds it until the guard goes.
    pub async fn alone(&self, store: &Database) -> Result<Alone, ClosingError> {
        let database = store.evaluation_lock().await?;
        let Some(folder) = self.folder.clone() else {
            return Ok(Alone {
                _file: None,
                _database: database,
            });
        };
        let path = folder.join(".lock");
        let is_local = self.is_local;
        let locked = tokio::task::spawn_blocking(move || {
            let file = std::fs::File::create(folder.join(".lock"))?;
            file.lock()?;
            if is_local {
                clear_away_what_was_cut_off(&folder)?;
            }
            io::Result::Ok(file)
        });
        let file = locked.await.map_err(io::Error::other).and_then(|file| file);
        if !self.is_local {
            self.clear_away_what_was_cut_off().await?;
        }
        Ok(Alone {
            _file: Some(file.map_err(|error| unreachable(&path, &error))?),
            _database: database,
        })
    }

    /// The same as in a folder, in a bucket.
    async fn clear_away_what_was_cut_off(&self) -> Result<(), ClosingError> {
        let failed = |error| unreachable(&self.shown, &error);
        let listed: Vec<_> = self.files.list(None).try_collect().await.map_err(failed)?;
        for file in listed {
            if file.location.extension() == Some("part") {
                self.files.delete(&file.location).await.map_err(failed)?;
            }
        }
        Ok(())
    }

    /// The days of which a file lies here, by the names of the files.
    pub async fn days(&self) -> Result<Vec<i64>, ClosingError> {
        let listed: Vec<_> = self
            .files
            .list(None)
            .try_collect()
            .await
            .map_err(|error| unreachable(&self.shown, &error))?;
        let names = listed.iter().filter_map(|file| file.location.filename());
        let dates = names.filter_map(|name| name.strip_suffix(".parquet")?.parse().ok());
        let mut days: Vec<i64> = dates.map(day_number).collect();
        days.sort_unstable();
        Ok(days)
    }

    /// What the file of a day holds that the database knows as closed.
    pub async fn rows_of_closed(
        &self,
        closed: Option<&ClosedDay>,
        day: i64,
    ) -> Result<Vec<Row>, ClosingError> {
        let rows = self.rows(day).await?;
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
    pub async fn rows(&self, day: i64) -> Result<Vec<Row>, ClosingError> {
        let Some(bytes) = self.bytes(day).await? else {
            return Ok(Vec::new());
        };
        let read = tokio::task::spawn_blocking(move || archive::read(bytes)).await;
        let broken = |source| ClosingError::Broken {
            path: self.path(day),
            source,
        };
        read.map_err(|_| ClosingError::Stopped)?.map_err(broken)
    }

    /// The file of a day, as it lies there.
    pub async fn bytes(&self, day: i64) -> Result<Option<Bytes>, ClosingError> {
        let found = match self.files.get(&Key::from(name_of(day))).await {
            Ok(found) => found.bytes().await,
            Err(error) => Err(error),
        };
        match found {
            Ok(bytes) => Ok(Some(bytes)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(unreachable(&self.path(day), &error)),
        }
    }

    /// Lays the rows of a day down, whole and read back, and says under which hash.
    pub async fn lay(&self, day: i64, rows: Vec<Row>) -> Result<(Sha256, Vec<Row>), ClosingError> {
        let path = self.path(day);
        let failed = |error| unreachable(&path, &error);
        let written = tokio::task::spawn_blocking(move || (archive::write(&rows), rows)).await;
        let (written, rows) = written.map_err(|_| ClosingError::Stopped)?;
        let bytes = Bytes::from(written.map_err(|source| ClosingError::Broken {
            path: path.clone(),
            source,
        })?);
        let sha256 = Sha256::of(&bytes);
        let (aside, place) = (
            Key::from(format!("{}.part", name_of(day))),
            Key::from(name_of(day)),
        );
        self.files.put(&aside, bytes.into()).await.map_err(failed)?;
        let back = self.files.get(&aside).await.map_err(failed)?;
        let back = back.bytes().await.map_err(failed)?;
        let same = tokio::task::spawn_blocking(move || {
            (archive::read(back).ok().as_deref() == Some(&*rows), rows)
        });
        let (is_same, rows) = same.await.map_err(|_| ClosingError::Stopped)?;
        if !is_same {
            return Err(ClosingError::NotWhatWasWritten(path));
        }
        self.files.rename(&aside, &place).await.map_err(failed)?;
        Ok((sha256, rows))
    }

    /// Removes the file of a day, if there is one.
    pub async fn remove(&self, day: i64) -> Result<(), ClosingError> {
        match self.files.delete(&Key::from(name_of(day))).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(unreachable(&self.path(day), &error)),
        }
    }
}

fn unreachable(path: &Path, error: &dyn std::error::Error) -> ClosingError {
    let said = error.to_string();
    ClosingError::Unreachable {
        path: path.to_owned(),
        why: said.lines().next().unwrap_or_default().to_owned(),
    }
}

fn name_of(day: i64) -> String {
    format!("{}.parquet", date_of(day))
}

/// What was cut off before it was whole is nothing, and may be about somebody who has left since.
fn clear_away_what_was_cut_off(folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)?.flatten() {
        let name = entry.file_name();
        let is_whole = name.to_string_lossy().ends_with(".parquet") || name == ".lock";
        if !is_whole && entry.file_type()?.is_file() {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
