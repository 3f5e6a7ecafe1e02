//! Emergencies, edition by edition: written by one person, released by another, and never changed after.

use kairan_text::message;

use jiff::{SignedDuration, Timestamp};
use kairan_contract::{EmergencyId, EmergencyStage, TabletId};
use sqlx::AnyConnection;
use uuid::Uuid;

use super::editions::{Edition, editions_of, word_of};
use crate::{
    audit::queries::{Act, Deed, write_down},
    database::{Database, DatabaseError},
    notices::{
        Wording, queries as notices,
        queries::{Audience, Notice},
    },
};

/// Hours for which it is told that something is over: a tablet without a network may hear of it late.
const OVER_HOURS: i64 = 12;

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

/// What became of what somebody wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It is kept, and waits for its release.
    New,
    /// The same person wrote the same under this id already: a form that was sent twice.
    Already,
    /// The id stands for something else.
    Taken,
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

impl Database {
    /// Keeps what somebody has written: a new emergency, with the tablets of a drill. Sent twice, it is kept once.
    pub async fn write_emergency(
        &self,
        id: EmergencyId,
        written: &Written,
        drill: Option<&[TabletId]>,
        by: Author<'_>,
        releasers: Option<&Audience>,
        now: Timestamp,
    ) -> Result<Kept, DatabaseError> {
        self.in_transaction(async |connection| {
            let edition = edition(id, 1, EmergencyStage::Released, written, drill.is_some());
            if !insert(connection, &edition, by, now).await? {
                let known = editions_of(connection, id).await?;
                let is_same = |it: &Edition| {
                    it.written_by == by.id
                        && (&it.title, &it.text) == (&edition.title, &edition.text)
                        && (it.drill, it.hours) == (edition.drill, edition.hours)
                };
                // What was let go waits no more: whoever sends it again has to begin a new one.
                let stands = known.iter().any(|it| it.waits() || it.released.is_some());
                let is_known = stands && known.first().is_some_and(is_same);
                let is_known = is_known && tablets_of(connection, id).await? == sorted(drill);
                return Ok(if is_known { Kept::Already } else { Kept::Taken });
            }
            for tablet in drill.unwrap_or_default() {
                sqlx::query("INSERT INTO emergency_tablets (emergency, tablet) VALUES ($1, $2)")
                    .bind(id.to_string())
                    .bind(tablet.to_string())
                    .execute(&mut *connection)
                    .await?;
            }
            if let Some(releasers) = releasers {
                notices::put(connection, &that_it_waits(&edition), releasers, now).await?;
            }
            write_down(connection, &deed(Act::EmergencyWritten, by, &edition), now).await?;
            Ok(Kept::New)
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
        releasers: Option<&Audience>,
        now: Timestamp,
    ) -> Result<bool, DatabaseError> {
        let stage = EmergencyStage::Corrected;
        self.next_edition(id, stage, written, by, releasers, now)
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
    ) -> Result<bool, DatabaseError> {
        self.next_edition(id, EmergencyStage::Over, written, by, None, now)
            .await
    }

    async fn next_edition(
        &self,
        id: EmergencyId,
        stage: EmergencyStage,
        written: &Written,
        by: Author<'_>,
        releasers: Option<&Audience>,
        now: Timestamp,
    ) -> Result<bool, DatabaseError> {
        self.in_transaction(async |connection| {
            hold(connection, id).await?;
            let mut known = editions_of(connection, id).await?;
            if stage == EmergencyStage::Over
                && let Some(waiting) = known.iter().find(|it| it.waits())
            {
                // What was about to be corrected is over, too.
                drop_waiting(connection, (id, waiting.edition), now).await?;
                known = editions_of(connection, id).await?;
            }
            let Some(last) = known.last() else {
                return Ok(false);
            };
            if last.is_dropped {
                notices::withdraw(connection, &about(last)).await?;
            }
            let is_released = known.iter().any(|it| it.released.is_some());
            let is_over = known
                .iter()
                .any(|it| it.stage == EmergencyStage::Over && !it.is_dropped);
            // What has run out is on no screen any more: nobody writes on all of them alone by "ending" it.
            let holds = known
                .iter()
                .filter_map(|it| it.released.as_ref())
                .any(|(_, _, until)| *until > now);
            if last.waits() || !is_released || is_over || !holds {
                return Ok(false);
            }
            let edition = edition(id, last.edition + 1, stage, written, last.drill);
            if !insert(connection, &edition, by, now).await? {
                return Ok(false);
            }
            let act = if stage == EmergencyStage::Over {
                let until = now + SignedDuration::from_hours(OVER_HOURS);
                release(connection, &edition, by.name, (now, until)).await?;
                Act::EmergencyEnded
            } else {
                if let Some(releasers) = releasers {
                    notices::put(connection, &that_it_waits(&edition), releasers, now).await?;
                }
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
    ) -> Result<Release, DatabaseError> {
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
            notices::withdraw(connection, &about(waiting)).await?;
            write_down(connection, &deed(Act::EmergencyReleased, by, waiting), now).await?;
            Ok(Release::Done)
        })
        .await
    }

    /// Lets an edition go that nobody has released; `false` if it waits no more. What was written after it stays.
    pub async fn drop_emergency(
        &self,
        id: EmergencyId,
        edition: u32,
        by: Author<'_>,
        now: Timestamp,
    ) -> Result<bool, DatabaseError> {
        self.in_transaction(async |connection| {
            if !drop_waiting(connection, (id, edition), now).await? {
                return Ok(false);
            }
            let known = editions_of(connection, id).await?;
            if let Some(dropped) = known.iter().find(|it| it.edition == edition) {
                notices::withdraw(connection, &about(dropped)).await?;
                write_down(connection, &deed(Act::EmergencyDropped, by, dropped), now).await?;
            }
            Ok(true)
        })
        .await
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

/// Under which name staff are told of an edition that waits.
fn about(edition: &Edition) -> String {
    format!("emergency {} edition {}", edition.id, edition.edition)
}

/// What whoever can send it is told: not its words, which are for the console.
fn that_it_waits(edition: &Edition) -> Notice {
    let (kind, words) = match (edition.drill, edition.stage) {
        (true, _) => (
            "drill-waits",
            message("訓練のお知らせが、送られるのを待っています。"),
        ),
        (false, EmergencyStage::Corrected) => (
            "correction-waits",
            message("緊急のお知らせの訂正が、送られるのを待っています。"),
        ),
        (false, _) => (
            "emergency-waits",
            message("緊急のお知らせが、送られるのを待っています。"),
        ),
    };
    Notice {
        about: about(edition),
        kind: kind.to_owned(),
        wording: Wording::of(|language| words.tr(language).to_owned()),
        path: "/console/emergencies".to_owned(),
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

/// Keeps an edition; `false` if this one is kept already.
async fn insert(
    connection: &mut AnyConnection,
    edition: &Edition,
    by: Author<'_>,
    now: Timestamp,
) -> Result<bool, DatabaseError> {
    let done = sqlx::query(
        "INSERT INTO emergencies (emergency, edition, stage, title, text, drill, hours, written_by, writer,
             written_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (emergency, edition) DO NOTHING",
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
    Ok(done.rows_affected() == 1)
}

/// Marks an edition as released; `false` if it is already, or was let go.
async fn release(
    connection: &mut AnyConnection,
    edition: &Edition,
    releaser: &str,
    (now, until): (Timestamp, Timestamp),
) -> Result<bool, DatabaseError> {
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
    (id, edition): (EmergencyId, u32),
    now: Timestamp,
) -> Result<bool, DatabaseError> {
    let done = sqlx::query(
        "UPDATE emergencies SET dropped_at = $1
         WHERE emergency = $2 AND edition = $3 AND released_at IS NULL AND dropped_at IS NULL",
    )
    .bind(now.as_millisecond())
    .bind(id.to_string())
    .bind(i64::from(edition))
    .execute(&mut *connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Nobody else changes this emergency until the transaction is over.
async fn hold(connection: &mut AnyConnection, id: EmergencyId) -> Result<(), DatabaseError> {
    sqlx::query("UPDATE emergencies SET edition = edition WHERE emergency = $1")
        .bind(id.to_string())
        .execute(&mut *connection)
        .await?;
    Ok(())
}

/// The tablets that a drill is for, in order.
async fn tablets_of(
    connection: &mut AnyConnection,
    id: EmergencyId,
) -> Result<Vec<String>, DatabaseError> {
    let rows: Vec<(String,)> =
        sqlx::query_as("SELECT tablet FROM emergency_tablets WHERE emergency = $1 ORDER BY tablet")
            .bind(id.to_string())
            .fetch_all(&mut *connection)
            .await?;
    Ok(rows.into_iter().map(|(tablet,)| tablet).collect())
}

fn sorted(tablets: Option<&[TabletId]>) -> Vec<String> {
    let tablets = tablets.unwrap_or_default().iter();
    let mut tablets: Vec<String> = tablets.map(ToString::to_string).collect();
    tablets.sort();
    tablets
}
