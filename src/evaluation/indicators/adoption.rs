//! Who came so far, week by week, and how long they stayed.

use std::collections::{BTreeMap, BTreeSet};

use super::days::{Loans, count, days_of, is_lent, monday_of};
use crate::{
    evidence::Evidence,
    statistics::{self, Lasted, Mean, Step, fraction},
};

/// Weeks without a visit after which a loan has fallen silent.
const SILENT_WEEKS: i64 = 4;
/// Days since the loan began in which a habit shows, and the days with a visit that make one.
const HABIT: (i64, usize) = (14, 3);

/// How many of the loans came so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Funnel {
    /// The loans in scope.
    pub lent: i64,
    /// Those whose tablet was switched on.
    pub switched_on: i64,
    /// Those with a visit.
    pub touched: i64,
    /// Those who opened a tile.
    pub opened: i64,
    /// Those with a visit on 3 different days in the first 14.
    pub habit: i64,
}

/// Of the loans in scope: switched on; touched; opened a service; used on 3 different days in the first
/// 14. What was before the period counts as well: a loan is switched on once.
pub fn funnel(evidence: &Evidence, loans: &Loans) -> Funnel {
    let (mut on, mut touched, mut opened) = (Loans::new(), Loans::new(), Loans::new());
    let mut early: BTreeMap<usize, BTreeSet<i64>> = BTreeMap::new();
    let lent = evidence.days.iter();
    for day in lent.filter(|day| loans.contains(&day.loan) && is_lent(evidence, day)) {
        on.insert(day.loan);
        if day.visits > 0 {
            touched.insert(day.loan);
            if day.day - evidence.loans[day.loan].began < HABIT.0 {
                early.entry(day.loan).or_default().insert(day.day);
            }
        }
        if day.opened > 0 {
            opened.insert(day.loan);
        }
    }
    let habit = early.values().filter(|days| days.len() >= HABIT.1).count();
    Funnel {
        lent: count(loans.len()),
        switched_on: count(on.len()),
        touched: count(touched.len()),
        opened: count(opened.len()),
        habit: count(habit),
    }
}

/// One week of the period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Week {
    /// Its Monday.
    pub monday: i64,
    /// Loans open on it.
    pub open: i64,
    /// Of these, loans with a visit in the week.
    pub active: i64,
    /// Days with a visit, over the loans open all week.
    pub days: Option<Mean>,
}

/// Loans with a visit in the ISO week, of the loans open on that week's Monday; and the mean of days
/// with a visit over the loans open all week. Only whole weeks of the period count.
pub fn weeks(evidence: &Evidence, loans: &Loans) -> Vec<Week> {
    let period = evidence.period;
    let mut visited: BTreeMap<(i64, usize), i64> = BTreeMap::new();
    for day in days_of(evidence, loans).filter(|day| day.visits > 0) {
        *visited.entry((monday_of(day.day), day.loan)).or_default() += 1;
    }
    let first = monday_of(period.from + 6);
    let mut weeks = Vec::new();
    let mut monday = first;
    while monday + 6 <= period.to {
        let (mut open, mut active, mut days) = (0, 0, Vec::new());
        for &loan in loans {
            let lent = &evidence.loans[loan];
            if !lent.is_open_on(monday) {
                continue;
            }
            open += 1;
            let visits = visited.get(&(monday, loan)).copied().unwrap_or(0);
            active += i64::from(visits > 0);
            if lent.is_open_on(monday + 6) {
                days.push(fraction(visits));
            }
        }
        weeks.push(Week {
            monday,
            open,
            active,
            days: statistics::mean(&days),
        });
        monday += 7;
    }
    weeks
}

/// Kaplan and Meier by week since the loan began. The event is falling silent: no visit in 4 weeks
/// running, dated to the last active week. Loans that were returned, withdrawn or are still active at
/// the end are censored there.
pub fn retention(evidence: &Evidence, loans: &Loans) -> Vec<Step> {
    let mut active: BTreeMap<usize, BTreeSet<i64>> = BTreeMap::new();
    for day in evidence.days.iter().filter(|day| day.visits > 0) {
        if loans.contains(&day.loan) && is_lent(evidence, day) {
            let week = (day.day - evidence.loans[day.loan].began) / 7;
            active.entry(day.loan).or_default().insert(week);
        }
    }
    let none = BTreeSet::new();
    let lasted: Vec<Lasted> = loans
        .iter()
        .map(|loan| {
            let lent = &evidence.loans[*loan];
            let observed = (lent.last_day(evidence.period.to) - lent.began + 1).max(0) / 7;
            lasted(active.get(loan).unwrap_or(&none), observed)
        })
        .collect();
    statistics::kaplan_meier(&lasted)
}

fn lasted(active: &BTreeSet<i64>, observed: i64) -> Lasted {
    let mut last = -1;
    for week in 0..observed {
        if active.contains(&week) {
            last = week;
        } else if week - last == SILENT_WEEKS {
            return Lasted {
                weeks: last + 1,
                fell_silent: true,
            };
        }
    }
    Lasted {
        weeks: observed,
        fell_silent: false,
    }
}
