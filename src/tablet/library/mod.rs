//! What the tablet holds offline: one manifest and its blobs, by their SHA-256.
//!
//! A blob is verified before it is laid down and again when it is read. The switch to a new
//! manifest is one rename, after every blob it names lies on the disk: a tablet shows the old
//! whole or the new whole.

use std::{
    collections::{HashMap, HashSet},
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use kairan_contract::{
    BlobReference, Content, ContentReference, Manifest, Neighbourhood, ServiceEntry, ServiceId,
    Sha256,
};
use serde::{Deserialize, Serialize};

use crate::keeping::{set_aside, write_whole};

/// A blob larger than this is none of ours.
pub const BLOB_LIMIT: u64 = 8 * 1024 * 1024;
/// A manifest larger than this is none of ours.
pub const MANIFEST_LIMIT: u64 = 4 * 1024 * 1024;

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
    /// Not every blob of the manifest is here.
    #[error("the manifest names {0} blobs that are not here yet")]
    Incomplete(usize),
}

/// The manifest in force, as it lies on the disk.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept {
    etag: String,
    manifest: Manifest,
}

/// What a resident can see: the manifest in force with the content that is whole.
#[derive(Debug, Clone)]
pub struct Held {
    /// The manifest.
    pub manifest: Manifest,
    /// The content of each service whose blob is here and whole.
    pub contents: HashMap<ServiceId, Content>,
    /// The parts of the town of which a resident chooses their own; empty where the council names none.
    pub neighbourhoods: Arc<[Neighbourhood]>,
}

impl Held {
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
}

impl Library {
    /// Opens the library in `folder`; makes it if there is none.
    pub fn open(folder: &Path) -> Result<Self, LibraryError> {
        let blobs = folder.join("blobs");
        if blobs.exists() && !blobs.is_dir() {
            set_aside(&blobs).map_err(|source| LibraryError::Disk {
                path: blobs.clone(),
                source,
            })?;
        }
        fs::create_dir_all(&blobs).map_err(|source| LibraryError::Disk {
            path: blobs.clone(),
            source,
        })?;
        Ok(Self {
            manifest: folder.join("manifest.json"),
            blobs,
        })
    }

