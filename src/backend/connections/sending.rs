//! Sends webhooks whose time has come. One endpoint keeps no other waiting: each has a place or two of its own, and a
//! time within which it must have answered.

use std::{collections::HashMap, time::Duration};

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use jiff::{SignedDuration, Timestamp};
use kairan_sources::fetch::{AllowedHosts, check_address, client_that_follows_nobody};
use reqwest::{Client, Response, header::RETRY_AFTER};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    queries::{Due, Endpoint},
    retry::{Next, Said, next},
    signature::signatures,
};
use crate::database::{Database, DatabaseError};

/// How often it is looked what is due.
const PACE: Duration = Duration::from_secs(1);
/// How often it is forgotten what was told long ago.
const FORGETTING_PACE: Duration = Duration::from_hours(1);
/// How many are sent at the same time, and how many of them to one endpoint.
const AT_ONCE: usize = 16;
const TO_ONE_AT_ONCE: usize = 2;
/// How many are looked at for that: those of one endpoint that is slow must not hide the others.
const LOOKED_AT: usize = 500;
/// How long an endpoint may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// For how long nobody else tries it meanwhile.
const TAKEN: SignedDuration = SignedDuration::from_secs(60);

/// Why a message did not arrive, in words for the console's log: nothing of the endpoint's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failure {
    Status(u16),
    Forbidden,
    Unreachable,
    NoEndpoint,
    TooLate,
}

impl Failure {
    fn word(self) -> String {
        match self {
            Self::Status(status) => status.to_string(),
            Self::Forbidden => "forbidden".to_owned(),
            Self::Unreachable => "unreachable".to_owned(),
            Self::NoEndpoint => "no endpoint".to_owned(),
            Self::TooLate => "too late".to_owned(),
        }
    }
}

/// Whatever sends.
pub struct WebhookSender {
    client: Client,
    allowed: AllowedHosts,
}

impl WebhookSender {
    /// One that goes into private networks to these hosts alone.
    ///
    /// # Errors
    /// Where the HTTP client cannot start.
    pub fn new(allowed: AllowedHosts) -> Result<Self, reqwest::Error> {
        Ok(Self {
            client: client_that_follows_nobody(&allowed)?,
            allowed,
        })
    }

    /// Sends what is due until `stop` is cancelled.
    pub async fn run(self, store: Database, stop: CancellationToken) {
        let all = async { tokio::join!(self.send_due(&store), forget(&store)) };
        // What is under way when the backend stops is taken up by whoever runs next.
        stop.run_until_cancelled(all).await;
    }

