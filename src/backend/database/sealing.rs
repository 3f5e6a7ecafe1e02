//! Secrets of second factors and of connections, and what residents tell a provider, are sealed in their columns: what an older version wrote
//! in the clear, what is sealed anew with another key, and how many cannot be opened any more.
//!
//! An older version that reads a sealed secret lets nobody in with it, which is the safe side.

use jiff::Timestamp;
use kairan_contract::{Participation, RequestId};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{
    Database, DatabaseError,
    dialect::Dialect,
    keys::{Purpose, is_sealed, name_of_key},
};

/// Where secrets stand: table, column, and what tells the rows apart.
type Column = (&'static str, &'static str, &'static str);

/// The columns in which those of second factors stand.
const COLUMNS: [Column; 2] = [
    ("people", "totp_secret", "person"),
    ("sessions", "new_secret", "session_sha256"),
];
/// The column of what residents tell a provider.
const PERSONAL: Column = ("requests", "sealed", "id");
/// Every column, with the purpose of its keys.
const SEALED: [(Column, Purpose); 6] = [
    (COLUMNS[0], Purpose::SecondFactors),
    (COLUMNS[1], Purpose::SecondFactors),
    (PERSONAL, Purpose::PersonalData),
    (
        ("connections", "endpoint", "connection"),
        Purpose::Connections,
    ),
    (
        ("connections", "secret", "connection"),
        Purpose::Connections,
    ),
    (
        ("connections", "previous_secret", "connection"),
        Purpose::Connections,
    ),
];
/// Under which name it is noted that nothing of them lies in the clear.
const SECOND_FACTORS: &str = "second factors";

/// What sealing anew came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Resealed {
    /// So many second factors and texts of connections are sealed with the newest key now.
    pub sealed: u64,
    /// So many of them cannot be opened.
    pub lost: u64,
    /// So many requests are sealed with the newest key now.
    pub requests: u64,
    /// So many requests cannot be opened.
    pub lost_requests: u64,
}

/// Where a person's secret belongs.
pub(crate) fn place_of_person(person: &str) -> String {
    format!("people.totp_secret {person}")
}

/// Where what a resident tells with a request belongs.
fn place_of_request(request: RequestId) -> String {
    format!("requests.sealed {request}")
}

/// Where the secret belongs that a session sets up.
pub(crate) fn place_of_session(session_sha256: &str) -> String {
    format!("sessions.new_secret {session_sha256}")
}

impl Database {
    pub(crate) fn seal(&self, place: &str, secret: &str) -> Result<String, DatabaseError> {
        Ok(self.keys.seal(Purpose::SecondFactors, place, secret)?)
    }

    /// A secret as it stands in the database; none where it cannot be opened. An older version beside this one writes in
    /// the clear.
    pub(crate) fn unseal(&self, place: &str, kept: &str) -> Option<String> {
        if !is_sealed(kept) {
            return Some(kept.to_owned());
        }
        self.keys.open(Purpose::SecondFactors, place, kept).ok()
    }

    /// Seals a text of a provider's connection for one of its columns.
    pub(crate) fn seal_for_connection(
        &self,
        column: &str,
        connection: Uuid,
        text: &str,
    ) -> Result<String, DatabaseError> {
        let place = format!("connections.{column} {connection}");
        Ok(self.keys.seal(Purpose::Connections, &place, text)?)
    }

    /// The same opened; none where its key is lost.
    pub(crate) fn open_of_connection(
        &self,
        column: &str,
        connection: Uuid,
        sealed: &str,
    ) -> Option<String> {
        let place = format!("connections.{column} {connection}");
        self.keys.open(Purpose::Connections, &place, sealed).ok()
    }

    /// Seals what a resident tells with a request.
    pub(crate) fn seal_personal(
        &self,
        request: RequestId,
        text: &str,
    ) -> Result<String, DatabaseError> {
        let place = place_of_request(request);
        Ok(self.keys.seal(Purpose::PersonalData, &place, text)?)
    }

    /// The same opened; none where its key is lost.
    pub(crate) fn open_personal(&self, request: RequestId, sealed: &str) -> Option<String> {
        let place = place_of_request(request);
        self.keys.open(Purpose::PersonalData, &place, sealed).ok()
    }

    /// Under which name the requests of a loan are found: nobody learns its pseudonym from it.
    pub(crate) fn name_of_loan(&self, loan: Participation) -> Result<String, DatabaseError> {
        Ok(self.keys.name(Purpose::Loans, &loan.to_string())?)
    }

