//! Real files of real publishers, where `KAIRAN_SAMPLES` names a folder that holds some: every one
//! is read, and what came of it is printed as a table.

use std::{
    fs,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use kairan_catalogue::dry_run::{DryRun, DryRunError, DryRunReport, attempt, moment};
use kairan_contract::Language;

/// The files of one folder of the samples, in the order of their names.
pub fn files(folder: &str) -> Vec<PathBuf> {
    let Some(samples) = std::env::var_os("KAIRAN_SAMPLES") else {
        return Vec::new();
    };
    // Tests run in the folder of their crate; the variable is meant from the top of the project.
    let top = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the project");
    let folder = top.join(samples).join(folder);
    let entries = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(Result::ok);
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.sort();
    files
}

/// Tries a file as an operator would, and prints a line of the table.
fn tried(
    kind: &str,
    file: &Path,
    settings: &[&str],
    at: &str,
) -> Result<DryRunReport, DryRunError> {
    let trial = DryRun {
        catalogue: None,
        kind: kind.to_owned(),
        source: file.to_string_lossy().into_owned(),
        settings: settings.iter().map(|it| (*it).to_owned()).collect(),
        now: at
            .parse::<Timestamp>()
            .or_else(|_| moment(at))
            .expect("a moment"),
        all: at == EVER,
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let report = runtime.block_on(attempt(&trial, Language::ENGLISH));
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    match &report {
        Ok(report) => {
            println!(
                "| {kind} | {name} {} | {} items | {} told |",
                settings.join(" "),
                report.items.len(),
                report.skipped.len()
            );
            for skipped in &report.skipped {
                println!("|   | {} |", skipped.line_for(&name));
            }
        }
        Err(error) => println!("| {kind} | {name} | refused | {error} |"),
    }
    report
}

/// A moment with which nothing is past.
const EVER: &str = "2026-11-23T00:00:00Z";

fn items(kind: &str, file: &Path, settings: &[&str]) -> usize {
    tried(kind, file, settings, EVER).map_or(0, |report| report.items.len())
}

#[test]
fn real_feeds_places_events_calendars_and_entities_are_read() {
    for (folder, kind, settings) in [
        ("feeds", "feed", &[][..]),
        ("places", "places", &["near=34.34,134.04"]),
        ("events", "events", &[]),
        ("calendar", "events", &[]),
        ("ngsi", "entities", &["gives=articles"]),
    ] {
        for file in files(folder) {
            assert!(items(kind, &file, settings) > 0, "{}", file.display());
        }
    }
}

#[test]
fn real_forecasts_are_read_for_every_area() {
    for file in files("jma") {
        if !file.to_string_lossy().contains("forecast") {
            continue;
        }
        let bytes = fs::read(&file).expect("reads");
        let codes = serde_json::from_slice::<serde_json::Value>(&bytes).expect("JSON");
        let areas = codes[0]["timeSeries"][0]["areas"]
            .as_array()
            .expect("areas");
        for area in areas {
            let area = format!("area={}", area["area"]["code"].as_str().expect("a code"));
            assert!(items("weather", &file, &[&area]) >= 7, "{area}");
        }
    }
}

#[test]
fn warnings_are_in_force_as_the_facts_say() {
    for file in files("jma") {
        let name = file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let codes = |area: &str, at: &str| -> Vec<String> {
            let area = format!("area={area}");
            let report = tried("warnings", &file, &[&area], at).expect("reads");
            let found = report.items.iter();
            found
                .map(|warning| warning["code"].as_str().unwrap_or_default().to_owned())
                .collect()
        };
        match name.as_str() {
            "warning-r8-parallel-bulletins.json" => {
                let at = "2026-08-23T07:10";
                assert_eq!(codes("2710000", at), ["03", "14"]);
                assert_eq!(codes("2714000", at), ["10", "29"]);
                assert_eq!(codes("2720600", at), [""; 0]);
                assert_eq!(codes("2721600", at), ["49"]);
            }
            "warning-r8-none.json" => {
                assert_eq!(codes("2710000", "2026-11-21T16:10"), [""; 0]);
                assert_eq!(codes("2714000", "2026-11-21T16:10"), [""; 0]);
            }
            "warning-legacy-frozen.json" => {
                let refused = tried("warnings", &file, &["area=2710000"], EVER);
                assert!(refused.is_err_and(|error| error.to_string().contains("frozen")));
            }
            _ => {}
        }
    }
}

#[test]
fn real_timetables_have_stops_and_departures() {
    for file in files("gtfs") {
        let stops = tried("timetable", &file, &[], EVER).expect("reads").items;
        assert!(stops.len() > 3, "{}", file.display());
        // A stop at which nothing leaves is the last of its line; most are not.
        let with_departures = stops.iter().take(20).filter(|stop| {
            let stop = format!("stop={}", stop["name"].as_str().expect("a name"));
            items("timetable", &file, &[&stop]) > 0
        });
        assert!(with_departures.count() >= 3, "{}", file.display());
    }
}
