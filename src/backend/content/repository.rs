//! What tablets fetch: the manifest and the blobs, made ready once per change and never per request.

use std::{
    collections::{HashMap, HashSet},
    io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use kairan_catalogue::Catalogue;
use kairan_contract::{
    BlobReference, ContentKind, ContentReference, Emergency, Manifest, ServiceId, Sha256, TabletId,
};
use tokio::sync::watch;

use super::{
    addressed_emergency::AddressedEmergency,
    blobs::Blobs,
    manifests::{Inventory, Variant, manifest_of},
    ready::Ready,
};
use crate::{database::DatabaseError, tablets::queries::Standing};

/// How long a reading may take: whoever reads next waits for it.
const READ_WITHIN: Duration = Duration::from_secs(10);

/// Manifests that are held ready: as many as there are sets of tablets that see something else.
const VARIANTS: usize = 512;

/// How often what tablets fetch has changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Changes {
    /// For any reason.
    pub all: u64,
    /// By something that no tablet may wait for: an emergency, or a warning.
    pub urgent: u64,
}

/// Where everything stands that tablets fetch.
pub struct ContentRepository {
    inventory: RwLock<Inventory>,
    /// The manifests that were asked for since the inventory last changed. Locked after the inventory, never before.
    manifests: RwLock<HashMap<Variant, Arc<Ready>>>,
    /// Counts the changes, for those who listen; none when the backend stops.
    changes: watch::Sender<Option<Changes>>,
    /// Held from when it is read what takes over the screens until it is put.
    renewing: tokio::sync::Mutex<()>,
    blobs: Arc<Blobs>,
}

impl ContentRepository {
    /// A repository whose blobs lie in `folder`. Clears away what has not been asked for in a day.
    pub fn open(folder: &Path, catalogue: Catalogue, revision: u64) -> io::Result<Self> {
        let blobs = Arc::new(Blobs::open(folder)?);
        let inventory = Inventory {
            revision,
            catalogue,
            trial: None,
            contents: HashMap::new(),
            emergencies: Vec::new(),
        };
        let repository = Self {
            inventory: RwLock::new(inventory),
            changes: watch::Sender::new(Some(Changes::default())),
            manifests: RwLock::default(),
            renewing: tokio::sync::Mutex::default(),
            blobs,
        };
        {
            let inventory = repository
                .inventory
                .read()
                .unwrap_or_else(PoisonError::into_inner);
            repository.hold_neighbourhoods(&inventory.catalogue);
        }
        Ok(repository)
    }

    /// Holds the list of a catalogue ready. Where the disk is full it is in memory alone, so that no tablet waits
    /// for it in vain.
    fn hold_neighbourhoods(&self, catalogue: &Catalogue) {
        let Some(list) = &catalogue.neighbourhoods else {
            return;
        };
        if self.blobs.is_here(list.blob.sha256) {
            return;
        }
        if let Err(error) = self.blobs.lay(list.json.clone()) {
            tracing::warn!(%error, "the list of neighbourhoods is held in memory alone");
            self.blobs.hold(list.json.clone());
        }
    }

    /// Puts another catalogue in force. Content that came from elsewhere goes.
    pub fn put_catalogue(&self, catalogue: Catalogue, revision: u64) {
        self.hold_neighbourhoods(&catalogue);
        let mut inventory = self
            .inventory
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        inventory.catalogue = catalogue;
        inventory.revision = revision;
        inventory.forget_contents();
        self.publish(&inventory, Urgency::InTurn);
    }

    /// Shows the tablets for trial another catalogue than the others, or the same again.
    pub fn put_trial(&self, trial: Option<Catalogue>) {
        if let Some(trial) = &trial {
            self.hold_neighbourhoods(trial);
        }
        let mut inventory = self
            .inventory
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        inventory.trial = trial;
        inventory.forget_contents();
        self.publish(&inventory, Urgency::InTurn);
    }

    /// Puts what a source gave for a service into the repository.
    pub fn put(&self, service: &ServiceId, source: &str, reference: ContentReference) {
        let mut inventory = self
            .inventory
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let which = (service.clone(), source.to_owned());
        if inventory.contents.get(&which) == Some(&reference) {
            return;
        }
        let urgency = match reference.kind {
            ContentKind::Warnings => Urgency::AtOnce,
            _ => Urgency::InTurn,
        };
        inventory.contents.insert(which, reference);
        self.publish(&inventory, urgency);
    }

