//! The indicators against ten loans that can be checked on paper.

use kairan_contract::{Participation, ProviderKind};
use uuid::Uuid;

use crate::{
    evidence::{
        Evidence, HourOfWeek, LoanAlerts, LoanAnswer, LoanDay, LoanForm, LoanService, LoanSetting,
        Period, ServiceDwell, TabletQuality,
    },
    indicators::{
        Funnel, Loans, Quality, Warned, active_loan_weeks, ease, forms, funnel, provider_kinds,
        quality, questionnaire, retention, services, system_usability, text_sizes, warnings, weeks,
    },
    loans::{Ending, Loan},
};

/// 2026-04-06, a Monday. The period is the five weeks from then on.
const M: i64 = 20_549;

/// The day it began, the day and way it ended, and the days with a visit.
type Lent = (i64, Option<(i64, Ending)>, &'static [i64]);

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
const LOANS: [Lent; 10] = [
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

#[expect(
    clippy::too_many_lines,
    reason = "a case that is written out to be checked on paper"
)]
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
        erased: 0,
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
