//! How the tablet is used: help, sizes of letters, warnings and forms.

use std::collections::BTreeMap;

use super::days::{Loans, count, days_of};
use crate::evidence::Evidence;

/// How easily the tablet is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ease {
    /// Visits.
    pub visits: i64,
    /// Loans with a visit.
    pub visiting_loans: i64,
    /// Tiles left.
    pub closed: i64,
    /// Of these, within 5 s.
    pub closed_quickly: i64,
    /// Touches that were ignored.
    pub ignored: i64,
    /// Loans that had a screen read aloud.
    pub reading_loans: i64,
    /// Times help was opened.
    pub helps: i64,
    /// Call backs asked for.
    pub call_backs: i64,
}

/// Tiles left within 5 s; ignored touches per visit; the share of loans that read aloud; help per 100
/// visits.
pub fn ease(evidence: &Evidence, loans: &Loans) -> Ease {
    let (mut visiting, mut reading) = (Loans::new(), Loans::new());
    let mut ease = Ease {
        visits: 0,
        visiting_loans: 0,
        closed: 0,
        closed_quickly: 0,
        ignored: 0,
        reading_loans: 0,
        helps: 0,
        call_backs: 0,
    };
    for day in days_of(evidence, loans) {
        ease.visits += day.visits;
        ease.closed += day.closed;
        ease.closed_quickly += day.closed_quickly;
        ease.ignored += day.ignored;
        ease.helps += day.helps;
        ease.call_backs += day.call_backs;
        if day.visits > 0 {
            visiting.insert(day.loan);
        }
        if day.read_aloud > 0 {
            reading.insert(day.loan);
        }
    }
    ease.visiting_loans = count(visiting.len());
    ease.reading_loans = count(reading.len());
    ease
}

/// How many loans use each size of the letters: what they last chose, and standard where nothing was.
/// Only loans with a visit count.
pub fn text_sizes(evidence: &Evidence, loans: &Loans) -> BTreeMap<String, i64> {
    let chosen: BTreeMap<usize, &str> = evidence
        .settings
        .iter()
        .filter(|it| it.setting == "text_size")
        .map(|it| (it.loan, it.chosen.as_str()))
        .collect();
    let visiting: Loans = days_of(evidence, loans)
        .filter(|day| day.visits > 0)
        .map(|day| day.loan)
        .collect();
    let mut sizes: BTreeMap<String, i64> = ["standard", "large", "largest"]
        .map(|size| (size.to_owned(), 0))
        .into();
    for loan in visiting {
        let size = chosen.get(&loan).copied().unwrap_or("standard");
        *sizes.entry(size.to_owned()).or_default() += 1;
    }
    sizes
}

/// Warnings of one level.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Warned {
    /// Loans that saw one.
    pub loans: i64,
    /// Times one was shown.
    pub shown: i64,
    /// Times one was answered within 10 minutes.
    pub answered_promptly: i64,
}

/// Warnings answered within 10 minutes, by level.
pub fn warnings(evidence: &Evidence) -> BTreeMap<i64, Warned> {
    let mut levels: BTreeMap<i64, (Loans, Warned)> = BTreeMap::new();
    for row in &evidence.alerts {
        let (loans, warned) = levels.entry(row.level).or_default();
        loans.insert(row.loan);
        warned.shown += row.shown;
        warned.answered_promptly += row.answered_promptly.min(row.shown);
    }
    let levels = levels.into_iter().map(|(level, (loans, mut warned))| {
        warned.loans = count(loans.len());
        (level, warned)
    });
    levels.collect()
}

/// One step of a form, or the form as a whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FormStep {
    /// Loans.
    pub loans: i64,
    /// Loans that answered the step, or sent the form.
    pub reached: i64,
    /// Times the form was left there.
    pub given_up: i64,
}

/// Per form: loans that opened it, loans that sent it, and by step how many answered it and how often
/// it was left there. Step 0 is the form as a whole.
pub fn forms(evidence: &Evidence) -> BTreeMap<(String, i64), FormStep> {
    let mut steps: BTreeMap<(String, i64), (Loans, Loans, FormStep)> = BTreeMap::new();
    for row in &evidence.forms {
        let key = (row.form.clone(), row.step.unwrap_or(0));
        let (loans, reached, step) = steps.entry(key).or_default();
        loans.insert(row.loan);
        if row.reached > 0 || row.sent > 0 {
            reached.insert(row.loan);
        }
        step.given_up += row.given_up;
    }
    let steps = steps.into_iter().map(|(key, (loans, reached, mut step))| {
        step.loans = count(loans.len());
        step.reached = count(reached.len());
        (key, step)
    });
    steps.collect()
}
