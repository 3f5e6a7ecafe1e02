//! What an evaluator types: `kairan report`, and what belongs to it.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use clap::Subcommand;
use jiff::{Timestamp, civil::Date};
use kairan_contract::Participation;
use kairan_evaluation::{dictionary::dictionary, evidence::Period, loans};

use crate::{
    app::storage_arguments::StorageArguments,
    audit::queries::COMMAND_LINE,
    usage::{
        closing::close_days,
        erasing::{self, erase, left_of},
        export::{Export, export},
        reporting::{Ordered, make},
        retention::let_go,
        simulating::{Pilot, simulate},
    },
};

/// The commands.
#[derive(Debug, Subcommand)]
pub enum UsageCommand {
    /// Writes a report of use: a page, tables for a spreadsheet, the data dictionary, and JSON.
    Report {
        /// The first day, such as 2026-10-01.
        #[arg(long)]
        from: Date,
        /// The last day.
        #[arg(long)]
        to: Date,
        /// Only the loans of this period.
        #[arg(long)]
        cohort: Option<String>,
        /// Figures about fewer loans than this are withheld; without it, as the catalogue says, or 10.
        #[arg(long, value_parser = clap::value_parser!(u32).range(3..=1000))]
        threshold: Option<u32>,
        /// The folder for the report.
        #[arg(long)]
        out: PathBuf,
        /// Where the records lie.
        #[command(flatten)]
        storage: StorageArguments,
    },
    /// Takes in the table of loans: pseudonym, area, age band, cohort, days.
    Loans {
        /// What is done with them.
        #[command(subcommand)]
        command: LoansCommand,
    },
    /// Folds the days that are over into summaries and Parquet files. The running server does it by
    /// itself, once an hour.
    CloseDays {
        /// Where the records lie.
        #[command(flatten)]
        storage: StorageArguments,
    },
    /// Takes records out as they are, into one archive. Who does it and what for stands in the audit log.
    Export {
        /// The first day.
        #[arg(long)]
        from: Date,
        /// The last day.
        #[arg(long)]
        to: Date,
        /// What the records are for.
        #[arg(long)]
        reason: String,
        /// The archive to write.
        #[arg(long)]
        out: PathBuf,
        /// Where the records lie.
        #[command(flatten)]
        storage: StorageArguments,
    },
    /// Erases a loan whose resident has left: from the database and from every file. It cannot be undone.
    Erase {
        /// The pseudonym of the loan.
        loan: Participation,
        /// Where the records lie.
        #[command(flatten)]
        storage: StorageArguments,
    },
    /// Makes a pilot up, for trying the report; marked as simulated in everything that is made of it.
    Simulate {
        /// How many loans.
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        loans: u32,
        /// How many days.
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=3_650))]
        days: u32,
        /// The same seed gives the same records.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The day of the first hand-over.
        #[arg(long, default_value = "2026-04-01")]
        from: Date,
        /// How many times as many visits as usual.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100), hide = true)]
        busy: u32,
        /// The data folder to make; it must not be there yet.
        #[arg(long)]
        out: PathBuf,
    },
    /// Prints the data dictionary of usage records as CSV.
    Dictionary,
}

/// What is done with loans.
#[derive(Debug, Subcommand)]
pub enum LoansCommand {
    /// Reads a CSV file; loans that are known already are brought up to date.
    Import {
        /// participation, area, age_band, cohort, began, ended, how_ended.
        file: PathBuf,
        /// Where the records lie.
        #[command(flatten)]
        storage: StorageArguments,
    },
}

