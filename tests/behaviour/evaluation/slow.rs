//! The raw records, and figures computed of them slowly and by no code of the evaluation's.

use std::collections::{BTreeMap, BTreeSet};

use kairan_evaluation::row::Row;

use super::pilot::Lent;

/// 2026-04-06, a Monday, and 2026-05-31, a Sunday, as days since 1970-01-01.
pub(super) const FROM: i64 = 20_549;
pub(super) const TO: i64 = 20_604;

/// The raw records, and figures computed of them slowly and by no code of the evaluation's.
pub(super) struct Slow {
    pub(super) rows: Vec<Row>,
    pub(super) loans: BTreeMap<String, Lent>,
}

pub(super) fn is(row: &Row, kind: &str) -> bool {
    row.kind.as_deref() == Some(kind)
}

pub(super) fn loan(row: &Row) -> String {
    row.participation.clone().expect("a loan")
}

impl Slow {
    /// The loans that were open on a day of the period.
    pub(super) fn open(&self, from: i64, to: i64) -> BTreeSet<String> {
        let open = self
            .loans
            .iter()
            .filter(|(_, lent)| lent.began <= to && lent.ended.is_none_or(|ended| ended >= from));
        open.map(|(participation, _)| participation.clone())
            .collect()
    }

    /// Whether a record lies within its loan, and between two days.
    pub(super) fn lies(&self, row: &Row, from: i64) -> bool {
        let lent = &self.loans[&loan(row)];
        let last = lent.ended.unwrap_or(TO).min(TO);
        (lent.began.max(from)..=last).contains(&row.day())
    }

    /// The loans with a record of this kind since a day.
    pub(super) fn with(&self, kind: Option<&str>, from: i64) -> BTreeSet<String> {
        let rows = self.rows.iter().filter(|row| self.lies(row, from));
        let rows = rows.filter(|row| kind.is_none_or(|kind| is(row, kind)));
        rows.map(loan).collect()
    }

    pub(super) fn funnel(&self) -> [usize; 5] {
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
    pub(super) fn week(&self, monday: i64) -> (usize, usize) {
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
    pub(super) fn service(&self, name: &str) -> (usize, f64) {
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