    async fn send_due(&self, store: &Database) {
        let mut under_way = FuturesUnordered::new();
        let mut busy: HashMap<Uuid, usize> = HashMap::new();
        let mut pace = tokio::time::interval(PACE);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                Some((endpoint, done)) = under_way.next() => {
                    busy.entry(endpoint).and_modify(|count| *count = count.saturating_sub(1));
                    busy.retain(|_, count| *count > 0);
                    if let Err(error) = done {
                        let error: DatabaseError = error;
                        tracing::error!(%error, "it could not be noted what became of a webhook; it is sent again");
                    }
                }
                _ = pace.tick() => {}
            }
            match take(store, &mut busy, AT_ONCE - under_way.len()).await {
                Ok(taken) => under_way.extend(taken.into_iter().map(|due| async {
                    let endpoint = due.connection;
                    (endpoint, self.deliver(store, due).await)
                })),
                Err(error) => {
                    tracing::error!(%error, "webhooks could not be sent; it is tried again");
                }
            }
        }
    }

    async fn deliver(&self, store: &Database, due: Due) -> Result<(), DatabaseError> {
        let endpoint = store.endpoint_of(due.connection, Timestamp::now()).await?;
        let (said, failure) = match endpoint {
            None => (Said::NotTaken, Failure::NoEndpoint),
            Some(endpoint) => self.send(&endpoint, &due).await,
        };
        let now = Timestamp::now();
        let next = match next(said, due.attempts, now, rand::random_range(0.0..1.0)) {
            // Without an endpoint there is nothing to try again, and too late nothing to tell.
            Next::At(_) if failure == Failure::NoEndpoint => Next::GivenUp,
            Next::At(again) if due.until.is_some_and(|until| until < again) => {
                let failed = Failure::TooLate.word();
                return store.note_message_failed(&due, &failed, None, now).await;
            }
            next => next,
        };
        let failed = failure.word();
        match next {
            Next::Done => store.note_message_taken(&due, now).await,
            Next::At(again) => {
                store
                    .note_message_failed(&due, &failed, Some(again), now)
                    .await
            }
            Next::GivenUp | Next::Disable => {
                store.note_message_failed(&due, &failed, None, now).await?;
                if failure != Failure::NoEndpoint {
                    store.disable_endpoint(due.connection, now).await?;
                    tracing::warn!(connection = %due.connection, failed, "an endpoint of a provider's is told nothing any more");
                }
                Ok(())
            }
        }
    }

    /// Sends it once. What is answered is not read.
    async fn send(&self, endpoint: &Endpoint, due: &Due) -> (Said, Failure) {
        let host = endpoint.url.host_str();
        if let Err(why) = check_address(&endpoint.url, &self.allowed) {
            tracing::warn!(host, why, "a provider's endpoint is not asked");
            return (Said::NotTaken, Failure::Forbidden);
        }
        let at = Timestamp::now();
        let asked = self
            .client
            .post(endpoint.url.clone())
            .header("content-type", "application/json")
            .header("webhook-id", &due.message)
            .header("webhook-timestamp", at.as_second().to_string())
            .header(
                "webhook-signature",
                signatures(&endpoint.secrets, &due.message, at, &due.body),
            )
            .body(due.body.clone())
            .send();
        match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok(answer)) => {
                let status = answer.status().as_u16();
                (Said::of(status, wait_of(&answer)), Failure::Status(status))
            }
            Ok(Err(error)) => {
                // Its address may hold a secret.
                let error = error.without_url();
                tracing::info!(host, %error, "a provider's endpoint cannot be reached");
                (Said::NotTaken, Failure::Unreachable)
            }
            Err(_) => (Said::NotTaken, Failure::Unreachable),
        }
    }
}

/// For how long an endpoint wants to be left alone, in seconds as it says them.
fn wait_of(answer: &Response) -> Option<SignedDuration> {
    let asked = answer.headers().get(RETRY_AFTER)?.to_str().ok()?;
    let seconds: u32 = asked.trim().parse().ok()?;
    Some(SignedDuration::from_secs(seconds.into()))
}

/// Takes up what is due, and no more than this; no endpoint has more than its places.
async fn take(
    store: &Database,
    busy: &mut HashMap<Uuid, usize>,
    most: usize,
) -> Result<Vec<Due>, DatabaseError> {
    let mut taken = Vec::new();
    if most == 0 {
        return Ok(taken);
    }
    for mut due in store.due_messages(LOOKED_AT, Timestamp::now()).await? {
        if taken.len() == most {
            break;
        }
        let count = busy.get(&due.connection).copied().unwrap_or_default();
        if count >= TO_ONE_AT_ONCE {
            continue;
        }
        if store
            .take_message(&mut due, Timestamp::now() + TAKEN)
            .await?
        {
            busy.insert(due.connection, count + 1);
            taken.push(due);
        }
    }
    Ok(taken)
}

/// Forgets what was told long ago, now and then.
async fn forget(store: &Database) {
    let mut pace = tokio::time::interval(FORGETTING_PACE);
    loop {
        pace.tick().await;
        if let Err(error) = store.forget_messages(Timestamp::now()).await {
            tracing::error!(%error, "old webhooks could not be forgotten");
        }
    }
}
