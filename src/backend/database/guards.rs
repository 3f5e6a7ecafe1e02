//! What the database itself refuses, whoever asks it.

use super::{Database, DatabaseError, dialect::Dialect, postgresql, sqlite};

impl Database {
    /// Has the database itself refuse to change or take away an entry: no slip of ours or of whoever opens it with
    /// another program does. Who takes the guard away first is found by the hashes.
    pub(crate) async fn guard_audit(&self) -> Result<(), DatabaseError> {
        // They have no common word for this, so it stands beside the migrations.
        let guard: &[&'static str] = match self.dialect {
            Dialect::Sqlite => &sqlite::GUARD,
            Dialect::PostgreSql => &postgresql::GUARD,
        };
        self.in_transaction(async |connection| {
            for statement in guard {
                sqlx::query(*statement).execute(&mut *connection).await?;
            }
            Ok(())
        })
        .await
    }
}
