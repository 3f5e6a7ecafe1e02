//! Putting another catalogue in force: the file and the revisions say the same, whoever changed it last.

use std::{
    io,
    path::{Path, PathBuf},
    sync::PoisonError,
};

use jiff::Timestamp;
use kairan_contract::Sha256;
use tokio::sync::{Mutex, MutexGuard, watch};
use url::Url;

use super::{
    file::{Stamp, write},
    queries::Waiting,
};
use crate::database::{Database, DatabaseError};
use kairan_catalogue::{
    Catalogue, CatalogueError, Fault, NotThere, Surroundings,
    bundle::Files,
    edit::{Part, entries},
    read, read_beside, read_text,
};
use kairan_sources::beside::{Beside, Role, plain};

/// The file of the catalogue, which one at a time may change.
#[derive(Debug)]
pub struct Desk {
    file: PathBuf,
    beside: Beside,
    turn: Mutex<()>,
    /// The text of which it is known where its tokens go.
    trusted: std::sync::Mutex<Option<Sha256>>,
    /// Tells whoever keeps what is in force.
    published: watch::Sender<Option<Publication>>,
}

/// What was published last.
#[derive(Debug, Clone)]
pub struct Publication {
    /// The catalogue.
    pub catalogue: Catalogue,
    /// Its text.
    pub text: String,
    /// Its revision.
    pub revision: u64,
    /// The file as it was written for it.
    pub written: Stamp,
}

/// Why a text is not put in force.
#[derive(Debug, thiserror::Error)]
pub enum NotPublished {
    /// It has faults.
    #[error("the catalogue has {} faults", .0.len())]
    Faulty(Vec<Fault>),
    /// Somebody has published since it was begun.
    #[error("somebody has published since this was begun")]
    Overtaken,
    /// The file cannot be read.
    #[error(transparent)]
    Unread(#[from] CatalogueError),
    /// The file cannot be written.
    #[error(
        "cannot write {path}: {source} — check that the server may, and that the disk is not full"
    )]
    Unwritten {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// Who publishes, and what they note.
#[derive(Debug, Clone, Copy)]
pub struct Publisher<'p> {
    /// The name of the person.
    pub by: &'p str,
    /// What they note.
    pub note: &'p str,
}

/// What lies beside a catalogue that somebody writes who has no hand on the server, and what they bring along.
struct InConsole<'d> {
    beside: &'d Beside,
    files: &'d Files,
    /// The hosts inside private networks that the file on the server allows.
    hosts: Vec<String>,
}

impl Surroundings for InConsole<'_> {
    fn look(&self, file: &Path, role: Role) -> Result<(), NotThere> {
        match self.beside.look(file, role).map_err(NotThere::from) {
            Err(NotThere::Missing) if self.files.contains_key(&plain(file)) => Ok(()),
            looked => looked,
        }
    }

    fn lets(&self, token: &Path, address: &Url) -> bool {
        self.beside.lets(token, address)
    }

    fn reaches(&self, host: &str) -> bool {
        self.hosts.iter().any(|it| it.eq_ignore_ascii_case(host))
    }

    fn read(&self, file: &Path, role: Role, limit: usize) -> Result<Option<Vec<u8>>, String> {
        match self.files.get(&plain(file)) {
            Some(bytes) => Ok(Some(bytes.clone())),
            None => read_beside(self.beside, file, role, limit).map(Some),
        }
    }
}

impl Desk {
    /// The desk of this file.
    pub fn of(file: &Path, beside: Beside) -> Self {
        Self {
            file: file.to_owned(),
            beside,
            turn: Mutex::new(()),
            trusted: std::sync::Mutex::default(),
            published: watch::Sender::new(None),
        }
    }

    /// The file of the catalogue.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The files that the catalogue names.
    pub fn beside(&self) -> &Beside {
        &self.beside
    }

    /// The text as it lies in the file now. Where its tokens go, it says itself: it was written on the server, or
    /// published, which sends none elsewhere.
    pub fn text(&self) -> Result<String, CatalogueError> {
        let text = read_text(&self.file)?;
        if text.contains("token_file") {
            let hash = Sha256::of(text.as_bytes());
            let mut trusted = self.trusted.lock().unwrap_or_else(PoisonError::into_inner);
            if *trusted != Some(hash) {
                let catalogue = Catalogue::once_good(&text, None);
                for (token, address) in catalogue.iter().flat_map(Catalogue::tokens) {
                    self.beside.trust(token, address);
                }
                *trusted = Some(hash);
            }
        }
        Ok(text)
    }

