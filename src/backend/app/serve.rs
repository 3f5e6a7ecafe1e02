//! `kairan serve`: everything put together, started, and stopped in order.

use std::{
    net::SocketAddr,
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime},
};

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use kairan_contract::Service;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::{
    router::router,
    sealing::{kept_back, seal_secrets, tell_open_secrets, trust_tokens},
    settings::{DatabaseAddress, DaysAddress, Settings},
    state::State,
};
use crate::{
    catalogue::publishing::Desk,
    content::{
        gather::Rounds, gathering::Gathering, listeners::Listeners, shelf::Shelf,
        standings::announce_changes,
    },
    database::{Database, DatabaseError, keys::Keys, opening::open_database_with},
    notices::{Notices, Sender},
    tablets::Known,
    usage::{
        closing::{Archive, close_days},
        erasing::finish,
        retention::let_go,
    },
    web::{asking::TrustedProxies, files, listening},
};
use kairan_catalogue::{Catalogue, CatalogueError, Fault, Language};
use kairan_sources::{
    beside::{Beside, Role},
    fetch::{AllowedHosts, Fetcher},
    source::ContentSource,
};

/// How many previews are drawn at once.
const DRAWN_AT_ONCE: usize = 2;
/// How many passwords are hashed at once.
const HASHED_AT_ONCE: usize = 2;
/// How often the catalogue's file is looked at.
const CATALOGUE_PACE: Duration = Duration::from_secs(1);
/// How often it is looked which tablets are locked, or are to forget their loan.
const ORDER_PACE: Duration = Duration::from_secs(10);
/// How often it is looked what takes over the tablets' screens.
const EMERGENCY_PACE: Duration = Duration::from_secs(2);
/// How often it is looked whether a catalogue's date has come.
const PLAN_PACE: Duration = Duration::from_secs(2);
/// How often days of usage records are closed, and how long after the start for the first time.
const CLOSING_PACE: Duration = Duration::from_hours(1);
const FIRST_CLOSING: Duration = Duration::from_mins(5);
/// How often old blobs are cleared away.
const CLEARING_PACE: Duration = Duration::from_hours(1);

/// Where tablets fetch from.
fn open_shelf(data: &Path, catalogue: Catalogue, revision: u64) -> anyhow::Result<Arc<Shelf>> {
    let shelf = Shelf::open(data, catalogue, revision).with_context(|| {
        format!(
            "cannot write in {} — check that you may, and that the disk is not full",
            data.display()
        )
    })?;
    Ok(Arc::new(shelf))
}

/// Runs until `stop` is cancelled. `ready` hears the address once tablets can ask.
pub async fn serve(
    settings: Settings,
    stop: CancellationToken,
    ready: impl FnOnce(SocketAddr),
) -> anyhow::Result<()> {
    if !settings.listen.ip().is_loopback() && !settings.plain_http {
        bail!(
            "tablets would be answered in plain HTTP at {} — listen on 127.0.0.1 behind a proxy that speaks TLS, or add --plain-http",
            settings.listen
        );
    }
    // Looked at before it is read: what is written meanwhile is then seen as a change.
    let seen = written_at(&settings.catalogue);
    let beside = Beside::of(&settings.catalogue, kept_back(&settings));
    let loaded = Catalogue::load(&settings.catalogue, &beside);
    let database = settings.database.as_ref().map(DatabaseAddress::as_str);
    let keys = settings.keys_dir.as_deref();
    let store = open_database_with(&settings.data, database, keys).await?;
    tell_open_secrets(&settings);
    seal_secrets(&store, &Keys::of(keys, &settings.data)).await?;
    let (catalogue, text, revision) = in_force(loaded, &store, &beside, settings.language).await?;
    trust_tokens(&beside, &catalogue, &store).await?;
    let shelf = open_shelf(&settings.data, catalogue.clone(), revision)?;
    let archive = Archive::open(
        &settings.data,
        settings.days.as_ref().map(DaysAddress::as_str),
    )?;
    let listener = listening::bind(settings.listen)?;
    let address = listener.local_addr()?;

    let allowed = AllowedHosts::default();
    let gathering = Arc::new(Gathering {
        fetcher: Fetcher::new(allowed.clone()).context("the HTTP client cannot start")?,
        store: store.clone(),
        shelf: Arc::clone(&shelf),
        beside: beside.clone(),
        demonstration: settings.demonstration,
    });
    let known = Known::default();
    let standings = store.standings().await?;
    let places = files::places_for(standings.len());
    known.put_standings(standings);
    shelf
        .renew_emergencies(store.told_now(Timestamp::now()))
        .await?;
    let state = Arc::new(State {
        store: store.clone(),
        shelf: Arc::clone(&shelf),
        listeners: Arc::new(Listeners::new(places.listeners)),
        known: known.clone(),
        proxies: Arc::new(TrustedProxies::of(&settings.trusted_proxies)),
        guessing: Arc::default(),
        sign_ins: Arc::default(),
        hashing: Arc::new(Semaphore::new(HASHED_AT_ONCE)),
        drawing: Arc::new(Semaphore::new(DRAWN_AT_ONCE)),
        desk: Arc::new(Desk::of(&settings.catalogue, beside)),
        gathering: Arc::clone(&gathering),
        notices: Notices::of(settings.mail.as_ref(), settings.staff.clone()),
        archive: archive.clone(),
    });
    let sender = Sender::new(settings.mail.as_ref(), &settings.staff)?;
    let telling = tokio::spawn(sender.go_on(store.clone(), stop.clone()));
    let keeper = tokio::spawn(keep_catalogue(
        InForce {
            settings,
            gathering,
            allowed,
            catalogue,
            text,
            trial: None,
            trial_text: None,
            seen,
            // It is looked at once more, because it may have changed since it was read.
            list_seen: None,
        },
        stop.clone(),
    ));
    let clearing = tokio::spawn(clear_away(Arc::clone(&shelf), stop.clone()));
    let looking = (store.clone(), Arc::clone(&shelf), stop.clone());
    let orders = tokio::spawn(look_for_what_is_told(looking, known));
    let closing = tokio::spawn(close_days_that_are_over(
        store.clone(),
        archive,
        stop.clone(),
    ));
    let planning = tokio::spawn(publish_what_is_due(
        Arc::clone(&state.desk),
        store.clone(),
        stop.clone(),
    ));
    ready(address);

    let app = router(&state);
    listening::answer(listener, app, places, &stop, || shelf.close()).await;
    stop.cancel();
    keeper.await?;
    clearing.await?;
    closing.await?;
    orders.await?;
    planning.await?;
    telling.await?;
    store.close().await;
    Ok(())
}

