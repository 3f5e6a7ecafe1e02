//! Blobs, each under its hash: on disk, and in memory while somebody asks for them.

use std::{
    collections::{HashMap, HashSet},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use kairan_contract::{BlobReference, Sha256};

use super::ready::Ready;

/// Blobs that nobody names any more stay this long, for tablets that are just fetching them.
const GRACE: Duration = Duration::from_hours(24);
/// Where the blobs lie.
pub(super) struct Blobs {
    folder: PathBuf,
    /// Numbers the files in which bytes stand before they are whole.
    parts: AtomicU64,
    /// Held while a blob is renewed or cleared away, so that none is cleared that is just wanted.
    clearing: Mutex<()>,
    /// Blobs in memory: those that a manifest names, and those laid down since.
    cache: RwLock<HashMap<Sha256, Ready>>,
}

impl Blobs {
    /// Blobs that lie in `folder`, which is made if there is none.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        let folder = folder.join("blobs");
        std::fs::create_dir_all(&folder)?;
        Ok(Self {
            folder,
            parts: AtomicU64::new(0),
            clearing: Mutex::default(),
            cache: RwLock::default(),
        })
    }

    /// Whether one lies here, in memory and on disk.
    pub(super) fn is_here(&self, sha256: Sha256) -> bool {
        let known = {
            let blobs = self.cache.read().unwrap_or_else(PoisonError::into_inner);
            blobs.contains_key(&sha256)
        };
        known && self.path_of(sha256).exists()
    }

    /// Holds bytes ready in memory alone.
    pub(super) fn hold(&self, bytes: Vec<u8>) {
        let ready = Ready::from(bytes);
        self.cache
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(ready.sha256, ready);
    }

    /// Where they lie.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Lays bytes on disk under their hash and holds them ready.
    pub(super) fn lay(&self, bytes: Vec<u8>) -> io::Result<BlobReference> {
        let length = bytes.len() as u64;
        let ready = Ready::from(bytes);
        let path = self.path_of(ready.sha256);
        if !self.is_renewed(ready.sha256) {
            // Two tiles may lay the same bytes at the same moment, each beside the other.
            let number = self.parts.fetch_add(1, Ordering::Relaxed);
            let aside = self.folder.join(format!("{}.{number}.part", ready.sha256));
            let mut file = std::fs::File::create(&aside)?;
            file.write_all(&ready.plain.bytes)?;
            file.sync_all()?;
            std::fs::rename(&aside, &path)?;
        }
        let reference = BlobReference {
            sha256: ready.sha256,
            bytes: length,
        };
        self.cache
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(ready.sha256, ready);
        Ok(reference)
    }

    /// Whether the blob lies here whole; if so its day of grace begins anew, because it is wanted again.
    fn is_renewed(&self, sha256: Sha256) -> bool {
        let _nobody_clears = self.clearing.lock().unwrap_or_else(PoisonError::into_inner);
        self.is_whole(sha256)
            && std::fs::File::options()
                .append(true)
                .open(self.path_of(sha256))
                .and_then(|file| file.set_modified(SystemTime::now()))
                .is_ok()
    }

    /// The length of a blob that has been laid down.
    pub(super) fn size_of(&self, sha256: Sha256) -> io::Result<u64> {
        std::fs::metadata(self.path_of(sha256)).map(|metadata| metadata.len())
    }

    /// Whether the blob on the disk bears its hash.
    pub(super) fn is_whole(&self, sha256: Sha256) -> bool {
        std::fs::read(self.path_of(sha256)).is_ok_and(|bytes| Sha256::of(&bytes) == sha256)
    }

    /// A blob, from memory or from disk. A blob that does not bear its hash is none.
    pub(super) async fn blob(self: &Arc<Self>, sha256: Sha256) -> Option<Ready> {
        if let Some(ready) = self
            .cache
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&sha256)
        {
            return Some(ready.clone());
        }
        let blobs = Arc::clone(self);
        tokio::task::spawn_blocking(move || {
            let ready = Ready::from(std::fs::read(blobs.path_of(sha256)).ok()?);
            if ready.sha256 != sha256 {
                tracing::error!(%sha256, "a blob is damaged and is not handed out");
                return None;
            }
            blobs
                .cache
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(sha256, ready.clone());
            Some(ready)
        })
        .await
        .ok()
        .flatten()
    }

    /// Clears away blobs that were not among these and have not been wanted for a day, from memory and from disk.
    pub(super) fn clear_away(&self, named: &HashSet<Sha256>, now: SystemTime) -> io::Result<()> {
        // One that cannot be removed keeps no other from being removed.
        let mut failed = Ok(());
        for entry in std::fs::read_dir(&self.folder)?.filter_map(Result::ok) {
            let name = entry.file_name().to_string_lossy().into_owned();
            let sha256 = name.parse::<Sha256>().ok();
            let _nobody_renews = self.clearing.lock().unwrap_or_else(PoisonError::into_inner);
            let written = entry.metadata().and_then(|metadata| metadata.modified());
            let is_old =
                written.is_ok_and(|at| now.duration_since(at).is_ok_and(|age| age > GRACE));
            if is_old && sha256.is_none_or(|sha256| !named.contains(&sha256)) {
                if let Err(error) = std::fs::remove_file(entry.path()) {
                    failed = Err(error);
                    continue;
                }
                if let Some(sha256) = sha256 {
                    self.cache
                        .write()
                        .unwrap_or_else(PoisonError::into_inner)
                        .remove(&sha256);
                }
            }
        }
        failed
    }

    fn path_of(&self, sha256: Sha256) -> PathBuf {
        self.folder.join(sha256.to_string())
    }
}
