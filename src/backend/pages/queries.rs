//! Who is signed in, as the database knows it.

use jiff::{SignedDuration, Timestamp};
use kairan_contract::ProviderId;
use sqlx::{FromRow, Row as _, any::AnyRow};
use uuid::Uuid;

use super::rights::Role;
use crate::database::{
    Database, DatabaseError, from_row, hash_of,
    sealing::{place_of_person, place_of_session},
};

/// How long a session lives without being used, and at most.
const IDLE: SignedDuration = SignedDuration::from_mins(30);
const LONGEST: SignedDuration = SignedDuration::from_hours(12);
/// How often it is written down that a session is used.
const PACE: SignedDuration = SignedDuration::from_secs(60);

/// Somebody who may use the console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub id: Uuid,
    /// The name to sign in with.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Whose tiles and requests they see, if they are of a provider.
    pub provider: Option<ProviderId>,
    /// Whether a second factor is set up.
    pub has_second_factor: bool,
    /// Whether they may no longer sign in.
    pub is_barred: bool,
}

/// What somebody shows besides a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecondFactor {
    /// Nothing is set up yet.
    None,
    /// The secret in Base32.
    Known(String),
    /// The key is lost with which it was sealed: somebody must renew this person.
    Lost,
}

/// A session that lives.
#[derive(Debug, Clone)]
pub struct Session {
    /// Whose.
    pub person: Person,
    /// Whether everything was shown that this person has to show.
    pub is_whole: bool,
    /// The secret of a second factor that is being set up.
    pub new_secret: Option<String>,
    /// The second factor.
    pub second_factor: SecondFactor,
}

pub(crate) struct ReadPerson {
    pub(crate) person: String,
    pub(crate) name: String,
    pub(crate) role: String,
    pub(crate) provider: Option<String>,
    pub(crate) password_hash: String,
    pub(crate) totp_secret: Option<String>,
    pub(crate) barred_at: Option<i64>,
}

from_row!(ReadPerson {
    person,
    name,
    role,
    provider,
    password_hash,
    totp_secret,
    barred_at,
});

struct ReadSession {
    person: ReadPerson,
    is_whole: i64,
    new_secret: Option<String>,
    seen_at: i64,
}

impl FromRow<'_, AnyRow> for ReadSession {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            person: ReadPerson::from_row(row)?,
            is_whole: row.try_get("is_whole")?,
            new_secret: row.try_get("new_secret")?,
            seen_at: row.try_get("seen_at")?,
        })
    }
}

pub(crate) const PERSON: &str =
    "people.person, people.name, people.role, people.provider, people.password_hash,
     people.totp_secret, people.barred_at";

impl Database {
    /// Begins a session under `token`. Those that are over are cleared away.
    pub async fn begin_session(
        &self,
        token: &str,
        person: Uuid,
        is_whole: bool,
        now: Timestamp,
    ) -> Result<(), DatabaseError> {
        self.in_transaction(async |connection| {
            sqlx::query("DELETE FROM sessions WHERE seen_at < $1 OR began_at < $2")
                .bind((now - IDLE).as_millisecond())
                .bind((now - LONGEST).as_millisecond())
                .execute(&mut *connection)
                .await?;
            sqlx::query(
                "INSERT INTO sessions (session_sha256, person, is_whole, began_at, seen_at)
                 VALUES ($1, $2, $3, $4, $4)",
            )
            .bind(hash_of(token))
            .bind(person.to_string())
            .bind(i64::from(is_whole))
            .bind(now.as_millisecond())
            .execute(&mut *connection)
            .await?;
            Ok(())
        })
        .await
    }

    /// The session under `token`, if it lives.
    pub async fn session(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<Option<Session>, DatabaseError> {
        let text = format!(
            "SELECT {PERSON}, sessions.is_whole, sessions.new_secret, sessions.seen_at
             FROM sessions JOIN people ON people.person = sessions.person
             WHERE session_sha256 = $1 AND seen_at >= $2 AND began_at >= $3 AND people.barred_at IS NULL"
        );
        let row: Option<ReadSession> = sqlx::query_as(sqlx::AssertSqlSafe(text))
            .bind(hash_of(token))
            .bind((now - IDLE).as_millisecond())
            .bind((now - LONGEST).as_millisecond())
            .fetch_optional(&self.readers)
            .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        if row.seen_at < (now - PACE).as_millisecond() {
            let touched = sqlx::query("UPDATE sessions SET seen_at = $1 WHERE session_sha256 = $2")
                .bind(now.as_millisecond())
                .bind(hash_of(token))
                .execute(&self.pool)
                .await;
            // Who only looks is not kept waiting for whoever writes for long.
            if let Err(error) = touched {
                tracing::warn!(%error, "it could not be noted that somebody is still there");
            }
        }
        let place = place_of_session(&hash_of(token));
        let new_secret = row.new_secret;
        Ok(Some(Session {
            person: person(&row.person)?,
            is_whole: row.is_whole == 1,
            new_secret: new_secret.and_then(|kept| self.unseal(&place, &kept)),
            second_factor: self.second_factor(&row.person),
        }))
    }

    fn second_factor(&self, row: &ReadPerson) -> SecondFactor {
        let Some(kept) = &row.totp_secret else {
            return SecondFactor::None;
        };
        let secret = self.unseal(&place_of_person(&row.person), kept);
        secret.map_or(SecondFactor::Lost, SecondFactor::Known)
    }

    /// Ends a session.
    pub async fn end_session(&self, token: &str) -> Result<(), DatabaseError> {
        sqlx::query("DELETE FROM sessions WHERE session_sha256 = $1")
            .bind(hash_of(token))
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

pub(crate) fn person(row: &ReadPerson) -> Result<Person, DatabaseError> {
    let damaged = || DatabaseError::Damaged("a person".to_owned());
    let provider = row.provider.as_deref().map(str::parse).transpose();
    Ok(Person {
        id: row.person.parse().map_err(|_| damaged())?,
        name: row.name.clone(),
        role: Role::named(&row.role).ok_or_else(damaged)?,
        provider: provider.map_err(|_| damaged())?,
        has_second_factor: row.totp_secret.is_some(),
        is_barred: row.barred_at.is_some(),
    })
}
