//! Usage records a second through the HTTP API from 100 connections, each batch on the disk before it
//! is answered, beside the rate at which the same database takes the same rows in bare batches.

use std::{
    io::Write as _,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use flate2::{Compression, write::GzEncoder};
use kairan_backend::database::Database;
use kairan_contract::{EnrolmentCode, Participation, RecordBatch, TabletId};
use kairan_tests::programs::Backend;
use serde_json::{Value, json};
use sqlx::{ConnectOptions as _, Connection as _, sqlite::SqliteConnectOptions};
use uuid::Uuid;

const CONNECTIONS: usize = 100;
const BATCHES: usize = 20;
/// Rows in one bare statement.
const ROWS: usize = 50;

/// A batch of a tablet: `number` counts its batches.
fn batch(tablet: &str, loan: &str, number: usize) -> Vec<Value> {
    let first = number * RecordBatch::LIMIT + 1;
    (first..first + RecordBatch::LIMIT)
        .map(|sequence| {
            json!({ "tablet": tablet, "participation": loan, "sequence": sequence, "boot": loan,
                "uptime_ms": sequence * 1_000, "happened_at": 1_790_000_000_000_i64 + i64::try_from(sequence).unwrap_or(0) * 1_000,
                "clock_offset_ms": 12, "visit": 1, "catalogue": 1, "kind": "service_left", "service": "bus",
                "detail": { "dwell_ms": sequence * 7, "how": "home" } })
        })
        .collect()
}

fn packed(records: &[Value]) -> anyhow::Result<Vec<u8>> {
    let body = serde_json::to_vec(&json!({ "held_from": 1, "records": records }))?;
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(&body)?;
    Ok(gzip.finish()?)
}

/// A tablet, its token, and its loan.
pub type Lent = (String, String, String);

/// Lends tablets out before the backend starts: through the door they would be too many at once.
pub fn lend(data: &Path, database: Option<&str>) -> anyhow::Result<Vec<Lent>> {
    std::fs::create_dir_all(data)?;
    tokio::runtime::Runtime::new()?.block_on(async {
        let store = Database::open(data, database).await?;
        let now = jiff::Timestamp::now();
        let mut lent = Vec::new();
        for number in 0..u32::try_from(CONNECTIONS)? {
            let code = EnrolmentCode::from_number(number);
            let (tablet, loan) = (TabletId(Uuid::new_v4()), Participation(Uuid::new_v4()));
            let token = format!("token-{number}");
            store.add_code(&code, loan, now).await?;
            store.enrol(&code, tablet, &token, now).await?;
            lent.push((tablet.to_string(), token, loan.to_string()));
        }
        store.close().await;
        Ok(lent)
    })
}

/// Measures the backend that runs, and then its database alone.
pub fn measure(
    backend: &Backend,
    tablets: &[Lent],
    data: &Path,
    folder: &Path,
    database: Option<&str>,
) -> anyhow::Result<()> {
    // It may be there already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Runtime::new()?;
    let mut bodies = Vec::new();
    for (tablet, token, loan) in tablets {
        let batches: anyhow::Result<Vec<Vec<u8>>> = (0..BATCHES)
            .map(|number| packed(&batch(tablet, loan, number)))
            .collect();
        bodies.push((token.clone(), batches?));
    }
    let address = Arc::new(format!("{}/api/v1/records", backend.address));
    let began = Instant::now();
    runtime.block_on(async {
        let mut tasks = tokio::task::JoinSet::new();
        for (token, batches) in bodies {
            let address = Arc::clone(&address);
            tasks.spawn(async move {
                let client = reqwest::Client::new();
                for body in batches {
                    let sent = client.post(&*address).bearer_auth(&token);
                    let sent = sent
                        .header("content-encoding", "gzip")
                        .header("content-type", "application/json");
                    sent.body(body).send().await?.error_for_status()?;
                }
                anyhow::Ok(())
            });
        }
        while let Some(done) = tasks.join_next().await {
            done??;
        }
        anyhow::Ok(())
    })?;
    let records = CONNECTIONS * BATCHES * RecordBatch::LIMIT;
    let api = rate(records, began.elapsed());
    let kept = runtime.block_on(async {
        let store = Database::open(data, database).await?;
        let kept = store.count_usage_records().await?;
        store.close().await;
        anyhow::Ok(kept)
    })?;
    anyhow::ensure!(
        kept == records as u64,
        "{kept} of {records} records were kept"
    );
    let (bare, name) = match database {
        None => (
            runtime.block_on(bare_sqlite(folder, records))?,
            "SQLite FULL",
        ),
        Some(url) => (
            runtime.block_on(bare_postgresql(url, records))?,
            "PostgreSQL",
        ),
    };
    println!(
        "intake, {CONNECTIONS} connections, {records} records, {name}: {api:.0} records a second; the bare database in batches of {}: {bare:.0}; ratio {:.2}",
        RecordBatch::LIMIT,
        api / bare
    );
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a million records")]
fn rate(records: usize, time: Duration) -> f64 {
    records as f64 / time.as_secs_f64()
}

const TABLE: &str = "CREATE TABLE bare_records (tablet TEXT NOT NULL, sequence BIGINT NOT NULL,
     participation TEXT NOT NULL, boot TEXT NOT NULL, uptime_ms BIGINT NOT NULL,
     happened_at BIGINT NOT NULL, clock_offset_ms BIGINT, visit BIGINT NOT NULL,
     catalogue BIGINT NOT NULL, kind TEXT NOT NULL, service TEXT, detail TEXT NOT NULL,
     received_at BIGINT NOT NULL, PRIMARY KEY (tablet, sequence))";

/// The same rows in a table of the same columns, one transaction a batch, every commit on the disk.
macro_rules! bare {
    ($connection:expr, $records:expr, $mark:expr) => {{
        let mut connection = $connection;
        let tablet = Uuid::new_v4().to_string();
        let rows: Vec<String> = (0..ROWS)
            .map(|row| {
                let places: Vec<String> = (1..=13).map(|column| $mark(row * 13 + column)).collect();
                format!("({})", places.join(", "))
            })
            .collect();
        let text = format!("INSERT INTO bare_records VALUES {}", rows.join(", "));
        let began = Instant::now();
        for number in 0..$records / RecordBatch::LIMIT {
            let mut transaction = connection.begin().await?;
            for part in 0..RecordBatch::LIMIT / ROWS {
                let mut query = sqlx::query(sqlx::AssertSqlSafe(text.clone()));
                for offset in 0..ROWS {
                    let sequence =
                        i64::try_from(number * RecordBatch::LIMIT + part * ROWS + offset)?;
                    query = query
                        .bind(&tablet)
                        .bind(sequence)
                        .bind(&tablet)
                        .bind(&tablet)
                        .bind(sequence)
                        .bind(1_790_000_000_000_i64)
                        .bind(12_i64)
                        .bind(1_i64)
                        .bind(1_i64)
                        .bind("service_left")
                        .bind("bus")
                        .bind("{\"dwell_ms\":1234567,\"how\":\"home\"}")
                        .bind(1_790_000_000_000_i64);
                }
                query.execute(&mut *transaction).await?;
            }
            transaction.commit().await?;
        }
        anyhow::Ok(rate($records, began.elapsed()))
    }};
}

async fn bare_sqlite(folder: &Path, records: usize) -> anyhow::Result<f64> {
    let mut connection = SqliteConnectOptions::new()
        .filename(folder.join("bare.sqlite"))
        .create_if_missing(true)
        .connect()
        .await?;
    let ways = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;";
    sqlx::raw_sql(ways).execute(&mut connection).await?;
    sqlx::raw_sql(TABLE).execute(&mut connection).await?;
    bare!(connection, records, |_| "?".to_owned())
}

async fn bare_postgresql(url: &str, records: usize) -> anyhow::Result<f64> {
    let mut connection = sqlx::PgConnection::connect(url).await?;
    sqlx::raw_sql(TABLE).execute(&mut connection).await?;
    bare!(connection, records, |place| format!("${place}"))
}
