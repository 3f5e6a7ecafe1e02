//! Days of usage records: which are open, what they hold, and the summaries of those that are closed.

use jiff::Timestamp;
use kairan_contract::WireRecord;
use kairan_evaluation::{
    row::{Cell, ColumnKind, Row},
    summaries::{SUMMARIES, Summary, dwell_buckets},
};
use sqlx::{Any, AnyConnection, AssertSqlSafe, Row as _, any::AnyArguments, query::Query};

use super::{records::NotKept, weeks::forget_week};
use crate::{
    database::{
        Database, DatabaseError,
        dialect::{Dialect, ROWS_AT_ONCE},
        unsigned,
    },
    tablets::queries::evaluated::begin_change,
};

/// A day whose records have been folded and laid down.
#[derive(Debug, Clone)]
pub struct ClosedDay {
    /// Which, days since 1970-01-01 in Japan.
    pub day: i64,
    /// How many records it has.
    pub records: u64,
    /// The SHA-256 of its file.
    pub sha256: String,
    /// When it was folded the last time.
    pub closed_at: Timestamp,
    /// Whether its records have gone, because they may be kept no longer.
    pub is_gone: bool,
}

/// The day of a record in SQL, the same floor as in the summaries.
const DAY: &str = "CAST((happened_at + COALESCE(clock_offset_ms, 0) + 32400000
     - ((happened_at + COALESCE(clock_offset_ms, 0) + 32400000) % 86400000 + 86400000) % 86400000)
     / 86400000 AS BIGINT)";

impl Database {
    /// The days other than `today` of which records lie in the database. Those after tomorrow were
    /// written by a clock that runs ahead, and are as much over as any.
    pub async fn open_days(&self, today: i64) -> Result<Vec<i64>, DatabaseError> {
        let text = format!(
            "SELECT DISTINCT {DAY} AS day FROM usage_records WHERE {DAY} < $1 OR {DAY} > $2 ORDER BY day"
        );
        let days: Vec<(i64,)> = sqlx::query_as(AssertSqlSafe(text))
            .bind(today)
            .bind(today.saturating_add(1))
            .fetch_all(&self.readers)
            .await?;
        Ok(days.into_iter().map(|(day,)| day).collect())
    }

    /// The records of a day that lie in the database.
    pub async fn rows_of(&self, day: i64) -> Result<Vec<Row>, DatabaseError> {
        let text = format!(
            "SELECT tablet, sequence, participation, boot, uptime_ms, happened_at, clock_offset_ms,
                 visit, catalogue, kind, service, detail, received_at
             FROM usage_records WHERE {DAY} = $1 ORDER BY tablet, sequence"
        );
        let rows = sqlx::query(AssertSqlSafe(text))
            .bind(day)
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(row).collect()
    }

