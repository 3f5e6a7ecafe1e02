//! Figures that a council can defend: a pilot of a dozen loans that can be checked on paper, a larger
//! one against a slow computation of its own, and an attacker who has every table.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Command,
};

use kairan_evaluation::{archive, row::Row};
use kairan_tests::programs::program;
use serde_json::Value;

/// Runs `kairan`.
fn kairan(arguments: &[&str]) -> (bool, String) {
    let output = Command::new(program("kairan"))
        .args(arguments)
        .output()
        .expect("runs");
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

fn done(arguments: &[&str]) -> String {
    let (fine, said) = kairan(arguments);
    assert!(fine, "{arguments:?}: {said}");
    said
}

/// A made-up pilot, reported on.
struct Pilot {
    folder: tempfile::TempDir,
}

impl Pilot {
    fn new(loans: u32, days: u32) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        done(&[
            "simulate",
            "--loans",
            &loans.to_string(),
            "--days",
            &days.to_string(),
            "--seed",
            "11",
            "--from",
            "2026-04-01",
            "--out",
            text(&data),
        ]);
        Self { folder }
    }

    fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    fn report(&self, name: &str, more: &[&str]) -> Value {
        let out = self.folder.path().join(name);
        let data = self.data();
        let mut arguments = vec![
            "report",
            "--data",
            text(&data),
            "--from",
            "2026-04-06",
            "--to",
            "2026-05-31",
            "--out",
            text(&out),
        ];
        arguments.extend(more);
        done(&arguments);
        let json = std::fs::read(out.join("report.json")).expect("written");
        serde_json::from_slice(&json).expect("JSON")
    }

    fn rows(&self) -> Vec<Row> {
        let files = std::fs::read_dir(self.data().join("days")).expect("days");
        let mut rows = Vec::new();
        for file in files.flatten() {
            let bytes = std::fs::read(file.path()).expect("reads");
            rows.extend(archive::read(bytes).expect("a day"));
        }
        rows
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("text")
}

fn section<'r>(report: &'r Value, id: &str) -> &'r Value {
    let sections = report["sections"].as_array().expect("sections");
    sections.iter().find(|it| it["id"] == id).expect(id)
}

/// The rows of a section, each a map from the column's name to its value.
fn table(report: &Value, id: &str) -> Vec<BTreeMap<String, Value>> {
    let section = section(report, id);
    let columns: Vec<&str> = section["columns"]
        .as_array()
        .expect("columns")
        .iter()
        .map(|column| column["name"].as_str().expect("a name"))
        .collect();
    let rows = section["rows"].as_array().expect("rows").iter();
    rows.map(|row| {
        let values = row.as_array().expect("a row").iter().cloned();
        columns
            .iter()
            .map(|name| (*name).to_owned())
            .zip(values)
            .collect()
    })
    .collect()
}

struct Lent {
    began: i64,
    ended: Option<i64>,
}

fn loans(data: &Path) -> BTreeMap<String, Lent> {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let store = kairan_backend::database::Database::open(data, None)
            .await
            .expect("opens");
        let loans = store.loans().await.expect("reads");
        store.close().await;
        let lent = loans.into_iter().map(|loan| {
            let ended = loan.ended.map(|(day, _)| day);
            (
                loan.participation.to_string(),
                Lent {
                    began: loan.began,
                    ended,
                },
            )
        });
        lent.collect()
    })
}

/// 2026-04-06, a Monday, and 2026-05-31, a Sunday, as days since 1970-01-01.
const FROM: i64 = 20_549;
const TO: i64 = 20_604;

/// The raw records, and figures computed of them slowly and by no code of the evaluation's.
struct Slow {
    rows: Vec<Row>,
    loans: BTreeMap<String, Lent>,
}

fn is(row: &Row, kind: &str) -> bool {
    row.kind.as_deref() == Some(kind)
}

fn loan(row: &Row) -> String {
    row.participation.clone().expect("a loan")
}

impl Slow {
    /// The loans that were open on a day of the period.
    fn open(&self, from: i64, to: i64) -> BTreeSet<String> {
        let open = self
            .loans
            .iter()
            .filter(|(_, lent)| lent.began <= to && lent.ended.is_none_or(|ended| ended >= from));
        open.map(|(participation, _)| participation.clone())
            .collect()
    }

