//! What the clock alone ends. It is judged whenever somebody looks, and then noted.

use jiff::Timestamp;
use kairan_contract::{Participation, RequestId};

use super::{
    counter::begin_change,
    stored::{damaged, stored},
};
use crate::database::{Database, DatabaseError};

/// So many are ended in one transaction, so that nobody else waits for long.
const AT_ONCE: i64 = 100;

impl Database {
    /// Ends whatever is over by this moment; gives how many there were.
    pub async fn expire_requests(&self, now: Timestamp) -> Result<u64, DatabaseError> {
        let mut count = 0;
        loop {
            let due: Vec<(String,)> = sqlx::query_as(
                "SELECT id FROM requests WHERE due_at <= $1 ORDER BY due_at LIMIT $2",
            )
            .bind(now.as_millisecond())
            .bind(AT_ONCE)
            .fetch_all(&self.readers)
            .await?;
            let ended = self.expire(&due, now).await?;
            count += ended;
            // What does not end is damaged, or somebody else has just ended it: either way it is not asked for again.
            if ended == 0 {
                return Ok(count);
            }
        }
    }

    /// The same of one loan's.
    pub(crate) async fn expire_requests_of(
        &self,
        loan: Participation,
        now: Timestamp,
    ) -> Result<u64, DatabaseError> {
        let due: Vec<(String,)> =
            sqlx::query_as("SELECT id FROM requests WHERE loan = $1 AND due_at <= $2")
                .bind(self.name_of_loan(loan)?)
                .bind(now.as_millisecond())
                .fetch_all(&self.readers)
                .await?;
        self.expire(&due, now).await
    }

    async fn expire(&self, due: &[(String,)], now: Timestamp) -> Result<u64, DatabaseError> {
        if due.is_empty() {
            return Ok(0);
        }
        self.in_transaction(async |connection| {
            begin_change(connection).await?;
            let mut count = 0;
            for (id,) in due {
                let id: RequestId = id.parse().map_err(|_| damaged())?;
                if let Some(mut request) = stored(connection, id).await? {
                    let ended = self.expire_if_due(connection, &mut request, now).await?;
                    count += u64::from(ended);
                }
            }
            Ok(count)
        })
        .await
    }
}
