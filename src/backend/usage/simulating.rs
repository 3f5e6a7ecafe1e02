//! `kairan simulate`: a data folder of a pilot that never was, closed day by day like a real one, with
//! the truth beside it.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use kairan_evaluation::{
    loans::date_of,
    row::{DAY_MS, Row},
    simulation::{Simulation, Wanted},
};

use super::{
    archive::Archive,
    closing::put_away,
    reporting::{PROVIDERS, SIMULATED},
};
use crate::database::opening::open_database;

/// What is to be made up.
#[derive(Debug, Clone, Copy)]
pub struct Pilot {
    /// Loans.
    pub loans: u32,
    /// Days.
    pub days: u32,
    /// The seed.
    pub seed: u64,
    /// The first day.
    pub from: i64,
    /// How many times as many visits as usual.
    pub busy: u32,
}

/// Makes the pilot in `out`.
pub async fn simulate(pilot: &Pilot, out: &Path) -> anyhow::Result<()> {
    if out.join("kairan.sqlite").exists() {
        bail!(
            "{} holds a database already — name another folder, so that no real record is mixed with one that is made up",
            out.display()
        );
    }
    let store = open_database(out, None).await?;
    let wanted = Wanted {
        loans: pilot.loans,
        days: pilot.days,
        seed: pilot.seed,
        from: pilot.from,
        busy: pilot.busy,
    };
    let how = format!(
        "{} loans, {} days from {}, seed {}",
        pilot.loans,
        pilot.days,
        date_of(pilot.from),
        pilot.seed
    );
    store.note(SIMULATED, &how).await?;
    let providers = serde_json::to_string(&Simulation::providers())?;
    store.note(PROVIDERS, &providers).await?;
    let mut made = Simulation::new(wanted);
    store.put_loans(&made.loans()).await?;
    let archive = Archive::open(out, None)?;
    // What goes on after midnight belongs to the next day.
    let mut waiting: BTreeMap<i64, Vec<Row>> = BTreeMap::new();
    let days: Vec<i64> = made.days().collect();
    for (number, day) in (1..).zip(&days) {
        for row in made.records_of(*day) {
            waiting.entry(row.day()).or_default().push(row);
        }
        while let Some(entry) = waiting.first_entry().filter(|entry| entry.key() < day) {
            let (day, rows) = entry.remove_entry();
            close(&store, &archive, day, rows).await?;
        }
        eprint!("\r{number} of {} days", days.len());
    }
    for (day, rows) in waiting {
        close(&store, &archive, day, rows).await?;
    }
    store.fold_all_weeks().await?;
    eprintln!();
    let truth = serde_json::to_vec_pretty(&made.truth())?;
    std::fs::write(out.join("truth.json"), truth).context("the truth could not be written")?;
    store.close().await;
    println!("{}", out.display());
    Ok(())
}

async fn close(
    store: &crate::database::Database,
    archive: &Archive,
    day: i64,
    rows: Vec<Row>,
) -> anyhow::Result<()> {
    let before = archive.rows(day).await?;
    // The same pilot is the same to the byte, whenever it is made.
    let closed_at = Timestamp::from_millisecond((day + 1) * DAY_MS)?;
    put_away(
        store,
        archive,
        day,
        before.into_iter().chain(rows),
        closed_at,
    )
    .await?;
    Ok(())
}