    /// Folds the whole of a day's records anew, and lets those in the database go: they stand in the
    /// file of the day by now. All of it or nothing.
    pub async fn close_day(&self, closed: &ClosedDay, rows: &[Row]) -> Result<(), DatabaseError> {
        self.in_transaction(async |connection| {
            begin_change(connection).await?;
            stage(connection, self.dialect, rows).await?;
            for summary in SUMMARIES {
                forget(connection, summary, closed.day).await?;
                fold(connection, summary).await?;
            }
            forget_week(connection, closed.day).await?;
            remember_archived(connection).await?;
            // What came while the file was written is not in it, and waits for the next time.
            sqlx::query(
                "DELETE FROM usage_records WHERE EXISTS (SELECT 1 FROM records
                     WHERE records.tablet = usage_records.tablet
                     AND records.sequence = usage_records.sequence)",
            )
            .execute(&mut *connection)
            .await?;
            sqlx::query("DROP TABLE records")
                .execute(&mut *connection)
                .await?;
            sqlx::query(
                "INSERT INTO closed_days (day, records, sha256, closed_at) VALUES ($1, $2, $3, $4)
                 ON CONFLICT (day) DO UPDATE SET records = excluded.records,
                     sha256 = excluded.sha256, closed_at = excluded.closed_at",
            )
            .bind(closed.day)
            .bind(i64::try_from(closed.records).unwrap_or(i64::MAX))
            .bind(closed.sha256.clone())
            .bind(closed.closed_at.as_millisecond())
            .execute(&mut *connection)
            .await?;
            Ok(())
        })
        .await
    }

    /// The days that are closed.
    pub async fn closed_days(&self) -> Result<Vec<ClosedDay>, DatabaseError> {
        type Read = (i64, i64, String, i64, Option<i64>);
        let rows: Vec<Read> = sqlx::query_as(
            "SELECT day, records, sha256, closed_at, records_gone_at FROM closed_days ORDER BY day",
        )
        .fetch_all(&self.readers)
        .await?;
        let day = |(day, records, sha256, closed_at, gone_at): Read| {
            let damaged = |_| DatabaseError::Damaged("when a day was closed".to_owned());
            Ok(ClosedDay {
                day,
                records: unsigned(records),
                sha256,
                closed_at: Timestamp::from_millisecond(closed_at).map_err(damaged)?,
                is_gone: gone_at.is_some(),
            })
        };
        rows.into_iter().map(day).collect()
    }

    /// Notes that the records of a day go; what was counted of them stays.
    pub async fn let_day_go(&self, day: i64, now: Timestamp) -> Result<(), DatabaseError> {
        sqlx::query(
            "UPDATE closed_days SET records_gone_at = $1 WHERE day = $2 AND records_gone_at IS NULL",
        )
        .bind(now.as_millisecond())
        .bind(day)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Refuses what came for a day whose records have gone: it was on its way when they went.
    pub async fn refuse_day(
        &self,
        day: i64,
        why: NotKept,
        now: Timestamp,
    ) -> Result<(), DatabaseError> {
        self.in_transaction(async |connection| {
            let text = format!(
                "INSERT INTO usage_refused (tablet, sequence, why, refused_at)
                 SELECT tablet, sequence, $1, $2 FROM usage_records WHERE {DAY} = $3
                 ON CONFLICT (tablet, sequence) DO NOTHING"
            );
            sqlx::query(AssertSqlSafe(text))
                .bind(why.to_string())
                .bind(now.as_millisecond())
                .bind(day)
                .execute(&mut *connection)
                .await?;
            let text = format!("DELETE FROM usage_records WHERE {DAY} = $1");
            sqlx::query(AssertSqlSafe(text))
                .bind(day)
                .execute(&mut *connection)
                .await?;
            Ok(())
        })
        .await
    }

    /// The rows of a summary from day to day, both included, in a settled order.
    pub async fn summary(
        &self,
        summary: &Summary,
        from: i64,
        to: i64,
    ) -> Result<Vec<Vec<SummaryValue>>, DatabaseError> {
        let columns = summary.columns();
        let rows = sqlx::query(AssertSqlSafe(reading(summary)))
            .bind(from)
            .bind(to)
            .fetch_all(&self.readers)
            .await?;
        let mut read = Vec::with_capacity(rows.len());
        for row in &rows {
            let mut values = Vec::with_capacity(columns.len());
            for (index, (_, kind)) in columns.iter().enumerate() {
                values.push(match kind {
                    ColumnKind::Text => SummaryValue::Text(row.try_get(index)?),
                    ColumnKind::Number => SummaryValue::Number(row.try_get(index)?),
                });
            }
            read.push(values);
        }
        // The two databases order texts each in its own way.
        read.sort_unstable();
        Ok(read)
    }

    /// Notes something that must be said with every figure.
    pub async fn note(&self, note: &str, value: &str) -> Result<(), DatabaseError> {
        sqlx::query(
            "INSERT INTO evaluation_notes (note, value) VALUES ($1, $2)
             ON CONFLICT (note) DO UPDATE SET value = excluded.value",
        )
        .bind(note.to_owned())
        .bind(value.to_owned())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// What must be said with every figure.
    pub async fn notes(&self) -> Result<Vec<(String, String)>, DatabaseError> {
        Ok(
            sqlx::query_as("SELECT note, value FROM evaluation_notes ORDER BY note")
                .fetch_all(&self.readers)
                .await?,
        )
    }
}

/// A value of a summary.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SummaryValue {
    /// A text.
    Text(String),
    /// A whole number, if there is one.
    Number(Option<i64>),
}

