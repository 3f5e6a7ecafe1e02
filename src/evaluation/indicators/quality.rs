//! How good the records are.

use std::collections::BTreeMap;

use super::days::count;
use crate::evidence::Evidence;

/// How far the figures can be trusted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Quality {
    /// Tablets that wrote anything.
    pub tablets: i64,
    /// Records.
    pub records: i64,
    /// Sequence numbers that nobody has.
    pub missing: i64,
    /// Records that came more than 24 h late.
    pub late: i64,
    /// Records written with the clock off by more than 5 min.
    pub clock_off: i64,
    /// Tablets of open loans that have sent nothing for more than 7 days at the end of the period.
    pub silent: i64,
}

/// Missing sequence numbers, records later than 24 h, clocks off by more than 5 min, tablets silent
/// over 7 days.
pub fn quality(evidence: &Evidence) -> Quality {
    let mut quality = Quality::default();
    let mut last_heard: BTreeMap<usize, i64> = BTreeMap::new();
    for tablet in &evidence.quality {
        quality.tablets += 1;
        quality.records += tablet.written;
        quality.missing = quality.missing.saturating_add(tablet.missing);
        quality.late += tablet.late;
        quality.clock_off += tablet.clock_off;
        let last = last_heard
            .entry(tablet.loan)
            .or_insert(tablet.last_received);
        *last = tablet.last_received.max(*last);
    }
    let end = evidence.period.to;
    let silent = (0..evidence.loans.len()).filter(|loan| {
        let lent = &evidence.loans[*loan];
        let heard = last_heard.get(loan).copied().unwrap_or(lent.began);
        lent.is_open_on(end) && end - heard > 7
    });
    quality.silent = count(silent.count());
    quality
}
