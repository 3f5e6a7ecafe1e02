//! Emergencies, edition by edition: written by one person, released by another, and never changed after.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use kairan_contract::{Emergency, EmergencyId, EmergencyStage, TabletId};
use sqlx::{AnyConnection, FromRow};
use uuid::Uuid;

use super::{
    Store, StoreError,
    audit::{Act, Deed, write_down},
};

/// Hours for which it is told that something is over: a tablet without a network may hear of it late.
const OVER_HOURS: i64 = 12;
/// Editions that are read at once, and emergencies that tablets are told of at once; real ones go first.
const LISTED: i64 = 50;

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

/// An emergency that tablets are told of now, and which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What they are told.
    pub emergency: Emergency,
    /// The tablets of a drill; all where there is no choice.
    pub to: Option<HashSet<TabletId>>,
}

/// What somebody writes.
#[derive(Debug, Clone)]
pub struct Written {
    /// What has happened.
    pub title: String,
    /// What to do.
    pub text: String,
    /// For how many hours.
    pub hours: u32,
}

/// Who does it: the account, and the name for the log.
#[derive(Debug, Clone, Copy)]
pub struct Author<'a> {
    /// The account.
    pub id: Uuid,
    /// The name.
    pub name: &'a str,
}

/// Why nothing was released.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Release {
    /// It goes out now.
    Done,
    /// Whoever wrote it cannot release it.
    SamePerson,
    /// Somebody has released it, or let it go, already.
    Gone,
}

#[derive(FromRow)]
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

impl Store {
    /// Keeps what somebody has written: a new emergency, with the tablets of a drill.
    pub async fn write_emergency(
        &self,
        id: EmergencyId,
        written: &Written,
        drill: Option<&[TabletId]>,
        by: Author<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.in_transaction(async |connection| {
            let edition = edition(id, 1, EmergencyStage::Released, written, drill.is_some());
            insert(connection, &edition, by, now).await?;
            for tablet in drill.unwrap_or_default() {
                sqlx::query("INSERT INTO emergency_tablets (emergency, tablet) VALUES ($1, $2)")
                    .bind(id.to_string())
                    .bind(tablet.to_string())
                    .execute(&mut *connection)
                    .await?;
            }
            write_down(connection, &deed(Act::EmergencyWritten, by, &edition), now).await
        })
        .await
    }

    /// Keeps other words for an emergency, which wait for their release; `false` if others wait already, or if
    /// it is over.
    pub async fn correct_emergency(
        &self,
        id: EmergencyId,
        written: &Written,
        by: Author<'_>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.next_edition(id, EmergencyStage::Corrected, written, by, now)
            .await
    }

    /// Tells that an emergency is over, at once; `false` if that was told already. Whoever may write may do
    /// it alone: too late is worse than too early.
    pub async fn end_emergency(
        &self,
        id: EmergencyId,
        written: &Written,
        by: Author<'_>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.next_edition(id, EmergencyStage::Over, written, by, now)
            .await
    }

