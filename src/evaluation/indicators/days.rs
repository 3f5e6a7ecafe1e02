//! The days of loans that count, on which every indicator rests.

use std::collections::BTreeSet;

use crate::evidence::{Evidence, LoanDay};

/// Loans, by their places in the evidence.
pub type Loans = BTreeSet<usize>;

/// The days of these loans that lie in the period and in the loan.
pub(super) fn days_of<'e>(
    evidence: &'e Evidence,
    loans: &'e Loans,
) -> impl Iterator<Item = &'e LoanDay> + 'e {
    evidence.days.iter().filter(move |day| {
        loans.contains(&day.loan) && evidence.period.holds(day.day) && is_lent(evidence, day)
    })
}

/// A clock may say any day; only those of the loan count.
pub(super) fn is_lent(evidence: &Evidence, day: &LoanDay) -> bool {
    evidence.loans[day.loan].is_open_on(day.day) && day.day <= evidence.period.to
}

/// The Monday of a day's ISO week.
pub fn monday_of(day: i64) -> i64 {
    // 1970-01-01 was a Thursday.
    day - (day + 3).rem_euclid(7)
}

pub(super) fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
