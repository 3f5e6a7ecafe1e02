//! `kairan-tablet`: the program on the loaned tablet.
#![forbid(unsafe_code)]

use std::{
    io::Write as _, os::unix::process::CommandExt as _, path::PathBuf, process::ExitCode,
    sync::Arc, time::Duration,
};

use anyhow::{Context as _, bail};
use clap::{Parser, Subcommand};
use jiff::Timestamp;
use kairan_contract::EnrolmentCode;
use kairan_tablet::{
    data_folder::DataFolder,
    drawing::{ScreenSize, TEXT_SIZES, draw_screens, scale},
    library::Library,
    machine::Machine,
    preview::{Wanted, preview},
    profile::Profile,
    session::Session,
    shell::{Start, run},
    speech::Loudspeaker,
    stderr_filter::{own_stderr, redirect, restore},
    uptime::MachineClocks,
    window::{join_phrases, show},
    wiping,
};
use kairan_text::languages;
use kairan_ui::TabletWindow;
use slint::ComponentHandle as _;
use url::Url;

/// Kairan on a tablet: large letters, one touch, one step.
#[derive(Parser)]
#[command(
    name = "kairan-tablet",
    version,
    about,
    args_conflicts_with_subcommands = true
)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// The council's backend.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    backend: Url,
    /// Where everything is kept; the system's place for it if left out.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Eight digits from the helper, instead of touching them.
    #[arg(long)]
    enrol: Option<EnrolmentCode>,
    /// Inches from corner to corner of the screen, so that a millimetre is a millimetre.
    #[arg(long, default_value_t = 10.1)]
    diagonal: f64,
    /// Pixels of the screen, across and down.
    #[arg(long, default_value = "1280x800", value_parser = pixels)]
    pixels: (u32, u32),
    /// Begins at the tiles, as if first use had been gone through: for a demonstration.
    #[arg(long)]
    practised: bool,
    /// Fills the whole screen, without a frame.
    #[arg(long)]
    full_screen: bool,
    /// Seconds between two questions to the backend.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400), hide = true)]
    every: u64,
}

#[derive(Subcommand)]
enum Command {
    /// Draws what a tablet would show: an order as JSON in, a PNG file out. The console asks for it.
    #[command(hide = true)]
    Preview {
        /// The folder of the blobs that the order's manifest names.
        #[arg(long)]
        blobs: PathBuf,
        /// What stands on the picture, as JSON, in its place.
        #[arg(long)]
        words: bool,
    },
    /// Draws every screen with demonstration content into PNG files, without a display.
    Screens {
        /// The folder for the pictures.
        #[arg(long)]
        out: PathBuf,
        /// One of the known screens; all if left out.
        #[arg(long)]
        profile: Option<String>,
        /// standard, large or largest; all three if left out.
        #[arg(long)]
        text_size: Option<String>,
        /// ja or en; both if left out.
        #[arg(long)]
        language: Option<String>,
    },
}

