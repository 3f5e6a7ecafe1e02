//! Sends what is due, tries again what did not arrive, each time a little later, and gives up after half a day.

use std::time::Duration;

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use jiff::{SignedDuration, Timestamp};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::{
    mail::MailServer,
    not_sent::NotSent,
    queries::{Delivery, Way},
    settings::{MailSettings, StaffSettings},
    webhook::Webhooks,
};
use crate::database::{Database, DatabaseError};

/// How often it is looked what is due.
const PACE: Duration = Duration::from_secs(2);
/// How often it is forgotten what was told long ago.
const FORGETTING_PACE: Duration = Duration::from_hours(1);
/// How many are told at the same time by mail, and as many by webhook.
const AT_ONCE: usize = 4;
/// How long one may take, and for how long nobody else tries it.
const PATIENCE: Duration = Duration::from_mins(1);
const TAKEN: SignedDuration = SignedDuration::from_secs(120);
/// The first wait before it is tried again; it doubles up to the last.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(2);
const LAST_WAIT: SignedDuration = SignedDuration::from_mins(10);
/// After so long it is tried no more.
const GIVEN_UP: SignedDuration = SignedDuration::from_hours(12);

/// Whatever sends.
pub struct Sender {
    mail: Option<MailServer>,
    webhooks: Webhooks,
    console: String,
}

impl Sender {
    /// As the settings say.
    pub fn new(mail: Option<&MailSettings>, staff: &StaffSettings) -> anyhow::Result<Self> {
        Ok(Self {
            mail: mail.map(MailServer::new).transpose()?,
            webhooks: Webhooks::new(staff)?,
            console: staff.console.as_ref().map_or_else(String::new, |url| {
                url.as_str().trim_end_matches('/').to_owned()
            }),
        })
    }

    /// Sends what is due until `stop` is cancelled. Mail and webhooks keep one another waiting for nothing: a mail server
    /// that swallows everything is no reason for a webhook to come late.
    pub async fn go_on(self, store: Database, stop: CancellationToken) {
        let all = async {
            tokio::join!(
                self.lane(Way::Mail, &store),
                self.lane(Way::Webhook, &store),
                forget(&store)
            )
        };
        // What is under way when the backend stops is taken up by whoever runs next.
        stop.run_until_cancelled(all).await;
    }

    /// Tells what is due in one way: a few at once, and the next as soon as one is through.
    async fn lane(&self, way: Way, store: &Database) {
        let mut under_way = FuturesUnordered::new();
        let mut pace = tokio::time::interval(PACE);
        pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let told = tokio::select! {
                Some(told) = under_way.next() => told,
                _ = pace.tick() => Ok(()),
            };
            let taken = take(store, way, AT_ONCE - under_way.len()).await;
            let taken = told.and(taken).unwrap_or_else(|error| {
                tracing::error!(%error, "staff could not be told; it is tried again");
                Vec::new()
            });
            under_way.extend(taken.into_iter().map(|it| self.deliver(store, it)));
        }
    }

    async fn deliver(&self, store: &Database, delivery: Delivery) -> Result<(), DatabaseError> {
        let sent = tokio::time::timeout(PATIENCE, self.send(&delivery)).await;
        let (sent, now) = (sent.unwrap_or(Err(NotSent::Unreachable)), Timestamp::now());
        match sent {
            Ok(()) => store.note_delivered(&delivery, now).await,
            Err(why) => {
                let again = next_attempt(
                    delivery.attempts,
                    delivery.made_at,
                    now,
                    rand::random_range(0.0..0.2),
                );
                store
                    .note_undelivered(&delivery, &why.to_string(), again, now)
                    .await
            }
        }
    }

    async fn send(&self, delivery: &Delivery) -> Result<(), NotSent> {
        let link = format!("{}{}", self.console, delivery.notice.path);
        match (delivery.way, &self.mail) {
            (Way::Mail, Some(mail)) => mail.send(delivery, &link).await,
            (Way::Mail, None) => Err(NotSent::NoMailServer),
            (Way::Webhook, _) => self.webhooks.send(delivery, &link).await,
        }
    }
}

/// Takes up what is due in one way, and no more than this.
async fn take(store: &Database, way: Way, most: usize) -> Result<Vec<Delivery>, DatabaseError> {
    let mut taken = Vec::new();
    if most == 0 {
        return Ok(taken);
    }
    for mut delivery in store.due_deliveries(way, most, Timestamp::now()).await? {
        let until = Timestamp::now() + TAKEN;
        if store.take_delivery(&mut delivery, until).await? {
            taken.push(delivery);
        }
    }
    Ok(taken)
}

/// Forgets what was told long ago, now and then.
async fn forget(store: &Database) {
    let mut pace = tokio::time::interval(FORGETTING_PACE);
    loop {
        pace.tick().await;
        if let Err(error) = store.forget_notices(Timestamp::now()).await {
            tracing::error!(%error, "old notices could not be forgotten");
        }
    }
}

/// When it is tried again after so many attempts in vain; never, if it is too late.
fn next_attempt(
    attempts: u32,
    made_at: Timestamp,
    now: Timestamp,
    jitter: f64,
) -> Option<Timestamp> {
    let doubled = attempts.saturating_sub(1).min(16);
    let wait = (FIRST_WAIT * 2_i32.pow(doubled)).min(LAST_WAIT);
    let again = now + wait.mul_f64(1.0 + jitter);
    (again.duration_since(made_at) <= GIVEN_UP).then_some(again)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_tried_later_and_later_and_given_up_after_half_a_day() {
        let made = Timestamp::from_second(1_790_000_000).expect("a time");
        let (mut now, mut attempts, mut waits) = (made, 1, Vec::new());
        while let Some(again) = next_attempt(attempts, made, now, 0.1) {
            waits.push(again.duration_since(now));
            (now, attempts) = (again, attempts + 1);
        }
        assert_eq!(waits[0], SignedDuration::from_millis(2_200));
        assert!(waits.iter().all(|wait| *wait <= LAST_WAIT.mul_f64(1.2)));
        assert!(waits.is_sorted());
        let until = now.duration_since(made);
        assert!(until > GIVEN_UP - LAST_WAIT.mul_f64(1.2) && until <= GIVEN_UP);
        assert!(attempts < 100, "{attempts}");
        assert!(next_attempt(u32::MAX, made, made, 0.0).is_some());
    }
}
