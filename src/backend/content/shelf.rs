//! What tablets fetch: the manifest and the blobs, made ready once per change and never per request.

mod emergencies;

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

use axum::{body::Bytes, http::HeaderValue};
use flate2::{Compression, write::GzEncoder};
use kairan_contract::{
    BlobReference, ContentKind, ContentReference, Emergency, Manifest, ServiceEntry, ServiceId,
    Sha256, TabletId,
};

use tokio::sync::watch;

use crate::{
    content::told::Told,
    tablets::queries::{Order, Standing},
};
use kairan_catalogue::{Catalogue, Whom};

/// Blobs that nobody names any more stay this long, for tablets that are just fetching them.
const GRACE: Duration = Duration::from_hours(24);
/// Manifests that are held ready: as many as there are sets of tablets that see something else.
const VARIANTS: usize = 512;

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
    /// What the tablets for trial are shown in its place.
    trial: Option<Catalogue>,
    /// By the tile and the key of its source: what came from another source is not what a tile says.
    contents: HashMap<(ServiceId, String), ContentReference>,
    /// What some tablets are told of over everything else.
    emergencies: Vec<Told>,
}

impl Stock {
    /// The catalogue of a variant.
    fn catalogue_for(&self, is_trial: bool) -> &Catalogue {
        let trial = self.trial.as_ref().filter(|_| is_trial);
        trial.unwrap_or(&self.catalogue)
    }

    /// Lets go what no tile says any more.
    fn forget_contents(&mut self) {
        let catalogues = [Some(&self.catalogue), self.trial.as_ref()];
        let said: HashSet<(ServiceId, String)> = catalogues
            .into_iter()
            .flatten()
            .flat_map(|catalogue| &catalogue.services)
            .map(|(service, source)| (service.id.clone(), source.key()))
            .collect();
        self.contents.retain(|which, _| said.contains(which));
    }
}

/// In what one manifest differs from another: by its places in the stock, so that a thousand tablets that see the
/// same share one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
struct Variant {
    locked: bool,
    wipe: bool,
    trial: bool,
    hidden_services: Vec<usize>,
    hidden_messages: Vec<usize>,
    emergencies: Vec<usize>,
}

impl Variant {
    /// What this tablet is to hold.
    fn of(stock: &Stock, tablet: Option<TabletId>, standing: &Standing) -> Self {
        if standing.order == Some(Order::Wipe) {
            return Self {
                wipe: true,
                ..Self::default()
            };
        }
        let trial = standing.is_trial && stock.trial.is_some();
        let catalogue = stock.catalogue_for(trial);
        let whom = &catalogue.whom;
        let is_hidden =
            |whom: Option<&Whom>| whom.is_some_and(|whom| !whom.includes(&standing.recipient));
        let services = catalogue.services.iter();
        let messages = catalogue.messages.iter();
        let places = |hidden: Vec<bool>| {
            let numbered = hidden.into_iter().enumerate();
            numbered
                .filter_map(|(place, is)| is.then_some(place))
                .collect()
        };
        let is_told = |told: &Told| {
            told.to
                .as_ref()
                .is_none_or(|to| tablet.is_some_and(|tablet| to.contains(&tablet)))
        };
        let told: Vec<usize> = (0..stock.emergencies.len())
            .filter(|place| is_told(&stock.emergencies[*place]))
            .collect();
        Self {
            locked: standing.order == Some(Order::Lock),
            wipe: false,
            trial,
            hidden_services: places(
                services
                    .map(|(service, _)| is_hidden(whom.services.get(&service.id)))
                    .collect(),
            ),
            hidden_messages: places(
                messages
                    .map(|message| is_hidden(whom.messages.get(&message.id)))
                    .collect(),
            ),
            // The newest, if there are more than a tablet takes; drills stand before what is real.
            emergencies: told[told.len().saturating_sub(Emergency::AT_ONCE)..].to_vec(),
        }
    }
}

/// How often what tablets fetch has changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Changes {
    /// For any reason.
    pub all: u64,
    /// By something that no tablet may wait for: an emergency, or a warning.
    pub urgent: u64,
}

