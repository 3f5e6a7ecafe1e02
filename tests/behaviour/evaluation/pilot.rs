//! A made-up pilot, reported on, and its report read again.

use std::{collections::BTreeMap, path::Path, process::Command};

use kairan_evaluation::{archive, row::Row};
use kairan_tests::programs::program;
use serde_json::Value;

/// Runs `kairan`.
pub(super) fn kairan(arguments: &[&str]) -> (bool, String) {
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

pub(super) fn done(arguments: &[&str]) -> String {
    let (fine, said) = kairan(arguments);
    assert!(fine, "{arguments:?}: {said}");
    said
}

/// A made-up pilot, reported on.
pub(super) struct Pilot {
    pub(super) folder: tempfile::TempDir,
}

impl Pilot {
    pub(super) fn new(loans: u32, days: u32) -> Self {
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

    pub(super) fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    pub(super) fn report(&self, name: &str, more: &[&str]) -> Value {
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

    pub(super) fn rows(&self) -> Vec<Row> {
        let files = std::fs::read_dir(self.data().join("days")).expect("days");
        let mut rows = Vec::new();
        for file in files.flatten() {
            let bytes = std::fs::read(file.path()).expect("reads");
            rows.extend(archive::read(bytes).expect("a day"));
        }
        rows
    }
}

pub(super) fn text(path: &Path) -> &str {
    path.to_str().expect("text")
}

pub(super) fn section<'r>(report: &'r Value, id: &str) -> &'r Value {
    let sections = report["sections"].as_array().expect("sections");
    sections.iter().find(|it| it["id"] == id).expect(id)
}

/// The rows of a section, each a map from the column's name to its value.
pub(super) fn table(report: &Value, id: &str) -> Vec<BTreeMap<String, Value>> {
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

pub(super) struct Lent {
    pub(super) began: i64,
    pub(super) ended: Option<i64>,
}

pub(super) fn loans(data: &Path) -> BTreeMap<String, Lent> {
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
