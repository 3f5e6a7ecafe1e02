//! What the tablet holds offline: one manifest and its blobs, by their SHA-256.
//!
//! A blob is verified before it is laid down and again when it is read. A new manifest is in force as
//! soon as it is here, and is one rename on the disk; each of its tiles shows the old whole until the
//! new is whole. What the disk does not take is in force from memory, as long as the program runs.

mod active_manifest;

use std::{
    collections::{HashMap, HashSet},
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use kairan_contract::{
    BlobReference, Content, ContentReference, Manifest, Neighbourhood, ServiceEntry, ServiceId,
    Sha256,
};

pub use active_manifest::MissingContent;

use crate::atomic_file::{self, clear_leftover, write};
use active_manifest::ActiveManifest;

/// A blob larger than this is none of ours.
pub const BLOB_LIMIT: u64 = 8 * 1024 * 1024;
/// A manifest larger than this is none of ours.
pub const MANIFEST_LIMIT: u64 = 4 * 1024 * 1024;
/// Bytes of what may warn that are held in memory where the disk is full.
const SPARE_LIMIT: usize = 1024 * 1024;

/// Why the library could not take something.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// The disk is full, read-only or failing.
    #[error("the tablet cannot write in {path}: {source}")]
    Disk {
        /// Where.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Bytes that do not bear their hash.
    #[error("a blob did not arrive whole: {0}")]
    Damaged(Sha256),
}

/// What a resident can see: the manifest in force with the content that is whole.
#[derive(Debug, Clone)]
pub struct ContentSnapshot {
    /// The manifest.
    pub manifest: Manifest,
    /// The content of each service whose blob is here and whole.
    pub contents: HashMap<ServiceId, Content>,
    /// The parts of the town of which a resident chooses their own; empty where the council names none.
    pub neighbourhoods: Arc<[Neighbourhood]>,
}

impl ContentSnapshot {
    /// A tile with its content, if both are here.
    pub fn service(&self, id: &ServiceId) -> Option<(&ServiceEntry, Option<&Content>)> {
        let entry = self
            .manifest
            .services
            .iter()
            .find(|entry| entry.service.id == *id)?;
        Some((entry, self.contents.get(id)))
    }
}

/// The folder of the library. One program writes in it.
#[derive(Debug, Clone)]
pub struct Library {
    manifest: PathBuf,
    blobs: PathBuf,
    memory: Arc<Mutex<Memory>>,
}

#[derive(Debug, Default)]
struct Memory {
    active: Option<ActiveManifest>,
    /// The disk has not taken what is in force.
    is_unsaved: bool,
    /// Blobs that the disk has not taken and that cannot wait.
    spare: HashMap<Sha256, Arc<[u8]>>,
}

impl Library {
    /// Opens the library in `folder`; makes it if there is none.
    pub fn open(folder: &Path) -> Result<Self, LibraryError> {
        let blobs = folder.join("blobs");
        if blobs.exists() && !blobs.is_dir() {
            atomic_file::quarantine(&blobs).map_err(|source| LibraryError::Disk {
                path: blobs.clone(),
                source,
            })?;
        }
        fs::create_dir_all(&blobs).map_err(|source| LibraryError::Disk {
            path: blobs.clone(),
            source,
        })?;
        let library = Self {
            manifest: folder.join("manifest.json"),
            blobs,
            memory: Arc::default(),
        };
        library.clear_leftovers();
        library.memory().active = library.read_manifest();
        Ok(library)
    }

    /// What a resident can see now. Damaged files are set aside; the next sync fetches them again.
    pub fn snapshot(&self) -> Option<ContentSnapshot> {
        // What is damaged is found by reading it, and then the tile may show something else.
        let snapshot = self.read_once()?;
        let is_read = |entry: &ServiceEntry| {
            let content = entry.content.as_ref();
            content.is_none_or(|content| self.has(&content.blob))
        };
        if snapshot.manifest.services.iter().all(is_read) {
            return Some(snapshot);
        }
        self.read_once()
    }

    fn read_once(&self) -> Option<ContentSnapshot> {
        let manifest = self.active()?.shown(|blob| self.has(blob));
        let read = |entry: &ServiceEntry| {
            let content = self.content(entry.content.as_ref()?)?;
            Some((entry.service.id.clone(), content))
        };
        let contents = manifest.services.iter().filter_map(read).collect();
        let neighbourhoods = self.neighbourhoods(&manifest);
        Some(ContentSnapshot {
            manifest,
            contents,
            neighbourhoods,
        })
    }

    fn neighbourhoods(&self, manifest: &Manifest) -> Arc<[Neighbourhood]> {
        let bytes = manifest.neighbourhoods.and_then(|it| self.blob(it.sha256));
        bytes
            .map(|bytes| neighbourhoods_in(&bytes))
            .unwrap_or_default()
    }

    /// The `ETag` of the manifest in force.
    pub fn etag(&self) -> Option<String> {
        let memory = self.memory();
        memory.active.as_ref().map(|it| it.etag.clone())
    }

    /// What of the manifest in force is not here. A blob of another length counts as none; one that is damaged
    /// otherwise was set aside when it was read.
    pub fn missing_contents(&self) -> Vec<MissingContent> {
        let active = self.active();
        active.map_or_else(Vec::new, |it| it.missing(|blob| self.has(blob)))
    }

    /// Whether the disk has not taken everything that is in force.
    pub fn is_unsaved(&self) -> bool {
        let memory = self.memory();
        memory.is_unsaved || !memory.spare.is_empty()
    }

    /// Whether a blob is here, as far as can be told without reading it.
    fn has(&self, blob: &BlobReference) -> bool {
        self.memory().spare.contains_key(&blob.sha256)
            || fs::metadata(self.path_of(blob.sha256))
                .is_ok_and(|metadata| metadata.is_file() && metadata.len() == blob.bytes)
    }

    fn active(&self) -> Option<ActiveManifest> {
        self.memory().active.clone()
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read_manifest(&self) -> Option<ActiveManifest> {
        let bytes = read_bounded(&self.manifest, MANIFEST_LIMIT)?;
        match serde_json::from_slice(&bytes) {
            Ok(kept) => Some(kept),
            Err(error) => {
                tracing::warn!(%error, "the manifest is damaged and is set aside");
                quarantine(&self.manifest);
                None
            }
        }
    }

    fn content(&self, reference: &ContentReference) -> Option<Content> {
        let bytes = self.blob(reference.blob.sha256)?;
        serde_json::from_slice(&bytes)
            .inspect_err(|error| tracing::warn!(%error, "content of a newer kind is left out"))
            .ok()
    }

    /// The bytes of a blob, if they bear their hash.
    pub fn blob(&self, sha256: Sha256) -> Option<Vec<u8>> {
        if let Some(bytes) = self.memory().spare.get(&sha256) {
            return Some(bytes.to_vec());
        }
        let path = self.path_of(sha256);
        let bytes = read_bounded(&path, BLOB_LIMIT)?;
        if Sha256::of(&bytes) == sha256 {
            return Some(bytes);
        }
        tracing::warn!(%sha256, "a blob is damaged and is set aside");
        quarantine(&path);
        None
    }

    /// The blobs of `manifest` that are not here whole, each once.
    pub fn missing(&self, manifest: &Manifest) -> Vec<BlobReference> {
        let mut missing = each_once(manifest);
        missing.retain(|blob| self.blob(blob.sha256).is_none());
        missing
    }

    /// Lays a blob down, if the bytes bear its hash.
    pub fn store_blob(&self, sha256: Sha256, bytes: &[u8]) -> Result<(), LibraryError> {
        if Sha256::of(bytes) != sha256 {
            return Err(LibraryError::Damaged(sha256));
        }
        let path = self.path_of(sha256);
        if path.is_dir() {
            quarantine(&path);
        }
        write(&path, bytes).map_err(|source| LibraryError::Disk { path, source })
    }

    /// Lays a blob down that cannot wait: where the disk does not take it, it is held in memory.
    pub fn store_urgent_blob(&self, sha256: Sha256, bytes: &[u8]) -> Result<(), LibraryError> {
        let laid = self.store_blob(sha256, bytes);
        let Err(LibraryError::Disk { source, .. }) = &laid else {
            return laid;
        };
        let mut memory = self.memory();
        let held: usize = memory.spare.values().map(|bytes| bytes.len()).sum();
        if held + bytes.len() > SPARE_LIMIT {
            return laid;
        }
        tracing::warn!(error = %source, "what may warn is held in memory: the disk does not take it");
        memory.spare.insert(sha256, bytes.into());
        Ok(())
    }

    /// Puts `manifest` in force. Since `at`, by the council's clock, tiles whose new content is not here
    /// are not what their source says. An error says that the disk has not taken it: it is in force all
    /// the same, until the program ends.
    pub fn activate(
        &self,
        manifest: Manifest,
        etag: String,
        at: Timestamp,
    ) -> Result<(), LibraryError> {
        let before = self.active();
        let has = |blob: &BlobReference| self.has(blob);
        let active = ActiveManifest::after(before.as_ref(), manifest, etag, at, has);
        {
            let mut memory = self.memory();
            memory.active = Some(active);
            memory.is_unsaved = true;
        }
        self.persist()
    }

    /// Brings what is in force to the disk, as far as it is not there, and clears away what nothing
    /// names any more.
    pub fn persist(&self) -> Result<(), LibraryError> {
        let Some(mut active) = self.active() else {
            return Ok(());
        };
        let has_released = active.release(|blob| self.has(blob));
        let named = active.names();
        if has_released || self.memory().is_unsaved {
            if self.manifest.is_dir() {
                quarantine(&self.manifest);
            }
            let disk = |source| LibraryError::Disk {
                path: self.manifest.clone(),
                source,
            };
            let bytes = serde_json::to_vec(&active).map_err(|error| disk(error.into()))?;
            write(&self.manifest, &bytes)
                .or_else(|_| {
                    // What only an older manifest names makes room for the newer.
                    self.remove_unnamed(&named);
                    write(&self.manifest, &bytes)
                })
                .map_err(disk)?;
            let mut memory = self.memory();
            memory.active = Some(active);
            memory.is_unsaved = false;
        }
        self.remove_unnamed(&named);
        self.persist_spare(&named);
        Ok(())
    }

    /// What was held in memory goes to the disk as soon as that takes it.
    fn persist_spare(&self, named: &HashSet<String>) {
        let spare: Vec<_> = {
            let mut memory = self.memory();
            let spare = &mut memory.spare;
            spare.retain(|sha256, _| named.contains(&sha256.to_string()));
            spare
                .iter()
                .map(|(it, bytes)| (*it, Arc::clone(bytes)))
                .collect()
        };
        for (sha256, bytes) in spare {
            if self.store_blob(sha256, &bytes).is_ok() {
                self.memory().spare.remove(&sha256);
            }
        }
    }

    fn remove_unnamed(&self, named: &HashSet<String>) {
        for entry in fs::read_dir(&self.blobs)
            .into_iter()
            .flatten()
            .filter_map(Result::ok)
        {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            // Half a blob is being written at this moment.
            let whole = name.strip_suffix(".part").unwrap_or(&name);
            if !named.contains(whole) && entry.path().is_file() {
                // What cannot be cleared away now is cleared away the next time.
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    /// What was being written when the program before this one was cut short.
    fn clear_leftovers(&self) {
        clear_leftover(&self.manifest);
        let blobs = fs::read_dir(&self.blobs).into_iter().flatten();
        for path in blobs.filter_map(Result::ok).map(|entry| entry.path()) {
            if path.extension().is_some_and(|it| it == "part") {
                clear_leftover(&path);
            }
        }
    }

    fn path_of(&self, sha256: Sha256) -> PathBuf {
        self.blobs.join(sha256.to_string())
    }
}

/// The list in a blob, as far as a tablet holds it.
pub fn neighbourhoods_in(bytes: &[u8]) -> Arc<[Neighbourhood]> {
    let list: Vec<Neighbourhood> = serde_json::from_slice(bytes)
        .inspect_err(|error| tracing::warn!(%error, "a list of neighbourhoods is left out"))
        .unwrap_or_default();
    list.into_iter().take(Neighbourhood::LIMIT).collect()
}

/// The blobs of `manifest`, each once.
fn each_once(manifest: &Manifest) -> Vec<BlobReference> {
    let mut seen = HashSet::new();
    let mut blobs: Vec<BlobReference> = manifest.blobs().copied().collect();
    blobs.retain(|blob| seen.insert(blob.sha256));
    blobs
}

fn read_bounded(path: &Path, limit: u64) -> Option<Vec<u8>> {
    let metadata = fs::metadata(path).ok()?;
    if !metadata.is_file() || metadata.len() > limit {
        quarantine(path);
        return None;
    }
    fs::read(path).ok()
}

/// A file that cannot even be set aside is left: the next write replaces it.
fn quarantine(path: &Path) {
    if let Err(error) = atomic_file::quarantine(path) {
        tracing::warn!(%error, path = %path.display(), "a damaged file could not be set aside");
    }
}

#[cfg(test)]
mod tests;