    /// Whether a record lies within its loan, and between two days.
    fn lies(&self, row: &Row, from: i64) -> bool {
        let lent = &self.loans[&loan(row)];
        let last = lent.ended.unwrap_or(TO).min(TO);
        (lent.began.max(from)..=last).contains(&row.day())
    }

    /// The loans with a record of this kind since a day.
    fn with(&self, kind: Option<&str>, from: i64) -> BTreeSet<String> {
        let rows = self.rows.iter().filter(|row| self.lies(row, from));
        let rows = rows.filter(|row| kind.is_none_or(|kind| is(row, kind)));
        rows.map(loan).collect()
    }

    fn funnel(&self) -> [usize; 5] {
        let scope = self.open(FROM, TO);
        let count = |loans: BTreeSet<String>| loans.intersection(&scope).count();
        let mut early: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
        for row in self
            .rows
            .iter()
            .filter(|row| is(row, "visit_began") && self.lies(row, 0))
        {
            if row.day() - self.loans[&loan(row)].began < 14 {
                early.entry(loan(row)).or_default().insert(row.day());
            }
        }
        early.retain(|_, days| days.len() >= 3);
        [
            scope.len(),
            count(self.with(None, 0)),
            count(self.with(Some("visit_began"), 0)),
            count(self.with(Some("service_opened"), 0)),
            count(early.into_keys().collect()),
        ]
    }

    /// Loans with a visit in the week, and loans open on its Monday.
    fn week(&self, monday: i64) -> (usize, usize) {
        let open = self.open(monday, monday);
        let visits = self.rows.iter().filter(|row| is(row, "visit_began"));
        let visits = visits.filter(|row| self.lies(row, FROM));
        let active: BTreeSet<String> = visits
            .filter(|row| (monday..monday + 7).contains(&row.day()))
            .map(loan)
            .collect();
        (active.intersection(&open).count(), open.len())
    }

    /// Loans that opened a tile, and the exact median of the seconds that it was open.
    fn service(&self, name: &str) -> (usize, f64) {
        let of_service = self
            .rows
            .iter()
            .filter(|row| row.service.as_deref() == Some(name));
        let of_service: Vec<&Row> = of_service.filter(|row| self.lies(row, FROM)).collect();
        let opened = of_service.iter().filter(|row| is(row, "service_opened"));
        let reach: BTreeSet<String> = opened.map(|row| loan(row)).collect();
        let mut dwell: Vec<i64> = of_service.iter().filter_map(|row| row.dwell_ms).collect();
        dwell.sort_unstable();
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of minutes")]
        let median = dwell[dwell.len().div_ceil(2) - 1] as f64 / 1000.0;
        (reach.len(), median)
    }
}

#[test]
fn the_report_of_two_hundred_loans_says_what_a_slow_computation_over_the_raw_records_says() {
    let pilot = Pilot::new(200, 61);
    let report = pilot.report("report", &[]);
    let slow = Slow {
        rows: pilot.rows(),
        loans: loans(&pilot.data()),
    };
    assert_eq!(report["loans"], slow.open(FROM, TO).len());
    let funnel = table(&report, "funnel");
    let whole = funnel.iter().filter(|row| row["group"] == "all");
    let found: Vec<Value> = whole.map(|row| row["loans"].clone()).collect();
    assert_eq!(found, slow.funnel().map(Value::from));
    let weeks = table(&report, "weekly_active");
    for week in weeks.iter().filter(|row| row["group"] == "all") {
        let monday = week["week"].as_str().expect("a day").parse();
        let monday = kairan_evaluation::loans::day_number(monday.expect("a day"));
        let (active, open) = slow.week(monday);
        assert_eq!(
            (&week["loans"], &week["of"]),
            (&active.into(), &open.into())
        );
    }
    for service in table(&report, "services") {
        let name = service["service"].as_str().expect("a name");
        let (reach, exact) = slow.service(name);
        assert_eq!(service["loans"], reach, "{name}");
        let found = service["median_seconds"].as_f64().expect("a number");
        let off = (found / exact - 1.0).abs();
        assert!(off < 0.02, "{name}: {found} and {exact}");
    }
    // What the simulation lost is missing, as far as a later number shows it.
    let truth = std::fs::read(pilot.data().join("truth.json")).expect("written");
    let truth: Vec<Value> = serde_json::from_slice(&truth).expect("JSON");
    let lost: u64 = truth.iter().filter_map(|it| it["lost"].as_u64()).sum();
    let missing = table(&report, "quality")[1]["value"]
        .as_u64()
        .expect("a count");
    assert!(
        missing <= lost && missing + 5 >= lost,
        "{missing} of {lost}"
    );
}

