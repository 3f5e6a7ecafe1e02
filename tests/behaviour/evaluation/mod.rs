//! Figures that a council can defend: a pilot of a dozen loans that can be checked on paper, a larger
//! one against a slow computation of its own, and an attacker who has every table.

mod attacker;
mod pilot;
mod slow;

use serde_json::Value;

use attacker::Attacker;
use pilot::{Pilot, kairan, loans, table, text};
use slow::{FROM, Slow, TO};

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