fn row(row: &sqlx::any::AnyRow) -> Result<Row, DatabaseError> {
    let text = |index: usize| row.try_get::<String, _>(index);
    let number = |index: usize| row.try_get::<i64, _>(index);
    let damaged = |what: &str| DatabaseError::Damaged(format!("{what} of a usage record"));
    let received_at = number(12)?;
    let service: Option<String> = row.try_get(10)?;
    let record = WireRecord {
        tablet: text(0)?.parse().map_err(|_| damaged("the tablet"))?,
        sequence: unsigned(number(1)?),
        participation: text(2)?.parse().map_err(|_| damaged("the loan"))?,
        boot: kairan_contract::BootId(text(3)?.parse().map_err(|_| damaged("the boot"))?),
        uptime_ms: unsigned(number(4)?),
        happened_at: number(5)?,
        clock_offset_ms: row.try_get(6)?,
        visit: u32::try_from(number(7)?).unwrap_or(0),
        catalogue: unsigned(number(8)?),
        kind: text(9)?,
        service: service
            .map(|service| service.parse())
            .transpose()
            .map_err(|_| damaged("the tile"))?,
        detail: serde_json::from_str(&text(11)?).map_err(|_| damaged("the detail"))?,
    };
    Ok(Row::of(&record, received_at))
}