#[test]
fn the_same_records_give_the_same_bytes_and_every_output_says_that_they_are_made_up() {
    let pilot = Pilot::new(40, 40);
    pilot.report("one", &[]);
    pilot.report("two", &[]);
    for name in [
        "report.html",
        "report.json",
        "dictionary.csv",
        "figures/services.csv",
    ] {
        let read = |folder: &str| {
            std::fs::read(pilot.folder.path().join(folder).join(name)).expect("written")
        };
        assert!(read("one") == read("two"), "{name}");
        if name != "dictionary.csv" {
            let text = String::from_utf8(read("one")).expect("text");
            assert!(text.contains("Simulated records: 40 loans"), "{name}");
        }
    }
}

/// What an attacker knows of a cell: between what it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bounds {
    low: i64,
    high: i64,
}

/// Somebody who has every table of a report, and reasons from what adds up and what cannot be more than what.
#[derive(Default)]
struct Attacker {
    cells: BTreeMap<String, Bounds>,
    withheld: BTreeSet<String>,
    /// The first is the sum of the others.
    sums: Vec<(String, Vec<String>)>,
    /// The first is at most the second.
    at_most: Vec<(String, String)>,
}

impl Attacker {
    fn learn(&mut self, name: String, value: &Value) -> String {
        let known = value.as_i64().map(|it| Bounds { low: it, high: it });
        if *value == "*" {
            self.withheld.insert(name.clone());
        }
        self.cells.insert(
            name.clone(),
            known.unwrap_or(Bounds {
                low: 0,
                high: 10_000,
            }),
        );
        name
    }

    fn same(&mut self, one: &str, other: &str) {
        self.at_most.push((one.to_owned(), other.to_owned()));
        self.at_most.push((other.to_owned(), one.to_owned()));
    }

    /// Everything that a report says of loans.
    fn read(&mut self, report: &Value) {
        let all = self.learn("report".to_owned(), &report["loans"]);
        let withdrawn = self.learn("withdrawn".to_owned(), &report["withdrawn"]);
        self.at_most.push((withdrawn, all.clone()));
        for section in report["sections"].as_array().expect("sections") {
            let id = section["id"].as_str().expect("a name");
            let rows = table(report, id);
            let mut parts = BTreeMap::<(String, String, &str), Vec<String>>::new();
            let mut totals = BTreeMap::<(String, &str), String>::new();
            for (number, row) in rows.iter().enumerate() {
                let text = |name: &str| row.get(name).map_or_else(String::new, Value::to_string);
                let lead = format!("{}{}", text("step"), text("week"));
                for column in ["loans", "of"] {
                    let Some(value) = row.get(column) else {
                        continue;
                    };
                    let cell = self.learn(format!("{id} {number} {column}"), value);
                    self.at_most.push((cell.clone(), all.clone()));
                    let by = text("grouped_by");
                    if by == "\"all\"" {
                        totals.insert((lead.clone(), column), cell);
                    } else if !by.is_empty() {
                        parts
                            .entry((lead.clone(), by, column))
                            .or_default()
                            .push(cell);
                    }
                }
                if row.contains_key("loans") && row.contains_key("of") {
                    self.at_most
                        .push((format!("{id} {number} loans"), format!("{id} {number} of")));
                }
            }
            for ((lead, _, column), parts) in parts {
                self.sums.push((totals[&(lead, column)].clone(), parts));
            }
            match id {
                "funnel" => self.read_funnel(&rows, &all),
                // Each loan with a visit has one size of letters.
                "text_sizes" => {
                    let sizes = (0..rows.len()).map(|row| format!("text_sizes {row} loans"));
                    self.sums
                        .push(("text_sizes 0 of".to_owned(), sizes.collect()));
                    for row in 1..rows.len() {
                        self.same("text_sizes 0 of", &format!("text_sizes {row} of"));
                    }
                }
                _ => {}
            }
        }
    }

