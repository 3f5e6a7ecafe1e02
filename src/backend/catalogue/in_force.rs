//! What is in force: what was published is put there at once, what somebody has written into the file within a second, and
//! what is on trial beside it.

use std::{sync::Arc, time::Duration};

use anyhow::bail;
use jiff::Timestamp;
use kairan_catalogue::{Catalogue, CatalogueError};
use kairan_contract::{Language, Service};
use kairan_sources::{
    beside::Beside,
    fetch::AllowedHosts,
    source::{ContentSource, SourceKind},
};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use super::{
    file::{Stamp, in_words, written_at},
    publishing::{Desk, Publication},
};
use crate::{
    content::{gather::Rounds, gathering::Gathering},
    database::{Database, DatabaseError},
};

/// How often it is looked whether somebody has changed the catalogue's file.
const CATALOGUE_PACE: Duration = Duration::from_secs(1);

/// The catalogue to begin with: the file's, or, if that has faults, the one that was last in force.
/// After a power cut residents must not be without their tiles because of a clerk's slip.
pub async fn to_begin_with(
    loaded: Result<(Catalogue, String), CatalogueError>,
    store: &Database,
    beside: &Beside,
    language: Language,
) -> anyhow::Result<(Catalogue, String, u64)> {
    let error = match loaded {
        Ok((catalogue, text)) => {
            tell_hints(&catalogue, language);
            let revision = store.catalogue_revision(&text, Timestamp::now()).await?;
            return Ok((catalogue, text, revision));
        }
        Err(error) => error,
    };
    let faults = in_words(&error, language);
    let last = store.last_catalogue().await?;
    match last.and_then(|(revision, text)| {
        Some((Catalogue::once_good(&text, Some(beside))?, text, revision))
    }) {
        Some(last) => {
            tracing::error!(
                "the catalogue has faults, so the last good one is in force:\n{faults}"
            );
            Ok(last)
        }
        None => bail!(faults),
    }
}

/// The catalogue that tablets are shown, and what is needed to put another in its place.
pub struct InForce {
    desk: Arc<Desk>,
    gathering: Arc<Gathering>,
    allowed: AllowedHosts,
    /// The language in which faults are told.
    language: Language,
    catalogue: Catalogue,
    text: String,
    /// What the tablets for trial are shown in its place.
    trial: Option<Catalogue>,
    /// Its text, as it was planned.
    trial_text: Option<String>,
    /// When its file was last written, and its length.
    seen: Stamp,
    /// The same of the files beside it that belong to it: the list of neighbourhoods, forms and their goods.
    beside_seen: Vec<Option<String>>,
}

/// Goes the rounds of the catalogue and of the one on trial. What is published at the desk is put in force at once; besides
/// it is looked whether somebody has changed the file.
pub async fn keep(mut in_force: InForce, stop: CancellationToken) {
    let desk = Arc::clone(&in_force.desk);
    let mut published = desk.publications();
    let mut pace = tokio::time::interval_at(Instant::now() + CATALOGUE_PACE, CATALOGUE_PACE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut rounds = in_force.begin();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            Ok(()) = published.changed() => published.mark_changed(),
            _ = pace.tick() => {}
        }
        let mut is_another = {
            // Whoever publishes writes the file and then tells; what lies between the two is nobody's change.
            let _undisturbed = desk.undisturbed().await;
            // What was taken once is not taken again: an editor may have written since.
            let is_news = published.has_changed().unwrap_or(false);
            let publication = published.borrow_and_update().clone();
            match publication.filter(|_| is_news) {
                Some(publication) => in_force.take(publication),
                None => look_at_the_file(&mut in_force).await,
            }
        };
        is_another |= look_at_the_trial(&mut in_force).await;
        if is_another {
            rounds.end().await;
            rounds = in_force.begin();
        }
    }
    rounds.end().await;
}

impl InForce {
    /// The catalogue to begin with, of a file that was last written then.
    pub fn new(
        desk: Arc<Desk>,
        gathering: Arc<Gathering>,
        allowed: AllowedHosts,
        language: Language,
        (catalogue, text): (Catalogue, String),
        seen: Stamp,
    ) -> Self {
        Self {
            desk,
            gathering,
            allowed,
            language,
            catalogue,
            text,
            trial: None,
            trial_text: None,
            seen,
            // It is looked at once more, because it may have changed since it was read.
            beside_seen: Vec::new(),
        }
    }

