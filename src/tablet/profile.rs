//! What is kept of the resident's choices: the size of the letters, the voice, what was read and answered, and
//! the reminders. It decides nothing, and knows nothing of screens.

mod answered;
pub mod reminders;

use std::collections::VecDeque;

use jiff::{
    Timestamp,
    civil::{Date, Time},
};
use kairan_contract::{
    EmergencySeen, FormId, ItemHash, Language, Neighbourhood, Participation, TextSize,
};
use serde::{Deserialize, Serialize};

use crate::{clock::Contact, uptime::Uptime};
pub use answered::{AnsweredWarning, OwnStop, SurveyProgress};
use reminders::{Done, Reminder};

/// Articles that are remembered as read; older ones are no longer new anyhow.
const READ_LIMIT: usize = 2_000;
/// Questionnaires of which is remembered how far they have been answered.
const SURVEY_LIMIT: usize = 50;

/// How loud the tablet speaks. A warning is always as loud as can be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loudness {
    /// For a quiet room.
    Soft,
    /// As most people want it.
    #[default]
    Normal,
    /// As loud as can be.
    Loud,
}

/// How fast the tablet speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// About four morae a second.
    Slow,
    /// About five, which older listeners understood best.
    #[default]
    Normal,
    /// About six.
    Fast,
}

impl Pace {
    /// The rate for the synthesis, 1 being the voice's own.
    pub fn rate(self) -> f32 {
        match self {
            Self::Slow => 0.65,
            Self::Normal => 0.8,
            Self::Fast => 0.95,
        }
    }
}

/// What the resident chose and has read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    /// The size of the letters.
    pub text_size: TextSize,
    /// The language of everything that the tablet itself says.
    pub language: Language,
    /// Articles that were opened, the latest last.
    pub read: VecDeque<ItemHash>,
    /// Warnings that were answered and are still in force.
    pub answered: Vec<AnsweredWarning>,
    /// Emergencies that were shown here and are still spoken of, the latest last.
    pub emergencies: Vec<EmergencySeen>,
    /// When the backend last answered.
    pub last_contact: Option<Timestamp>,
    /// What it told of the time.
    pub contact: Option<Contact>,
    /// How loud the tablet speaks.
    pub loudness: Loudness,
    /// How fast it speaks.
    pub pace: Pace,
    /// Whether usage records may be written; nobody was asked before first use.
    pub consent: Option<bool>,
    /// First use was gone through to its end.
    pub first_use_done: bool,
    /// Reminders by their time of day.
    pub reminders: Vec<Reminder>,
    /// Which of them were answered in the last seven days.
    pub done: Vec<Done>,
    /// When to ask how the resident is, if at all.
    pub check_in_at: Option<Time>,
    /// The last day on which that was answered.
    pub checked_in: Option<Date>,
    /// How far questionnaires have been answered.
    pub surveys: Vec<SurveyProgress>,
    /// The resident's own stops.
    pub own_stops: Vec<OwnStop>,
    /// The part of the town from which ways are counted; until it is chosen they are counted from the catalogue's point.
    pub neighbourhood: Option<Neighbourhood>,
    /// The loan in which all of this was chosen.
    pub loan: Option<Participation>,
}

impl Profile {
    /// Of somebody who has gone through first use and lets usage records be written.
    pub fn practised() -> Self {
        Self {
            consent: Some(true),
            first_use_done: true,
            ..Self::default()
        }
    }

    /// From now on this is what is chosen in `loan`. Where somebody lives is no matter of whoever has the tablet next.
    pub fn begin_loan(&mut self, loan: Participation) {
        let before = self.loan.replace(loan);
        if before.is_some_and(|before| before != loan) {
            self.neighbourhood = None;
        }
    }

    /// What is known of the time from before. A program that is older than what it told of the time noted
    /// only when the backend last answered.
    pub fn last_known_time(&self) -> Option<Contact> {
        let of_no_start = |at| Contact {
            at,
            uptime: Uptime::from_millis(0),
            machine_start: String::new(),
        };
        self.contact
            .clone()
            .or_else(|| self.last_contact.map(of_no_start))
    }

    /// How many questions of a form have been answered, from the first on.
    pub fn answered(&self, form: &FormId) -> usize {
        let mut known = self.surveys.iter();
        known
            .find(|it| it.form == *form)
            .map_or(0, |it| it.answered)
    }

    /// Remembers that so many questions of a form have been answered.
    pub fn note_answered(&mut self, form: &FormId, answered: usize) {
        if let Some(known) = self.surveys.iter_mut().find(|it| it.form == *form) {
            known.answered = known.answered.max(answered);
            return;
        }
        // More questionnaires than this nobody has been asked.
        if self.surveys.len() == SURVEY_LIMIT {
            self.surveys.remove(0);
        }
        self.surveys.push(SurveyProgress {
            form: form.clone(),
            answered,
        });
    }

    /// Remembers that an article was opened.
    pub fn mark_read(&mut self, item: ItemHash) {
        if !self.read.contains(&item) {
            self.read.push_back(item);
            while self.read.len() > READ_LIMIT {
                self.read.pop_front();
            }
        }
    }
}