/// Where everything stands that tablets fetch.
pub struct Shelf {
    folder: PathBuf,
    stock: RwLock<Stock>,
    /// The manifests that were asked for since the stock last changed. Locked after the stock, never before.
    manifests: RwLock<HashMap<Variant, Arc<Ready>>>,
    /// Counts the changes, for those who listen; none when the backend stops.
    changes: watch::Sender<Option<Changes>>,
    /// Held from when it is read what takes over the screens until it is put.
    renewing: tokio::sync::Mutex<()>,
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
            trial: None,
            contents: HashMap::new(),
            emergencies: Vec::new(),
        };
        let shelf = Self {
            folder,
            stock: RwLock::new(stock),
            changes: watch::Sender::new(Some(Changes::default())),
            manifests: RwLock::default(),
            renewing: tokio::sync::Mutex::default(),
            parts: AtomicU64::new(0),
            clearing: Mutex::default(),
            blobs: RwLock::default(),
        };
        {
            let stock = shelf.stock.read().unwrap_or_else(PoisonError::into_inner);
            shelf.hold_neighbourhoods(&stock.catalogue);
        }
        Ok(shelf)
    }

    /// Holds the list of a catalogue ready. Where the disk is full it is in memory alone, so that no tablet waits
    /// for it in vain.
    fn hold_neighbourhoods(&self, catalogue: &Catalogue) {
        let Some(list) = &catalogue.neighbourhoods else {
            return;
        };
        let sha256 = list.blob.sha256;
        let known = {
            let blobs = self.blobs.read().unwrap_or_else(PoisonError::into_inner);
            blobs.contains_key(&sha256)
        };
        if known && self.path_of(sha256).exists() {
            return;
        }
        if let Err(error) = self.lay_now(list.json.clone()) {
            tracing::warn!(%error, "the list of neighbourhoods is held in memory alone");
            self.blobs
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(sha256, Ready::from(list.json.clone()));
        }
    }

    /// Puts another catalogue in force. Content that came from elsewhere goes.
    pub fn put_catalogue(&self, catalogue: Catalogue, revision: u64) {
        self.hold_neighbourhoods(&catalogue);
        let mut stock = self.stock.write().unwrap_or_else(PoisonError::into_inner);
        stock.catalogue = catalogue;
        stock.revision = revision;
        stock.forget_contents();
        self.publish(&stock, Urgency::InTurn);
    }

    /// Shows the tablets for trial another catalogue than the others, or the same again.
    pub fn put_trial(&self, trial: Option<Catalogue>) {
        if let Some(trial) = &trial {
            self.hold_neighbourhoods(trial);
        }
        let mut stock = self.stock.write().unwrap_or_else(PoisonError::into_inner);
        stock.trial = trial;
        stock.forget_contents();
        self.publish(&stock, Urgency::InTurn);
    }

    /// Puts what a source gave for a service on the shelf.
    pub fn put(&self, service: &ServiceId, source: &str, reference: ContentReference) {
        let mut stock = self.stock.write().unwrap_or_else(PoisonError::into_inner);
        let which = (service.clone(), source.to_owned());
        if stock.contents.get(&which) == Some(&reference) {
            return;
        }
        let urgency = match reference.kind {
            ContentKind::Warnings => Urgency::AtOnce,
            _ => Urgency::InTurn,
        };
        stock.contents.insert(which, reference);
        self.publish(&stock, urgency);
    }

    /// Takes what a source once gave for a service off the shelf.
    pub fn withdraw(&self, service: &ServiceId, source: &str) {
        let mut stock = self.stock.write().unwrap_or_else(PoisonError::into_inner);
        let which = (service.clone(), source.to_owned());
        if stock.contents.remove(&which).is_some() {
            self.publish(&stock, Urgency::InTurn);
        }
    }

    /// To be called while the stock is held: nobody makes a manifest of the old stock after this.
    fn publish(&self, _: &Stock, urgency: Urgency) {
        self.manifests
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
        self.tell(urgency);
    }

    /// Has those who listen look what they are told now.
    pub fn announce(&self) {
        self.tell(Urgency::InTurn);
    }

    fn tell(&self, urgency: Urgency) {
        self.changes.send_if_modified(|changes| match changes {
            Some(changes) => {
                changes.all += 1;
                changes.urgent += u64::from(urgency == Urgency::AtOnce);
                true
            }
            None => false,
        });
    }

    /// Hears of every change, until the backend stops.
    pub fn changes(&self) -> watch::Receiver<Option<Changes>> {
        self.changes.subscribe()
    }

    /// Tells those who listen that the backend stops.
    pub fn close(&self) {
        self.changes.send_replace(None);
    }

    /// The manifest as it stands, for a tablet of which this is known.
    pub fn manifest(&self, tablet: Option<TabletId>, standing: &Standing) -> Arc<Ready> {
        let stock = self.stock.read().unwrap_or_else(PoisonError::into_inner);
        let variant = Variant::of(&stock, tablet, standing);
        let known = {
            let manifests = self.manifests.read();
            let manifests = manifests.unwrap_or_else(PoisonError::into_inner);
            manifests.get(&variant).cloned()
        };
        if let Some(ready) = known {
            return ready;
        }
        let manifests = self.manifests.write();
        let mut manifests = manifests.unwrap_or_else(PoisonError::into_inner);
        if manifests.len() >= VARIANTS {
            manifests.clear();
        }
        // Whoever came first has made it for all who waited.
        let made = manifests.entry(variant).or_insert_with_key(|variant| {
            let manifest = manifest_of(&stock, variant);
            Arc::new(Ready::from(json(&manifest)))
        });
        Arc::clone(made)
    }

    /// Whether something lies here that this source gave for this tile.
    pub fn has(&self, service: &ServiceId, source: &str) -> bool {
        let stock = self.stock.read().unwrap_or_else(PoisonError::into_inner);
        let which = (service.clone(), source.to_owned());
        stock.contents.contains_key(&which)
    }

    /// The manifest that a tablet would get with another catalogue, with the content that is here, and with what
    /// takes over its screen.
    pub fn manifest_with(
        &self,
        catalogue: &Catalogue,
        standing: &Standing,
        emergencies: Vec<Emergency>,
    ) -> Manifest {
        self.hold_neighbourhoods(catalogue);
        let stock = self.stock.read().unwrap_or_else(PoisonError::into_inner);
        let imagined = Stock {
            revision: stock.revision,
            catalogue: catalogue.clone(),
            trial: None,
            contents: stock.contents.clone(),
            emergencies: Vec::new(),
        };
        drop(stock);
        let variant = Variant::of(&imagined, None, standing);
        Manifest {
            emergencies,
            ..manifest_of(&imagined, &variant)
        }
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
        let named: HashSet<Sha256> = {
            let stock = self.stock.read().unwrap_or_else(PoisonError::into_inner);
            let lists = [Some(&stock.catalogue), stock.trial.as_ref()];
            let lists = lists
                .into_iter()
                .flatten()
                .filter_map(|catalogue| Some(catalogue.neighbourhoods.as_ref()?.blob.sha256));
            stock
                .contents
                .values()
                .flat_map(ContentReference::blobs)
                .map(|blob| blob.sha256)
                .chain(lists)
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

/// Whether thousands may be told one after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Urgency {
    /// They are: each fetches what is new, and all at once would keep one another waiting.
    InTurn,
    /// All of them now.
    AtOnce,
}

fn manifest_of(stock: &Stock, variant: &Variant) -> Manifest {
    let catalogue = stock.catalogue_for(variant.trial);
    if variant.wipe {
        return wiped(stock);
    }
    let shown = |hidden: &[usize], place: usize| !hidden.contains(&place);
    let services = catalogue.services.iter().enumerate();
    let messages = catalogue.messages.iter().enumerate();
    let manifest = Manifest {
        catalogue: stock.revision,
        council: catalogue.council.clone(),
        categories: catalogue.categories.clone(),
        providers: catalogue.providers.clone(),
        services: services
            .filter(|(place, _)| shown(&variant.hidden_services, *place))
            .map(|(_, (service, source))| ServiceEntry {
                service: service.clone(),
                content: stock
                    .contents
                    .get(&(service.id.clone(), source.key()))
                    .cloned(),
                near_name: source.near_name.clone(),
            })
            .collect(),
        neighbourhoods: catalogue.neighbourhoods.as_ref().map(|list| list.blob),
        messages: messages
            .filter(|(place, _)| shown(&variant.hidden_messages, *place))
            .map(|(_, message)| message.clone())
            .collect(),
        emergencies: variant
            .emergencies
            .iter()
            .map(|place| stock.emergencies[*place].emergency.clone())
            .collect(),
        locked: false,
        wipe: false,
    };
    if variant.locked {
        locked(manifest)
    } else {
        manifest
    }
}

/// What a tablet holds that the council has locked: what a warning needs, and nothing else.
fn locked(mut manifest: Manifest) -> Manifest {
    manifest.locked = true;
    manifest.messages.clear();
    // From where somebody counts is kept on the tablet.
    manifest.neighbourhoods = None;
    manifest.services.retain(|entry| {
        let kind = entry.content.as_ref().map(|content| content.kind);
        matches!(kind, Some(ContentKind::Warnings | ContentKind::Places))
    });
    manifest
}

/// What a tablet hears that is to forget its loan.
fn wiped(stock: &Stock) -> Manifest {
    Manifest {
        catalogue: stock.revision,
        council: stock.catalogue.council.clone(),
        categories: Vec::new(),
        providers: Vec::new(),
        services: Vec::new(),
        neighbourhoods: None,
        messages: Vec::new(),
        emergencies: Vec::new(),
        locked: false,
        wipe: true,
    }
}

fn json(manifest: &Manifest) -> Vec<u8> {
    // Plain structs of texts and numbers: serde_json has no reason to refuse them.
    serde_json::to_vec(manifest).unwrap_or_else(|_| b"{}".to_vec())
}
