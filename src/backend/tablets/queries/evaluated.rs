//! What the evaluation is made of changes with the loans: that it has changed is said here, in the transaction that
//! changes it.

use sqlx::AnyConnection;

use crate::database::DatabaseError;

/// Loans have changed: every week is folded anew. What was folded goes at once, because it may be about
/// somebody who has left.
pub(crate) async fn forget_weeks(connection: &mut AnyConnection) -> Result<(), DatabaseError> {
    for text in [
        "DELETE FROM folded_weeks",
        "DELETE FROM week_service_dwell",
        "DELETE FROM week_services",
        "DELETE FROM week_hours",
    ] {
        sqlx::query(text).execute(&mut *connection).await?;
    }
    Ok(())
}

/// The first statement of whatever changes days, loans or erasures, and says that they have changed: two that
/// do so at once, on whatever machine, come one after the other, and neither stops the other half-way.
pub(crate) async fn begin_change(connection: &mut AnyConnection) -> Result<(), DatabaseError> {
    sqlx::query("UPDATE evaluation_version SET version = version + 1")
        .execute(&mut *connection)
        .await?;
    Ok(())
}
