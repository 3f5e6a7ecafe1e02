//! How much each tile is used, and each kind of provider.

use std::collections::{BTreeMap, BTreeSet};

use kairan_contract::ProviderKind;

use super::days::{Loans, count, days_of, monday_of};
use crate::{
    evidence::Evidence,
    statistics::{self, Median, fraction},
    summaries::dwell_buckets,
};

/// What became of one tile, or of all tiles of one kind of provider.
#[derive(Debug, Clone, PartialEq)]
pub struct Use {
    /// Loans that ever opened it.
    pub loans: i64,
    /// Times it was opened.
    pub opened: i64,
    /// Touches that led out of it.
    pub handed_over: i64,
    /// Seconds that it was open.
    pub seconds: Option<Median>,
}

/// Weeks in which a loan had a visit, over all loans: each loan and week counts once.
pub fn active_loan_weeks(evidence: &Evidence, loans: &Loans) -> i64 {
    let weeks: BTreeSet<(i64, usize)> = days_of(evidence, loans)
        .filter(|day| day.visits > 0)
        .map(|day| (monday_of(day.day), day.loan))
        .collect();
    count(weeks.len())
}

/// Per tile: the loans that ever opened it, openings, touches that led out, and the median of the
/// seconds that it was open.
pub fn services(evidence: &Evidence) -> BTreeMap<String, Use> {
    uses(evidence, |service| Some(service.to_owned()))
}

/// The same per kind of provider. What stands in no catalogue any more is left out.
pub fn provider_kinds(evidence: &Evidence) -> BTreeMap<&'static str, Use> {
    uses(evidence, |service| {
        let kind = evidence.providers.get(&service.parse().ok()?)?;
        Some(kind_in_words(*kind))
    })
}

/// How a kind of provider is written.
pub fn kind_in_words(kind: ProviderKind) -> &'static str {
    match kind {
        ProviderKind::Government => "government",
        ProviderKind::Private => "private",
    }
}

fn uses<K: Ord + Clone>(evidence: &Evidence, of: impl Fn(&str) -> Option<K>) -> BTreeMap<K, Use> {
    let mut loans: BTreeMap<K, Loans> = BTreeMap::new();
    let mut uses: BTreeMap<K, Use> = BTreeMap::new();
    for row in &evidence.services {
        let Some(key) = of(&row.service) else {
            continue;
        };
        if row.opened > 0 {
            loans.entry(key.clone()).or_default().insert(row.loan);
        }
        let it = uses.entry(key).or_insert(Use {
            loans: 0,
            opened: 0,
            handed_over: 0,
            seconds: None,
        });
        it.opened += row.opened;
        it.handed_over += row.handed_over;
    }
    let mut dwell: BTreeMap<K, BTreeMap<i64, i64>> = BTreeMap::new();
    for row in &evidence.dwell {
        if let Some(key) = of(&row.service) {
            *dwell.entry(key).or_default().entry(row.bucket).or_default() += row.times;
        }
    }
    let buckets = dwell_buckets();
    for (key, it) in &mut uses {
        it.loans = loans.get(key).map_or(0, |loans| count(loans.len()));
        let histogram: Vec<(f64, i64)> = dwell
            .get(key)
            .into_iter()
            .flatten()
            .filter_map(|(bucket, times)| {
                let bucket = buckets.get(usize::try_from(*bucket).ok()?)?;
                Some((fraction(bucket.middle_ms()) / 1000.0, *times))
            })
            .collect();
        it.seconds = statistics::median(&histogram);
    }
    uses
}
