//! What is said to `PostgreSQL` alone.

use super::{Database, DatabaseError};

/// How a transaction begins.
pub(super) const BEGIN: &str = "BEGIN";

/// Waits until nobody else, on whatever machine, holds the lock of this number.
pub(super) const LOCK: &str = "SELECT pg_advisory_lock($1)";

impl Database {
    /// Writes the tables anew in which secrets stood.
    pub(super) async fn rewrite_tables_of_secrets(&self) -> Result<(), DatabaseError> {
        for text in ["VACUUM FULL people", "VACUUM FULL sessions"] {
            sqlx::query(text).execute(&self.pool).await?;
        }
        Ok(())
    }
}
