//! What endpoints are told: kept in the transaction in which it happened, sent with the same id and bytes however often
//! it is tried.

use jiff::{SignedDuration, Timestamp};
use kairan_contract::ProviderId;
use sqlx::AnyConnection;
use uuid::Uuid;

use crate::{
    connections::event::{EventType, RequestEvent, body},
    database::{Database, DatabaseError, from_row, unsigned},
};

/// For how long it is kept what was told.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Messages of one connection that are shown.
const SHOWN: i64 = 50;

/// A message whose time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Its id, the same however often it is tried.
    pub message: String,
    /// To whom.
    pub connection: Uuid,
    /// Its bytes, the same as well.
    pub body: String,
    /// How often it was tried, this time counted.
    pub attempts: u32,
    /// Until when it is worth trying.
    pub until: Option<Timestamp>,
    /// When it was to be tried, as it was read.
    read_at: i64,
}

/// A message as the console shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageRow {
    /// Its id.
    pub message: String,
    /// What it tells.
    pub kind: String,
    /// When that happened.
    pub made_at: Timestamp,
    /// How often it was tried.
    pub attempts: u64,
    /// When it arrived.
    pub delivered_at: Option<Timestamp>,
    /// It is tried no more.
    pub is_given_up: bool,
    /// Why it did not arrive the last time, in a word of ours.
    pub failed: Option<String>,
}

struct DueRow {
    message: String,
    connection: String,
    body: String,
    attempts: i64,
    until_at: Option<i64>,
    due_at: i64,
}

from_row!(DueRow {
    message,
    connection,
    body,
    attempts,
    until_at,
    due_at
});

struct ShownRow {
    message: String,
    kind: String,
    made_at: i64,
    attempts: i64,
    delivered_at: Option<i64>,
    given_up_at: Option<i64>,
    failed: Option<String>,
}

from_row!(ShownRow {
    message,
    kind,
    made_at,
    attempts,
    delivered_at,
    given_up_at,
    failed
});

fn time(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or_default()
}

/// Keeps what the endpoints of a provider are told, within whatever has made it so. `until` is when nobody waits for it
/// any more.
pub(crate) async fn tell(
    connection: &mut AnyConnection,
    provider: &ProviderId,
    kind: EventType,
    event: &RequestEvent,
    until: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), DatabaseError> {
    let endpoints: Vec<(String,)> = sqlx::query_as(
        "SELECT connection FROM connections
         WHERE provider = $1 AND endpoint IS NOT NULL AND revoked_at IS NULL AND disabled_at IS NULL",
    )
    .bind(provider.to_string())
    .fetch_all(&mut *connection)
    .await?;
    let body = body(kind, now, Some(event));
    for (endpoint,) in endpoints {
        keep(connection, &endpoint, kind, &body, until, now).await?;
    }
    Ok(())
}

async fn keep(
    connection: &mut AnyConnection,
    endpoint: &str,
    kind: EventType,
    body: &str,
    until: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), DatabaseError> {
    sqlx::query(
        "INSERT INTO webhook_messages (message, connection, kind, body, made_at, attempts, due_at, until_at)
         VALUES ($1, $2, $3, $4, $5, 0, $5, $6)",
    )
    .bind(format!("msg_{}", Uuid::new_v4().simple()))
    .bind(endpoint.to_owned())
    .bind(kind.name())
    .bind(body.to_owned())
    .bind(now.as_millisecond())
    .bind(until.map(Timestamp::as_millisecond))
    .execute(&mut *connection)
    .await?;
    Ok(())
}

impl Database {
    /// Tells the endpoints of a provider something that is in no transaction of its own.
    pub async fn tell_endpoints(
        &self,
        provider: &ProviderId,
        (kind, event): (EventType, &RequestEvent),
        until: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), DatabaseError> {
        self.in_transaction(async |connection| {
            tell(connection, provider, kind, event, until, now).await
        })
        .await
    }

    /// Tries whether an endpoint hears.
    pub async fn ping(&self, id: Uuid, now: Timestamp) -> Result<(), DatabaseError> {
        self.in_transaction(async |connection| {
            let body = body(EventType::Ping, now, None);
            keep(
                connection,
                &id.to_string(),
                EventType::Ping,
                &body,
                None,
                now,
            )
            .await
        })
        .await
    }

