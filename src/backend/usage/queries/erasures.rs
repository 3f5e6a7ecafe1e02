//! Residents who leave: nothing of them stays in the database, and nothing more is taken in.

use jiff::Timestamp;
use kairan_contract::Participation;
use kairan_evaluation::summaries::{SUMMARIES, Summary};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::{
    database::{Database, DatabaseError, dialect::Dialect, unsigned},
    tablets::queries::{
        erased::hash_of,
        evaluated::{begin_change, forget_weeks},
        seen,
        tablets::wipe,
    },
};

impl Database {
    /// Erases a loan from every table. Its place in the table of loans stays, under a new pseudonym and
    /// without area and age, so that a report still says how many withdrew. All of it or nothing.
    pub async fn erase(&self, loan: Participation, now: Timestamp) -> Result<(), DatabaseError> {
        self.in_transaction(async |connection| {
            begin_change(connection).await?;
            let participation = loan.to_string();
            sqlx::query(
                "INSERT INTO erasures (participation_sha256, participation, asked_at)
                 VALUES ($1, $2, $3) ON CONFLICT (participation_sha256) DO UPDATE
                     SET participation = excluded.participation",
            )
            .bind(hash_of(loan))
            .bind(participation.clone())
            .bind(now.as_millisecond())
            .execute(&mut *connection)
            .await?;
            sqlx::query("DELETE FROM usage_records WHERE participation = $1")
                .bind(participation.clone())
                .execute(&mut *connection)
                .await?;
            self.erase_requests_of(connection, loan, now).await?;
            for summary in SUMMARIES {
                sqlx::query(AssertSqlSafe(deletion(summary)))
                    .bind(participation.clone())
                    .execute(&mut *connection)
                    .await?;
            }
            seen::forget_loan(connection, loan).await?;
            // The tablet still asks for its content, and hears that it is to forget everything.
            wipe(connection, loan, now).await?;
            let nobody = Uuid::new_v4().to_string();
            for text in [
                "UPDATE tablets SET participation = $1 WHERE participation = $2",
                "UPDATE enrolment_codes SET participation = $1 WHERE participation = $2",
            ] {
                sqlx::query(text)
                    .bind(nobody.clone())
                    .bind(participation.clone())
                    .execute(&mut *connection)
                    .await?;
            }
            sqlx::query(
                "UPDATE loans SET participation = $1, area = NULL, age_band = NULL,
                     ended = COALESCE(ended, $2), how_ended = 'erased' WHERE participation = $3",
            )
            .bind(nobody)
            .bind(kairan_evaluation::row::day_of(now.as_millisecond()))
            .bind(participation)
            .execute(&mut *connection)
            .await?;
            forget_weeks(connection).await
        })
        .await
    }

    /// In how many rows of all tables a loan is named.
    pub async fn rows_about(&self, loan: Participation) -> Result<u64, DatabaseError> {
        let mut found = self.requests_about(loan).await?;
        for text in [
            "SELECT COUNT(*) FROM usage_records WHERE participation = $1",
            "SELECT COUNT(*) FROM tablets WHERE participation = $1",
            "SELECT COUNT(*) FROM enrolment_codes WHERE participation = $1",
            "SELECT COUNT(*) FROM loans WHERE participation = $1",
            "SELECT COUNT(*) FROM week_services WHERE participation = $1",
            "SELECT COUNT(*) FROM week_hours WHERE participation = $1",
        ] {
            let (rows,): (i64,) = sqlx::query_as(text)
                .bind(loan.to_string())
                .fetch_one(&self.readers)
                .await?;
            found += unsigned(rows);
        }
        for summary in SUMMARIES {
            let (rows,): (i64,) = sqlx::query_as(AssertSqlSafe(count(summary)))
                .bind(loan.to_string())
                .fetch_one(&self.readers)
                .await?;
            found += unsigned(rows);
        }
        let (rows,): (i64,) = sqlx::query_as(
            "SELECT COUNT(*) FROM audit WHERE subject LIKE $1 OR was LIKE $1 OR is_now LIKE $1",
        )
        .bind(format!("%{loan}%"))
        .fetch_one(&self.readers)
        .await?;
        Ok(found + unsigned(rows))
    }

    /// The loans whose files have not been gone through yet.
    pub async fn open_erasures(&self) -> Result<Vec<Participation>, DatabaseError> {
        let rows: Vec<(String,)> = sqlx::query_as(
            "SELECT participation FROM erasures WHERE participation IS NOT NULL ORDER BY participation",
        )
        .fetch_all(&self.readers)
        .await?;
        let damaged = |_| DatabaseError::Damaged("an erasure".to_owned());
        rows.iter()
            .map(|(participation,)| participation.parse().map_err(damaged))
            .collect()
    }

    /// Notes that nothing of a loan is left, and gives its room back to the disk: what a database has
    /// deleted lies in its file until then. What stays is a hash, by which nothing more is taken in.
    pub async fn erased(&self, loan: Participation) -> Result<(), DatabaseError> {
        // Before it is noted as done: what ends the program here is done once more.
        self.give_room_back().await?;
        sqlx::query("UPDATE erasures SET participation = NULL WHERE participation_sha256 = $1")
            .bind(hash_of(loan))
            .execute(&self.pool)
            .await?;
        // The pseudonym stood in this very table until now.
        self.give_room_back().await
    }
}

fn deletion(summary: &Summary) -> String {
    format!(
        "DELETE FROM summary_{} WHERE participation = $1",
        summary.name
    )
}

fn count(summary: &Summary) -> String {
    format!(
        "SELECT COUNT(*) FROM summary_{} WHERE participation = $1",
        summary.name
    )
}

/// Every form of the statements that are put together here.
pub(crate) fn statements(_: Dialect) -> Vec<String> {
    let each = SUMMARIES.iter();
    each.flat_map(|it| [deletion(it), count(it)]).collect()
}
