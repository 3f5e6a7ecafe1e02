//! What is said to `SQLite` alone.

use std::time::Duration;

use super::{Database, DatabaseError};

/// How it is to write, and how it is to read.
pub(super) const WRITER: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON";
pub(super) const READER: &str =
    "PRAGMA busy_timeout = 10000; PRAGMA query_only = ON; PRAGMA cache_size = -16000";

/// Whoever has read and then wants to write is refused at once if another process (the command line beside the
/// server) has written in between, however long it would wait. Whoever begins as a writer waits.
pub(super) const BEGIN: &str = "BEGIN IMMEDIATE";

/// It refuses to change an entry of the audit log or to take it away.
pub(super) const GUARD: [&str; 2] = [
    "CREATE TRIGGER IF NOT EXISTS audit_is_not_changed BEFORE UPDATE ON audit
     BEGIN SELECT RAISE(ABORT, 'the audit log cannot be changed'); END",
    "CREATE TRIGGER IF NOT EXISTS audit_is_not_taken_away BEFORE DELETE ON audit
     BEGIN SELECT RAISE(ABORT, 'the audit log cannot be changed'); END",
];

/// How often it is tried to empty the log while somebody reads, and the pause between: half a minute, which
/// is longer than any report takes.
const CHECKPOINTS: u32 = 150;
const BETWEEN_CHECKPOINTS: Duration = Duration::from_millis(200);

impl Database {
    /// What was deleted still lies in `SQLite`'s log until nobody reads from it any more.
    pub(super) async fn empty_the_log(&self) -> Result<(), DatabaseError> {
        for _ in 0..CHECKPOINTS {
            let mut connection = self.pool.acquire().await?;
            // It does not wait itself: nobody could write meanwhile.
            sqlx::query("PRAGMA busy_timeout = 0")
                .execute(&mut *connection)
                .await?;
            let emptied: Result<(i64, i64, i64), sqlx::Error> =
                sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)")
                    .fetch_one(&mut *connection)
                    .await;
            sqlx::query("PRAGMA busy_timeout = 10000")
                .execute(&mut *connection)
                .await?;
            drop(connection);
            if matches!(emptied, Ok((0, ..))) {
                return Ok(());
            }
            tokio::time::sleep(BETWEEN_CHECKPOINTS).await;
        }
        Err(DatabaseError::Busy)
    }
}
