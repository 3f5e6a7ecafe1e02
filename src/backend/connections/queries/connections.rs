//! Connections: made, given another token, revoked; and where their webhooks go.

use jiff::{SignedDuration, Timestamp};
use kairan_contract::ProviderId;
use sqlx::AnyConnection;
use url::Url;
use uuid::Uuid;

use crate::{
    audit::queries::{Act, Deed, write_down},
    connections::{
        signature::WebhookSecret,
        token::{self, Machine},
    },
    database::{Database, DatabaseError, from_row, hash_of, keys::KeysError},
};

/// For how long a token or secret that was changed still holds, so that a machine can be changed without haste.
const BOTH_HOLD: SignedDuration = SignedDuration::from_hours(24);
/// How often it is noted that a token was shown.
const USE_NOTED: SignedDuration = SignedDuration::from_mins(5);
/// Connections that are shown; a council has a few dozen providers.
const SHOWN: i64 = 500;

/// A connection as the console shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Its id.
    pub id: Uuid,
    /// Whose.
    pub provider: String,
    /// What it is called.
    pub name: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// When its token was last shown, about.
    pub last_used_at: Option<Timestamp>,
    /// It was revoked.
    pub is_revoked: bool,
    /// Where its webhooks go; none where it has none, or where the address cannot be opened any more.
    pub endpoint: Option<Url>,
    /// Nothing is sent there any more, because it said that it wants nothing, or never answered.
    pub is_disabled: bool,
}

/// A token, shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// Of which connection.
    pub connection: Uuid,
    /// The token.
    pub token: String,
}

/// Where webhooks of a connection go, and with which secrets they are signed, the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Where.
    pub url: Url,
    /// With what.
    pub secrets: Vec<WebhookSecret>,
}

struct Row {
    connection: String,
    provider: String,
    name: String,
    made_at: i64,
    last_used_at: Option<i64>,
    revoked_at: Option<i64>,
    endpoint: Option<String>,
    disabled_at: Option<i64>,
}

from_row!(Row {
    connection,
    provider,
    name,
    made_at,
    last_used_at,
    revoked_at,
    endpoint,
    disabled_at
});

fn damaged() -> DatabaseError {
    DatabaseError::Damaged("a connection".to_owned())
}

fn time(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(milliseconds).unwrap_or_default()
}

impl Database {
    /// Makes a connection of a provider, with its token.
    ///
    /// # Errors
    /// The database, or a system that gives no random numbers.
    pub async fn make_connection(
        &self,
        provider: &ProviderId,
        name: &str,
        by: &str,
        now: Timestamp,
    ) -> Result<NewToken, DatabaseError> {
        let new = NewToken {
            connection: Uuid::new_v4(),
            token: token::made().ok_or(KeysError::Unsealed)?,
        };
        self.in_transaction(async |connection| {
            sqlx::query(
                "INSERT INTO connections (connection, provider, name, token_sha256, made_at, made_by)
                 VALUES ($1, $2, $3, $4, $5, $6)",
            )
            .bind(new.connection.to_string())
            .bind(provider.to_string())
            .bind(name.to_owned())
            .bind(hash_of(&new.token))
            .bind(now.as_millisecond())
            .bind(by.to_owned())
            .execute(&mut *connection)
            .await?;
            note(connection, Act::ConnectionMade, new.connection, by, now).await
        })
        .await?;
        Ok(new)
    }