    /// The messages whose time has come, those that were tried least first.
    pub async fn due_messages(
        &self,
        most: usize,
        now: Timestamp,
    ) -> Result<Vec<Due>, DatabaseError> {
        let rows: Vec<DueRow> = sqlx::query_as(
            "SELECT message, connection, body, attempts, until_at, due_at FROM webhook_messages
             WHERE delivered_at IS NULL AND given_up_at IS NULL AND due_at <= $1
             ORDER BY attempts, due_at LIMIT $2",
        )
        .bind(now.as_millisecond())
        .bind(i64::try_from(most).unwrap_or(i64::MAX))
        .fetch_all(&self.readers)
        .await?;
        let due = rows.into_iter().map(|row| {
            let damaged = |_| DatabaseError::Damaged("a webhook".to_owned());
            Ok(Due {
                message: row.message,
                connection: row.connection.parse().map_err(damaged)?,
                body: row.body,
                attempts: u32::try_from(row.attempts).unwrap_or(u32::MAX),
                until: row.until_at.map(time),
                read_at: row.due_at,
            })
        });
        due.collect()
    }

    /// Takes a message up until `until`; `false` if somebody else has.
    pub async fn take_message(
        &self,
        due: &mut Due,
        until: Timestamp,
    ) -> Result<bool, DatabaseError> {
        let until = until.as_millisecond();
        let done = sqlx::query(
            "UPDATE webhook_messages SET due_at = $1, attempts = attempts + 1
             WHERE message = $2 AND due_at = $3 AND delivered_at IS NULL AND given_up_at IS NULL",
        )
        .bind(until)
        .bind(due.message.clone())
        .bind(due.read_at)
        .execute(&self.pool)
        .await?;
        due.read_at = until;
        due.attempts = due.attempts.saturating_add(1);
        Ok(done.rows_affected() == 1)
    }

    /// It has arrived.
    pub async fn note_message_taken(&self, due: &Due, now: Timestamp) -> Result<(), DatabaseError> {
        sqlx::query(
            "UPDATE webhook_messages SET delivered_at = $1, failed = NULL WHERE message = $2 AND due_at = $3",
        )
        .bind(now.as_millisecond())
        .bind(due.message.clone())
        .bind(due.read_at)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// It has not; it is tried again at `again`, or never.
    pub async fn note_message_failed(
        &self,
        due: &Due,
        failed: &str,
        again: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), DatabaseError> {
        sqlx::query(
            "UPDATE webhook_messages SET due_at = $1, given_up_at = $2, failed = $3 WHERE message = $4 AND due_at = $5",
        )
        .bind(again.unwrap_or(now).as_millisecond())
        .bind(again.is_none().then_some(now.as_millisecond()))
        .bind(failed.to_owned())
        .bind(due.message.clone())
        .bind(due.read_at)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Sends a message once more, with the same id and bytes, whatever became of it.
    pub async fn send_message_again(
        &self,
        id: Uuid,
        message: &str,
        now: Timestamp,
    ) -> Result<(), DatabaseError> {
        sqlx::query(
            "UPDATE webhook_messages SET due_at = $1, attempts = 0, delivered_at = NULL, given_up_at = NULL, until_at = NULL
             WHERE message = $2 AND connection = $3",
        )
        .bind(now.as_millisecond())
        .bind(message.to_owned())
        .bind(id.to_string())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// What an endpoint was told, the latest first.
    pub async fn messages_of(&self, id: Uuid) -> Result<Vec<MessageRow>, DatabaseError> {
        let rows: Vec<ShownRow> = sqlx::query_as(
            "SELECT message, kind, made_at, attempts, delivered_at, given_up_at, failed FROM webhook_messages
             WHERE connection = $1 ORDER BY made_at DESC, message LIMIT $2",
        )
        .bind(id.to_string())
        .bind(SHOWN)
        .fetch_all(&self.readers)
        .await?;
        let shown = rows.into_iter().map(|row| MessageRow {
            message: row.message,
            kind: row.kind,
            made_at: time(row.made_at),
            attempts: unsigned(row.attempts),
            delivered_at: row.delivered_at.map(time),
            is_given_up: row.given_up_at.is_some(),
            failed: row.failed,
        });
        Ok(shown.collect())
    }

    /// Forgets what was told long ago.
    pub async fn forget_messages(&self, now: Timestamp) -> Result<(), DatabaseError> {
        sqlx::query("DELETE FROM webhook_messages WHERE made_at < $1")
            .bind((now - KEPT).as_millisecond())
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
