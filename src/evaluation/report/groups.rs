//! Loans in groups: by period, by area, by age. Each loan stands in exactly one group of each kind, and
//! groups that are too small to be told stand together.

use std::collections::BTreeMap;

use crate::{evidence::Evidence, indicators::Loans, loans::Loan};

/// A way to part the loans.
pub struct Grouping {
    /// Its name in files.
    pub name: &'static str,
    /// The groups, none smaller than the threshold.
    pub groups: Vec<(String, Loans)>,
}

/// The three ways.
pub fn groupings(evidence: &Evidence, threshold: i64) -> Vec<Grouping> {
    let area = |loan: &Loan| loan.area.as_ref().map(|area| area.as_str().to_owned());
    let age = |loan: &Loan| loan.age_band.map(|band| band.as_str().to_owned());
    vec![
        grouping("cohort", evidence, threshold, |loan| {
            Some(loan.cohort.clone())
        }),
        grouping("area", evidence, threshold, area),
        grouping("age_band", evidence, threshold, age),
    ]
}

fn grouping(
    name: &'static str,
    evidence: &Evidence,
    threshold: i64,
    of: impl Fn(&Loan) -> Option<String>,
) -> Grouping {
    let mut by_name: BTreeMap<String, Loans> = BTreeMap::new();
    for (place, loan) in evidence.loans.iter().enumerate() {
        let name = of(loan).unwrap_or_else(|| "—".to_owned());
        by_name.entry(name).or_default().insert(place);
    }
    let is_small = |loans: &Loans| i64::try_from(loans.len()).unwrap_or(0) < threshold;
    let (small, mut groups): (Vec<_>, Vec<_>) =
        by_name.into_iter().partition(|(_, loans)| is_small(loans));
    let mut others: Loans = small.into_iter().flat_map(|(_, loans)| loans).collect();
    // The others must be many enough themselves: the next smallest group joins them.
    while !others.is_empty() && is_small(&others) {
        let Some(smallest) = (0..groups.len()).min_by_key(|at| groups[*at].1.len()) else {
            break;
        };
        others.extend(groups.remove(smallest).1);
    }
    if !others.is_empty() {
        groups.push(("others".to_owned(), others));
    }
    Grouping { name, groups }
}