    /// Gives a connection another token; the one before holds for another day. None where there is no such connection.
    pub async fn renew_token(
        &self,
        id: Uuid,
        by: &str,
        now: Timestamp,
    ) -> Result<Option<NewToken>, DatabaseError> {
        let token = token::made().ok_or(KeysError::Unsealed)?;
        let is_there = self
            .in_transaction(async |connection| {
                let done = sqlx::query(
                    "UPDATE connections SET previous_token_sha256 = token_sha256, previous_token_until = $1, token_sha256 = $2
                     WHERE connection = $3 AND revoked_at IS NULL",
                )
                .bind((now + BOTH_HOLD).as_millisecond())
                .bind(hash_of(&token))
                .bind(id.to_string())
                .execute(&mut *connection)
                .await?;
                if done.rows_affected() == 1 {
                    note(connection, Act::ConnectionRenewed, id, by, now).await?;
                }
                Ok(done.rows_affected() == 1)
            })
            .await?;
        let connection = id;
        Ok(is_there.then_some(NewToken { connection, token }))
    }

    /// Ends a connection: its tokens open nothing from now on, and nothing is sent to it.
    pub async fn revoke_connection(
        &self,
        id: Uuid,
        by: &str,
        now: Timestamp,
    ) -> Result<(), DatabaseError> {
        self.in_transaction(async |connection| {
            let done = sqlx::query(
                "UPDATE connections SET revoked_at = $1, endpoint = NULL, secret = NULL, previous_secret = NULL
                 WHERE connection = $2 AND revoked_at IS NULL",
            )
            .bind(now.as_millisecond())
            .bind(id.to_string())
            .execute(&mut *connection)
            .await?;
            if done.rows_affected() == 1 {
                sqlx::query("DELETE FROM webhook_messages WHERE connection = $1 AND delivered_at IS NULL")
                    .bind(id.to_string())
                    .execute(&mut *connection)
                    .await?;
                note(connection, Act::ConnectionRevoked, id, by, now).await?;
            }
            Ok(())
        })
        .await
    }

    /// Sends webhooks of a connection there from now on, or nowhere. The secret with which they are signed is a new one,
    /// and given back to be shown once; where there was one, both sign for another day.
    pub async fn put_endpoint(
        &self,
        id: Uuid,
        url: Option<&Url>,
        by: &str,
        now: Timestamp,
    ) -> Result<Option<WebhookSecret>, DatabaseError> {
        let secret = match url {
            Some(_) => Some(WebhookSecret::made().ok_or(KeysError::Unsealed)?),
            None => None,
        };
        let seal = |column, text: &str| self.seal_for_connection(column, id, text);
        let sealed_url = url.map(|url| seal("endpoint", url.as_str())).transpose()?;
        let sealed_secret = secret
            .as_ref()
            .map(|secret| seal("secret", &secret.written()))
            .transpose()?;
        let before = self.endpoint_of(id, now).await?;
        let before = before.and_then(|it| it.secrets.into_iter().next());
        let sealed_before = before
            .map(|secret| seal("previous_secret", &secret.written()))
            .transpose()?;
        self.in_transaction(async |connection| {
            sqlx::query(
                "UPDATE connections SET previous_secret = $1, previous_secret_until = $2, secret = $3, endpoint = $4,
                     disabled_at = NULL
                 WHERE connection = $5 AND revoked_at IS NULL",
            )
            .bind(sealed_before.clone())
            .bind((now + BOTH_HOLD).as_millisecond())
            .bind(sealed_secret.clone())
            .bind(sealed_url.clone())
            .bind(id.to_string())
            .execute(&mut *connection)
            .await?;
            note(connection, Act::EndpointChanged, id, by, now).await
        })
        .await?;
        Ok(secret)
    }