/// Does it.
pub async fn run(command: UsageCommand) -> anyhow::Result<()> {
    match command {
        UsageCommand::Report {
            from,
            to,
            cohort,
            threshold,
            out,
            storage,
        } => {
            let period = Period {
                from: loans::day_number(from),
                to: loans::day_number(to),
            };
            if period.to < period.from {
                bail!("the period ends before it begins — one of --from and --to is wrong");
            }
            let store = storage.open().await?;
            let ordered = Ordered {
                period,
                cohort,
                threshold,
            };
            make(&store, &ordered, &out).await?;
            store.close().await;
            Ok(())
        }
        UsageCommand::Loans {
            command: LoansCommand::Import { file, storage },
        } => import(&file, &storage).await,
        UsageCommand::CloseDays { storage } => close(&storage).await,
        UsageCommand::Export {
            from,
            to,
            reason,
            out,
            storage,
        } => take_out(from, to, reason, &out, &storage).await,
        UsageCommand::Erase { loan, storage } => leave(loan, &storage).await,
        UsageCommand::Simulate {
            loans: count,
            days,
            seed,
            from,
            busy,
            out,
        } => {
            let pilot = Pilot {
                loans: count,
                days,
                seed,
                from: loans::day_number(from),
                busy,
            };
            simulate(&pilot, &out).await
        }
        UsageCommand::Dictionary => {
            std::io::stdout().write_all(&dictionary().csv()?)?;
            Ok(())
        }
    }
}

async fn take_out(
    from: Date,
    to: Date,
    reason: String,
    out: &Path,
    storage: &StorageArguments,
) -> anyhow::Result<()> {
    let order = Export {
        period: Period {
            from: loans::day_number(from),
            to: loans::day_number(to),
        },
        who: COMMAND_LINE.to_owned(),
        reason,
    };
    if to < from {
        bail!("the period ends before it begins — one of --from and --to is wrong");
    }
    if order.reason.trim().is_empty() {
        bail!("write with --reason what the records are for");
    }
    let cannot = || format!("cannot write {} — check that you may", out.display());
    let aside = out.with_extension("part");
    let file = std::fs::File::create(&aside).with_context(cannot)?;
    let store = storage.open().await?;
    let archive = storage.archive()?;
    let taken = export(&store, &archive, &order, file).await;
    store.close().await;
    if taken.is_err() {
        let _ = std::fs::remove_file(&aside);
    }
    let days = taken?;
    std::fs::rename(&aside, out).with_context(cannot)?;
    println!("the records of {days} days are in {}", out.display());
    Ok(())
}

async fn import(file: &Path, storage: &StorageArguments) -> anyhow::Result<()> {
    let text = std::fs::read(file)
        .with_context(|| format!("cannot read {} — check the name", file.display()))?;
    let loans = loans::read(&text).map_err(|faults| {
        let told: Vec<String> = faults
            .iter()
            .map(|fault| format!("{}: {fault}", file.display()))
            .collect();
        anyhow::anyhow!("nothing was taken in:\n{}", told.join("\n"))
    })?;
    let store = storage.open().await?;
    store.put_loans(&loans).await?;
    store.close().await;
    println!("{} loans", loans.len());
    Ok(())
}

async fn close(storage: &StorageArguments) -> anyhow::Result<()> {
    let store = storage.open().await?;
    let (archive, now) = (storage.archive()?, Timestamp::now());
    let closed = close_days(&store, &archive, now).await;
    let gone = let_go(&store, &archive, now).await;
    let finished = erasing::finish(&store, &archive, now).await;
    store.close().await;
    println!("{} days closed", closed?);
    match gone? {
        0 => {}
        days => {
            println!("the records of {days} days have gone, as the council has decided");
        }
    }
    finished?;
    Ok(())
}

/// Erases a loan, searches for it again, and says what was found.
async fn leave(loan: Participation, storage: &StorageArguments) -> anyhow::Result<()> {
    let store = storage.open().await?;
    let archive = storage.archive()?;
    let files = erase(&store, &archive, loan, Timestamp::now()).await?;
    let (rows, in_files) = left_of(&store, &archive, loan).await?;
    let (days, tablets) = (archive.days().await?.len(), store.open_wipes().await?);
    store.close().await;
    println!("erased from the database and from {files} files");
    println!("searched for it again: {rows} rows in the database, {in_files} rows in {days} files");
    match tablets {
        0 => {}
        tablets => println!(
            "{tablets} tablets are still to forget their loan: each does so when it next asks"
        ),
    }
    Ok(())
}