fn pixels(text: &str) -> Result<(u32, u32), String> {
    let wrong = || format!("`{text}` is not a size such as 1280x800");
    let (width, height) = text.split_once('x').ok_or_else(wrong)?;
    let side = |text: &str| {
        text.parse()
            .ok()
            .filter(|side| (320..=7680).contains(side))
            .ok_or_else(wrong)
    };
    Ok((side(width)?, side(height)?))
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_env("KAIRAN_LOG")
        .unwrap_or_else(|_| "warn,winit=error".into());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(own_stderr)
        .init();
    let done = match &arguments.command {
        Some(Command::Screens {
            out,
            profile,
            text_size,
            language,
        }) => screens(
            out,
            profile.as_deref(),
            text_size.as_deref(),
            language.as_deref(),
        ),
        Some(Command::Preview { blobs, words }) => {
            let wanted = if *words {
                Wanted::Words
            } else {
                Wanted::Picture
            };
            preview(std::io::stdin().lock(), blobs, wanted)
                .and_then(|drawn| Ok(std::io::stdout().lock().write_all(&drawn)?))
        }
        None => tablet(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(own_stderr(), "kairan-tablet: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn screens(
    out: &std::path::Path,
    profile: Option<&str>,
    text_size: Option<&str>,
    language: Option<&str>,
) -> anyhow::Result<()> {
    let profiles: Vec<ScreenSize> = ScreenSize::ALL
        .into_iter()
        .filter(|known| profile.is_none_or(|name| name == known.name))
        .collect();
    if profiles.is_empty() {
        let known: Vec<&str> = ScreenSize::ALL.iter().map(|known| known.name).collect();
        bail!("there is no such screen — use one of: {}", known.join(", "));
    }
    let sizes: Vec<_> = TEXT_SIZES
        .into_iter()
        .filter(|(known, _)| text_size.is_none_or(|name| name == *known))
        .collect();
    if sizes.is_empty() {
        bail!("there is no such size of letters — use one of: standard, large, largest");
    }
    let chosen: Vec<_> = languages()
        .filter(|known| language.is_none_or(|tag| tag == known.to_string()))
        .collect();
    if chosen.is_empty() {
        let known: Vec<String> = languages().map(|known| known.to_string()).collect();
        bail!(
            "there is no such language — use one of: {}",
            known.join(", ")
        );
    }
    let drawn = draw_screens(out, &profiles, &sizes, &chosen)?;
    println!("{drawn} pictures in {}", out.display());
    Ok(())
}

fn tablet(arguments: &Arguments) -> anyhow::Result<()> {
    if !(4.0..=100.0).contains(&arguments.diagonal) {
        bail!(
            "a screen of {} inches is not known — measure it from corner to corner in inches",
            arguments.diagonal
        );
    }
    set_scale(arguments);
    if let Err(error) = redirect() {
        tracing::warn!(%error, "what libraries print is seen among what the tablet says");
    }
    let folder = match &arguments.data {
        Some(folder) => folder.clone(),
        None => directories::ProjectDirs::from("", "", "kairan-tablet")
            .context("there is no home folder — name a folder with --data")?
            .data_dir()
            .to_owned(),
    };
    let window = TabletWindow::new().context("no window can be opened — is there a display?")?;
    let (width, height) = arguments.pixels;
    window
        .window()
        .set_size(slint::PhysicalSize::new(width, height));
    window.window().set_fullscreen(arguments.full_screen);
    let started = start(arguments, &folder, &window);
    if let Err(error) = &started {
        tracing::error!("{error:#}");
        // Nobody of 85 reads a log: what to do stands on the screen until it is switched off.
        show_could_not_start(&folder, &window)?;
    }
    started
}

/// What [`tablet`] lets through has no sign and fits.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "4 to 100 inches, as was checked"
)]
fn tenths(inches: f64) -> u16 {
    (inches * 10.0).round() as u16
}

fn start(
    arguments: &Arguments,
    folder: &std::path::Path,
    window: &TabletWindow,
) -> anyhow::Result<()> {
    let data = DataFolder::open(folder.to_owned()).with_context(|| {
        format!(
            "cannot write in {} — check that you may, and that the disk is not full",
            folder.display()
        )
    })?;
    run(
        Start {
            tenths_of_inches: tenths(arguments.diagonal),
            data,
            backend: arguments.backend.clone(),
            enrol: arguments.enrol.clone(),
            is_practised: arguments.practised,
            every: Duration::from_secs(arguments.every),
            clocks: Arc::new(MachineClocks),
            durable: Box::new(|_| {}),
            speaker: Box::new(Loudspeaker::default),
        },
        window,
    )?;
    if wiping::is_ordered(folder) {
        restart();
    }
    Ok(())
}

/// Starts the program once more in its own place, without the code that it was let in with.
fn restart() {
    let mut arguments: Vec<_> = std::env::args_os().skip(1).collect();
    if let Some(at) = arguments.iter().position(|it| it == "--enrol") {
        arguments.drain(at..(at + 2).min(arguments.len()));
    }
    if let Ok(program) = std::env::current_exe() {
        restore();
        let error = std::process::Command::new(program).args(arguments).exec();
        tracing::error!(%error, "the program could not start anew; whoever starts it next has it forget");
    }
}

fn show_could_not_start(folder: &std::path::Path, window: &TabletWindow) -> anyhow::Result<()> {
    // What can still be read from the disk names the number to ring.
    let snapshot = Library::open(folder)
        .ok()
        .and_then(|library| library.snapshot());
    let mut session = Session::new(snapshot.map(Arc::new), Profile::practised(), true);
    session.could_not_start = true;
    join_phrases(window);
    let machine = Machine::default();
    show(window, &session, &machine, Timestamp::now(), |_| None);
    window.run().context("no window can be opened")
}

/// Slint reads the factor from the environment when its first window opens, and a program cannot
/// safely change its own environment: so it starts itself once more with the factor set.
fn set_scale(arguments: &Arguments) {
    const FACTOR: &str = "SLINT_SCALE_FACTOR";
    if std::env::var_os(FACTOR).is_some() {
        return;
    }
    let (width, height) = arguments.pixels;
    let factor = scale(width, height, arguments.diagonal);
    if let Ok(program) = std::env::current_exe() {
        let error = std::process::Command::new(program)
            .args(std::env::args_os().skip(1))
            .env(FACTOR, factor.to_string())
            .exec();
        tracing::warn!(%error, "sizes on the screen are not true to the millimetre");
    }
}
