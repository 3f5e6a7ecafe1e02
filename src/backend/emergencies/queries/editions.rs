//! Emergencies as they are read: edition by edition, what waits, what holds now, and what tablets are told.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use kairan_contract::{Emergency, EmergencyId, EmergencyStage, TabletId};
use sqlx::AnyConnection;
use uuid::Uuid;

use crate::{
    content::addressed_emergency::AddressedEmergency,
    database::{Database, DatabaseError, from_row},
};

/// Editions that are read at once, and emergencies that tablets are told of at once. Real ones go first, so that no
/// number of drills keeps one from being told, seen or ended.
const LISTED: i64 = 50;
/// What stands first in every list, and stays when a list is cut.
const FIRST: &str = "drill, CASE WHEN stage = 'over' THEN 1 ELSE 0 END";

/// What somebody has written, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// Which emergency.
    pub id: EmergencyId,
    /// Counts from 1.
    pub edition: u32,
    /// Whether it is the first, a correction, or the end.
    pub stage: EmergencyStage,
    /// What has happened.
    pub title: String,
    /// What to do.
    pub text: String,
    /// It is an exercise.
    pub drill: bool,
    /// For how many hours it holds once it is released.
    pub hours: u32,
    /// Who wrote it.
    pub written_by: Uuid,
    /// The name of who wrote it.
    pub writer: String,
    /// When.
    pub written_at: Timestamp,
    /// The name of who released it, when, and until when it holds.
    pub released: Option<(String, Timestamp, Timestamp)>,
    /// It was let go before anybody released it.
    pub is_dropped: bool,
}

impl Edition {
    /// What tablets are told; nothing before it is released.
    pub fn told(&self) -> Option<Emergency> {
        let (_, released_at, until) = self.released.as_ref()?;
        Some(Emergency {
            id: self.id,
            edition: self.edition,
            stage: self.stage,
            title: self.title.clone(),
            text: self.text.clone(),
            drill: self.drill,
            released_at: *released_at,
            until: *until,
        })
    }

    /// Whether somebody must still release it, or let it go.
    pub fn waits(&self) -> bool {
        self.released.is_none() && !self.is_dropped
    }
}

struct Read {
    emergency: String,
    edition: i64,
    stage: String,
    title: String,
    text: String,
    drill: i64,
    hours: i64,
    written_by: String,
    writer: String,
    written_at: i64,
    releaser: Option<String>,
    released_at: Option<i64>,
    until_at: Option<i64>,
    dropped_at: Option<i64>,
}

from_row!(Read {
    emergency,
    edition,
    stage,
    title,
    text,
    drill,
    hours,
    written_by,
    writer,
    written_at,
    releaser,
    released_at,
    until_at,
    dropped_at,
});

