//! What was deleted leaves the file.

use std::time::Duration;

use super::{Database, DatabaseError, dialect::Dialect, postgresql, sqlite};

/// How often it is tried to empty the log while somebody reads, and the pause between: half a minute, which
/// is longer than any report takes.
const CHECKPOINTS: u32 = 150;
const BETWEEN_CHECKPOINTS: Duration = Duration::from_millis(200);

impl Database {
    /// Gives the room of what was deleted back to the disk: until then it lies in the file of the database.
    pub(crate) async fn give_room_back(&self) -> Result<(), DatabaseError> {
        sqlx::query("VACUUM").execute(&self.pool).await?;
        if self.dialect == Dialect::Sqlite {
            self.empty_the_log().await?;
        }
        Ok(())
    }

    /// Has `PostgreSQL` write the tables anew in which secrets stood.
    pub(super) async fn rewrite_tables_of_secrets(&self) -> Result<(), DatabaseError> {
        for text in postgresql::REWRITE_TABLES_OF_SECRETS {
            sqlx::query(text).execute(&self.pool).await?;
        }
        Ok(())
    }

    /// What was deleted still lies in `SQLite`'s log until nobody reads from it any more.
    async fn empty_the_log(&self) -> Result<(), DatabaseError> {
        for _ in 0..CHECKPOINTS {
            let mut connection = self.pool.acquire().await?;
            // It does not wait itself: nobody could write meanwhile.
            sqlx::query(sqlite::WAIT_FOR_NOBODY)
                .execute(&mut *connection)
                .await?;
            let emptied: Result<(i64, i64, i64), sqlx::Error> =
                sqlx::query_as(sqlite::EMPTY_THE_LOG)
                    .fetch_one(&mut *connection)
                    .await;
            sqlx::query(sqlite::WAIT).execute(&mut *connection).await?;
            drop(connection);
            if matches!(emptied, Ok((0, ..))) {
                return Ok(());
            }
            tokio::time::sleep(BETWEEN_CHECKPOINTS).await;
        }
        Err(DatabaseError::Busy)
    }
}