    /// Puts in force what was published; says whether that is another than before.
    fn take(&mut self, publication: Publication) -> bool {
        let Publication {
            catalogue,
            text,
            revision,
            written,
        } = publication;
        self.seen = written;
        if self.is_this(&catalogue, &text) {
            return false;
        }
        self.put(catalogue, text, revision);
        // What lies beside it was read before the publication had its turn: it is looked at once more.
        self.beside_seen.clear();
        true
    }

    /// Whether a catalogue is the one in force. The list of neighbourhoods and the forms are parts of it in files of
    /// their own.
    fn is_this(&self, catalogue: &Catalogue, text: &str) -> bool {
        text == self.text
            && catalogue.neighbourhoods == self.catalogue.neighbourhoods
            && catalogue.forms == self.catalogue.forms
    }

    fn put(&mut self, catalogue: Catalogue, text: String, revision: u64) {
        tell_hints(&catalogue, self.language);
        self.text = text;
        self.catalogue = catalogue.clone();
        self.beside_seen = self.beside_written_at();
        tracing::info!(
            revision,
            tiles = catalogue.services.len(),
            "a changed catalogue is in force"
        );
        self.gathering.repository.put_catalogue(catalogue, revision);
    }

    /// When each file beside it was last written; one that cannot be read counts as changed once it can.
    fn beside_written_at(&self) -> Vec<Option<String>> {
        let beside = &self.gathering.beside;
        let files = self.catalogue.files_beside();
        files
            .map(|(file, role)| beside.stamp_now(file, role).ok())
            .collect()
    }

    /// Begins the rounds of all that some tablet is shown. What both catalogues show is asked for once.
    fn begin(&self) -> Rounds {
        let catalogues = [Some(&self.catalogue), self.trial.as_ref()];
        let mut hosts = Vec::new();
        let mut services: Vec<(Service, ContentSource)> = Vec::new();
        for catalogue in catalogues.into_iter().flatten() {
            hosts.extend(catalogue.allowed_hosts.iter().cloned());
            for (service, source) in &catalogue.services {
                // What is on offer follows the clock and the stock, and is made elsewhere.
                if matches!(source.kind, SourceKind::Form) {
                    continue;
                }
                let is_known =
                    |(known, of): &(Service, ContentSource)| known.id == service.id && of == source;
                if !services.iter().any(is_known) {
                    services.push((service.clone(), source.clone()));
                }
            }
        }
        self.allowed.set(hosts);
        Rounds::begin(&self.gathering, services)
    }
}

/// Puts a changed file in force; says whether it did.
async fn look_at_the_file(in_force: &mut InForce) -> bool {
    let written = written_at(in_force.desk.file());
    let beside_written = in_force.beside_written_at();
    if written == in_force.seen && beside_written == in_force.beside_seen {
        return false;
    }
    let seen_before = std::mem::replace(&mut in_force.seen, written);
    in_force.beside_seen = beside_written;
    match another(in_force).await {
        Ok(Some((catalogue, text, revision))) => {
            in_force.put(catalogue, text, revision);
            true
        }
        Ok(None) => false,
        Err(error) => {
            tracing::error!(%error, "the changed catalogue could not be kept, so the last one stays in force; it is tried again");
            in_force.seen = seen_before;
            false
        }
    }
}

/// Shows the tablets for trial what somebody wants to try; says whether that is another than before.
async fn look_at_the_trial(in_force: &mut InForce) -> bool {
    let planned = match in_force.gathering.store.on_trial().await {
        Ok(planned) => planned.map(|plan| plan.text),
        Err(error) => {
            tracing::error!(%error, "nobody knows what is tried; what was stays");
            return false;
        }
    };
    if planned == in_force.trial_text {
        return false;
    }
    let beside = &in_force.gathering.beside;
    in_force.trial = planned
        .as_deref()
        .and_then(|text| Catalogue::once_good(text, Some(beside)));
    in_force.trial_text = planned;
    in_force
        .gathering
        .repository
        .put_trial(in_force.trial.clone());
    true
}

