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
        quality.missing += tablet.missing;
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

#[cfg(test)]
mod tests {
    use kairan_contract::Participation;
    use uuid::Uuid;

    use super::*;
    use crate::{
        evidence::{
            HourOfWeek, LoanAlerts, LoanAnswer, LoanForm, LoanService, LoanSetting, Period,
            ServiceDwell, TabletQuality,
        },
        loans::{Ending, Loan},
    };

    /// 2026-04-06, a Monday. The period is the five weeks from then on.
    const M: i64 = 20_549;

    /// Ten loans: when they began and ended, counted from M, and the days with a visit.
    ///
    /// ```text
    ///  0  habit, then one visit a week until the fourth; silent in the fifth
    ///  1  days 0 and 5, then silent for four weeks: falls silent after week 1
    ///  2  never switched on: silent from the beginning
    ///  3  switched on, never touched: silent from the beginning
    ///  4  days 0, 1, 2; returned on day 13: seen for two weeks
    ///  5  began on day 7; days 7, 9, 20: seen for four weeks
    ///  6  day 27 only
    ///  7  day 3, but opened nothing; then silent for four weeks
    ///  8  began on day 1; days 1, 2, 3, 8; withdrew on day 20: seen for two weeks
    ///  9  began two weeks before; days -14, -13, -10 and 0, then silent: after week 3
    /// ```
    const LOANS: [(i64, Option<(i64, Ending)>, &[i64]); 10] = [
        (0, None, &[0, 1, 2, 7, 14, 21]),
        (0, None, &[0, 5]),
        (0, None, &[]),
        (0, None, &[]),
        (0, Some((13, Ending::Returned)), &[0, 1, 2]),
        (7, None, &[7, 9, 20]),
        (0, None, &[27]),
        (0, None, &[3]),
        (1, Some((20, Ending::Withdrawn)), &[1, 2, 3, 8]),
        (-14, None, &[-14, -13, -10, 0]),
    ];