    /// Takes what a source once gave for a service out of the repository.
    pub fn withdraw(&self, service: &ServiceId, source: &str) {
        let mut inventory = self
            .inventory
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let which = (service.clone(), source.to_owned());
        if inventory.contents.remove(&which).is_some() {
            self.publish(&inventory, Urgency::InTurn);
        }
    }

    /// To be called while the inventory is held: nobody makes a manifest of the old inventory after this.
    fn publish(&self, _: &Inventory, urgency: Urgency) {
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
        let inventory = self
            .inventory
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let variant = Variant::of(&inventory, tablet, standing);
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
            let manifest = manifest_of(&inventory, variant);
            Arc::new(Ready::from(json(&manifest)))
        });
        Arc::clone(made)
    }

    /// Reads something out of the catalogue that tablets are shown, or those for trial.
    pub fn with_catalogue<T>(&self, is_trial: bool, read: impl FnOnce(&Catalogue) -> T) -> T {
        let inventory = self
            .inventory
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        read(inventory.catalogue_for(is_trial))
    }

    /// Whether something lies here that this source gave for this tile.
    pub fn has(&self, service: &ServiceId, source: &str) -> bool {
        let inventory = self
            .inventory
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let which = (service.clone(), source.to_owned());
        inventory.contents.contains_key(&which)
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
        let inventory = self
            .inventory
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let imagined = Inventory {
            revision: inventory.revision,
            catalogue: catalogue.clone(),
            trial: None,
            contents: inventory.contents.clone(),
            emergencies: Vec::new(),
        };
        drop(inventory);
        let variant = Variant::of(&imagined, None, standing);
        Manifest {
            emergencies,
            ..manifest_of(&imagined, &variant)
        }
    }

    /// Where the blobs lie, each under its hash.
    pub fn folder(&self) -> PathBuf {
        self.blobs.folder().to_owned()
    }

    /// Lays bytes on disk under their hash and holds them ready.
    pub async fn lay(&self, bytes: Vec<u8>) -> io::Result<BlobReference> {
        let blobs = Arc::clone(&self.blobs);
        tokio::task::spawn_blocking(move || blobs.lay(bytes))
            .await
            .map_err(io::Error::other)?
    }

    /// The length of a blob that has been laid down.
    pub fn size_of(&self, sha256: Sha256) -> io::Result<u64> {
        self.blobs.size_of(sha256)
    }

    /// Whether every blob of `reference` lies here whole.
    pub fn holds(&self, reference: &ContentReference) -> bool {
        reference
            .blobs()
            .all(|blob| self.blobs.is_whole(blob.sha256))
    }

    /// A blob, from memory or from disk. A blob that does not bear its hash is none.
    pub async fn blob(&self, sha256: Sha256) -> Option<Ready> {
        self.blobs.blob(sha256).await
    }

    /// Clears away blobs that no manifest has named for a day, from memory and from disk.
    pub fn clear_away(&self, now: SystemTime) -> io::Result<()> {
        let named: HashSet<Sha256> = {
            let inventory = self
                .inventory
                .read()
                .unwrap_or_else(PoisonError::into_inner);
            let lists = [Some(&inventory.catalogue), inventory.trial.as_ref()];
            let lists = lists
                .into_iter()
                .flatten()
                .filter_map(|catalogue| Some(catalogue.neighbourhoods.as_ref()?.blob.sha256));
            inventory
                .contents
                .values()
                .flat_map(ContentReference::blobs)
                .map(|blob| blob.sha256)
                .chain(lists)
                .collect()
        };
        self.blobs.clear_away(&named, now)
    }

    /// Reads what takes over the tablets' screens, and puts it in the place of what did. Nobody else reads meanwhile: what
    /// was read first and put last would take back what somebody has just released.
    pub async fn renew_emergencies(
        &self,
        read: impl Future<Output = Result<Vec<AddressedEmergency>, DatabaseError>>,
    ) -> Result<(), DatabaseError> {
        let _alone = self.renewing.lock().await;
        let told = tokio::time::timeout(READ_WITHIN, read).await;
        let told = told.map_err(|_| DatabaseError::Silent)??;
        let mut inventory = self
            .inventory
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if inventory.emergencies != told {
            inventory.emergencies = told;
            self.publish(&inventory, Urgency::AtOnce);
        }
        Ok(())
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

fn json(manifest: &Manifest) -> Vec<u8> {
    // Plain structs of texts and numbers: serde_json has no reason to refuse them.
    serde_json::to_vec(manifest).unwrap_or_else(|_| b"{}".to_vec())
}