/// The changed catalogue, if it is good and really another.
async fn another(in_force: &InForce) -> Result<Option<(Catalogue, String, u64)>, DatabaseError> {
    let beside = &in_force.gathering.beside;
    let (catalogue, text) = match Catalogue::load(in_force.desk.file(), beside) {
        Ok(loaded) => loaded,
        Err(error) => {
            let faults = in_words(&error, in_force.language);
            tracing::error!(
                "the changed catalogue has faults, so the last good one stays in force:\n{faults}"
            );
            return Ok(None);
        }
    };
    if in_force.is_this(&catalogue, &text) {
        return Ok(None);
    }
    let store = &in_force.gathering.store;
    let revision = store.catalogue_revision(&text, Timestamp::now()).await?;
    Ok(Some((catalogue, text, revision)))
}

/// Tells what is better mended.
fn tell_hints(catalogue: &Catalogue, language: Language) {
    for hint in &catalogue.hints {
        tracing::warn!(
            "line {} of the catalogue: {}",
            hint.line,
            hint.in_words(language)
        );
    }
}

#[cfg(test)]
mod tests {
    use kairan_contract::{Manifest, Sha256};
    use kairan_sources::fetch::Fetcher;

    use super::*;
    use crate::{
        catalogue::publishing::Publisher, content::repository::ContentRepository,
        tablets::queries::Standing,
    };

    const TEXT: &str = r##"
        [council]
        name = "ひだまり市"
        areas = ["99201"]
        helper_telephone = "0120-000-000"
        [[category]]
        id = "news"
        name = "お知らせ"
        colour = "#1f4e9c"
        icon = "megaphone"
        [[provider]]
        id = "city"
        name = "ひだまり市"
        kind = "government"
        [[service]]
        id = "garbage"
        provider = "city"
        category = "news"
        title = "ごみの出し方"
        reading = "ごみのだしかた"
        summary = "曜日と分け方"
        icon = "recycle"
        content = { kind = "page", file = "garbage.md" }
    "##;

    /// Waits until tablets are told of this revision.
    async fn until(repository: &ContentRepository, revision: u64, patience: Duration) -> bool {
        let is_told = async {
            loop {
                let ready = repository.manifest(None, &Standing::default());
                let manifest: Manifest =
                    serde_json::from_slice(&ready.plain.bytes).expect("a manifest");
                if manifest.catalogue == revision {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(patience, is_told).await.is_ok()
    }

    #[tokio::test]
    async fn what_is_published_counts_at_once_and_what_an_editor_writes_after_it_stays() {
        let home = tempfile::tempdir().expect("a temporary folder");
        let file = home.path().join("services.toml");
        std::fs::write(home.path().join("garbage.md"), "月曜日\n").expect("writes");
        std::fs::write(&file, TEXT).expect("writes");
        let beside = Beside::of(&file, []);
        let store = Database::open(home.path(), None).await.expect("opens");
        let seen = written_at(&file);
        let loaded = Catalogue::load(&file, &beside);
        let (catalogue, text, revision) = to_begin_with(loaded, &store, &beside, Language::ENGLISH)
            .await
            .expect("is good");
        let repository = ContentRepository::open(home.path(), catalogue.clone(), revision)
            .expect("a repository");
        let (repository, allowed) = (Arc::new(repository), AllowedHosts::default());
        let gathering = Gathering {
            fetcher: Fetcher::new(allowed.clone()).expect("a fetcher"),
            store: store.clone(),
            repository: Arc::clone(&repository),
            beside: beside.clone(),
            demonstration: false,
        };
        let desk = Arc::new(Desk::of(&file, beside));
        let in_force = InForce::new(
            Arc::clone(&desk),
            Arc::new(gathering),
            allowed,
            Language::ENGLISH,
            (catalogue, text.clone()),
            seen,
        );
        let stop = CancellationToken::new();
        let keeper = tokio::spawn(keep(in_force, stop.clone()));
        // Its first look at the file is over.
        tokio::time::sleep(CATALOGUE_PACE.mul_f64(1.1)).await;

        let base = Sha256::of(text.as_bytes());
        let publisher = Publisher {
            by: "hanako",
            note: "",
        };
        let published = format!("# published\n{text}");
        let published = desk
            .publish(&store, base, &published, publisher, Timestamp::now())
            .await
            .expect("publishes");
        assert!(until(&repository, published, CATALOGUE_PACE / 2).await);

        std::fs::write(&file, format!("# an editor was here\n{text}")).expect("writes");
        assert!(until(&repository, published + 1, CATALOGUE_PACE * 5).await);
        let goes_back = until(&repository, published, CATALOGUE_PACE * 2).await;
        assert!(!goes_back, "what was published is taken once");
        stop.cancel();
        keeper.await.expect("ends");
    }
}
