//! What was deleted leaves the file.

use super::{Database, DatabaseError, dialect::Dialect};

impl Database {
    /// Gives the room of what was deleted back to the disk: until then it lies in the file of the database.
    pub(crate) async fn give_room_back(&self) -> Result<(), DatabaseError> {
        sqlx::query("VACUUM").execute(&self.pool).await?;
        if self.dialect == Dialect::Sqlite {
            self.empty_the_log().await?;
        }
        Ok(())
    }
}
