//! What tablets fetch: the manifest and the blobs, made ready once per change and never per request.

mod changes;
mod routes;

use std::{
    collections::HashMap,
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use axum::{body::Bytes, http::HeaderValue};
use flate2::{Compression, write::GzEncoder};
use kairan_contract::{
    BlobReference, ContentKind, ContentReference, Manifest, ServiceEntry, ServiceId, Sha256,
};

use tokio::sync::watch;

use crate::{catalogue::Catalogue, store::Order};

pub use changes::{__path_changes, changes};
pub use routes::{__path_blob, __path_manifest, blob, manifest};

/// Blobs that nobody names any more stay this long, for tablets that are just fetching them.
const GRACE: Duration = Duration::from_hours(24);

/// Bytes as they go over the wire, plain and compressed.
#[derive(Debug, Clone)]
pub struct Ready {
    /// The SHA-256 of the plain bytes.
    pub sha256: Sha256,
    /// As they are.
    pub plain: Coded,
    /// With gzip, where that makes them smaller.
    pub gzip: Option<Coded>,
}

/// Bytes in one coding, with the ETag that stands for them.
#[derive(Debug, Clone)]
pub struct Coded {
    /// The bytes.
    pub bytes: Bytes,
    /// Strong, and another for each coding.
    pub etag: HeaderValue,
}

impl Coded {
    fn new(bytes: Vec<u8>, etag: &str) -> Self {
        // Hex digits and letters are what a header may hold.
        let etag = HeaderValue::from_str(etag).unwrap_or(HeaderValue::from_static("\"\""));
        Self {
            bytes: bytes.into(),
            etag,
        }
    }
}

impl Ready {
    fn from(bytes: Vec<u8>) -> Self {
        let sha256 = Sha256::of(&bytes);
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        let squeezed = encoder.write_all(&bytes).and_then(|()| encoder.finish());
        let gzip = squeezed
            .ok()
            .filter(|gzip| gzip.len() < bytes.len())
            .map(|gzip| Coded::new(gzip, &format!("\"{sha256}-gzip\"")));
        Self {
            sha256,
            plain: Coded::new(bytes, &format!("\"{sha256}\"")),
            gzip,
        }
    }
}

/// The catalogue in force and the content that has been gathered for it.
struct Stock {
    revision: u64,
    catalogue: Catalogue,
    contents: HashMap<ServiceId, ContentReference>,
}

/// The manifest in force, as it goes over the wire.
struct Manifests {
    open: Arc<Ready>,
    locked: Arc<Ready>,
    wipe: Arc<Ready>,
}

impl Manifests {
    fn of(stock: &Stock) -> Self {
        let manifest = manifest_of(stock);
        Self {
            open: Arc::new(Ready::from(json(&manifest))),
            wipe: Arc::new(Ready::from(json(&wiped(&manifest)))),
            locked: Arc::new(Ready::from(json(&locked(manifest)))),
        }
    }
}

/// Where everything stands that tablets fetch.
pub struct Shelf {
    folder: PathBuf,
    stock: RwLock<Stock>,
    manifests: RwLock<Manifests>,
    /// The hash of the manifest in force, for those who listen; none when the backend stops.
    changes: watch::Sender<Option<Sha256>>,
    /// Numbers the files in which bytes stand before they are whole.
    parts: AtomicU64,
    /// Held while a blob is renewed or cleared away, so that none is cleared that is just wanted.
    clearing: Mutex<()>,
    /// Blobs in memory: those that a manifest names, and those laid down since.
    blobs: RwLock<HashMap<Sha256, Ready>>,
}

impl Shelf {
    /// A shelf whose blobs lie in `folder`. Clears away what has not been asked for in a day.
    pub fn open(folder: &Path, catalogue: Catalogue, revision: u64) -> io::Result<Self> {
        let folder = folder.join("blobs");
        std::fs::create_dir_all(&folder)?;
        let stock = Stock {
            revision,
            catalogue,
            contents: HashMap::new(),
        };
        let manifests = Manifests::of(&stock);
        Ok(Self {
            folder,
            stock: RwLock::new(stock),
            changes: watch::Sender::new(Some(manifests.open.sha256)),
            manifests: RwLock::new(manifests),
            parts: AtomicU64::new(0),
            clearing: Mutex::default(),
            blobs: RwLock::default(),
        })
    }

    /// Puts another catalogue in force. Content that came from elsewhere goes.
    pub fn put_catalogue(&self, catalogue: Catalogue, revision: u64) {
        let mut stock = self.stock.write().unwrap_or_else(PoisonError::into_inner);
        // What came from another source is not what the tile says now, even on the same tile.
        let before = std::mem::take(&mut stock.contents);
        stock.contents = before
            .into_iter()
            .filter(|(id, _)| {
                let source = |of: &Catalogue| {
                    let found = of.services.iter().find(|(service, _)| service.id == *id);
                    found.map(|(_, source)| source.clone())
                };
                source(&catalogue).is_some_and(|new| source(&stock.catalogue) == Some(new))
            })
            .collect();
        stock.catalogue = catalogue;
        stock.revision = revision;
        self.publish(&stock);
    }

    /// Puts the content of a service on the shelf.
    pub fn put(&self, service: &ServiceId, reference: ContentReference) {
        let mut stock = self.stock.write().unwrap_or_else(PoisonError::into_inner);
        if stock.contents.get(service) == Some(&reference) {
            return;
        }
        stock.contents.insert(service.clone(), reference);
        self.publish(&stock);
    }

    fn publish(&self, stock: &Stock) {
        let ready = Manifests::of(stock);
        let sha256 = ready.open.sha256;
        *self
            .manifests
            .write()
            .unwrap_or_else(PoisonError::into_inner) = ready;
        // Told after it stands: who asks at once gets the new one.
        self.changes.send_if_modified(|told| {
            let is_open = told.is_some();
            is_open && told.replace(sha256) != Some(sha256)
        });
    }

    /// Hears of every change of the manifest, until the backend stops.
    pub fn changes(&self) -> watch::Receiver<Option<Sha256>> {
        self.changes.subscribe()
    }

    /// Tells those who listen that the backend stops.
    pub fn close(&self) {
        self.changes.send_replace(None);
    }

    /// The manifest as it stands, for a tablet that is told this.
    pub fn manifest(&self, order: Option<Order>) -> Arc<Ready> {
        let manifests = self
            .manifests
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        Arc::clone(match order {
            None => &manifests.open,
            Some(Order::Lock) => &manifests.locked,
            Some(Order::Wipe) => &manifests.wipe,
        })
    }

    /// The manifest that tablets would get with another catalogue, with the content that is here.
    pub fn manifest_with(&self, catalogue: &Catalogue) -> Manifest {
        let stock = self.stock.read().unwrap_or_else(PoisonError::into_inner);
        manifest_of(&Stock {
            revision: stock.revision,
            catalogue: catalogue.clone(),
            contents: stock.contents.clone(),
        })
    }

    /// Where the blobs lie, each under its hash.
    pub fn folder(&self) -> PathBuf {
        self.folder.clone()
    }

    /// Lays bytes on disk under their hash and holds them ready.
    pub async fn lay(self: &Arc<Self>, bytes: Vec<u8>) -> io::Result<BlobReference> {
        let shelf = Arc::clone(self);
        tokio::task::spawn_blocking(move || shelf.lay_now(bytes))
            .await
            .map_err(io::Error::other)?
    }

    fn lay_now(&self, bytes: Vec<u8>) -> io::Result<BlobReference> {
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
        self.blobs
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
    pub fn size_of(&self, sha256: Sha256) -> io::Result<u64> {
        std::fs::metadata(self.path_of(sha256)).map(|metadata| metadata.len())
    }

    /// Whether every blob of `reference` lies here whole.
    pub fn holds(&self, reference: &ContentReference) -> bool {
        reference.blobs().all(|blob| self.is_whole(blob.sha256))
    }

    /// Whether the blob on the disk bears its hash.
    fn is_whole(&self, sha256: Sha256) -> bool {
        std::fs::read(self.path_of(sha256)).is_ok_and(|bytes| Sha256::of(&bytes) == sha256)
    }

    /// A blob, from memory or from disk. A blob that does not bear its hash is none.
    pub async fn blob(self: &Arc<Self>, sha256: Sha256) -> Option<Ready> {
        if let Some(ready) = self
            .blobs
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&sha256)
        {
            return Some(ready.clone());
        }
        let shelf = Arc::clone(self);
        tokio::task::spawn_blocking(move || {
            let ready = Ready::from(std::fs::read(shelf.path_of(sha256)).ok()?);
            if ready.sha256 != sha256 {
                tracing::error!(%sha256, "a blob is damaged and is not handed out");
                return None;
            }
            shelf
                .blobs
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(sha256, ready.clone());
            Some(ready)
        })
        .await
        .ok()
        .flatten()
    }

    /// Clears away blobs that no manifest has named for a day, from memory and from disk.
    pub fn clear_away(&self, now: SystemTime) -> io::Result<()> {
        let named: std::collections::HashSet<Sha256> = {
            let stock = self.stock.read().unwrap_or_else(PoisonError::into_inner);
            stock
                .contents
                .values()
                .flat_map(ContentReference::blobs)
                .map(|blob| blob.sha256)
                .collect()
        };
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
                    self.blobs
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

fn manifest_of(stock: &Stock) -> Manifest {
    let catalogue = &stock.catalogue;
    Manifest {
        catalogue: stock.revision,
        council: catalogue.council.clone(),
        categories: catalogue.categories.clone(),
        providers: catalogue.providers.clone(),
        services: catalogue
            .services
            .iter()
            .map(|(service, _)| ServiceEntry {
                service: service.clone(),
                content: stock.contents.get(&service.id).cloned(),
            })
            .collect(),
        messages: catalogue.messages.clone(),
        locked: false,
        wipe: false,
    }
}

/// What a tablet holds that the council has locked: what a warning needs, and nothing else.
fn locked(mut manifest: Manifest) -> Manifest {
    manifest.locked = true;
    manifest.messages.clear();
    manifest.services.retain(|entry| {
        let kind = entry.content.as_ref().map(|content| content.kind);
        matches!(kind, Some(ContentKind::Warnings | ContentKind::Places))
    });
    manifest
}

/// What a tablet hears that is to forget its loan.
fn wiped(manifest: &Manifest) -> Manifest {
    Manifest {
        catalogue: manifest.catalogue,
        council: manifest.council.clone(),
        categories: Vec::new(),
        providers: Vec::new(),
        services: Vec::new(),
        messages: Vec::new(),
        locked: false,
        wipe: true,
    }
}

fn json(manifest: &Manifest) -> Vec<u8> {
    // Plain structs of texts and numbers: serde_json has no reason to refuse them.
    serde_json::to_vec(manifest).unwrap_or_else(|_| b"{}".to_vec())
}