/// Lays the rows and the buckets where the summaries look for them: in tables of this connection alone.
async fn stage(
    connection: &mut AnyConnection,
    dialect: Dialect,
    rows: &[Row],
) -> Result<(), DatabaseError> {
    sqlx::query(AssertSqlSafe(making_of_the_stage()))
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "CREATE TEMPORARY TABLE IF NOT EXISTS dwell_buckets
             (bucket BIGINT, from_ms BIGINT PRIMARY KEY, below_ms BIGINT)",
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query("DELETE FROM records")
        .execute(&mut *connection)
        .await?;
    sqlx::query("DELETE FROM dwell_buckets")
        .execute(&mut *connection)
        .await?;
    for part in dwell_buckets().chunks(ROWS_AT_ONCE) {
        let mut query = sqlx::query(AssertSqlSafe(staging_of_buckets(dialect, part.len())));
        for bucket in part {
            query = query
                .bind(bucket.bucket)
                .bind(bucket.from_ms)
                .bind(bucket.below_ms);
        }
        query.execute(&mut *connection).await?;
    }
    for part in rows.chunks(ROWS_AT_ONCE) {
        let mut query = sqlx::query(AssertSqlSafe(staging(dialect, part.len())));
        for cell in part.iter().flat_map(Row::cells) {
            query = bound(query, cell);
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

fn bound<'q>(query: Query<'q, Any, AnyArguments>, cell: Cell<'_>) -> Query<'q, Any, AnyArguments> {
    match cell {
        Cell::Text(text) => query.bind(text.map(str::to_owned)),
        Cell::Number(number) => query.bind(number),
    }
}

async fn forget(
    connection: &mut AnyConnection,
    summary: &Summary,
    day: i64,
) -> Result<(), DatabaseError> {
    sqlx::query(AssertSqlSafe(forgetting(summary)))
        .bind(day)
        .execute(&mut *connection)
        .await?;
    Ok(())
}

async fn fold(connection: &mut AnyConnection, summary: &Summary) -> Result<(), DatabaseError> {
    sqlx::query(AssertSqlSafe(folding(summary)))
        .execute(&mut *connection)
        .await?;
    Ok(())
}

/// What leaves the database stays known as delivered: numbers up to the watermark are, and those
/// beyond it are kept as ranges.
async fn remember_archived(connection: &mut AnyConnection) -> Result<(), DatabaseError> {
    let leaving: Vec<(String, i64)> = sqlx::query_as(
        "SELECT usage_records.tablet, usage_records.sequence FROM usage_records
         JOIN records ON records.tablet = usage_records.tablet
             AND records.sequence = usage_records.sequence
         JOIN tablets ON tablets.tablet = usage_records.tablet
         WHERE usage_records.sequence > tablets.acknowledged
         ORDER BY usage_records.tablet, usage_records.sequence",
    )
    .fetch_all(&mut *connection)
    .await?;
    let mut ranges: Vec<(String, i64, i64)> = Vec::new();
    for (tablet, sequence) in leaving {
        match ranges.last_mut() {
            Some((known, _, last)) if *known == tablet && *last + 1 == sequence => *last = sequence,
            _ => ranges.push((tablet, sequence, sequence)),
        }
    }
    for (tablet, first, last) in ranges {
        sqlx::query(
            "INSERT INTO usage_archived (tablet, first_sequence, last_sequence) VALUES ($1, $2, $3)
             ON CONFLICT (tablet, first_sequence) DO NOTHING",
        )
        .bind(tablet)
        .bind(first)
        .bind(last)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

fn making_of_the_stage() -> String {
    let columns: Vec<String> = Row::COLUMNS
        .iter()
        .map(|(name, kind)| match kind {
            ColumnKind::Text => format!("{name} TEXT"),
            ColumnKind::Number => format!("{name} BIGINT"),
        })
        .collect();
    format!(
        "CREATE TEMPORARY TABLE IF NOT EXISTS records ({}, PRIMARY KEY (tablet, sequence))",
        columns.join(", ")
    )
}

fn staging(dialect: Dialect, rows: usize) -> String {
    let places = dialect.places(rows, Row::COLUMNS.len());
    format!("INSERT INTO records VALUES {places}")
}

fn staging_of_buckets(dialect: Dialect, rows: usize) -> String {
    let places = dialect.places(rows, 3);
    format!("INSERT INTO dwell_buckets VALUES {places}")
}

fn columns(summary: &Summary) -> String {
    let columns = summary.columns();
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    names.join(", ")
}

fn forgetting(summary: &Summary) -> String {
    format!("DELETE FROM summary_{} WHERE day = $1", summary.name)
}

fn folding(summary: &Summary) -> String {
    let (name, columns, sql) = (summary.name, columns(summary), summary.sql);
    format!("INSERT INTO summary_{name} ({columns})\n{sql}")
}

fn reading(summary: &Summary) -> String {
    let (name, columns) = (summary.name, columns(summary));
    format!("SELECT {columns} FROM summary_{name} WHERE day >= $1 AND day <= $2")
}

/// Every form of the statements that are put together here.
pub(crate) fn statements(dialect: Dialect) -> Vec<String> {
    let mut statements = vec![making_of_the_stage()];
    for rows in [1, ROWS_AT_ONCE] {
        statements.extend([staging(dialect, rows), staging_of_buckets(dialect, rows)]);
    }
    for summary in SUMMARIES {
        statements.extend([forgetting(summary), folding(summary), reading(summary)]);
    }
    statements
}

#[cfg(test)]
mod tests {
    use kairan_evaluation::row::{DAY_MS, JAPAN_MS};

    use super::*;

    #[test]
    fn a_day_is_as_long_and_begins_when_it_does_elsewhere() {
        let numbers = DAY.split(|it: char| !it.is_ascii_digit());
        let mut numbers: Vec<i64> = numbers.filter_map(|it| it.parse().ok()).collect();
        numbers.retain(|it| *it != 0);
        numbers.sort_unstable();
        assert_eq!(
            numbers,
            [JAPAN_MS, JAPAN_MS, DAY_MS, DAY_MS, DAY_MS, DAY_MS]
        );
    }
}
