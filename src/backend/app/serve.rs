//! `kairan serve`: everything put together, started, and stopped in order.

use std::{net::SocketAddr, path::Path, sync::Arc};

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use kairan_catalogue::Catalogue;
use kairan_sources::{
    beside::Beside,
    fetch::{AllowedHosts, Fetcher},
};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::{
    router::router,
    sealing::{kept_back, seal_secrets, tell_open_secrets, trust_tokens},
    settings::{DatabaseAddress, DaysAddress, Settings},
    state::State,
    tasks::{
        clear_away, close_days_that_are_over, look_after_requests, look_for_what_is_told,
        publish_what_is_due,
    },
};
use crate::{
    catalogue::{
        file::written_at,
        in_force::{InForce, keep, to_begin_with},
        publishing::Desk,
    },
    content::{answers::AnswerNews, gathering::Gathering, listeners::Listeners, shelf::Shelf},
    database::{Database, keys::Keys, opening::open_database_with},
    notices::{Notices, Sender},
    requests::offering::Offering,
    tablets::Known,
    usage::closing::Archive,
    web::{TrustedProxies, files, listening},
};

/// How many previews are drawn at once.
const DRAWN_AT_ONCE: usize = 2;
/// How many passwords are hashed at once.
const HASHED_AT_ONCE: usize = 2;

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

/// What is on offer, so that it is there before the first tablet asks.
async fn offered(store: &Database, shelf: &Arc<Shelf>) -> Offering {
    let mut offering = Offering::new(store.clone(), Arc::clone(shelf));
    if let Err(error) = offering.renew(Timestamp::now()).await {
        tracing::error!(%error, "what is on offer cannot be shown yet; it is tried again");
    }
    offering
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
    let (catalogue, text, revision) =
        to_begin_with(loaded, &store, &beside, settings.language).await?;
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
    let news = Arc::new(AnswerNews::default());
    let offering = offered(&store, &shelf).await;
    let state = Arc::new(State {
        store: store.clone(),
        shelf: Arc::clone(&shelf),
        listeners: Arc::new(Listeners::new(places.listeners)),
        news: Arc::clone(&news),
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
    let in_force = InForce::new(
        Arc::clone(&state.desk),
        gathering,
        allowed,
        settings.language,
        (catalogue, text),
        seen,
    );
    let keeper = tokio::spawn(keep(in_force, stop.clone()));
    let clearing = tokio::spawn(clear_away(Arc::clone(&shelf), stop.clone()));
    let looking = (store.clone(), Arc::clone(&shelf), stop.clone());
    let orders = tokio::spawn(look_for_what_is_told(looking, known));
    let answering = look_after_requests(store.clone(), offering, news, stop.clone());
    let requests = tokio::spawn(answering);
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
    requests.await?;
    orders.await?;
    planning.await?;
    telling.await?;
    store.close().await;
    Ok(())
}
