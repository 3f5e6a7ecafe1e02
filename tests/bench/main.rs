//! What `make bench` measures, on the release build with the demonstration's catalogue: start,
//! memory, bytes on the wire, requests a second beside nginx, and the reading of sources.
//! `kairan-bench sources` measures the last alone, `kairan-bench tablet` a full tablet and its face,
//! `kairan-bench intake` how fast usage records are taken in, `kairan-bench evaluation` the closing of days
//! and reports, `kairan-bench console` the pages of operators and helpers, `kairan-bench publishing` how soon a
//! thousand tablets have what was published, `kairan-bench urgent` how soon an emergency is on the screen while 200 MB
//! are on their way, `kairan-bench crowd` what fifteen thousand tablets that listen cost.

mod console;
mod crowd;
mod evaluation;
mod face;
mod intake;
mod publishing;
mod serving;
mod shelf;
mod sources;
mod tablet;
mod urgent;
mod wire;

use std::{fs, path::Path, process::Command};

use anyhow::Context as _;
use kairan_tests::{
    postgresql::{Commits, PostgreSql},
    programs::Backend,
};

fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_env("KAIRAN_LOG"))
        .with_writer(std::io::stderr)
        .init();
    if let Some(case) = sources::asked_for() {
        return sources::read_one(&case);
    }
    if std::env::args().nth(1).as_deref() == Some("tablet") {
        println!("machine: {}", machine());
        let folder = tempfile::tempdir()?;
        tablet::measure_a_full_one(folder.path())?;
        return face::measure();
    }
    if std::env::args().nth(1).as_deref() == Some("urgent") {
        println!("machine: {}", machine());
        return urgent::measure();
    }
    if std::env::args().nth(1).as_deref() == Some("intake") {
        println!("machine: {}", machine());
        return measure_intake();
    }
    if std::env::args().nth(1).as_deref() == Some("console") {
        println!("machine: {}", machine());
        return console::measure();
    }
    if std::env::args().nth(1).as_deref() == Some("publishing") {
        println!("machine: {}", machine());
        return publishing::measure();
    }
    if std::env::args().nth(1).as_deref() == Some("crowd-of-tablets") {
        let address = std::env::args().nth(2);
        return crowd::be_the_tablets(&address.context("an address")?);
    }
    if std::env::args().nth(1).as_deref() == Some("crowd") {
        println!("machine: {}", machine());
        return crowd::measure();
    }
    if std::env::args().nth(1).as_deref() == Some("evaluation") {
        println!("machine: {}", machine());
        return evaluation::measure();
    }
    if std::env::args().nth(1).as_deref() == Some("sources") {
        println!("machine: {}", machine());
        return sources::measure();
    }
    let top = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("the tests stand in the project")?;
    let folder = tempfile::tempdir()?;
    let catalogue = copy_demonstration(top, folder.path())?;
    println!("machine: {}", machine());
    let backend = Backend::start_with(
        &catalogue,
        &folder.path().join("backend"),
        "127.0.0.1:0",
        &["--demo"],
    );
    let token = wire::measure(&backend, folder.path())?;
    serving::measure(&backend, &token, folder.path())?;
    tablet::measure(&backend, folder.path())?;
    backend.stop();
    tablet::measure_a_full_one(folder.path())?;
    face::measure()?;
    measure_intake()?;
    evaluation::measure()?;
    console::measure()?;
    publishing::measure()?;
    urgent::measure()?;
    crowd::measure()?;
    sources::measure()
}

/// On both databases.
fn measure_intake() -> anyhow::Result<()> {
    measure_intake_on(None)?;
    match PostgreSql::start(Commits::OnDisk) {
        Some(server) => measure_intake_on(Some(&server.url)),
        None => Ok(()),
    }
}

/// A backend of its own: what comes in is a million records.
fn measure_intake_on(database: Option<&str>) -> anyhow::Result<()> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("the tests stand in the project")?;
    let folder = tempfile::tempdir()?;
    let catalogue = copy_demonstration(top, folder.path())?;
    let data = folder.path().join("backend");
    let tablets = intake::lend(&data, database)?;
    let mut more = vec!["--demo"];
    more.extend(database.iter().flat_map(|url| ["--database", url]));
    let backend = Backend::start_with(&catalogue, &data, "127.0.0.1:0", &more);
    intake::measure(&backend, &tablets, &data, folder.path(), database)?;
    backend.stop();
    Ok(())
}

/// The catalogue and its pages, in a folder of their own, because one of them is changed.
fn copy_demonstration(top: &Path, folder: &Path) -> anyhow::Result<std::path::PathBuf> {
    let pages = Path::new("assets/demonstration");
    fs::create_dir_all(folder.join(pages))?;
    for entry in fs::read_dir(top.join(pages))? {
        let path = entry?.path();
        if let Some(name) = path.file_name() {
            fs::copy(&path, folder.join(pages).join(name))?;
        }
    }
    let catalogue = folder.join("services.toml");
    fs::copy(top.join("services.toml"), &catalogue)?;
    Ok(catalogue)
}

fn machine() -> String {
    let said = |name: &str, arguments: &[&str]| {
        Command::new(name)
            .args(arguments)
            .output()
            .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
            .unwrap_or_default()
    };
    let processor = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processor
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .unwrap_or("unknown processor");
    format!(
        "{} cores, {}, {}",
        said("nproc", &[]),
        model.trim_start_matches([' ', '\t', ':']),
        said("uname", &["-sr"])
    )
}