/// The catalogue to begin with: the file's, or, if that has faults, the one that was last in force.
/// After a power cut residents must not be without their tiles because of a clerk's slip.
async fn in_force(
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

/// Looks what tablets are told, and what takes over their screens.
async fn look_for_what_is_told(
    (store, shelf, stop): (Database, Arc<Shelf>, CancellationToken),
    known: Known,
) {
    let emergencies = look_for_emergencies(store.clone(), Arc::clone(&shelf), stop.clone());
    let announcing = announce_changes(known.clone(), shelf, stop.clone());
    tokio::join!(look_for_orders(store, known, stop), emergencies, announcing);
}

/// Looks what tablets are told: `kairan lock` and `kairan wipe` write it into the database beside the running
/// server.
async fn look_for_orders(store: Database, known: Known, stop: CancellationToken) {
    while stop
        .run_until_cancelled(tokio::time::sleep(ORDER_PACE))
        .await
        .is_some()
    {
        match store.standings().await {
            Ok(standings) => {
                known.put_standings(standings);
            }
            Err(error) => tracing::error!(%error, "nobody knows what tablets are to be told now"),
        }
        keep_seen(&store, &known).await;
    }
    keep_seen(&store, &known).await;
}

/// Looks what takes over the tablets' screens: what another server released, and what is over by itself.
async fn look_for_emergencies(store: Database, shelf: Arc<Shelf>, stop: CancellationToken) {
    while stop
        .run_until_cancelled(tokio::time::sleep(EMERGENCY_PACE))
        .await
        .is_some()
    {
        let read = async { store.told_now(Timestamp::now()).await };
        if let Err(error) = shelf.renew_emergencies(read).await {
            tracing::error!(%error, "nobody knows which emergencies hold; what was told stays");
        }
    }
}

/// Writes down who was heard of.
async fn keep_seen(store: &Database, known: &Known) {
    if let Err(error) = store.put_seen(&known.take_seen()).await {
        tracing::error!(%error, "when tablets were last heard of could not be kept");
    }
}

/// Folds the days that are over, and those of which something came late.
async fn close_days_that_are_over(store: Database, archive: Archive, stop: CancellationToken) {
    let mut pause = FIRST_CLOSING;
    while stop
        .run_until_cancelled(tokio::time::sleep(pause))
        .await
        .is_some()
    {
        pause = CLOSING_PACE;
        match close_days(&store, &archive, Timestamp::now()).await {
            Ok(0) => {}
            Ok(days) => tracing::info!(days, "days of usage records are closed"),
            Err(error) => {
                tracing::error!(%error, "a day could not be closed; it is tried again in an hour");
            }
        }
        if let Err(error) = store.fold_all_weeks().await {
            tracing::error!(%error, "weeks could not be folded; the next report does it");
        }
        if let Err(error) = let_go(&store, &archive, Timestamp::now()).await {
            tracing::error!(%error, "old records could not go; it is tried again in an hour");
        }
        if let Err(error) = finish(&store, &archive, Timestamp::now()).await {
            tracing::error!(%error, "an erasure could not be finished; it is tried again in an hour");
        }
    }
}

/// The catalogue that tablets are shown, and what is needed to put another in its place.
struct InForce {
    settings: Settings,
    gathering: Arc<Gathering>,
    allowed: AllowedHosts,
    catalogue: Catalogue,
    text: String,
    /// What the tablets for trial are shown in its place.
    trial: Option<Catalogue>,
    /// Its text, as it was planned.
    trial_text: Option<String>,
    /// When its file was last written, and its length.
    seen: Option<(SystemTime, u64)>,
    /// The same of its list of neighbourhoods.
    list_seen: Option<String>,
}

/// Goes the rounds of the catalogue and of the one on trial, and looks whether somebody has changed either.
async fn keep_catalogue(mut in_force: InForce, stop: CancellationToken) {
    let mut rounds = in_force.begin();
    while stop
        .run_until_cancelled(tokio::time::sleep(CATALOGUE_PACE))
        .await
        .is_some()
    {
        let changed = look_at_the_file(&mut in_force).await;
        let on_trial = look_at_the_trial(&mut in_force).await;
        if changed || on_trial {
            rounds.end().await;
            rounds = in_force.begin();
        }
    }
    rounds.end().await;
}

impl InForce {
    fn list_written_at(&self) -> Option<String> {
        let list = self.catalogue.neighbourhoods.as_ref()?;
        self.gathering.beside.stamp_now(&list.file, Role::Data).ok()
    }

    /// Begins the rounds of all that some tablet is shown. What both catalogues show is asked for once.
    fn begin(&self) -> Rounds {
        let catalogues = [Some(&self.catalogue), self.trial.as_ref()];
        let mut hosts = Vec::new();
        let mut services: Vec<(Service, ContentSource)> = Vec::new();
        for catalogue in catalogues.into_iter().flatten() {
            hosts.extend(catalogue.allowed_hosts.iter().cloned());
            for (service, source) in &catalogue.services {
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
    let written = written_at(&in_force.settings.catalogue);
    let list_written = in_force.list_written_at();
    if written == in_force.seen && list_written == in_force.list_seen {
        return false;
    }
    let seen_before = std::mem::replace(&mut in_force.seen, written);
    in_force.list_seen = list_written;
    match another(in_force).await {
        Ok(Some((catalogue, revision))) => {
            tracing::info!(
                revision,
                tiles = catalogue.services.len(),
                "a changed catalogue is in force"
            );
            in_force.gathering.shelf.put_catalogue(catalogue, revision);
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
    in_force.gathering.shelf.put_trial(in_force.trial.clone());
    true
}

/// Publishes what has waited for its date.
async fn publish_what_is_due(desk: Arc<Desk>, store: Database, stop: CancellationToken) {
    while stop
        .run_until_cancelled(tokio::time::sleep(PLAN_PACE))
        .await
        .is_some()
    {
        if let Err(error) = desk.publish_due(&store, Timestamp::now()).await {
            tracing::error!(%error, "what waits for its date could not be published; it is tried again");
        }
    }
}

/// The changed catalogue, if it is good and really another.
async fn another(in_force: &mut InForce) -> Result<Option<(Catalogue, u64)>, DatabaseError> {
    let beside = &in_force.gathering.beside;
    let (catalogue, text) = match Catalogue::load(&in_force.settings.catalogue, beside) {
        Ok(loaded) => loaded,
        Err(error) => {
            let faults = in_words(&error, in_force.settings.language);
            tracing::error!(
                "the changed catalogue has faults, so the last good one stays in force:\n{faults}"
            );
            return Ok(None);
        }
    };
    // The list of neighbourhoods is a part of the catalogue in a file of its own.
    if text == in_force.text && catalogue.neighbourhoods == in_force.catalogue.neighbourhoods {
        return Ok(None);
    }
    tell_hints(&catalogue, in_force.settings.language);
    let store = &in_force.gathering.store;
    let revision = store.catalogue_revision(&text, Timestamp::now()).await?;
    in_force.text = text;
    in_force.catalogue = catalogue.clone();
    in_force.list_seen = in_force.list_written_at();
    Ok(Some((catalogue, revision)))
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

fn written_at(path: &Path) -> Option<(SystemTime, u64)> {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

async fn clear_away(shelf: Arc<Shelf>, stop: CancellationToken) {
    while stop
        .run_until_cancelled(tokio::time::sleep(CLEARING_PACE))
        .await
        .is_some()
    {
        let shelf = Arc::clone(&shelf);
        match tokio::task::spawn_blocking(move || shelf.clear_away(SystemTime::now())).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "old content could not be cleared away"),
            Err(error) => tracing::error!(%error, "clearing away stopped"),
        }
    }
}

/// A catalogue's error with every fault on a line of its own.
pub fn in_words(error: &CatalogueError, language: Language) -> String {
    match error {
        CatalogueError::Faulty { path, faults } => faults
            .iter()
            .map(|fault: &Fault| fault.line_for(path, language))
            .collect::<Vec<_>>()
            .join("\n"),
        other => other.to_string(),
    }
}
