//! Catalogues that are not in force yet: one that is tried on some tablets, one that waits for its date.

use jiff::Timestamp;
use kairan_contract::Sha256;

use crate::{
    audit::queries::{Act, Deed, write_down},
    database::{Database, DatabaseError, from_row},
};

/// What a catalogue waits for. There is one of each kind at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// It is shown on the tablets for trial.
    Trial,
    /// For this moment, when everybody gets it.
    Until(Timestamp),
}

impl Waiting {
    fn kind(self) -> &'static str {
        match self {
            Self::Trial => "trial",
            Self::Until(_) => "date",
        }
    }

    fn due_at(self) -> Option<i64> {
        match self {
            Self::Trial => None,
            Self::Until(at) => Some(at.as_millisecond()),
        }
    }
}

/// A catalogue that is not in force yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedCatalogue {
    /// What it waits for.
    pub waiting: Waiting,
    /// The hash of the text from which it was begun.
    pub base: Sha256,
    /// The whole text.
    pub text: String,
    /// Who planned it.
    pub by: String,
    /// What they noted.
    pub note: String,
    /// When.
    pub planned_at: Timestamp,
    /// Why it did not come into force at its date.
    pub failed: Option<String>,
}

struct Read {
    base_sha256: String,
    text: String,
    planned_by: String,
    note: String,
    planned_at: i64,
    due_at: Option<i64>,
    failed: Option<String>,
}

from_row!(Read {
    base_sha256,
    text,
    planned_by,
    note,
    planned_at,
    due_at,
    failed,
});

impl Database {
    /// Keeps a plan in the place of the one of its kind.
    pub async fn plan(&self, plan: &PlannedCatalogue) -> Result<(), DatabaseError> {
        self.in_transaction(async |connection| {
            sqlx::query(
                "INSERT INTO planned_catalogues (kind, base_sha256, text, planned_by, note, planned_at, due_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)
                 ON CONFLICT (kind) DO UPDATE SET base_sha256 = excluded.base_sha256, text = excluded.text,
                     planned_by = excluded.planned_by, note = excluded.note, planned_at = excluded.planned_at,
                     due_at = excluded.due_at, failed = NULL",
            )
            .bind(plan.waiting.kind())
            .bind(plan.base.to_string())
            .bind(plan.text.clone())
            .bind(plan.by.clone())
            .bind(plan.note.clone())
            .bind(plan.planned_at.as_millisecond())
            .bind(plan.waiting.due_at())
            .execute(&mut *connection)
            .await?;
            let subject = match plan.waiting {
                Waiting::Trial => "trial".to_owned(),
                Waiting::Until(at) => at.to_string(),
            };
            let deed = Deed {
                who: plan.by.clone(),
                deed: Act::CataloguePlanned,
                subject,
                was: String::new(),
                is_now: plan.note.clone(),
            };
            write_down(connection, &deed, plan.planned_at).await
        })
        .await
    }

    /// What is tried now.
    pub async fn on_trial(&self) -> Result<Option<PlannedCatalogue>, DatabaseError> {
        self.planned("trial").await
    }

    /// What waits for its date.
    pub async fn dated(&self) -> Result<Option<PlannedCatalogue>, DatabaseError> {
        self.planned("date").await
    }

    async fn planned(&self, kind: &'static str) -> Result<Option<PlannedCatalogue>, DatabaseError> {
        let row: Option<Read> = sqlx::query_as(
            "SELECT base_sha256, text, planned_by, note, planned_at, due_at, failed
             FROM planned_catalogues WHERE kind = $1",
        )
        .bind(kind)
        .fetch_optional(&self.readers)
        .await?;
        let damaged = || DatabaseError::Damaged("a planned catalogue".to_owned());
        let time = |at| Timestamp::from_millisecond(at).map_err(|_| damaged());
        row.map(|row| {
            Ok(PlannedCatalogue {
                waiting: match row.due_at {
                    None => Waiting::Trial,
                    Some(at) => Waiting::Until(time(at)?),
                },
                base: row.base_sha256.parse().map_err(|_| damaged())?,
                text: row.text,
                by: row.planned_by,
                note: row.note,
                planned_at: time(row.planned_at)?,
                failed: row.failed,
            })
        })
        .transpose()
    }

    /// Lets a plan go.
    pub async fn drop_plan(&self, plan: &PlannedCatalogue) -> Result<(), DatabaseError> {
        // Another that somebody has put in its place stays.
        sqlx::query("DELETE FROM planned_catalogues WHERE kind = $1 AND planned_at = $2")
            .bind(plan.waiting.kind())
            .bind(plan.planned_at.as_millisecond())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Notes why a plan did not come into force; it is not tried again.
    pub async fn note_failed_plan(
        &self,
        plan: &PlannedCatalogue,
        why: &str,
    ) -> Result<(), DatabaseError> {
        sqlx::query(
            "UPDATE planned_catalogues SET failed = $1 WHERE kind = $2 AND planned_at = $3",
        )
        .bind(why.to_owned())
        .bind(plan.waiting.kind())
        .bind(plan.planned_at.as_millisecond())
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
