//! What goes once a request is over for long enough, and what goes with a loan: who asked and what they told. When and how it
//! was answered stays for the figures.

use jiff::Timestamp;
use kairan_contract::{Participation, RequestId};
use sqlx::AnyConnection;

use super::{
    counter::begin_change,
    steps::StepTaken,
    stored::{damaged, stored},
};
use crate::{
    database::{Database, DatabaseError, unsigned},
    requests::rules::machine::{Actor, Step},
};

/// So many are erased in one transaction.
const AT_ONCE: i64 = 100;

impl Database {
    /// Erases the personal data of whatever has been over for long enough; gives of how many requests.
    pub async fn erase_personal_data(&self, now: Timestamp) -> Result<u64, DatabaseError> {
        let mut count = 0;
        loop {
            let due: Vec<(String,)> = sqlx::query_as(
                "SELECT id FROM requests WHERE erase_at <= $1 ORDER BY erase_at LIMIT $2",
            )
            .bind(now.as_millisecond())
            .bind(AT_ONCE)
            .fetch_all(&self.readers)
            .await?;
            if due.is_empty() {
                return Ok(count);
            }
            self.in_transaction(async |connection| {
                begin_change(connection).await?;
                for (id,) in &due {
                    forget(connection, id).await?;
                }
                Ok(())
            })
            .await?;
            count += due.len() as u64;
        }
    }

    /// Erases whatever a loan has asked for: what is open is taken back first.
    pub(crate) async fn erase_requests_of(
        &self,
        connection: &mut AnyConnection,
        loan: Participation,
        now: Timestamp,
    ) -> Result<(), DatabaseError> {
        begin_change(connection).await?;
        let ids: Vec<(String,)> = sqlx::query_as("SELECT id FROM requests WHERE loan = $1")
            .bind(self.name_of_loan(loan)?)
            .fetch_all(&mut *connection)
            .await?;
        for (id,) in ids {
            let request: RequestId = id.parse().map_err(|_| damaged())?;
            if let Some(mut request) = stored(connection, request).await? {
                let step = if request.status.can_be_withdrawn() {
                    Step::Withdraw
                } else {
                    Step::Cancel
                };
                // What is over, or waits for a person, stays as it is.
                let _refused = self
                    .take_step(
                        connection,
                        &mut request,
                        (step, Actor::Helper),
                        &StepTaken::default(),
                        now,
                    )
                    .await?;
            }
            forget(connection, &id).await?;
        }
        for text in [
            "DELETE FROM request_transitions WHERE request IN (SELECT id FROM requests WHERE participation = $1)",
            "DELETE FROM requests WHERE participation = $1",
            "DELETE FROM tablet_reports WHERE participation = $1",
        ] {
            sqlx::query(text)
                .bind(loan.to_string())
                .execute(&mut *connection)
                .await?;
        }
        Ok(())
    }

    /// In how many rows a loan is named.
    pub(crate) async fn requests_about(&self, loan: Participation) -> Result<u64, DatabaseError> {
        let (rows,): (i64,) = sqlx::query_as(
            "SELECT (SELECT COUNT(*) FROM requests WHERE participation = $1 OR loan = $2)
                 + (SELECT COUNT(*) FROM tablet_reports WHERE participation = $1)",
        )
        .bind(loan.to_string())
        .bind(self.name_of_loan(loan)?)
        .fetch_one(&self.readers)
        .await?;
        Ok(unsigned(rows))
    }
}

/// Forgets who asked, and what they told.
async fn forget(connection: &mut AnyConnection, id: &str) -> Result<(), DatabaseError> {
    for text in [
        "UPDATE requests SET sealed = NULL, loan = NULL, erase_at = NULL, made_at = asked_at WHERE id = $1",
        "UPDATE request_transitions SET who = '' WHERE request = $1",
        "DELETE FROM request_goods WHERE request = $1",
        "DELETE FROM request_messages WHERE request = $1",
    ] {
        sqlx::query(text)
            .bind(id.to_owned())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
