//! What the indicators are made of: loans, and what the summaries say of them in a period.

use std::collections::BTreeMap;

use kairan_contract::{ProviderKind, ServiceId};

use crate::loans::Loan;

/// Days from the first to the last, both included, as days since 1970-01-01 in Japan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first.
    pub from: i64,
    /// The last.
    pub to: i64,
}

impl Period {
    /// Whether a day lies in it.
    pub fn holds(self, day: i64) -> bool {
        (self.from..=self.to).contains(&day)
    }
}

/// Everything that the indicators look at. A loan is named by its place in `loans`.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// The loans that were open on a day of the period.
    pub loans: Vec<Loan>,
    /// Loans that would stand among them, had they not been erased. Nothing is known of them, so no
    /// figure counts them as anything.
    pub erased: i64,
    /// The period.
    pub period: Period,
    /// Who stands behind each tile.
    pub providers: BTreeMap<ServiceId, ProviderKind>,
    /// Each loan on each day on which it wrote anything, since it began: retention looks back beyond
    /// the period.
    pub days: Vec<LoanDay>,
    /// Each loan and tile, over the period.
    pub services: Vec<LoanService>,
    /// How long tiles were open, by cohort, over the period.
    pub dwell: Vec<ServiceDwell>,
    /// Visits by weekday and hour, over the period.
    pub hours: Vec<HourOfWeek>,
    /// Warnings by loan and level, over the period.
    pub alerts: Vec<LoanAlerts>,
    /// Steps of forms by loan, over the period.
    pub forms: Vec<LoanForm>,
    /// What each loan last chose of each setting, up to the end of the period.
    pub settings: Vec<LoanSetting>,
    /// What each loan last answered to each question, in the period.
    pub answers: Vec<LoanAnswer>,
    /// How well each tablet's records came, over the period.
    pub quality: Vec<TabletQuality>,
}

/// One loan on one day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LoanDay {
    /// The loan.
    pub loan: usize,
    /// The day.
    pub day: i64,
    /// Starts of the program.
    pub starts: i64,
    /// Visits that began.
    pub visits: i64,
    /// Tiles opened.
    pub opened: i64,
    /// Tiles left.
    pub closed: i64,
    /// Of these, open for less than 5 s.
    pub closed_quickly: i64,
    /// Screens read aloud.
    pub read_aloud: i64,
    /// Times help was opened.
    pub helps: i64,
    /// Call backs asked for.
    pub call_backs: i64,
    /// Touches that were ignored.
    pub ignored: i64,
}

/// One loan and one tile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoanService {
    /// The loan.
    pub loan: usize,
    /// The tile.
    pub service: String,
    /// Times it was opened.
    pub opened: i64,
    /// Touches that led out of it.
    pub handed_over: i64,
}

/// How often tiles were left after so long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceDwell {
    /// The tile.
    pub service: String,
    /// The bucket of [`crate::summaries::dwell_buckets`].
    pub bucket: i64,
    /// Times.
    pub times: i64,
}

/// Visits in one hour of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HourOfWeek {
    /// 0 for Monday.
    pub weekday: i64,
    /// 0 to 23.
    pub hour: i64,
    /// Visits that began.
    pub visits: i64,
    /// Loans that they are of.
    pub loans: i64,
}

/// Warnings of one level on one loan's tablet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoanAlerts {
    /// The loan.
    pub loan: usize,
    /// The level.
    pub level: i64,
    /// Times one was shown.
    pub shown: i64,
    /// Times one was answered within 10 minutes.
    pub answered_promptly: i64,
}

/// One step of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoanForm {
    /// The loan.
    pub loan: usize,
    /// The form.
    pub form: String,
    /// The step, from 1; none for the form as a whole.
    pub step: Option<i64>,
    /// Times the form was begun.
    pub began: i64,
    /// Times the step was answered.
    pub reached: i64,
    /// Times the form was sent.
    pub sent: i64,
    /// Times it was left at this step.
    pub given_up: i64,
}

/// What a loan last chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoanSetting {
    /// The loan.
    pub loan: usize,
    /// text_size or language.
    pub setting: String,
    /// What.
    pub chosen: String,
}

/// What a loan last answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoanAnswer {
    /// The loan.
    pub loan: usize,
    /// The questionnaire.
    pub survey: String,
    /// The question, from 1.
    pub question: i64,
    /// The answer, from 1.
    pub choice: i64,
}

/// How well the records of one tablet came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TabletQuality {
    /// The loan.
    pub loan: usize,
    /// Records.
    pub written: i64,
    /// Sequence numbers between the first and the last that nobody has.
    pub missing: i64,
    /// Records that came more than 24 h late.
    pub late: i64,
    /// Records written with the clock off by more than 5 min.
    pub clock_off: i64,
    /// The day on which the last of them came.
    pub last_received: i64,
}
