//! Usage records, each exactly once.

use std::{collections::BTreeMap, ops::RangeInclusive};

use jiff::Timestamp;
use kairan_contract::{Participation, TabletId, WireRecord};
use kairan_evaluation::row::day_at;
use sqlx::{AnyConnection, AssertSqlSafe};

use crate::{
    database::{
        Database, DatabaseError,
        dialect::{Dialect, ROWS_AT_ONCE},
        signed, unsigned,
    },
    tablets::queries::erased::{erased, hash_of},
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

/// What became of a batch.
#[derive(Debug, Default)]
pub struct Taken {
    /// Up to which number everything is settled.
    pub acknowledged: u64,
    /// Records that were refused for what the database knows of their loan or their day.
    pub refused: Vec<(u64, NotKept)>,
}

/// Why a record that is well formed is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotKept {
    /// Its loan was erased.
    #[error("its resident has left")]
    Erased,
    /// The tablet was not lent under this pseudonym on that day any more.
    #[error("its loan had ended before that day")]
    LoanEnded,
    /// The records of that day have gone already.
    #[error("it is older than the council keeps records")]
    TooOld,
}

impl Database {
    /// Keeps a batch in one transaction and says up to which number everything is settled.
    /// What is already there is passed over.
    pub async fn take_in(
        &self,
        tablet: TabletId,
        intake: &Intake,
        now: Timestamp,
    ) -> Result<Taken, DatabaseError> {
        self.in_transaction(async |connection| {
            let refused = keep(connection, self.dialect, tablet, intake, now).await?;
            let acknowledged = settle(connection, tablet).await?;
            Ok(Taken {
                acknowledged,
                refused,
            })
        })
        .await
    }

    /// How many usage records there are.
    pub async fn count_usage_records(&self) -> Result<u64, DatabaseError> {
        let (count,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM usage_records")
            .fetch_one(&self.readers)
            .await?;
        Ok(unsigned(count))
    }
}

async fn keep(
    connection: &mut AnyConnection,
    dialect: Dialect,
    tablet: TabletId,
    intake: &Intake,
    now: Timestamp,
) -> Result<Vec<(u64, NotKept)>, DatabaseError> {
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
    let new: Vec<&WireRecord> = intake
        .records
        .iter()
        .filter(|record| is_new(record.sequence))
        .collect();
    let bounds = Bounds::of(connection, &new).await?;
    let (mut taken, mut refused) = (Vec::with_capacity(new.len()), Vec::new());
    for record in new {
        match bounds.judge(record) {
            Ok(()) => taken.push(record),
            Err(why) => refused.push((record.sequence, why)),
        }
    }
    for part in taken.chunks(ROWS_AT_ONCE) {
        insert(connection, dialect, tablet, part, now).await?;
    }
    for (sequence, why) in &refused {
        refuse(connection, tablet, *sequence, &why.to_string(), now).await?;
    }
    for (sequence, why) in &intake.refused {
        refuse(connection, tablet, *sequence, why, now).await?;
    }
    Ok(refused)
}

/// What the database knows of the loans and the days of a batch.
struct Bounds {
    /// The last day of each loan; none while it goes on. A loan that stands in no table is not here:
    /// the table may come later.
    last_days: BTreeMap<Participation, Option<i64>>,
    erased: Vec<Participation>,
    days_gone: Vec<i64>,
}

impl Bounds {
    async fn of(
        connection: &mut AnyConnection,
        records: &[&WireRecord],
    ) -> Result<Self, DatabaseError> {
        // The records of a tablet are of one loan, or of two where it was lent anew.
        let mut loans: Vec<Participation> = records.iter().map(|it| it.participation).collect();
        loans.sort_unstable();
        loans.dedup();
        let known = erased(connection).await?;
        let mut last_days = BTreeMap::new();
        for loan in &loans {
            let found: Option<(Option<i64>,)> =
                sqlx::query_as("SELECT ended FROM loans WHERE participation = $1")
                    .bind(loan.to_string())
                    .fetch_optional(&mut *connection)
                    .await?;
            last_days.extend(found.map(|(ended,)| (*loan, ended)));
        }
        let days = records.iter().map(|record| day_of(record));
        let days_gone: Vec<(i64,)> = sqlx::query_as(
            "SELECT day FROM closed_days WHERE records_gone_at IS NOT NULL AND day >= $1 AND day <= $2",
        )
        .bind(days.clone().min().unwrap_or(0))
        .bind(days.max().unwrap_or(0))
        .fetch_all(&mut *connection)
        .await?;
        loans.retain(|loan| known.contains(&hash_of(*loan)));
        Ok(Self {
            last_days,
            erased: loans,
            days_gone: days_gone.into_iter().map(|(day,)| day).collect(),
        })
    }

    fn judge(&self, record: &WireRecord) -> Result<(), NotKept> {
        let day = day_of(record);
        let last = self.last_days.get(&record.participation).copied().flatten();
        if self.erased.contains(&record.participation) {
            Err(NotKept::Erased)
        } else if last.is_some_and(|last| day > last) {
            Err(NotKept::LoanEnded)
        } else if self.days_gone.contains(&day) {
            Err(NotKept::TooOld)
        } else {
            Ok(())
        }
    }
}

fn day_of(record: &WireRecord) -> i64 {
    day_at(record.happened_at, record.clock_offset_ms)
}

/// Keeps a few records with one statement.
async fn insert(
    connection: &mut AnyConnection,
    dialect: Dialect,
    tablet: TabletId,
    records: &[&WireRecord],
    now: Timestamp,
) -> Result<(), DatabaseError> {
    let mut query = sqlx::query(AssertSqlSafe(insertion(dialect, records.len())));
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
            .bind(serde_json::to_string(&record.detail).unwrap_or_default())
            .bind(now.as_millisecond());
    }
    query.execute(&mut *connection).await?;
    Ok(())
}

fn insertion(dialect: Dialect, rows: usize) -> String {
    let places = dialect.places(rows, 13);
    format!(
        "INSERT INTO usage_records (tablet, sequence, participation, boot, uptime_ms, happened_at,
             clock_offset_ms, visit, catalogue, kind, service, detail, received_at)
         VALUES {places} ON CONFLICT (tablet, sequence) DO NOTHING"
    )
}

/// Every form of the statements that are put together here.
pub(crate) fn statements(dialect: Dialect) -> Vec<String> {
    [1, ROWS_AT_ONCE]
        .map(|rows| insertion(dialect, rows))
        .to_vec()
}

async fn refuse(
    connection: &mut AnyConnection,
    tablet: TabletId,
    sequence: u64,
    why: &str,
    now: Timestamp,
) -> Result<(), DatabaseError> {
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
) -> Result<Vec<RangeInclusive<i64>>, DatabaseError> {
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
) -> Result<Vec<RangeInclusive<i64>>, DatabaseError> {
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
async fn settle(connection: &mut AnyConnection, tablet: TabletId) -> Result<u64, DatabaseError> {
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
