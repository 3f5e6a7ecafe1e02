//! The counter of everything that is written about requests. Whoever writes begins with it, so that one comes after the
//! other on both databases, and whoever sees a revision sees every lower one.

use kairan_contract::RequestNumber;
use sqlx::AnyConnection;

use crate::{
    database::{Database, DatabaseError, unsigned},
    requests::rules::number::number_of,
};

/// The first statement of whatever writes about requests: nobody else does until it is done.
pub(crate) async fn begin_change(connection: &mut AnyConnection) -> Result<(), DatabaseError> {
    sqlx::query("UPDATE request_counter SET revision = revision")
        .execute(&mut *connection)
        .await?;
    Ok(())
}

/// Counts one step more; gives the revision of it.
pub(super) async fn count_up(connection: &mut AnyConnection) -> Result<i64, DatabaseError> {
    let (revision,): (i64,) =
        sqlx::query_as("UPDATE request_counter SET revision = revision + 1 RETURNING revision")
            .fetch_one(&mut *connection)
            .await?;
    Ok(revision)
}

/// The number of the next request.
pub(super) async fn next_number(
    connection: &mut AnyConnection,
) -> Result<RequestNumber, DatabaseError> {
    let (numbered,): (i64,) =
        sqlx::query_as("UPDATE request_counter SET numbered = numbered + 1 RETURNING numbered")
            .fetch_one(&mut *connection)
            .await?;
    Ok(number_of(unsigned(numbered - 1)))
}

impl Database {
    /// The revision of what was written last about requests.
    pub async fn request_revision(&self) -> Result<u64, DatabaseError> {
        let (revision,): (i64,) = sqlx::query_as("SELECT revision FROM request_counter")
            .fetch_one(&self.readers)
            .await?;
        Ok(unsigned(revision))
    }
}
