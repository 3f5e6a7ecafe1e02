//! How fast each kind of source is read, what ten megabytes of hostile bytes cost, how long a
//! timetable takes to answer, and how long a warning takes from the source to the screen.

mod bytes;
mod cases;

use std::{
    process::Command,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use jiff::{Timestamp, civil::Date};
use kairan_backend::content::gather::Rounds;
use kairan_catalogue::source_settings;
use kairan_tests::{
    council::Council,
    programs::{Backend, Tablet},
    source::{Source, gathering, say, tile, with_content},
};

use bytes::{MEGABYTE, feed, timetable};
use cases::CASES;
use kairan_sources::{
    reading::{Circumstances, read},
    source::SourceKind,
    timetable::Feed,
};

/// What one reading may cost.
const SECONDS: f64 = 1.0;
const MEGABYTES: u64 = 200;

/// Measures everything; each reading in a process of its own, whose memory is its own.
pub fn measure() -> anyhow::Result<()> {
    let program = std::env::current_exe()?;
    for case in CASES {
        let output = Command::new(&program)
            .args(["--read", case.name])
            .output()?;
        anyhow::ensure!(
            output.status.success(),
            "{} ended with {}: {}",
            case.name,
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        print!("{}", String::from_utf8_lossy(&output.stdout));
    }
    answers()?;
    tokio::runtime::Runtime::new()?.block_on(refresh())?;
    warning_to_screen()
}

/// Reads one case and says what it cost.
pub fn read_one(name: &str) -> anyhow::Result<()> {
    let case = CASES
        .iter()
        .find(|case| case.name == name)
        .context("no such case")?;
    let bytes = (case.bytes)();
    let source = source_settings(case.settings).map_err(|faults| anyhow::anyhow!("{faults:?}"))?;
    let circumstances = Circumstances {
        now: "2026-11-23T00:00:00Z".parse()?,
        all: true,
        address: String::new(),
        id: "bench".to_owned(),
        title: "bench".to_owned(),
    };
    let before = peak_megabytes()?;
    let began = Instant::now();
    let outcome = read(&source.kind, &bytes, &circumstances);
    let seconds = began.elapsed().as_secs_f64();
    let memory = peak_megabytes()?.saturating_sub(before);
    let size = to_f64(bytes.len()) / to_f64(MEGABYTE);
    let told = match outcome {
        Ok(gleaned) => format!("read, {} told", gleaned.skipped.len()),
        Err(error) => format!(
            "refused: {}",
            error.to_string().chars().take(60).collect::<String>()
        ),
    };
    let missed = if seconds > SECONDS || memory > MEGABYTES {
        " — MISSED"
    } else {
        ""
    };
    println!(
        "source {name}: {size:.1} MB in {seconds:.3} s ({:.0} MB a second), {memory} MB of memory, {told}{missed}",
        size / seconds
    );
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn to_f64(number: usize) -> f64 {
    number as f64
}

/// The most memory that this process ever held.
fn peak_megabytes() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .context("no VmHWM")?;
    let kilobytes: u64 = line
        .split_whitespace()
        .nth(1)
        .context("no figure")?
        .parse()?;
    Ok(kilobytes / 1024)
}

/// A feed of 100,000 stop times.
fn answers() -> anyhow::Result<()> {
    let (feed, _) = Feed::read(&timetable(1_000, 100))?;
    let day: Date = "2026-11-23".parse()?;
    let mut took: Vec<Duration> = Vec::new();
    for number in 0..1_000 {
        let stop = feed.stop(&format!("停留所{}", number % 100))?;
        let now =
            Timestamp::constant(1_795_328_640, 0) + jiff::SignedDuration::from_mins(number % 1440);
        let began = Instant::now();
        let next = feed.next(stop, None, now, 5);
        took.push(began.elapsed());
        anyhow::ensure!(
            next.len() == 5 || number % 100 == 99,
            "{day}: five departures"
        );
    }
    took.sort();
    println!(
        "timetable of 100,000 stop times: the next five departures in {:?} (middle of 1,000; the slowest {:?})",
        took[500], took[999]
    );
    Ok(())
}

/// Fifty feeds of 50 articles each from a server on this machine, from the first question to the
/// last tile in the repository, with everything on the disk.
async fn refresh() -> anyhow::Result<()> {
    const TILES: usize = 50;
    let feed = feed(60_000);
    let source = Source::start(move |_, stream| say(stream, "200 OK", &feed));
    let services: Vec<_> = (0..TILES)
        .map(|number| {
            let kind = SourceKind::Feed {
                include: Vec::new(),
                exclude: Vec::new(),
            };
            tile(
                &format!("tile-{number}"),
                source.url(&format!("/{number}")),
                kind,
            )
        })
        .collect();
    let folder = tempfile::tempdir()?;
    let gathering = gathering(folder.path(), services.clone()).await;
    let began = Instant::now();
    let rounds = Rounds::begin(&gathering, services);
    while with_content(&gathering).len() < TILES {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    println!(
        "a full refresh of {TILES} sources of 60 kB: {:.2?}",
        began.elapsed()
    );
    rounds.end().await;
    gathering.store.close().await;
    Ok(())
}

/// From the moment at which a warning lies in its file to the moment at which it stands on a
/// tablet that asks once an hour and otherwise listens.
fn warning_to_screen() -> anyhow::Result<()> {
    let council = Council::new();
    let told = |kinds: &str| {
        format!(
            r#"[{{"reportDatetime":"{}","dataTypeCode":"VPWW56","warning":{{"class20Items":[{{"areaCode":"9920100","kinds":[{kinds}]}}]}}}}]"#,
            Timestamp::now()
        )
    };
    let quiet = r#"{"status":"なし"}"#;
    council.write("warnings.json", &told(quiet));
    let tiles = include_str!("../../fixtures/services.toml");
    council.write("services.toml", &format!("{tiles}\n[[service]]\nid = \"warnings\"\nprovider = \"city\"\ncategory = \"news\"\ntitle = \"警報\"\nreading = \"けいほう\"\nsummary = \"いまの警報\"\nicon = \"umbrella\"\ncontent = {{ kind = \"warnings\", url = \"warnings.json\", area = \"9920100\" }}\n"));
    let (server, data) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let backend = Backend::start(&council, server.path());
    let code = backend.enrolment_code();
    let mut tablet = Tablet::start_asking_every(3600, &backend.address, data.path(), Some(&code));
    let mut took = Vec::new();
    for _ in 0..7 {
        council.write("warnings.json", &told(quiet));
        tablet.wait_for("今は ありません");
        council.write("warnings.json", &told(r#"{"code":"49","status":"発表"}"#));
        let began = Instant::now();
        tablet.wait_for("土砂災害危険警報");
        took.push(began.elapsed());
    }
    tablet.close();
    backend.stop();
    took.sort();
    println!(
        "a warning from its file to the screen: {:.1?} (middle of 7; the slowest {:.1?})",
        took[3], took[6]
    );
    Ok(())
}

/// Whether the program was started to read one case; then its name.
pub fn asked_for() -> Option<String> {
    let mut arguments = std::env::args().skip(1);
    (arguments.next()? == "--read").then(|| arguments.next())?
}
