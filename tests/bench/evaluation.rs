//! Closing a day of a thousand, ten thousand and a hundred thousand loans; and a report of half a year of a
//! thousand loans, as they are used and sixteen times as much, beside DuckDB where it is installed.

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use kairan_backend::{
    database::Database,
    usage::closing::{Archive, close_days},
};
use kairan_evaluation::{
    row::Row,
    simulation::{Simulation, Wanted},
};
use kairan_tests::programs::program;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};

/// 2026-04-01.
const FROM: i64 = 20_544;
/// The python of the engines that `make soak` compares with.
const PYTHON: &str = "target/engines/bin/python";

/// Measures both.
pub fn measure() -> anyhow::Result<()> {
    for loans in [1_000, 10_000, 100_000] {
        let folder = tempfile::tempdir()?;
        tokio::runtime::Runtime::new()?.block_on(close(loans, folder.path()))?;
    }
    for busy in [1, 16] {
        let folder = tempfile::tempdir()?;
        report(busy, &folder.path().join("data"))?;
    }
    Ok(())
}

/// Fills the database with one day of records and closes it.
async fn close(loans: u32, folder: &Path) -> anyhow::Result<()> {
    let wanted = Wanted {
        loans,
        days: 100,
        seed: 7,
        from: FROM,
        busy: 1,
    };
    // The fiftieth day: everybody has the tablet by then.
    let mut simulation = Simulation::new(wanted);
    let day = FROM + 50;
    let rows: Vec<Row> = simulation
        .records_of(day)
        .into_iter()
        .filter(|row| row.day() == day)
        .collect();
    let store = Database::open(folder, None).await?;
    store.put_loans(&simulation.loans()).await?;
    fill(folder, &rows).await?;
    let began = Instant::now();
    let now = jiff::Timestamp::now();
    close_days(&store, &Archive::open(folder, None)?, now).await?;
    let took = began.elapsed();
    store.close().await;
    println!(
        "closing a day of {loans} loans with {} records: {:.2} s, file and summaries",
        rows.len(),
        took.as_secs_f64()
    );
    Ok(())
}

async fn fill(folder: &Path, rows: &[Row]) -> anyhow::Result<()> {
    let mut connection: SqliteConnection = SqliteConnectOptions::new()
        .filename(folder.join("kairan.sqlite"))
        .connect()
        .await?;
    let mut transaction = connection.begin().await?;
    for row in rows {
        sqlx::query(
            "INSERT INTO usage_records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT DO NOTHING",
        )
        .bind(&row.tablet)
        .bind(row.sequence)
        .bind(&row.participation)
        .bind(&row.boot)
        .bind(row.uptime_ms)
        .bind(row.happened_at)
        .bind(row.clock_offset_ms)
        .bind(row.visit)
        .bind(row.catalogue)
        .bind(&row.kind)
        .bind(&row.service)
        .bind(&row.detail)
        .bind(row.received_at)
        .execute(&mut *transaction)
        .await?;
    }
    transaction.commit().await?;
    connection.close().await?;
    Ok(())
}

fn report(busy: u32, data: &Path) -> anyhow::Result<()> {
    let place = data.to_str().context("a path in UTF-8")?;
    let out = data.join("report");
    let out = out.to_str().context("a path in UTF-8")?;
    let times = busy.to_string();
    run(Command::new(program("kairan")).args([
        "simulate", "--loans", "1000", "--days", "182", "--busy", &times, "--out", place,
    ]))?;
    let mut took = Duration::ZERO;
    let mut said = String::new();
    // The second time, as when the server has read the files already.
    for _ in 0..2 {
        let began = Instant::now();
        said = run(Command::new("/usr/bin/env").args([
            "time",
            "-f",
            "%M kB at most",
            program("kairan").to_str().context("a path")?,
            "report",
            "--data",
            place,
            "--from",
            "2026-04-01",
            "--to",
            "2026-09-29",
            "--out",
            out,
        ]))?;
        took = began.elapsed();
    }
    let memory = said.lines().find(|line| line.ends_with("kB at most"));
    let mut beside = String::new();
    if Path::new(PYTHON).exists() {
        let began = Instant::now();
        let report = format!("{out}/report.json");
        run(Command::new(PYTHON).args([
            "tests/engines/compare.py",
            place,
            &report,
            "src/evaluation/summaries",
        ]))?;
        beside = format!(
            "; DuckDB the same from Parquet, and every figure equal: {:.1} s",
            began.elapsed().as_secs_f64()
        );
    }
    println!(
        "report of half a year, 1000 loans, {busy} times the usual use: {:.2} s, {}{beside}",
        took.as_secs_f64(),
        memory.unwrap_or_default()
    );
    Ok(())
}

fn run(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output()?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    anyhow::ensure!(output.status.success(), "{command:?}: {said}");
    Ok(said)
}