    /// Hears of what is published.
    pub fn publications(&self) -> watch::Receiver<Option<Publication>> {
        self.published.subscribe()
    }

    /// Waits until nobody is in the middle of publishing; as long as it is held, nobody begins.
    pub async fn undisturbed(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// The ids of the providers; none while the file cannot be understood.
    pub fn providers(&self) -> Result<Vec<String>, CatalogueError> {
        let known = entries(&self.text()?, Part::Provider).unwrap_or_default();
        let ids = known.iter().filter_map(|it| it.get("id").cloned());
        Ok(ids.collect())
    }

    /// Every fault of a text, as `kairan check` would tell them.
    pub fn check(&self, text: &str) -> Result<Catalogue, Vec<Fault>> {
        self.check_with(text, &Files::new())
    }

    /// The same as if these files lay beside the catalogue.
    pub fn check_with(&self, text: &str, files: &Files) -> Result<Catalogue, Vec<Fault>> {
        let beside = &self.beside;
        // Whoever has no hand on the server opens none of its networks to what is asked.
        let hosts = if text.contains("allowed_hosts") {
            let now = self.text().ok();
            let now = now.and_then(|now| Catalogue::once_good(&now, None));
            now.map_or_else(Vec::new, |it| it.allowed_hosts)
        } else {
            Vec::new()
        };
        read(
            text,
            &InConsole {
                beside,
                files,
                hosts,
            },
        )
    }

    /// Puts a text in force that was begun from the text of hash `base`, and says under which revision. Whoever keeps what
    /// is in force is told, and need not read the file.
    pub async fn publish(
        &self,
        store: &Database,
        base: Sha256,
        text: &str,
        publisher: Publisher<'_>,
        now: Timestamp,
    ) -> Result<u64, NotPublished> {
        let catalogue = self.check(text).map_err(NotPublished::Faulty)?;
        let _turn = self.turn.lock().await;
        if Sha256::of(self.text()?.as_bytes()) != base {
            return Err(NotPublished::Overtaken);
        }
        let written = write(&self.file, text).map_err(|source| NotPublished::Unwritten {
            path: self.file.clone(),
            source,
        })?;
        let revision = store.catalogue_revision(text, now).await?;
        self.published.send_replace(Some(Publication {
            catalogue,
            text: text.to_owned(),
            revision,
            written,
        }));
        store
            .note_publication(revision, publisher.by, publisher.note, now)
            .await?;
        Ok(revision)
    }

    /// Publishes what has waited for its date, once that has come. What cannot be published is noted and not tried
    /// again: somebody must look at it.
    pub async fn publish_due(&self, store: &Database, now: Timestamp) -> Result<(), NotPublished> {
        let Some(plan) = store.dated().await? else {
            return Ok(());
        };
        let is_due = matches!(plan.waiting, Waiting::Until(at) if at <= now);
        if !is_due || plan.failed.is_some() {
            return Ok(());
        }
        let publisher = Publisher {
            by: &plan.by,
            note: &plan.note,
        };
        // A stop between the two leaves the plan behind, and only to be written down who published.
        if self.text()? == plan.text {
            let revision = store.catalogue_revision(&plan.text, now).await?;
            let last = store.revisions(None, 1).await?;
            if last.first().is_some_and(|it| it.published_by.is_none()) {
                store
                    .note_publication(revision, publisher.by, publisher.note, now)
                    .await?;
            }
            return Ok(store.drop_plan(&plan).await?);
        }
        let done = self
            .publish(store, plan.base, &plan.text, publisher, now)
            .await;
        match done {
            Ok(_) => Ok(store.drop_plan(&plan).await?),
            Err(error @ (NotPublished::Faulty(_) | NotPublished::Overtaken)) => {
                Ok(store.note_failed_plan(&plan, &error.to_string()).await?)
            }
            Err(error) => Err(error),
        }
    }
}
