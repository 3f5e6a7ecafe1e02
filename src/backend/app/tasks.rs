//! What is done again and again while the server runs.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::{
    catalogue::publishing::Desk,
    content::{answers::AnswerNews, repository::ContentRepository, standings::announce_changes},
    database::Database,
    requests::{
        offering::{Offering, keep_offers},
        telling::tell_changes,
    },
    tablets::TabletCache,
    usage::{
        closing::{Archive, close_days},
        erasing::finish,
        retention::let_go,
    },
};

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

/// How often it is looked which requests nobody has answered in time.
const EXPIRY_PACE: Duration = Duration::from_secs(2);
/// How often personal data are erased whose days are over.
const ERASING_PACE: Duration = Duration::from_mins(10);

/// Looks after requests: what is on offer, what has become of them, and what the clock ends.
pub async fn look_after_requests(
    store: Database,
    offering: Offering,
    news: Arc<AnswerNews>,
    stop: CancellationToken,
) {
    tokio::join!(
        keep_offers(offering, Arc::clone(&news), stop.clone()),
        tell_changes(store.clone(), Arc::clone(&news), stop.clone()),
        expire_requests(store.clone(), news, stop.clone()),
        erase_personal_data(store, stop),
    );
}

/// Ends what nobody has answered in time.
async fn expire_requests(store: Database, news: Arc<AnswerNews>, stop: CancellationToken) {
    while stop
        .run_until_cancelled(tokio::time::sleep(EXPIRY_PACE))
        .await
        .is_some()
    {
        match store.expire_requests(Timestamp::now()).await {
            Ok(0) => {}
            Ok(count) => {
                tracing::warn!(count, "requests were answered by nobody in time");
                news.look();
            }
            Err(error) => {
                tracing::error!(%error, "requests that are over could not be ended; it is tried again");
            }
        }
    }
}

/// Erases personal data whose days are over.
async fn erase_personal_data(store: Database, stop: CancellationToken) {
    let mut pause = Duration::ZERO;
    while stop
        .run_until_cancelled(tokio::time::sleep(pause))
        .await
        .is_some()
    {
        pause = ERASING_PACE;
        match store.erase_personal_data(Timestamp::now()).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "the personal data of requests are erased"),
            Err(error) => {
                tracing::error!(%error, "personal data could not be erased; it is tried again");
            }
        }
    }
}

/// Looks what tablets are told, and what takes over their screens.
pub async fn look_for_what_is_told(
    (store, repository, stop): (Database, Arc<ContentRepository>, CancellationToken),
    tablet_cache: TabletCache,
) {
    let emergencies = look_for_emergencies(store.clone(), Arc::clone(&repository), stop.clone());
    let announcing = announce_changes(tablet_cache.clone(), repository, stop.clone());
    tokio::join!(
        look_for_orders(store, tablet_cache, stop),
        emergencies,
        announcing
    );
}

/// Looks what tablets are told: `kairan lock` and `kairan wipe` write it into the database beside the running
/// server.
async fn look_for_orders(store: Database, tablet_cache: TabletCache, stop: CancellationToken) {
    while stop
        .run_until_cancelled(tokio::time::sleep(ORDER_PACE))
        .await
        .is_some()
    {
        match store.standings().await {
            Ok(standings) => {
                tablet_cache.put_standings(standings);
            }
            Err(error) => tracing::error!(%error, "nobody knows what tablets are to be told now"),
        }
        keep_seen(&store, &tablet_cache).await;
    }
    keep_seen(&store, &tablet_cache).await;
}

/// Looks what takes over the tablets' screens: what another server released, and what is over by itself.
async fn look_for_emergencies(
    store: Database,
    repository: Arc<ContentRepository>,
    stop: CancellationToken,
) {
    while stop
        .run_until_cancelled(tokio::time::sleep(EMERGENCY_PACE))
        .await
        .is_some()
    {
        let read = async { store.told_now(Timestamp::now()).await };
        if let Err(error) = repository.renew_emergencies(read).await {
            tracing::error!(%error, "nobody knows which emergencies hold; what was told stays");
        }
    }
}

/// Writes down who was heard of.
async fn keep_seen(store: &Database, tablet_cache: &TabletCache) {
    if let Err(error) = store.put_seen(&tablet_cache.take_seen()).await {
        tracing::error!(%error, "when tablets were last heard of could not be kept");
    }
}

/// Folds the days that are over, and those of which something came late.
pub async fn close_days_that_are_over(store: Database, archive: Archive, stop: CancellationToken) {
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

/// Publishes what has waited for its date.
pub async fn publish_what_is_due(desk: Arc<Desk>, store: Database, stop: CancellationToken) {
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

pub async fn clear_away(repository: Arc<ContentRepository>, stop: CancellationToken) {
    while stop
        .run_until_cancelled(tokio::time::sleep(CLEARING_PACE))
        .await
        .is_some()
    {
        let repository = Arc::clone(&repository);
        match tokio::task::spawn_blocking(move || repository.clear_away(SystemTime::now())).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "old content could not be cleared away"),
            Err(error) => tracing::error!(%error, "clearing away stopped"),
        }
    }
}