    fn evidence() -> Evidence {
        let mut days = Vec::new();
        for (loan, (_, _, visits)) in LOANS.iter().enumerate() {
            for day in *visits {
                days.push(LoanDay {
                    loan,
                    day: M + day,
                    visits: 1,
                    opened: if loan == 7 { 0 } else { 2 },
                    closed: if loan == 7 { 0 } else { 2 },
                    closed_quickly: i64::from(loan == 0),
                    read_aloud: i64::from(loan == 5),
                    ignored: if loan == 1 { 3 } else { 0 },
                    helps: i64::from(loan == 4),
                    ..LoanDay::default()
                });
            }
        }
        days.push(LoanDay {
            loan: 3,
            day: M,
            starts: 1,
            ..LoanDay::default()
        });
        // A clock that says a day before the loan, and one after it: neither counts.
        for day in [-3, 15] {
            days.push(LoanDay {
                loan: 4,
                day: M + day,
                visits: 9,
                ..LoanDay::default()
            });
        }
        let service = |loan, service: &str, opened| LoanService {
            loan,
            service: service.to_owned(),
            opened,
            handed_over: 0,
        };
        let dwell = |service: &str, bucket, times| ServiceDwell {
            service: service.to_owned(),
            bucket,
            times,
        };
        let answer = |loan, question, choice| LoanAnswer {
            loan,
            survey: "sus".to_owned(),
            question,
            choice,
        };
        let form = |loan, step, reached, sent, given_up| LoanForm {
            loan,
            form: "sus".to_owned(),
            step,
            began: 1,
            reached,
            sent,
            given_up,
        };
        Evidence {
            loans: LOANS
                .iter()
                .map(|(began, ended, _)| Loan {
                    participation: Participation(Uuid::nil()),
                    area: None,
                    age_band: None,
                    cohort: "a".to_owned(),
                    began: M + began,
                    ended: ended.map(|(day, how)| (M + day, how)),
                })
                .collect(),
            period: Period {
                from: M,
                to: M + 34,
            },
            providers: [
                ("bus".parse().expect("an id"), ProviderKind::Private),
                ("weather".parse().expect("an id"), ProviderKind::Government),
            ]
            .into(),
            days,
            services: vec![
                service(0, "bus", 4),
                service(4, "bus", 2),
                service(0, "weather", 1),
                service(5, "gone", 1),
            ],
            // Three times in the first bucket (0 to 100 ms), once in the second.
            dwell: vec![dwell("bus", 0, 3), dwell("bus", 1, 1)],
            hours: vec![HourOfWeek {
                weekday: 0,
                hour: 9,
                visits: 3,
                loans: 2,
            }],
            alerts: vec![
                LoanAlerts {
                    loan: 0,
                    level: 4,
                    shown: 2,
                    answered_promptly: 1,
                },
                LoanAlerts {
                    loan: 1,
                    level: 4,
                    shown: 1,
                    answered_promptly: 1,
                },
                LoanAlerts {
                    loan: 1,
                    level: 3,
                    shown: 1,
                    answered_promptly: 0,
                },
            ],
            forms: vec![
                form(0, None, 0, 1, 0),
                form(0, Some(1), 1, 0, 0),
                form(1, None, 0, 0, 0),
                form(1, Some(1), 1, 0, 0),
                form(1, Some(2), 0, 0, 1),
            ],
            settings: vec![LoanSetting {
                loan: 1,
                setting: "text_size".to_owned(),
                chosen: "large".to_owned(),
            }],
            // All best answers: 100. All worst: 0. The third answered nine questions.
            answers: (1..=10)
                .flat_map(|question| {
                    let best = if question % 2 == 1 { 5 } else { 1 };
                    let third = (question < 10).then(|| answer(2, question, 3));
                    [
                        Some(answer(0, question, best)),
                        Some(answer(1, question, 6 - best)),
                        third,
                    ]
                })
                .flatten()
                .collect(),
            quality: vec![
                TabletQuality {
                    loan: 0,
                    written: 90,
                    missing: 2,
                    late: 1,
                    clock_off: 0,
                    last_received: M + 34,
                },
                TabletQuality {
                    loan: 1,
                    written: 10,
                    missing: 0,
                    late: 0,
                    clock_off: 4,
                    last_received: M + 5,
                },
            ],
        }
    }

    fn all() -> Loans {
        (0..LOANS.len()).collect()
    }

    #[test]
    fn the_funnel_on_paper() {
        // On: all but loan 2. Touched: all but 2 and 3. Opened: all but 2, 3 and 7. Habit: 0, 4, 5 (days
        // 0, 2 and 13 of the loan), 8, and 9, whose three days were before the period.
        let wanted = Funnel {
            lent: 10,
            switched_on: 9,
            touched: 8,
            opened: 7,
            habit: 5,
        };
        assert_eq!(funnel(&evidence(), &all()), wanted);
    }

    #[test]
    fn weeks_on_paper() {
        let weeks = weeks(&evidence(), &all());
        let found: Vec<(i64, i64, i64)> = weeks
            .iter()
            .map(|it| (it.monday - M, it.open, it.active))
            .collect();
        // Week 0: 5 and 8 were not lent yet on Monday; active are 0, 1, 4, 7, 9.
        // Week 1: active are 0, 5, 8. Week 2: 4 has come back; 0 and 5. Week 3: 8 has left; 0 and 6.
        assert_eq!(
            found,
            [(0, 8, 5), (7, 10, 3), (14, 9, 2), (21, 8, 2), (28, 8, 0)]
        );
        // Days in week 0 of the eight: 3, 2, 0, 0, 3, 0, 1, 1.
        let mean = weeks[0].days.expect("a mean");
        assert!((mean.mean - 1.25).abs() < 1e-9 && mean.n == 8);
        // In week 1 loan 4 came back on Sunday, so it was open all week.
        assert_eq!(weeks[1].days.map(|mean| mean.n), Some(10));
        assert_eq!(active_loan_weeks(&evidence(), &all()), 6 + 3 + 2 + 2);
    }