    /// Sends nothing to an endpoint any more, until somebody gives its address again.
    pub async fn disable_endpoint(&self, id: Uuid, now: Timestamp) -> Result<(), DatabaseError> {
        sqlx::query(
            "UPDATE connections SET disabled_at = $1 WHERE connection = $2 AND disabled_at IS NULL",
        )
        .bind(now.as_millisecond())
        .bind(id.to_string())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Where webhooks of a connection go now; none where they go nowhere.
    pub async fn endpoint_of(
        &self,
        id: Uuid,
        now: Timestamp,
    ) -> Result<Option<Endpoint>, DatabaseError> {
        type Row = (Option<String>, Option<String>, Option<String>, Option<i64>);
        let row: Option<Row> = sqlx::query_as(
            "SELECT endpoint, secret, previous_secret, previous_secret_until FROM connections
             WHERE connection = $1 AND revoked_at IS NULL AND disabled_at IS NULL",
        )
        .bind(id.to_string())
        .fetch_optional(&self.readers)
        .await?;
        let Some((url, secret, previous, until)) = row else {
            return Ok(None);
        };
        let previous = previous.filter(|_| until.is_some_and(|until| now.as_millisecond() < until));
        let secrets = [("secret", secret), ("previous_secret", previous)];
        let secrets = secrets.into_iter().filter_map(|(column, sealed)| {
            let opened = self.open_of_connection(column, id, &sealed?);
            opened?.parse().ok()
        });
        let secrets: Vec<WebhookSecret> = secrets.collect();
        let url = url.and_then(|sealed| self.url_of(id, &sealed));
        Ok(url
            .filter(|_| !secrets.is_empty())
            .map(|url| Endpoint { url, secrets }))
    }

    fn url_of(&self, id: Uuid, sealed: &str) -> Option<Url> {
        let opened = self.open_of_connection("endpoint", id, sealed);
        opened?.parse().ok()
    }

    /// The connections, of one provider or of all, the newest first.
    pub async fn connections(
        &self,
        provider: Option<&ProviderId>,
    ) -> Result<Vec<Connection>, DatabaseError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT connection, provider, name, made_at, last_used_at, revoked_at, endpoint, disabled_at FROM connections
             WHERE (provider = $1 OR $1 = '') ORDER BY revoked_at IS NOT NULL, made_at DESC LIMIT $2",
        )
        .bind(provider.map_or_else(String::new, ToString::to_string))
        .bind(SHOWN)
        .fetch_all(&self.readers)
        .await?;
        let shown = rows.into_iter().map(|row| {
            let id = row.connection.parse().map_err(|_| damaged())?;
            Ok(Connection {
                id,
                provider: row.provider,
                name: row.name,
                made_at: time(row.made_at),
                last_used_at: row.last_used_at.map(time),
                is_revoked: row.revoked_at.is_some(),
                endpoint: row.endpoint.and_then(|sealed| self.url_of(id, &sealed)),
                is_disabled: row.disabled_at.is_some(),
            })
        });
        shown.collect()
    }

    /// Who shows this token, if it opens anything.
    pub async fn machine_of(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<Option<Machine>, DatabaseError> {
        let row: Option<(String, String, String, Option<i64>)> = sqlx::query_as(
            "SELECT connection, provider, name, last_used_at FROM connections
             WHERE revoked_at IS NULL
                 AND (token_sha256 = $1 OR (previous_token_sha256 = $1 AND previous_token_until > $2))",
        )
        .bind(hash_of(token))
        .bind(now.as_millisecond())
        .fetch_optional(&self.readers)
        .await?;
        let Some((id, provider, name, last_used)) = row else {
            return Ok(None);
        };
        let noted_before = (now - USE_NOTED).as_millisecond();
        if last_used.is_none_or(|last| last < noted_before) {
            sqlx::query("UPDATE connections SET last_used_at = $1 WHERE connection = $2")
                .bind(now.as_millisecond())
                .bind(id.clone())
                .execute(&self.pool)
                .await?;
        }
        Ok(Some(Machine {
            connection: id.parse().map_err(|_| damaged())?,
            provider: provider.parse().map_err(|_| damaged())?,
            name,
        }))
    }
}

async fn note(
    connection: &mut AnyConnection,
    deed: Act,
    id: Uuid,
    by: &str,
    now: Timestamp,
) -> Result<(), DatabaseError> {
    let deed = Deed {
        who: by.to_owned(),
        deed,
        subject: id.to_string(),
        was: String::new(),
        is_now: String::new(),
    };
    write_down(connection, &deed, now).await
}
