//! Under which names the requests of loans are found, made anew where the key of those names was lost.

use kairan_contract::RequestId;

use super::{counter::begin_change, stored::damaged};
use crate::database::{Database, DatabaseError};

impl Database {
    /// Names the loans of all requests by the key that there is now; gives of how many. Whose they are stands sealed with
    /// each; one that cannot be opened stays as it is.
    pub async fn name_loans_anew(&self) -> Result<u64, DatabaseError> {
        self.in_transaction(async |connection| {
            begin_change(connection).await?;
            let rows: Vec<(String, String)> = sqlx::query_as(
                "SELECT id, sealed FROM requests WHERE loan IS NOT NULL AND sealed IS NOT NULL",
            )
            .fetch_all(&mut *connection)
            .await?;
            let mut count = 0;
            for (id, sealed) in rows {
                let request: RequestId = id.parse().map_err(|_| damaged())?;
                let Some(details) = self.open_details(request, Some(&sealed)) else {
                    continue;
                };
                sqlx::query("UPDATE requests SET loan = $1 WHERE id = $2")
                    .bind(self.name_of_loan(details.participation)?)
                    .bind(id)
                    .execute(&mut *connection)
                    .await?;
                count += 1;
            }
            Ok(count)
        })
        .await
    }
}
