//! What the database itself refuses, whoever asks it.

use super::{Database, DatabaseError};

/// The two databases have no common word for this, so it stands beside the migrations.
const GUARD_OF_SQLITE: [&str; 2] = [
    "CREATE TRIGGER IF NOT EXISTS audit_is_not_changed BEFORE UPDATE ON audit
     BEGIN SELECT RAISE(ABORT, 'the audit log cannot be changed'); END",
    "CREATE TRIGGER IF NOT EXISTS audit_is_not_taken_away BEFORE DELETE ON audit
     BEGIN SELECT RAISE(ABORT, 'the audit log cannot be changed'); END",
];
const GUARD_OF_POSTGRES: [&str; 3] = [
    // Two servers that start at once do it one after the other. The number is any that nothing else uses.
    "SELECT pg_advisory_xact_lock(4712)",
    "CREATE OR REPLACE FUNCTION audit_refuses() RETURNS trigger AS
     $$ BEGIN RAISE EXCEPTION 'the audit log cannot be changed'; END $$ LANGUAGE plpgsql",
    "DO $$ BEGIN
         IF NOT EXISTS (SELECT FROM pg_trigger
                        WHERE tgname = 'audit_is_not_changed' AND tgrelid = 'audit'::regclass) THEN
             CREATE TRIGGER audit_is_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
             FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses();
         END IF;
     END $$",
];

impl Database {
    /// Has the database itself refuse to change or take away an entry: no slip of ours or of whoever opens it with
    /// another program does. Who takes the guard away first is found by the hashes.
    pub(crate) async fn guard_audit(&self) -> Result<(), DatabaseError> {
        let guard: &[&'static str] = if self.is_sqlite {
            &GUARD_OF_SQLITE
        } else {
            &GUARD_OF_POSTGRES
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
