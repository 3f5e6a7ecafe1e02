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
    connections::WebhookSender,
    content::{
        answers::AnswerNews, gathering::Gathering, listeners::Listeners,
        repository::ContentRepository,
    },
    database::{Database, keys::Keys, opening::open_database_with},
    notices::{Notices, Sender},
    requests::{demonstration::answer_as_a_shop, offering::Offering},
    tablets::TabletCache,
    usage::closing::Archive,
    web::{TrustedProxies, files, listening},
};

/// How many previews are drawn at once.
const DRAWN_AT_ONCE: usize = 2;
/// How many passwords are hashed at once.
const HASHED_AT_ONCE: usize = 2;

/// Where tablets fetch from.
fn open_repository(
    data: &Path,
    catalogue: Catalogue,
    revision: u64,
) -> anyhow::Result<Arc<ContentRepository>> {
    let repository = ContentRepository::open(data, catalogue, revision).with_context(|| {
        format!(
            "cannot write in {} — check that you may, and that the disk is not full",
            data.display()
        )
    })?;
    Ok(Arc::new(repository))
}

/// What is on offer, so that it is there before the first tablet asks.
async fn offered(store: &Database, repository: &Arc<ContentRepository>) -> Offering {
    let mut offering = Offering::new(store.clone(), Arc::clone(repository));
    if let Err(error) = offering.renew(Timestamp::now()).await {
        tracing::error!(%error, "what is on offer cannot be shown yet; it is tried again");
    }
    offering
}

/// Runs until `stop` is cancelled. `ready` hears the address once tablets can ask.
#[expect(
    clippy::too_many_lines,
    reason = "everything put together, started, and stopped in order"
)]
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
    let repository = open_repository(&settings.data, catalogue.clone(), revision)?;
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
        repository: Arc::clone(&repository),
        beside: beside.clone(),
        demonstration: settings.demonstration,
    });
    let endpoints = AllowedHosts::default();
    endpoints.set(settings.connections.allowed_hosts.clone());
    let tablet_cache = TabletCache::default();
    let standings = store.standings().await?;
    let places = files::places_for(standings.len());
    tablet_cache.put_standings(standings);
    repository
        .renew_emergencies(store.told_now(Timestamp::now()))
        .await?;
    let news = Arc::new(AnswerNews::default());
    let offering = offered(&store, &repository).await;
    let state = Arc::new(State {
        store: store.clone(),
        repository: Arc::clone(&repository),
        listeners: Arc::new(Listeners::new(places.listeners)),
        news: Arc::clone(&news),
        tablet_cache: tablet_cache.clone(),
        proxies: Arc::new(TrustedProxies::of(&settings.trusted_proxies)),
        guessing: Arc::default(),
        sign_ins: Arc::default(),
        hashing: Arc::new(Semaphore::new(HASHED_AT_ONCE)),
        drawing: Arc::new(Semaphore::new(DRAWN_AT_ONCE)),
        desk: Arc::new(Desk::of(&settings.catalogue, beside)),
        gathering: Arc::clone(&gathering),
        notices: Notices::of(settings.mail.as_ref(), settings.staff.clone()),
        archive: archive.clone(),
        endpoints: endpoints.clone(),
    });
    let sender = Sender::new(settings.mail.as_ref(), &settings.staff)?;
    let webhooks = WebhookSender::new(endpoints)?;
    let hooks = tokio::spawn(webhooks.run(store.clone(), stop.clone()));
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
    let clearing = tokio::spawn(clear_away(Arc::clone(&repository), stop.clone()));
    let looking = (store.clone(), Arc::clone(&repository), stop.clone());
    let orders = tokio::spawn(look_for_what_is_told(looking, tablet_cache));
    let shop = settings.demonstration.then(|| {
        let (store, news) = (store.clone(), Arc::clone(&news));
        tokio::spawn(answer_as_a_shop(store, news, stop.clone()))
    });
    let requests = tokio::spawn(look_after_requests(
        store.clone(),
        offering,
        news,
        stop.clone(),
    ));
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
    listening::answer(listener, app, places, &stop, || repository.close()).await;
    stop.cancel();
    keeper.await?;
    clearing.await?;
    closing.await?;
    requests.await?;
    orders.await?;
    planning.await?;
    telling.await?;
    hooks.await?;
    if let Some(shop) = shop {
        shop.await?;
    }
    store.close().await;
    Ok(())
}
