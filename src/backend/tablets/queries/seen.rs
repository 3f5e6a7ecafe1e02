//! What tablets have shown of each emergency: a tablet's status names the last alone, and two may hold at once.

use jiff::Timestamp;
use kairan_contract::{EmergencySeen, Participation, TabletId};
use sqlx::AnyConnection;

use crate::database::{Database, DatabaseError};

impl Database {
    /// Forgets who has shown what is over.
    pub async fn forget_seen(&self, now: Timestamp) -> Result<(), DatabaseError> {
        sqlx::query(
            "DELETE FROM emergencies_seen WHERE emergency NOT IN
                 (SELECT emergency FROM emergencies WHERE until_at > $1)",
        )
        .bind(now.as_millisecond())
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

/// Keeps what a tablet has shown, if it was sent and holds: no tablet makes rows of what never was. What is known of a
/// later edition, or that it was answered, stays.
pub(crate) async fn see(
    connection: &mut AnyConnection,
    tablet: TabletId,
    seen: EmergencySeen,
    now: Timestamp,
) -> Result<(), DatabaseError> {
    sqlx::query(
        "INSERT INTO emergencies_seen (emergency, tablet, edition, answered)
         SELECT $1, $2, $3, $4 WHERE EXISTS
             (SELECT 1 FROM emergencies WHERE emergency = $1 AND edition = $3 AND until_at > $5)
         ON CONFLICT (emergency, tablet) DO UPDATE SET edition = excluded.edition, answered = excluded.answered
         WHERE excluded.edition > emergencies_seen.edition
             OR (excluded.edition = emergencies_seen.edition AND excluded.answered > emergencies_seen.answered)",
    )
    .bind(seen.id.to_string())
    .bind(tablet.to_string())
    .bind(i64::from(seen.edition))
    .bind(i64::from(seen.answered))
    .bind(now.as_millisecond())
    .execute(&mut *connection)
    .await?;
    Ok(())
}

/// Forgets what the tablets of a loan have shown.
pub(crate) async fn forget_loan(
    connection: &mut AnyConnection,
    loan: Participation,
) -> Result<(), DatabaseError> {
    sqlx::query(
        "DELETE FROM emergencies_seen WHERE tablet IN
             (SELECT tablet FROM tablets WHERE participation = $1)",
    )
    .bind(loan.to_string())
    .execute(&mut *connection)
    .await?;
    Ok(())
}

/// Forgets what a tablet has shown.
pub(crate) async fn forget_tablet(
    connection: &mut AnyConnection,
    tablet: TabletId,
) -> Result<(), DatabaseError> {
    sqlx::query("DELETE FROM emergencies_seen WHERE tablet = $1")
        .bind(tablet.to_string())
        .execute(&mut *connection)
        .await?;
    Ok(())
}