    /// What a resident can see now. Damaged files are set aside; the next sync fetches them again.
    pub fn held(&self) -> Option<Held> {
        let kept = self.kept()?;
        let contents = kept
            .manifest
            .services
            .iter()
            .filter_map(|entry| {
                let content = entry.content.as_ref()?;
                Some((entry.service.id.clone(), self.content(content)?))
            })
            .collect();
        let neighbourhoods = self.neighbourhoods(&kept.manifest);
        Some(Held {
            manifest: kept.manifest,
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

    /// The `ETag` of the manifest in force, and those of its blobs that are not here. One of
    /// another length counts as none; one that is damaged otherwise was set aside when it was read.
    pub fn in_force(&self) -> (Option<String>, Vec<BlobReference>) {
        let Some(Kept { etag, manifest }) = self.kept() else {
            return (None, Vec::new());
        };
        let is_here = |blob: &BlobReference| {
            fs::metadata(self.path_of(blob.sha256))
                .is_ok_and(|metadata| metadata.is_file() && metadata.len() == blob.bytes)
        };
        let mut missing = each_once(&manifest);
        missing.retain(|blob| !is_here(blob));
        (Some(etag), missing)
    }

    fn kept(&self) -> Option<Kept> {
        let bytes = read_bounded(&self.manifest, MANIFEST_LIMIT)?;
        match serde_json::from_slice(&bytes) {
            Ok(kept) => Some(kept),
            Err(error) => {
                tracing::warn!(%error, "the manifest is damaged and is set aside");
                give_up(&self.manifest);
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
        let path = self.path_of(sha256);
        let bytes = read_bounded(&path, BLOB_LIMIT)?;
        if Sha256::of(&bytes) == sha256 {
            return Some(bytes);
        }
        tracing::warn!(%sha256, "a blob is damaged and is set aside");
        give_up(&path);
        None
    }

    /// The blobs of `manifest` that are not here whole, each once.
    pub fn missing(&self, manifest: &Manifest) -> Vec<BlobReference> {
        let mut missing = each_once(manifest);
        missing.retain(|blob| self.blob(blob.sha256).is_none());
        missing
    }

    /// Lays a blob down, if the bytes bear its hash.
    pub fn lay(&self, sha256: Sha256, bytes: &[u8]) -> Result<(), LibraryError> {
        if Sha256::of(bytes) != sha256 {
            return Err(LibraryError::Damaged(sha256));
        }
        let path = self.path_of(sha256);
        if path.is_dir() {
            give_up(&path);
        }
        write_whole(&path, bytes).map_err(|source| LibraryError::Disk { path, source })
    }

    /// Switches to `manifest` in one step. Blobs that it does not name are cleared away after.
    pub fn switch(&self, manifest: Manifest, etag: String) -> Result<(), LibraryError> {
        let missing = self.missing(&manifest).len();
        if missing > 0 {
            return Err(LibraryError::Incomplete(missing));
        }
        if self.manifest.is_dir() {
            give_up(&self.manifest);
        }
        let named: HashSet<String> = manifest
            .blobs()
            .map(|blob| blob.sha256.to_string())
            .collect();
        let disk = |source| LibraryError::Disk {
            path: self.manifest.clone(),
            source,
        };
        let bytes =
            serde_json::to_vec(&Kept { etag, manifest }).map_err(|error| disk(error.into()))?;
        write_whole(&self.manifest, &bytes).map_err(disk)?;
        for entry in fs::read_dir(&self.blobs)
            .into_iter()
            .flatten()
            .filter_map(Result::ok)
        {
            if !named.contains(entry.file_name().to_string_lossy().as_ref())
                && entry.path().is_file()
            {
                // What cannot be cleared away now is cleared away the next time.
                let _ = fs::remove_file(entry.path());
            }
        }
        Ok(())
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
        give_up(path);
        return None;
    }
    fs::read(path).ok()
}

/// A file that cannot even be set aside is left: the next write replaces it.
fn give_up(path: &Path) {
    if let Err(error) = set_aside(path) {
        tracing::warn!(%error, path = %path.display(), "a damaged file could not be set aside");
    }
}

#[cfg(test)]
mod tests {
    use kairan_contract::Council;

    use super::*;

    fn manifest_with(blobs: &[&[u8]]) -> Manifest {
        let services = blobs
            .iter()
            .enumerate()
            .map(|(index, bytes)| {
                serde_json::from_value(serde_json::json!({
                    "id": format!("tile-{index}"), "provider": "city", "category": "news", "title": "市から", "reading": "しから",
                    "summary": "市から", "icon": "megaphone",
                    "content": { "kind": "page", "freshness": { "state": "current" },
                        "blob": { "sha256": Sha256::of(bytes).to_string(), "bytes": bytes.len() } }
                }))
                .expect("a service")
            })
            .collect();
        let council: Council = serde_json::from_value(
            serde_json::json!({ "name": "ひだまり市", "areas": [], "helper_telephone": "0120-000-000" }),
        )
        .expect("a council");
        Manifest {
            catalogue: 1,
            council,
            categories: vec![],
            providers: vec![],
            messages: Vec::new(),
            emergencies: Vec::new(),
            locked: false,
            wipe: false,
            neighbourhoods: None,
            services,
        }
    }

    const PAGE: &[u8] =
        r#"{"kind":"page","article":{"id":"a","title":"ごみ","body":[]}}"#.as_bytes();
    const OTHER: &[u8] =
        r#"{"kind":"page","article":{"id":"b","title":"水道","body":[]}}"#.as_bytes();

    #[test]
    fn a_manifest_comes_into_force_only_with_all_its_blobs() {
        let folder = tempfile::tempdir().expect("a folder");
        let library = Library::open(folder.path()).expect("opens");
        let manifest = manifest_with(&[PAGE, OTHER]);
        library.lay(Sha256::of(PAGE), PAGE).expect("laid");
        assert!(matches!(
            library.switch(manifest.clone(), "1".into()),
            Err(LibraryError::Incomplete(1))
        ));
        assert!(library.held().is_none());
        assert!(matches!(
            library.lay(Sha256::of(OTHER), PAGE),
            Err(LibraryError::Damaged(_))
        ));
        library.lay(Sha256::of(OTHER), OTHER).expect("laid");
        library.switch(manifest, "1".into()).expect("switches");
        assert_eq!(library.held().map(|held| held.contents.len()), Some(2));
        library
            .switch(manifest_with(&[PAGE]), "2".into())
            .expect("switches");
        assert_eq!(
            fs::read_dir(folder.path().join("blobs"))
                .expect("a folder")
                .count(),
            1
        );
    }

    #[test]
    fn damaged_missing_and_foreign_files_are_set_aside_and_asked_for_again() {
        type Spoil = fn(&Path);
        let spoil: [(&str, Spoil); 6] = [
            ("cut blob", |blob| {
                fs::write(blob, &PAGE[..9]).expect("writes");
            }),
            ("empty blob", |blob| fs::write(blob, b"").expect("writes")),
            ("missing blob", |blob| {
                fs::remove_file(blob).expect("removes");
            }),
            ("folder for a blob", |blob| {
                fs::remove_file(blob).expect("removes");
                fs::create_dir(blob).expect("makes");
            }),
            ("nonsense in the blob", |blob| {
                fs::write(blob, vec![0xff; 4096]).expect("writes");
            }),
            ("a foreign file beside it", |blob| {
                fs::write(blob.with_file_name("holiday.jpg"), b"x").expect("writes");
                fs::remove_file(blob).expect("removes");
            }),
        ];
        for (what, spoil) in spoil {
            let folder = tempfile::tempdir().expect("a folder");
            let library = Library::open(folder.path()).expect("opens");
            library.lay(Sha256::of(PAGE), PAGE).expect("laid");
            library
                .switch(manifest_with(&[PAGE]), "1".into())
                .expect("switches");
            spoil(&library.path_of(Sha256::of(PAGE)));
            let held = library.held().expect("the tiles are still there");
            assert!(held.contents.is_empty(), "{what}");
            assert_eq!(library.in_force().1.len(), 1, "{what}");
            library.lay(Sha256::of(PAGE), PAGE).expect("laid again");
            assert_eq!(
                library.held().map(|held| held.contents.len()),
                Some(1),
                "{what}"
            );
        }
    }

    #[test]
    fn a_damaged_manifest_is_no_crash() {
        for bytes in [&b""[..], b"{", b"null", &[0xff, 0xfe], b"{\"etag\":1}"] {
            let folder = tempfile::tempdir().expect("a folder");
            let library = Library::open(folder.path()).expect("opens");
            fs::write(folder.path().join("manifest.json"), bytes).expect("writes");
            assert!(library.held().is_none());
            library.lay(Sha256::of(PAGE), PAGE).expect("laid");
            library
                .switch(manifest_with(&[PAGE]), "1".into())
                .expect("switches");
            assert!(library.held().is_some());
        }
    }
}