impl Database {
    /// The tablets that have shown this edition, and whether it was answered there.
    pub async fn seen_of(
        &self,
        edition: &Edition,
    ) -> Result<HashMap<TabletId, bool>, DatabaseError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "SELECT tablet, answered FROM emergencies_seen WHERE emergency = $1 AND edition = $2",
        )
        .bind(edition.id.to_string())
        .bind(i64::from(edition.edition))
        .fetch_all(&self.readers)
        .await?;
        let damaged = |_| DatabaseError::Damaged("the id of a tablet".to_owned());
        rows.into_iter()
            .map(|(tablet, answered)| Ok((tablet.parse().map_err(damaged)?, answered != 0)))
            .collect()
    }

    /// The latest editions, the newest first.
    pub async fn editions(&self) -> Result<Vec<Edition>, DatabaseError> {
        let rows: Vec<Read> = sqlx::query_as(
            "SELECT * FROM emergencies ORDER BY written_at DESC, edition DESC LIMIT $1",
        )
        .bind(LISTED)
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(edition_of).collect()
    }

    /// What waits for a second person: what is real first, and the newest of that.
    pub async fn waiting_editions(&self) -> Result<Vec<Edition>, DatabaseError> {
        let rows: Vec<Read> = sqlx::query_as(
            "SELECT * FROM emergencies WHERE released_at IS NULL AND dropped_at IS NULL
             ORDER BY drill, written_at DESC LIMIT $1",
        )
        .bind(LISTED)
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(edition_of).collect()
    }

    /// One emergency, edition by edition; nothing if there is none.
    pub async fn editions_of(&self, id: EmergencyId) -> Result<Vec<Edition>, DatabaseError> {
        let rows: Vec<Read> =
            sqlx::query_as("SELECT * FROM emergencies WHERE emergency = $1 ORDER BY edition")
                .bind(id.to_string())
                .fetch_all(&self.readers)
                .await?;
        rows.into_iter().map(edition_of).collect()
    }

    /// What holds now: what is real first, then what has not ended, and the newest of that.
    pub async fn live_editions(&self, now: Timestamp) -> Result<Vec<Edition>, DatabaseError> {
        let text = format!(
            "SELECT told.* FROM emergencies AS told
             WHERE released_at IS NOT NULL AND until_at > $1 AND edition =
                 (SELECT MAX(edition) FROM emergencies AS others
                  WHERE others.emergency = told.emergency AND others.released_at IS NOT NULL)
             ORDER BY {FIRST}, released_at DESC LIMIT $2"
        );
        let rows: Vec<Read> = sqlx::query_as(sqlx::AssertSqlSafe(text))
            .bind(now.as_millisecond())
            .bind(LISTED)
            .fetch_all(&self.readers)
            .await?;
        rows.into_iter().map(edition_of).collect()
    }

    /// What tablets are to be told now. A tablet takes the last of them if they are more than it takes, so what is
    /// real stands at the end, behind what has ended, and what was released last behind that.
    pub async fn told_now(&self, now: Timestamp) -> Result<Vec<AddressedEmergency>, DatabaseError> {
        let mut told = Vec::new();
        for edition in self.live_editions(now).await?.into_iter().rev() {
            let to = if edition.drill {
                Some(self.tablets_of(edition.id).await?)
            } else {
                None
            };
            told.extend(
                edition
                    .told()
                    .map(|emergency| AddressedEmergency { emergency, to }),
            );
        }
        Ok(told)
    }

    /// The tablets of a drill.
    pub async fn tablets_of(&self, id: EmergencyId) -> Result<HashSet<TabletId>, DatabaseError> {
        let rows: Vec<(String,)> =
            sqlx::query_as("SELECT tablet FROM emergency_tablets WHERE emergency = $1")
                .bind(id.to_string())
                .fetch_all(&self.readers)
                .await?;
        rows.iter()
            .map(|(tablet,)| tablet.parse().map_err(|_| damaged()))
            .collect()
    }
}

/// One emergency, edition by edition, as this transaction sees it.
pub(crate) async fn editions_of(
    connection: &mut AnyConnection,
    id: EmergencyId,
) -> Result<Vec<Edition>, DatabaseError> {
    let rows: Vec<Read> =
        sqlx::query_as("SELECT * FROM emergencies WHERE emergency = $1 ORDER BY edition")
            .bind(id.to_string())
            .fetch_all(&mut *connection)
            .await?;
    rows.into_iter().map(edition_of).collect()
}

fn damaged() -> DatabaseError {
    DatabaseError::Damaged("an emergency".to_owned())
}

fn edition_of(row: Read) -> Result<Edition, DatabaseError> {
    let time = |at: i64| Timestamp::from_millisecond(at).map_err(|_| damaged());
    let released = match (row.releaser, row.released_at, row.until_at) {
        (Some(releaser), Some(at), Some(until)) => Some((releaser, time(at)?, time(until)?)),
        _ => None,
    };
    Ok(Edition {
        id: row.emergency.parse().map_err(|_| damaged())?,
        edition: u32::try_from(row.edition).map_err(|_| damaged())?,
        stage: stage_of(&row.stage).ok_or_else(damaged)?,
        title: row.title,
        text: row.text,
        drill: row.drill != 0,
        hours: u32::try_from(row.hours).map_err(|_| damaged())?,
        written_by: row.written_by.parse().map_err(|_| damaged())?,
        writer: row.writer,
        written_at: time(row.written_at)?,
        released,
        is_dropped: row.dropped_at.is_some(),
    })
}

const STAGES: [(&str, EmergencyStage); 3] = [
    ("released", EmergencyStage::Released),
    ("corrected", EmergencyStage::Corrected),
    ("over", EmergencyStage::Over),
];

pub(crate) fn word_of(stage: EmergencyStage) -> &'static str {
    let known = STAGES.iter().find(|(_, it)| *it == stage);
    known.map_or("released", |(word, _)| word)
}

fn stage_of(word: &str) -> Option<EmergencyStage> {
    let known = STAGES.iter().find(|(it, _)| *it == word);
    known.map(|(_, stage)| *stage)
}