    /// Who took a step took the one before; and each step is told of the same loans.
    fn read_funnel(&mut self, rows: &[BTreeMap<String, Value>], all: &str) {
        let groups: BTreeSet<String> = rows.iter().map(group_of).collect();
        for group in groups {
            let of_group: Vec<usize> = (0..rows.len())
                .filter(|row| group_of(&rows[*row]) == group)
                .collect();
            let lent = format!("funnel {} loans", of_group[0]);
            for pair in of_group.windows(2) {
                self.at_most.push((
                    format!("funnel {} loans", pair[1]),
                    format!("funnel {} loans", pair[0]),
                ));
            }
            for row in of_group {
                self.same(&lent, &format!("funnel {row} of"));
            }
            if group == "\"all\" \"all\"" {
                self.same(&lent, all);
            }
        }
    }

    /// Reasons until nothing new follows.
    fn reason(&mut self) {
        loop {
            let before = self.cells.clone();
            for (less, more) in &self.at_most {
                let (low, high) = (self.cells[less].low, self.cells[more].high);
                let less = self.cells.get_mut(less).expect("known");
                less.high = less.high.min(high);
                let more = self.cells.get_mut(more).expect("known");
                more.low = more.low.max(low);
            }
            for (total, parts) in &self.sums {
                let low: i64 = parts.iter().map(|part| self.cells[part].low).sum();
                let high: i64 = parts.iter().map(|part| self.cells[part].high).sum();
                let whole = self.cells.get_mut(total).expect("known");
                (whole.low, whole.high) = (whole.low.max(low), whole.high.min(high));
                let whole = *whole;
                for part in parts {
                    let part = self.cells.get_mut(part).expect("known");
                    let others = (low - part.low, high - part.high);
                    part.low = part.low.max(whole.low - others.1);
                    part.high = part.high.min(whole.high - others.0);
                }
            }
            if self.cells == before {
                return;
            }
        }
    }
}

fn group_of(row: &BTreeMap<String, Value>) -> String {
    format!("{} {}", row["grouped_by"], row["group"])
}

#[test]
fn nobody_can_work_out_a_withheld_cell_from_all_tables_of_a_report() {
    let mut withheld = 0;
    // Small enough that much is withheld.
    for loans in [23, 45, 90] {
        let pilot = Pilot::new(loans, 61);
        let report = pilot.report("report", &[]);
        let mut attacker = Attacker::default();
        attacker.read(&report);
        attacker.reason();
        withheld += attacker.withheld.len();
        for cell in &attacker.withheld {
            let found = attacker.cells[cell];
            assert!(
                found.low < found.high,
                "of {loans} loans, {cell} is {found:?}"
            );
            assert!(found.low <= found.high, "{cell}: nothing fits");
        }
        // What is shown is about nobody or about enough, and a share would tell a count.
        for section in report["sections"].as_array().expect("sections") {
            let id = section["id"].as_str().expect("a name");
            for row in table(&report, id) {
                let count = row.get("loans").and_then(Value::as_i64);
                assert!(count.is_none_or(|it| it == 0 || it >= 10), "{id}: {row:?}");
                if row.get("loans").is_some_and(|it| it == "*") {
                    let told = ["share_percent", "low", "high"].map(|name| row.get(name).cloned());
                    assert!(
                        told.iter().flatten().all(|it| it == "*" || it.is_null()),
                        "{id}: {row:?}"
                    );
                }
            }
        }
    }
    assert!(
        withheld > 100,
        "{withheld} cells were withheld, so little was tried"
    );
    println!("{withheld} withheld cells, none of which follows from the tables");
}

#[test]
fn a_report_about_nobody_or_one_loan_says_so_and_tells_nothing() {
    let pilot = Pilot::new(1, 30);
    let report = pilot.report("report", &[]);
    assert_eq!(report["loans"], "*");
    let told = table(&report, "funnel");
    assert!(
        told.iter()
            .all(|row| row["loans"] == "*" || row["loans"] == 0),
        "{told:?}"
    );
    let report = pilot.report("nobody", &["--cohort", "1999"]);
    assert_eq!(report["loans"], 0);
    let notes = report["notes"].to_string();
    assert!(notes.contains("No loan was open in this period"), "{notes}");
    let data = pilot.data();
    let (fine, said) = kairan(&[
        "report",
        "--data",
        text(&data),
        "--from",
        "2026-05-02",
        "--to",
        "2026-05-01",
        "--out",
        "/dev/null/x",
    ]);
    assert!(!fine && said.contains("ends before it begins"), "{said}");
}
