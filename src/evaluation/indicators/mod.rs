//! The indicators, each a pure function of the evidence. What a figure means stands above its function,
//! and is printed beside it in every report.

use std::collections::{BTreeMap, BTreeSet};

use kairan_contract::ProviderKind;

use crate::{
    evidence::{Evidence, LoanDay},
    statistics::{self, Lasted, Mean, Median, Step, fraction},
    summaries::dwell_buckets,
};

/// Weeks without a visit after which a loan has fallen silent.
const SILENT_WEEKS: i64 = 4;
/// Days since the loan began in which a habit shows, and the days with a visit that make one.
const HABIT: (i64, usize) = (14, 3);

/// Loans, by their places in the evidence.
pub type Loans = BTreeSet<usize>;

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

/// The answers to one question.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The mean of the answers' numbers.
    pub mean: Mean,
    /// How many gave each answer, from the first on.
    pub choices: Vec<i64>,
}

/// Per question: how many answered, the mean of the answers' numbers with its interval, and how often
/// each was given. Of two answers of a loan the later one counts.
pub fn questionnaire(evidence: &Evidence) -> BTreeMap<(String, i64), Question> {
    let mut answers: BTreeMap<(String, i64), Vec<i64>> = BTreeMap::new();
    for row in &evidence.answers {
        let key = (row.survey.clone(), row.question);
        answers.entry(key).or_default().push(row.choice);
    }
    let questions = answers.into_iter().filter_map(|(key, choices)| {
        let values: Vec<f64> = choices.iter().map(|choice| fraction(*choice)).collect();
        let greatest = choices.iter().copied().max()?.max(1);
        let given = (1..=greatest)
            .map(|choice| count(choices.iter().filter(|it| **it == choice).count()))
            .collect();
        let question = Question {
            mean: statistics::mean(&values)?,
            choices: given,
        };
        Some((key, question))
    });
    questions.collect()
}

/// The System Usability Scale, 0 to 100, over the loans that answered all ten questions of the
/// questionnaire `sus`: the odd questions count their answer less 1, the even ones 5 less theirs.
pub fn system_usability(evidence: &Evidence) -> Option<Mean> {
    let mut by_loan: BTreeMap<usize, BTreeMap<i64, i64>> = BTreeMap::new();
    for row in evidence.answers.iter().filter(|row| row.survey == "sus") {
        by_loan
            .entry(row.loan)
            .or_default()
            .insert(row.question, row.choice);
    }
    let scores: Vec<f64> = by_loan
        .values()
        .filter(|answers| (1..=10).all(|question| answers.contains_key(&question)))
        .map(|answers| {
            let points: i64 = (1..=10)
                .map(|question| {
                    let choice = answers[&question].clamp(1, 5);
                    if question % 2 == 1 {
                        choice - 1
                    } else {
                        5 - choice
                    }
                })
                .sum();
            fraction(points) * 2.5
        })
        .collect();
    statistics::mean(&scores)
}

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

/// The days of these loans that lie in the period and in the loan.
fn days_of<'e>(evidence: &'e Evidence, loans: &'e Loans) -> impl Iterator<Item = &'e LoanDay> + 'e {
    evidence.days.iter().filter(move |day| {
        loans.contains(&day.loan) && evidence.period.holds(day.day) && is_lent(evidence, day)
    })
}

/// A clock may say any day; only those of the loan count.
fn is_lent(evidence: &Evidence, day: &LoanDay) -> bool {
    evidence.loans[day.loan].is_open_on(day.day) && day.day <= evidence.period.to
}

/// The Monday of a day's ISO week.
pub fn monday_of(day: i64) -> i64 {
    // 1970-01-01 was a Thursday.
    day - (day + 3).rem_euclid(7)
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
