//! Loans that were erased, of which nothing more is taken in.

use std::collections::HashSet;

use kairan_contract::{Participation, Sha256};
use sqlx::AnyConnection;

use crate::database::DatabaseError;

/// Under which name an erased loan is known.
pub(crate) fn hash_of(loan: Participation) -> String {
    Sha256::of(loan.to_string().as_bytes()).to_string()
}

/// The loans of which nothing is taken in any more. A pilot has few.
pub(crate) async fn erased(
    connection: &mut AnyConnection,
) -> Result<HashSet<String>, DatabaseError> {
    let rows: Vec<(String,)> = sqlx::query_as("SELECT participation_sha256 FROM erasures")
        .fetch_all(&mut *connection)
        .await?;
    Ok(rows.into_iter().map(|(hash,)| hash).collect())
}