    async fn next_edition(
        &self,
        id: EmergencyId,
        stage: EmergencyStage,
        written: &Written,
        by: Author<'_>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.in_transaction(async |connection| {
            hold(connection, id).await?;
            if stage == EmergencyStage::Over {
                // What was about to be corrected is over, too.
                drop_waiting(connection, id, now).await?;
            }
            let known = editions_of(connection, id).await?;
            let Some(last) = known.last() else {
                return Ok(false);
            };
            let is_released = known.iter().any(|it| it.released.is_some());
            let is_over = known
                .iter()
                .any(|it| it.stage == EmergencyStage::Over && !it.is_dropped);
            if last.waits() || !is_released || is_over {
                return Ok(false);
            }
            let edition = edition(id, last.edition + 1, stage, written, last.drill);
            insert(connection, &edition, by, now).await?;
            let act = if stage == EmergencyStage::Over {
                let until = now + SignedDuration::from_hours(OVER_HOURS);
                release(connection, &edition, by.name, (now, until)).await?;
                Act::EmergencyEnded
            } else {
                Act::EmergencyWritten
            };
            write_down(connection, &deed(act, by, &edition), now).await?;
            Ok(true)
        })
        .await
    }

    /// Sends what another person has written.
    pub async fn release_emergency(
        &self,
        id: EmergencyId,
        edition: u32,
        by: Author<'_>,
        now: Timestamp,
    ) -> Result<Release, StoreError> {
        self.in_transaction(async |connection| {
            hold(connection, id).await?;
            let known = editions_of(connection, id).await?;
            let found = known.iter().find(|it| it.edition == edition && it.waits());
            let Some(waiting) = found else {
                return Ok(Release::Gone);
            };
            if waiting.written_by == by.id {
                return Ok(Release::SamePerson);
            }
            let until = now + SignedDuration::from_hours(i64::from(waiting.hours));
            if !release(connection, waiting, by.name, (now, until)).await? {
                return Ok(Release::Gone);
            }
            write_down(connection, &deed(Act::EmergencyReleased, by, waiting), now).await?;
            Ok(Release::Done)
        })
        .await
    }

    /// Lets go what nobody has released.
    pub async fn drop_emergency(
        &self,
        id: EmergencyId,
        by: Author<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.in_transaction(async |connection| {
            if !drop_waiting(connection, id, now).await? {
                return Ok(());
            }
            let known = editions_of(connection, id).await?;
            if let Some(dropped) = known.last() {
                write_down(connection, &deed(Act::EmergencyDropped, by, dropped), now).await?;
            }
            Ok(())
        })
        .await
    }

    /// The latest editions, the newest first.
    pub async fn editions(&self) -> Result<Vec<Edition>, StoreError> {
        let rows: Vec<Read> = sqlx::query_as(
            "SELECT * FROM emergencies ORDER BY written_at DESC, edition DESC LIMIT $1",
        )
        .bind(LISTED)
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(edition_of).collect()
    }

    /// What tablets are to be told now, what was released last at the end.
    pub async fn told_now(&self, now: Timestamp) -> Result<Vec<Told>, StoreError> {
        let rows: Vec<Read> = sqlx::query_as(
            "SELECT told.* FROM emergencies AS told
             WHERE released_at IS NOT NULL AND until_at > $1 AND edition =
                 (SELECT MAX(edition) FROM emergencies AS others
                  WHERE others.emergency = told.emergency AND others.released_at IS NOT NULL)
             ORDER BY drill DESC, released_at LIMIT $2",
        )
        .bind(now.as_millisecond())
        .bind(LISTED)
        .fetch_all(&self.readers)
        .await?;
        let mut told = Vec::new();
        for row in rows {
            let edition = edition_of(row)?;
            let to = if edition.drill {
                Some(self.tablets_of(edition.id).await?)
            } else {
                None
            };
            told.extend(edition.told().map(|emergency| Told { emergency, to }));
        }
        Ok(told)
    }

    /// The tablets of a drill.
    pub async fn tablets_of(&self, id: EmergencyId) -> Result<HashSet<TabletId>, StoreError> {
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

fn edition(
    id: EmergencyId,
    edition: u32,
    stage: EmergencyStage,
    written: &Written,
    drill: bool,
) -> Edition {
    Edition {
        id,
        edition,
        stage,
        title: written.title.clone(),
        text: written.text.clone(),
        drill,
        hours: written.hours,
        written_by: Uuid::nil(),
        writer: String::new(),
        written_at: Timestamp::UNIX_EPOCH,
        released: None,
        is_dropped: false,
    }
}

fn deed(act: Act, by: Author<'_>, edition: &Edition) -> Deed {
    let kind = if edition.drill { "drill" } else { "real" };
    Deed {
        who: by.name.to_owned(),
        deed: act,
        subject: format!("{kind} {} edition {}", edition.id, edition.edition),
        was: String::new(),
        is_now: format!("{}: {}", edition.title, edition.text),
    }
}

async fn insert(
    connection: &mut AnyConnection,
    edition: &Edition,
    by: Author<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO emergencies (emergency, edition, stage, title, text, drill, hours, written_by, writer,
             written_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(edition.id.to_string())
    .bind(i64::from(edition.edition))
    .bind(word_of(edition.stage))
    .bind(edition.title.clone())
    .bind(edition.text.clone())
    .bind(i64::from(edition.drill))
    .bind(i64::from(edition.hours))
    .bind(by.id.to_string())
    .bind(by.name.to_owned())
    .bind(now.as_millisecond())
    .execute(&mut *connection)
    .await?;
    Ok(())
}

/// Marks an edition as released; `false` if it is already, or was let go.
async fn release(
    connection: &mut AnyConnection,
    edition: &Edition,
    releaser: &str,
    (now, until): (Timestamp, Timestamp),
) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "UPDATE emergencies SET releaser = $1, released_at = $2, until_at = $3
         WHERE emergency = $4 AND edition = $5 AND released_at IS NULL AND dropped_at IS NULL",
    )
    .bind(releaser.to_owned())
    .bind(now.as_millisecond())
    .bind(until.as_millisecond())
    .bind(edition.id.to_string())
    .bind(i64::from(edition.edition))
    .execute(&mut *connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

async fn drop_waiting(
    connection: &mut AnyConnection,
    id: EmergencyId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "UPDATE emergencies SET dropped_at = $1
         WHERE emergency = $2 AND released_at IS NULL AND dropped_at IS NULL",
    )
    .bind(now.as_millisecond())
    .bind(id.to_string())
    .execute(&mut *connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Nobody else changes this emergency until the transaction is over.
async fn hold(connection: &mut AnyConnection, id: EmergencyId) -> Result<(), StoreError> {
    sqlx::query("UPDATE emergencies SET edition = edition WHERE emergency = $1")
        .bind(id.to_string())
        .execute(&mut *connection)
        .await?;
    Ok(())
}

async fn editions_of(
    connection: &mut AnyConnection,
    id: EmergencyId,
) -> Result<Vec<Edition>, StoreError> {
    let rows: Vec<Read> =
        sqlx::query_as("SELECT * FROM emergencies WHERE emergency = $1 ORDER BY edition")
            .bind(id.to_string())
            .fetch_all(&mut *connection)
            .await?;
    rows.into_iter().map(edition_of).collect()
}

fn damaged() -> StoreError {
    StoreError::Damaged("an emergency".to_owned())
}

fn edition_of(row: Read) -> Result<Edition, StoreError> {
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

fn word_of(stage: EmergencyStage) -> &'static str {
    let known = STAGES.iter().find(|(_, it)| *it == stage);
    known.map_or("released", |(word, _)| word)
}

fn stage_of(word: &str) -> Option<EmergencyStage> {
    let known = STAGES.iter().find(|(it, _)| *it == word);
    known.map(|(_, stage)| *stage)
}
