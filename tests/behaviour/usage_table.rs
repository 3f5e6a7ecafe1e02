//! What the backend's database holds of usage records.

use std::path::Path;

use sqlx::{
    Row as _,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};

/// One kept record, as far as tests look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its number.
    pub sequence: i64,
    /// What happened.
    pub kind: String,
    /// The tile.
    pub service: Option<String>,
    /// The loan.
    pub participation: String,
    /// When it happened by the clock on the tablet's wall, in milliseconds.
    pub happened_at: i64,
    /// By how much that clock was behind the council's time then.
    pub clock_offset_ms: Option<i64>,
}

/// All records in the order of their numbers.
pub fn records(data: &Path) -> Vec<Kept> {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(data.join("kairan.sqlite"));
        let Ok(pool) = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options)
            .await
        else {
            return Vec::new();
        };
        let rows = sqlx::query(
            "SELECT sequence, kind, service, participation, happened_at, clock_offset_ms
             FROM usage_records ORDER BY tablet, sequence",
        )
        .fetch_all(&pool)
        .await
        .unwrap_or_default();
        pool.close().await;
        rows.iter()
            .map(|row| Kept {
                sequence: row.get(0),
                kind: row.get(1),
                service: row.get(2),
                participation: row.get(3),
                happened_at: row.get(4),
                clock_offset_ms: row.get(5),
            })
            .collect()
    })
}

/// Whether the numbers are 1, 2, 3 … up to at least `last`, each once.
pub fn complete_up_to(records: &[Kept], last: u64) -> bool {
    let numbers_fit = records
        .iter()
        .zip(1..)
        .all(|(record, number)| record.sequence == number);
    numbers_fit && records.len() as u64 >= last
}
