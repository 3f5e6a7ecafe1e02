//! What was tried, and what answered.

use std::{fmt::Write as _, path::Path};

use reqwest::{Response, StatusCode};

/// What was tried, and what answered.
#[derive(Default)]
pub struct Table(String);

impl Table {
    /// Notes an answer, which must be this.
    pub fn note(&mut self, tried: &str, answer: &Response, expected: StatusCode) {
        let status = answer.status();
        writeln!(self.0, "| {tried} | {status} |").expect("a text takes it");
        assert_eq!(status, expected, "{tried}");
    }

    pub fn keep(self, name: &str) {
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("attacks-{name}.md"));
        let table = format!("| what was tried | what answered |\n|---|---|\n{}", self.0);
        std::fs::write(file, table).expect("writes");
    }
}
