//! Sends what is due, tries again what did not arrive, each time a little later, and gives up after half a day.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use super::{
    mail::MailServer,
    settings::{MailSettings, StaffSettings},
    webhook::Webhooks,
};
use crate::store::{Delivery, Store, StoreError, Way};

/// How often it is looked what is due.
const PACE: Duration = Duration::from_secs(2);
/// How often it is forgotten what was told long ago.
const FORGETTING_PACE: SignedDuration = SignedDuration::from_hours(1);
/// How many are told at the same time.
const AT_ONCE: usize = 4;
/// How long one may take, and for how long nobody else tries it.
const PATIENCE: Duration = Duration::from_mins(1);
const TAKEN: SignedDuration = SignedDuration::from_secs(120);
/// The first wait before it is tried again; it doubles up to the last.
const FIRST_WAIT: SignedDuration = SignedDuration::from_secs(2);
const LAST_WAIT: SignedDuration = SignedDuration::from_mins(10);
/// After so long it is tried no more.
const GIVEN_UP: SignedDuration = SignedDuration::from_hours(12);

/// Why a notice was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotSent {
    /// Nobody answers there.
    #[error("unreachable")]
    Unreachable,
    /// It was answered with no.
    #[error("refused")]
    Refused,
    /// It lies in a private network, and nobody has allowed that.
    #[error("forbidden")]
    Forbidden,
    /// The address is none.
    #[error("address")]
    Address,
    /// The settings know no mail server any more.
    #[error("no mail server")]
    NoMailServer,
}

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
            webhooks: Webhooks::new(staff.allowed_hosts.clone())?,
            console: staff.console.as_ref().map_or_else(String::new, |url| {
                url.as_str().trim_end_matches('/').to_owned()
            }),
        })
    }

    /// Sends what is due until `stop` is cancelled.
    pub async fn go_on(self, store: Store, stop: CancellationToken) {
        let mut forgotten = Timestamp::UNIX_EPOCH;
        while stop
            .run_until_cancelled(tokio::time::sleep(PACE))
            .await
            .is_some()
        {
            // What is under way when the backend stops is taken up by whoever runs next.
            let round = stop.run_until_cancelled(self.round(&store));
            if let Some(Err(error)) = round.await {
                tracing::error!(%error, "staff could not be told; it is tried again");
            }
            let now = Timestamp::now();
            if now.duration_since(forgotten) >= FORGETTING_PACE {
                forgotten = now;
                if let Err(error) = store.forget_notices(now).await {
                    tracing::error!(%error, "old notices could not be forgotten");
                }
            }
        }
    }

    async fn round(&self, store: &Store) -> Result<(), StoreError> {
        let due = store.due_deliveries(Timestamp::now()).await?;
        let mut outcomes = stream::iter(due)
            .map(|delivery| self.deliver(store, delivery))
            .buffer_unordered(AT_ONCE);
        let mut all = Ok(());
        while let Some(outcome) = outcomes.next().await {
            all = all.and(outcome);
        }
        all
    }

    async fn deliver(&self, store: &Store, mut delivery: Delivery) -> Result<(), StoreError> {
        let now = Timestamp::now();
        if !store.take_delivery(&mut delivery, now + TAKEN).await? {
            return Ok(());
        }
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
