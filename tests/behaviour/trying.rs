//! `kairan try`: what a source would give, for an operator at a terminal.

use std::{path::Path, process::Command};

use kairan_tests::programs::program;
use serde_json::Value;

/// What came of one try.
struct Tried {
    good: bool,
    items: Option<Vec<Value>>,
    told: String,
}

fn attempt(arguments: &[&str]) -> Tried {
    let output = Command::new(program("kairan"))
        .arg("try")
        .args(arguments)
        .env_remove("LANG")
        .output()
        .expect("runs");
    Tried {
        good: output.status.success(),
        items: serde_json::from_slice(&output.stdout).ok(),
        told: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

fn file(name: &str, text: impl AsRef<[u8]>) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    std::fs::write(&path, text).expect("writes");
    let path = path.to_str().expect("UTF-8").to_owned();
    (folder, path)
}

fn titles(tried: &Tried, key: &str) -> Vec<String> {
    let items = tried.items.iter().flatten();
    items
        .map(|item| item[key].as_str().unwrap_or("?").to_owned())
        .collect()
}

const EVENTS: &str = "イベント名,開始日,終了日,開始時間,場所名称\n\
    もちつき,2026/12/13,,10:00,公民館\nだれかの会,いつか,,,\n夏まつり,2026/8/1,2026/8/2,,河原\n";

#[test]
fn items_go_to_the_one_side_and_faults_with_their_lines_to_the_other() {
    let (_folder, path) = file("events.csv", EVENTS);
    let tried = attempt(&["events", &path, "--at", "2026-12-02T10:00"]);
    assert!(tried.good, "{}", tried.told);
    assert_eq!(titles(&tried, "title"), ["もちつき"]);
    assert!(
        tried
            .told
            .contains(&format!("{path}:3: `いつか` is no day")),
        "{}",
        tried.told
    );
    assert!(
        tried.told.contains("events: 1 items, 1 rows left out"),
        "{}",
        tried.told
    );
    let all = attempt(&["events", &path, "--at", "2027-12-02T10:00", "--all"]);
    assert_eq!(titles(&all, "title"), ["夏まつり", "もちつき"]);
}

#[test]
fn nothing_usable_is_a_failure_but_no_warning_in_force_is_none() {
    let (_folder, path) = file("events.csv", EVENTS);
    let over = attempt(&["events", &path, "--at", "2028-01-01"]);
    assert!(!over.good);
    assert_eq!(over.items, Some(Vec::new()), "{}", over.told);
    let quiet = r#"[{"reportDatetime":"2026-11-23T07:00:00+09:00","dataTypeCode":"VPWW55","warning":{"class20Items":[{"areaCode":"9920100","kinds":[{"status":"なし"}]}]}}]"#;
    let (_folder, path) = file("warnings.json", quiet);
    let quiet = attempt(&[
        "warnings",
        &path,
        "--set",
        "area=9920100",
        "--at",
        "2026-11-23T08:00",
    ]);
    assert!(quiet.good, "{}", quiet.told);
    assert_eq!(quiet.items, Some(Vec::new()));
    let old = attempt(&[
        "warnings",
        &path,
        "--set",
        "area=9920100",
        "--at",
        "2026-11-25",
    ]);
    assert!(!old.good);
    assert!(old.told.contains("more than 24 hours ago"), "{}", old.told);
}

#[test]
fn a_citys_own_columns_are_named_on_the_command_line() {
    let (_folder, path) = file("places.csv", "たてもの,北緯,東経\n集会所,35.1,135.2\n");
    let unknown = attempt(&["places", &path]);
    assert!(!unknown.good);
    assert!(
        unknown.told.contains("たてもの, 北緯, 東経"),
        "{}",
        unknown.told
    );
    let named = attempt(&[
        "places",
        &path,
        "--set",
        "columns.name=たてもの",
        "--set",
        "columns.latitude=北緯",
        "--set",
        "columns.longitude=東経",
        "--set",
        "near=35.1,135.2",
    ]);
    assert!(named.good, "{}", named.told);
    assert_eq!(titles(&named, "way"), ["歩いて1分くらい"]);
}

#[test]
fn what_cannot_be_tried_is_told_in_one_sentence() {
    let (_folder, path) = file("page.html", "<!DOCTYPE html><html></html>");
    let cases: [(&[&str], &str); 8] = [
        (&["nonsense", &path], "use one of: feed, weather, warnings"),
        (&["places", "/no/such/file.csv"], "/no/such/file.csv"),
        (&["places", &path], "this is a web page (HTML)"),
        (&["warnings", &path], "has no `area`"),
        (&["warnings", &path, "--set", "area=27100"], "seven digits"),
        (
            &["places", &path, "--set", "colums.name=x"],
            "did you mean `columns`?",
        ),
        (&["places", &path, "--set", "near"], "write KEY=VALUE"),
        (&["feed", "https://127.0.0.1/feed"], "is not asked"),
    ];
    for (arguments, why) in cases {
        let tried = attempt(arguments);
        assert!(!tried.good, "{arguments:?}");
        assert!(
            tried.told.contains(why),
            "{arguments:?} said: {}",
            tried.told
        );
        assert!(!tried.told.contains("panicked"), "{}", tried.told);
    }
    assert!(Path::new(&path).exists());
}