    #[test]
    fn retention_on_paper() {
        let curve = retention(&evidence(), &all());
        let found: Vec<(i64, i64, i64, i64)> = curve
            .iter()
            .map(|it| (it.weeks, it.at_risk, it.events, it.censored))
            .collect();
        assert_eq!(
            found,
            [
                (0, 10, 2, 0),
                (1, 8, 2, 0),
                (2, 6, 0, 2),
                (3, 4, 1, 0),
                (4, 3, 0, 1),
                (5, 2, 0, 2)
            ]
        );
        // 8/10, then 6/8 of it, then 3/4 of that.
        let survival: Vec<f64> = curve.iter().map(|it| it.survival).collect();
        for (found, wanted) in survival.iter().zip([0.8, 0.6, 0.6, 0.45, 0.45, 0.45]) {
            assert!((found - wanted).abs() < 1e-9, "{survival:?}");
        }
    }

    #[test]
    fn services_on_paper() {
        let services = services(&evidence());
        let bus = &services["bus"];
        assert_eq!((bus.loans, bus.opened), (2, 6));
        // The second of four times lies in the first bucket, whose middle is 50 ms.
        assert!((bus.seconds.expect("a median").median - 0.05).abs() < 1e-9);
        assert_eq!(services["gone"].loans, 1);
        let kinds = provider_kinds(&evidence());
        assert_eq!((kinds["private"].loans, kinds["government"].loans), (2, 1));
        assert_eq!(kinds.len(), 2, "what stands in no catalogue is of no kind");
    }

    #[test]
    fn ease_warnings_forms_and_answers_on_paper() {
        let evidence = evidence();
        let ease = ease(&evidence, &all());
        // Visits in the period and in the loan: 6 + 2 + 3 + 3 + 1 + 1 + 4 + 1.
        assert_eq!((ease.visits, ease.visiting_loans), (21, 8));
        assert_eq!((ease.closed, ease.closed_quickly), (40, 6));
        assert_eq!((ease.ignored, ease.reading_loans, ease.helps), (6, 1, 3));
        let sizes = text_sizes(&evidence, &all());
        assert_eq!(
            (sizes["standard"], sizes["large"], sizes["largest"]),
            (7, 1, 0)
        );
        let warned = warnings(&evidence);
        assert_eq!(
            warned[&4],
            Warned {
                loans: 2,
                shown: 3,
                answered_promptly: 2
            }
        );
        assert_eq!(warned[&3].answered_promptly, 0);
        let forms = forms(&evidence);
        let step = |step| forms[&("sus".to_owned(), step)];
        assert_eq!((step(0).loans, step(0).reached), (2, 1));
        assert_eq!(
            (step(1).reached, step(2).reached, step(2).given_up),
            (2, 0, 1)
        );
        let answers = questionnaire(&evidence);
        // Question 1: 5, 1 and 3.
        let first = &answers[&("sus".to_owned(), 1)];
        assert!((first.mean.mean - 3.0).abs() < 1e-9);
        assert_eq!(first.choices, [1, 0, 1, 0, 1]);
        let scale = system_usability(&evidence).expect("a mean");
        assert!((scale.mean - 50.0).abs() < 1e-9 && scale.n == 2);
    }

    #[test]
    fn quality_on_paper() {
        // Open at the end are 0, 1, 2, 3, 5, 6, 7 and 9; only 0 has been heard of in the last 7 days.
        let wanted = Quality {
            tablets: 2,
            records: 100,
            missing: 2,
            late: 1,
            clock_off: 4,
            silent: 7,
        };
        assert_eq!(quality(&evidence()), wanted);
    }
}
