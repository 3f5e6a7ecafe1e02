//! What was deleted leaves the file.

use std::time::Duration;

use super::{Database, DatabaseError};

/// How often it is tried to empty the log while somebody reads, and the pause between: half a minute, which
/// is longer than any report takes.
const CHECKPOINTS: u32 = 150;
const BETWEEN_CHECKPOINTS: Duration = Duration::from_millis(200);

impl Database {
    /// Gives the room of what was deleted back to the disk: until then it lies in the file of the database.
    pub(crate) async fn give_room_back(&self) -> Result<(), DatabaseError> {
        sqlx::query("VACUUM").execute(&self.pool).await?;
        if self.is_sqlite {
            self.empty_the_log().await?;
        }
        Ok(())
    }

    /// What was deleted still lies in `SQLite`'s log until nobody reads from it any more.
    async fn empty_the_log(&self) -> Result<(), DatabaseError> {
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
