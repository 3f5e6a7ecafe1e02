//! `kairan`: the council's command.
#![forbid(unsafe_code)]

use std::{
    io::Write as _,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use jiff::Timestamp;
use kairan_backend::{
    app::{
        Settings, SettingsError, StorageArguments,
        commands::{
            people::{self, KeysCommand, PeopleCommand},
            usage::{self, UsageCommand},
        },
        language, sealing, serve,
        settings::{self, Given},
    },
    audit::queries::COMMAND_LINE,
    catalogue::file::in_words,
    database::Database,
    tablets::api::enrolment,
};
use kairan_catalogue::Catalogue;
use kairan_catalogue::dry_run::{self, DryRun};
use kairan_contract::{EnrolmentCode, Participation, RequestId};
use kairan_sources::beside::Beside;
use kairan_text::tr;
use tokio_util::sync::CancellationToken;

/// Kairan: the council's server and its command.
#[derive(Parser)]
#[command(name = "kairan", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Checks a catalogue and names every fault with its line and column.
    Check {
        /// The catalogue.
        #[arg(default_value = "services.toml")]
        file: PathBuf,
        /// The server's, whose files are no content.
        #[command(flatten)]
        storage: StorageArguments,
    },
    /// Shows what a source would give: its items as JSON, and each row that is left out.
    Try {
        /// feed, weather, warnings, places, events, timetable, entities, page, audio or questionnaire.
        kind: String,
        /// A file, or an address that begins with https://.
        source: String,
        /// A setting as in the catalogue, such as area=2710000 or columns.name=施設名.
        #[arg(long = "set", value_name = "KEY=VALUE")]
        settings: Vec<String>,
        /// Looks from another moment, such as 2026-12-02T10:00 in Japan.
        #[arg(long, value_parser = dry_run::moment)]
        at: Option<Timestamp>,
        /// Shows what is past, expired or too old as well.
        #[arg(long)]
        all: bool,
    },
    /// Runs the server.
    Serve {
        /// The catalogue; without it, services.toml.
        #[arg(long)]
        catalogue: Option<PathBuf>,
        /// Where tablets reach it; without it, 127.0.0.1:8080.
        #[arg(long)]
        listen: Option<SocketAddr>,
        /// Networks of proxies whose word is taken for who asks, such as 10.0.0.0/8,::1/128; without it, this machine.
        #[arg(long, value_delimiter = ',', value_name = "NETWORK", value_parser = settings::network)]
        trusted_proxies: Option<Vec<ipnet::IpNet>>,
        /// Where the database and fetched content lie.
        #[command(flatten)]
        storage: StorageArguments,
        /// Shows sample content, marked as such, for sources that cannot be reached.
        #[arg(long)]
        demo: bool,
        /// Speaks plain HTTP beyond this machine, because a proxy before it speaks TLS.
        #[arg(long)]
        plain_http: bool,
    },
    /// Shows who asks to be rung, the oldest first: the pseudonym of the loan, when, and from which screen.
    Requests {
        /// Where the server's database lies.
        #[command(flatten)]
        storage: StorageArguments,
        /// Notes that this one has been dealt with.
        #[arg(long, value_name = "ID")]
        settled: Option<uuid::Uuid>,
    },
    /// Locks the tablets of a loan: they say whom to ring and pass on warnings, and nothing else.
    Lock {
        /// The pseudonym of the loan.
        loan: Participation,
        /// Opens them again.
        #[arg(long)]
        open: bool,
        /// Where the server's database lies.
        #[command(flatten)]
        storage: StorageArguments,
    },
    /// Has the tablets of a loan forget it: everything of it goes from them when they next ask, locked or not.
    Wipe {
        /// The pseudonym of the loan.
        loan: Participation,
        /// Where the server's database lies.
        #[command(flatten)]
        storage: StorageArguments,
    },
    #[command(flatten)]
    Usage(UsageCommand),
    /// Who may use the console.
    People {
        /// What is done.
        #[command(subcommand)]
        command: PeopleCommand,
    },
    /// The keys that seal secrets.
    Keys {
        /// What is done.
        #[command(subcommand)]
        command: KeysCommand,
    },
    /// Makes a code for a new loan: eight digits that live 30 minutes and work once.
    EnrolmentCode {
        /// Where the server's database lies.
        #[command(flatten)]
        storage: StorageArguments,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    log_to_stderr();
    match run(arguments.command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("kairan: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// JSON where a service manager listens, plain lines where a person reads.
fn log_to_stderr() {
    use std::io::IsTerminal as _;
    let filter = tracing_subscriber::EnvFilter::try_from_env("KAIRAN_LOG")
        .unwrap_or_else(|_| "warn,kairan_backend=info".into());
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if std::env::var_os("INVOCATION_ID").is_some() && !std::io::stderr().is_terminal() {
        builder.json().init();
    } else {
        builder.with_ansi(std::io::stderr().is_terminal()).init();
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Check { file, storage } => {
            let kept = match storage.in_force() {
                Ok(settings) => sealing::kept_back(&settings),
                // A catalogue is checked without a server, too.
                Err(error) if matches!(error.downcast_ref(), Some(SettingsError::NoData)) => {
                    Vec::new()
                }
                Err(error) => return Err(error),
            };
            Ok(check(&file, kept))
        }
        Command::Try {
            kind,
            source,
            settings,
            at,
            all,
        } => {
            let trial = DryRun {
                catalogue: None,
                kind,
                source,
                settings,
                now: at.unwrap_or_else(Timestamp::now),
                all,
            };
            runtime()?.block_on(attempt(&trial))
        }
        Command::Serve {
            catalogue,
            listen,
            trusted_proxies,
            storage,
            demo,
            plain_http,
        } => {
            let flags = Given {
                catalogue,
                listen,
                trusted_proxies,
                plain_http: plain_http.then_some(true),
                ..Given::default()
            };
            let settings = Settings {
                demonstration: demo,
                language: language(),
                ..storage.in_force_with(flags)?
            };
            runtime()?.block_on(async {
                let stop = CancellationToken::new();
                tokio::spawn(stop_on_signal(stop.clone()));
                serve::serve(settings, stop, |address| {
                    println!("listening on http://{address}");
                })
                .await
            })?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Requests { storage, settled } => runtime()?.block_on(async {
            let store = storage.open().await?;
            let done = requests(&store, settled.map(RequestId)).await;
            store.close().await;
            done
        }),
        Command::Lock {
            loan,
            open,
            storage,
        } => runtime()?.block_on(async {
            let store = storage.open().await?;
            let tablets = store.lock(loan, !open, Timestamp::now()).await?;
            store.close().await;
            Ok(told(loan, tablets))
        }),
        Command::Wipe { loan, storage } => runtime()?.block_on(async {
            let store = storage.open().await?;
            let tablets = store.wipe(loan, Timestamp::now()).await?;
            store.close().await;
            Ok(told(loan, tablets))
        }),
        Command::People { command } => {
            runtime()?.block_on(people::run(command))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Keys { command } => {
            runtime()?.block_on(people::run_keys(command))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Usage(command) => {
            runtime()?.block_on(usage::run(command))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::EnrolmentCode { storage } => {
            let code = runtime()?.block_on(enrolment_code(&storage))?;
            println!("{code}");
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Makes a code for a new loan.
async fn enrolment_code(storage: &StorageArguments) -> anyhow::Result<EnrolmentCode> {
    let store = storage.open().await?;
    let code = enrolment::new_code(&store).await?;
    store.close().await;
    Ok(code)
}

/// Whether there was a tablet that could be told.
fn told(loan: Participation, tablets: u64) -> ExitCode {
    if tablets == 0 {
        eprintln!(
            "kairan: no tablet is lent under {loan} — `kairan requests` and the loan book show the pseudonyms"
        );
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// The items go to standard output, everything said about them to standard error.
async fn attempt(trial: &DryRun) -> anyhow::Result<ExitCode> {
    let report = dry_run::attempt(trial, language()).await?;
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &report.items)?;
    // Who reads the items may have heard enough and gone.
    let _ = writeln!(out);
    for skipped in &report.skipped {
        eprintln!("{}", skipped.line_for(&trial.source));
    }
    eprintln!("{}", dry_run::summary(&trial.kind, &report, language()));
    Ok(if report.usable {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn check(file: &Path, kept: Vec<PathBuf>) -> ExitCode {
    match Catalogue::load(file, &Beside::of(file, kept)) {
        Ok((catalogue, _)) => {
            for hint in &catalogue.hints {
                let note = tr(language(), "ご注意");
                eprintln!("{note}: {}", hint.line_for(file, language()));
            }
            let (services, providers) = (catalogue.services.len(), catalogue.providers.len());
            println!(
                "{}",
                tr!(
                    language(),
                    "{file}: 問題はありません — {council}、分類 {categories}、提供者 {providers}、タイル {services}",
                    file = file.display(),
                    council = catalogue.council.name,
                    categories = catalogue.categories.len(),
                    providers,
                    services
                )
            );
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{}", in_words(&error, language()));
            ExitCode::FAILURE
        }
    }
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the runtime cannot start")
}

async fn stop_on_signal(stop: CancellationToken) {
    use tokio::signal::unix::{SignalKind, signal};
    if let (Ok(mut interrupt), Ok(mut terminate)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        stop.cancel();
    }
}

/// Lists who asks to be rung, or notes that one has been dealt with.
async fn requests(store: &Database, settled: Option<RequestId>) -> anyhow::Result<ExitCode> {
    if let Some(id) = settled {
        if store
            .settle_request(id, COMMAND_LINE, Timestamp::now())
            .await?
        {
            return Ok(ExitCode::SUCCESS);
        }
        eprintln!(
            "kairan: no open request has the id {id} — run it without --settled to see which are open"
        );
        return Ok(ExitCode::FAILURE);
    }
    for request in store.open_requests().await? {
        println!(
            "{} {} {} from {}, loan {}, made {} {}",
            request.id,
            request.received_at,
            request.kind,
            request.screen,
            request.participation,
            request.made_at,
            request.detail
        );
    }
    Ok(ExitCode::SUCCESS)
}
