//! Usage records, each exactly once.

use std::ops::RangeInclusive;

use jiff::Timestamp;
use kairan_contract::{TabletId, WireRecord};
use sqlx::{AnyConnection, AssertSqlSafe};

use super::{
    Store, StoreError,
    days::{ROWS_AT_ONCE, places},
    erasures::{erased, hash_of},
    signed, unsigned,
};

/// The numbers looked at in one go when the watermark moves on.
const STEP: usize = 5_000;

/// What one batch brings: records to keep, and sequence numbers that are settled without one.
#[derive(Debug, Default)]
pub struct Intake {
    /// To be kept.
    pub records: Vec<WireRecord>,
    /// Refused for good, with the reason.
    pub refused: Vec<(u64, String)>,
    /// The lowest sequence number that the tablet still holds: all below were acknowledged.
    pub held_from: u64,
}

impl Store {
    /// Keeps a batch in one transaction and says up to which number everything is settled.
    /// What is already there is passed over.
    pub async fn take_in(
        &self,
        tablet: TabletId,
        intake: &Intake,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        self.in_transaction(async |connection| {
            keep(connection, tablet, intake, now).await?;
            settle(connection, tablet).await
        })
        .await
    }

    /// How many usage records there are.
    pub async fn count_usage_records(&self) -> Result<u64, StoreError> {
        let (count,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM usage_records")
            .fetch_one(&self.pool)
            .await?;
        Ok(unsigned(count))
    }
}

async fn keep(
    connection: &mut AnyConnection,
    tablet: TabletId,
    intake: &Intake,
    now: Timestamp,
) -> Result<(), StoreError> {
    // A write comes first, so that two batches of one tablet queue up instead of deadlocking.
    sqlx::query("UPDATE tablets SET acknowledged = CASE WHEN acknowledged < $1 THEN $1 ELSE acknowledged END
             WHERE tablet = $2")
        .bind(signed(intake.held_from.saturating_sub(1)))
        .bind(tablet.to_string())
        .execute(&mut *connection)
        .await?;
    let delivered = delivered(connection, tablet).await?;
    let is_new = |sequence: u64| {
        let sequence = signed(sequence);
        !delivered.iter().any(|range| range.contains(&sequence))
    };
    let erased = erased(connection).await?;
    let records = intake.records.iter();
    let (left, taken): (Vec<&WireRecord>, Vec<&WireRecord>) = records
        .filter(|record| is_new(record.sequence))
        .partition(|record| erased.contains(&hash_of(record.participation)));
    for part in taken.chunks(ROWS_AT_ONCE) {
        insert(connection, tablet, part, now).await?;
    }
    for record in left {
        let why = "its resident has left";
        refuse(connection, tablet, record.sequence, why, now).await?;
    }
    for (sequence, why) in &intake.refused {
        refuse(connection, tablet, *sequence, why, now).await?;
    }
    Ok(())
}

/// Keeps a few records with one statement.
async fn insert(
    connection: &mut AnyConnection,
    tablet: TabletId,
    records: &[&WireRecord],
    now: Timestamp,
) -> Result<(), StoreError> {
    let text = format!(
        "INSERT INTO usage_records (tablet, sequence, participation, boot, uptime_ms, happened_at,
             clock_offset_ms, visit, catalogue, kind, service, detail, received_at)
         VALUES {} ON CONFLICT (tablet, sequence) DO NOTHING",
        places(records.len(), 13)
    );
    let mut query = sqlx::query(AssertSqlSafe(text));
    for record in records {
        let service = record.service.as_ref();
        query = query
            .bind(tablet.to_string())
            .bind(signed(record.sequence))
            .bind(record.participation.to_string())
            .bind(record.boot.to_string())
            .bind(signed(record.uptime_ms))
            .bind(record.happened_at)
            .bind(record.clock_offset_ms)
            .bind(i64::from(record.visit))
            .bind(signed(record.catalogue))
            .bind(record.kind.clone())
            .bind(service.map(|service| service.as_str().to_owned()))
            .bind(serde_json::Value::Object(record.detail.clone()).to_string())
            .bind(now.as_millisecond());
    }
    query.execute(&mut *connection).await?;
    Ok(())
}

async fn refuse(
    connection: &mut AnyConnection,
    tablet: TabletId,
    sequence: u64,
    why: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO usage_refused (tablet, sequence, why, refused_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (tablet, sequence) DO NOTHING",
    )
    .bind(tablet.to_string())
    .bind(signed(sequence))
    .bind(why.to_owned())
    .bind(now.as_millisecond())
    .execute(&mut *connection)
    .await?;
    Ok(())
}

/// The numbers whose records have come and may have left for a Parquet file since.
async fn delivered(
    connection: &mut AnyConnection,
    tablet: TabletId,
) -> Result<Vec<RangeInclusive<i64>>, StoreError> {
    let mut ranges = archived(connection, tablet).await?;
    let (acknowledged,): (i64,) =
        sqlx::query_as("SELECT acknowledged FROM tablets WHERE tablet = $1")
            .bind(tablet.to_string())
            .fetch_one(&mut *connection)
            .await?;
    ranges.push(1..=acknowledged);
    Ok(ranges)
}

async fn archived(
    connection: &mut AnyConnection,
    tablet: TabletId,
) -> Result<Vec<RangeInclusive<i64>>, StoreError> {
    let ranges: Vec<(i64, i64)> = sqlx::query_as(
        "SELECT first_sequence, last_sequence FROM usage_archived WHERE tablet = $1
         ORDER BY first_sequence",
    )
    .bind(tablet.to_string())
    .fetch_all(&mut *connection)
    .await?;
    Ok(ranges
        .into_iter()
        .map(|(first, last)| first..=last)
        .collect())
}

/// Moves the watermark on over every number that is settled, and says where it stands.
async fn settle(connection: &mut AnyConnection, tablet: TabletId) -> Result<u64, StoreError> {
    let (before,): (i64,) = sqlx::query_as("SELECT acknowledged FROM tablets WHERE tablet = $1")
        .bind(tablet.to_string())
        .fetch_one(&mut *connection)
        .await?;
    let mut settled = before;
    let archived = archived(connection, tablet).await?;
    loop {
        // What has left for a Parquet file is settled, too.
        while let Some(range) = archived.iter().find(|range| range.contains(&(settled + 1))) {
            settled = *range.end();
        }
        let next: Vec<(i64,)> = sqlx::query_as(
            "SELECT sequence FROM usage_records WHERE tablet = $1 AND sequence > $2
                 UNION SELECT sequence FROM usage_refused WHERE tablet = $1 AND sequence > $2
                 ORDER BY sequence LIMIT 5000",
        )
        .bind(tablet.to_string())
        .bind(settled)
        .fetch_all(&mut *connection)
        .await?;
        let run = next
            .iter()
            .zip(settled + 1..)
            .take_while(|((found,), wanted)| found == wanted)
            .count();
        settled += i64::try_from(run).unwrap_or(0);
        let goes_on = archived.iter().any(|range| range.contains(&(settled + 1)));
        if run < STEP && !goes_on {
            break;
        }
    }
    sqlx::query("DELETE FROM usage_archived WHERE tablet = $1 AND last_sequence <= $2")
        .bind(tablet.to_string())
        .bind(settled)
        .execute(&mut *connection)
        .await?;
    sqlx::query("UPDATE tablets SET acknowledged = $1 WHERE tablet = $2")
        .bind(settled)
        .bind(tablet.to_string())
        .execute(&mut *connection)
        .await?;

    Ok(unsigned(settled))
}