    /// Seals what an older version wrote in the clear, and has the file forget it; gives how many there were. It may be
    /// stopped anywhere and be done by two at once.
    pub async fn seal_what_lies_open(&self, now: Timestamp) -> Result<u64, DatabaseError> {
        let mut count = 0;
        for (table, column, id) in COLUMNS {
            for (row, secret) in self.kept_secrets((table, column, id)).await? {
                if !is_sealed(&secret) {
                    let sealed = self.seal(&format!("{table}.{column} {row}"), &secret)?;
                    count += self
                        .exchange((table, column, id), &row, &secret, &sealed)
                        .await?;
                }
            }
        }
        let noted: Option<(i64,)> = sqlx::query_as("SELECT since FROM sealed WHERE what = $1")
            .bind(SECOND_FACTORS)
            .fetch_optional(&self.pool)
            .await?;
        if count == 0 && noted.is_some() {
            return Ok(0);
        }
        self.forget_what_was_overwritten().await?;
        sqlx::query(
            "INSERT INTO sealed (what, since) VALUES ($1, $2) ON CONFLICT (what) DO NOTHING",
        )
        .bind(SECOND_FACTORS)
        .bind(now.as_millisecond())
        .execute(&self.pool)
        .await?;
        Ok(count)
    }

    /// Seals everything with the newest key that an older one has sealed.
    pub async fn reseal(&self) -> Result<Resealed, DatabaseError> {
        let mut done = Resealed::default();
        for ((table, column, id), purpose) in SEALED {
            for (row, kept) in self.kept_secrets((table, column, id)).await? {
                let place = format!("{table}.{column} {row}");
                let secret = if is_sealed(&kept) {
                    self.keys.open(purpose, &place, &kept).ok()
                } else {
                    Some(kept.clone())
                };
                let (sealed_anew, lost) = match purpose {
                    Purpose::PersonalData => (&mut done.requests, &mut done.lost_requests),
                    Purpose::SecondFactors | Purpose::Connections | Purpose::Loans => {
                        (&mut done.sealed, &mut done.lost)
                    }
                };
                let Some(secret) = secret else {
                    *lost += 1;
                    continue;
                };
                let sealed = self.keys.seal(purpose, &place, &secret)?;
                if name_of_key(&sealed) != name_of_key(&kept) {
                    *sealed_anew += self
                        .exchange((table, column, id), &row, &kept, &sealed)
                        .await?;
                }
            }
        }
        Ok(done)
    }

    /// How many people have a second factor that cannot be opened, because its key is lost.
    pub async fn lost_second_factors(&self) -> Result<usize, DatabaseError> {
        let (table, column, id) = COLUMNS[0];
        let kept = self.kept_secrets((table, column, id)).await?;
        let is_lost = |(row, kept): &&(String, String)| {
            self.unseal(&format!("{table}.{column} {row}"), kept)
                .is_none()
        };
        Ok(kept.iter().filter(is_lost).count())
    }

    /// How many requests there are of which nobody can read any more what was told with them, because their key is lost.
    pub async fn lost_requests(&self) -> Result<usize, DatabaseError> {
        let (table, column, _) = PERSONAL;
        let kept = self.kept_secrets(PERSONAL).await?;
        let is_lost = |(row, kept): &&(String, String)| {
            let place = format!("{table}.{column} {row}");
            let opened = self.keys.open(Purpose::PersonalData, &place, kept);
            opened.is_err()
        };
        Ok(kept.iter().filter(is_lost).count())
    }

    async fn kept_secrets(&self, place: Column) -> Result<Vec<(String, String)>, DatabaseError> {
        let rows = sqlx::query_as(AssertSqlSafe(reading(place))).fetch_all(&self.pool);
        Ok(rows.await?)
    }

    /// Puts one in the place of another, if that still stands there.
    async fn exchange(
        &self,
        place: Column,
        row: &str,
        before: &str,
        after: &str,
    ) -> Result<u64, DatabaseError> {
        let done = sqlx::query(AssertSqlSafe(exchanging(place)))
            .bind(after.to_owned())
            .bind(row.to_owned())
            .bind(before.to_owned())
            .execute(&self.pool)
            .await?;
        Ok(done.rows_affected())
    }

    /// What was overwritten still stands in pages that nobody uses, and in the log.
    async fn forget_what_was_overwritten(&self) -> Result<(), DatabaseError> {
        match self.dialect {
            Dialect::Sqlite => self.give_room_back().await,
            Dialect::PostgreSql => self.rewrite_tables_of_secrets().await,
        }
    }
}

fn reading((table, column, id): Column) -> String {
    format!("SELECT {id}, {column} FROM {table} WHERE {column} IS NOT NULL")
}

fn exchanging((table, column, id): Column) -> String {
    format!("UPDATE {table} SET {column} = $1 WHERE {id} = $2 AND {column} = $3")
}

/// Every form of the statements that are put together here.
pub(crate) fn statements(_: Dialect) -> Vec<String> {
    let each = SEALED.into_iter();
    each.flat_map(|(it, _)| [reading(it), exchanging(it)])
        .collect()
}
