//! A form that is being filled in: its questions and its version as they stood when it was begun, and what was
//! answered. What is delivered meanwhile changes nothing in it until it is opened or sent again. Pure: time comes as an
//! argument.

mod amounts;
mod days;
mod offered;
mod renewed;

use jiff::{
    Timestamp,
    civil::Date,
    tz::{Offset, TimeZone},
};
use kairan_contract::{
    Answer, AnswerType, AnswerValue, Form, FormQuestion, Misfit, PersonalData, QuestionId,
    RequestForm, RequestId, ServiceId, Sha256, Yen,
};
use serde::{Deserialize, Serialize};

pub use days::{Era, birth_year, days_of_month, months_until};
pub use offered::{Offered, Step};
pub use renewed::DraftNotice;

/// Japan's time: nine hours before UTC, without summer time.
const JAPAN: Offset = Offset::constant(9);

/// A form that is being filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormDraft {
    /// The tile from which it was opened.
    pub service: ServiceId,
    /// The form as it was then.
    pub form: Form,
    /// Which version of it that is.
    pub version: Sha256,
    /// What was answered, also to questions that another answer passes over by now: who changes their mind finds it
    /// again.
    pub answers: Vec<Answer>,
    /// The resident has said that what is known of them is right.
    #[serde(default)]
    pub is_person_confirmed: bool,
    /// The request that was sent back, which this one mends.
    #[serde(default)]
    pub mends: Option<RequestId>,
    /// What has to be told of it: that the form is another since.
    #[serde(default)]
    pub notice: Option<DraftNotice>,
    /// That has been told on the page on which everything is looked over.
    #[serde(default)]
    pub is_notice_shown: bool,
}

/// Where somebody is in a form.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FormPlace {
    /// At a question, or at a part of its answer.
    Question(QuestionId, AnswerPart),
    /// At what is told of the resident.
    Person,
    /// At all answers together, before they are sent.
    Check,
}

/// Which part of an answer is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum AnswerPart {
    /// The whole, or its first part.
    #[default]
    Whole,
    /// The goods of one group, by its place.
    Group(usize),
    /// In which month a day lies.
    Months,
    /// A day of a month.
    Month(i16, i8),
    /// The month of a birthday in this year.
    BirthMonth(i16),
    /// The day of a birthday in this month of this year.
    BirthDay(i16, i8),
}

impl FormDraft {
    /// A form that is begun.
    pub fn new(service: ServiceId, form: Form, version: Sha256) -> Self {
        Self {
            service,
            form,
            version,
            answers: Vec::new(),
            is_person_confirmed: false,
            mends: None,
            notice: None,
            is_notice_shown: false,
        }
    }

    /// Whether this program can ask every question of a form.
    pub fn can_ask(form: &Form) -> bool {
        let mut questions = form.questions.iter();
        questions.all(|question| question.answer != AnswerType::Unknown)
    }

    /// What was answered to a question.
    pub fn value(&self, question: &QuestionId) -> Option<&AnswerValue> {
        let found = self.answers.iter().find(|it| it.question == *question);
        found.map(|answer| &answer.value)
    }

    /// Notes an answer; the later one counts. What was answered to other questions stays.
    pub fn answer(&mut self, question: &QuestionId, value: AnswerValue) {
        self.notice = None;
        self.is_notice_shown = false;
        match self.answers.iter_mut().find(|it| it.question == *question) {
            Some(known) => known.value = value,
            None => self.answers.push(Answer {
                question: question.clone(),
                value,
            }),
        }
    }

    /// Takes an answer back.
    pub fn clear(&mut self, question: &QuestionId) {
        self.answers.retain(|it| it.question != *question);
    }

    /// Where somebody begins, or goes on: at the first question that has no answer and must have one.
    pub fn first_place(&self) -> FormPlace {
        if self.answers.is_empty() {
            let first = self.form.questions.first();
            return first.map_or_else(|| self.behind_questions(), Self::at);
        }
        self.first_open()
    }

    /// Where to go after a question. `is_mending`: the answers have been looked over, and this one was to be another: no
    /// question is asked again but those to which the new answer leads.
    pub fn place_after(&self, question: &QuestionId, is_mending: bool) -> FormPlace {
        if is_mending {
            return self.first_open();
        }
        let path = self.form.path(&self.answers);
        let mut behind = path.iter().skip_while(|it| it.id != *question).skip(1);
        behind
            .next()
            .map_or_else(|| self.behind_questions(), |it| Self::at(it))
    }

    fn first_open(&self) -> FormPlace {
        let path = self.form.path(&self.answers);
        let mut path = path.into_iter();
        let open = path.find(|it| !it.is_optional && self.value(&it.id).is_none());
        open.map_or_else(|| self.behind_questions(), Self::at)
    }

    fn behind_questions(&self) -> FormPlace {
        if self.form.needs.is_empty() || self.is_person_confirmed {
            FormPlace::Check
        } else {
            FormPlace::Person
        }
    }

    fn at(question: &FormQuestion) -> FormPlace {
        FormPlace::Question(question.id.clone(), AnswerPart::Whole)
    }

    /// The number of a question from 1, as records count, by its place in the form.
    pub fn step(&self, place: &FormPlace) -> u8 {
        let questions = &self.form.questions;
        let at = match place {
            FormPlace::Question(id, _) => questions.iter().position(|it| it.id == *id),
            FormPlace::Person | FormPlace::Check => None,
        };
        let at = at.unwrap_or(questions.len().saturating_sub(1));
        u8::try_from(at + 1).unwrap_or(u8::MAX)
    }

    /// What it comes to, with what bringing it costs.
    pub fn total(&self) -> Option<Yen> {
        self.form.total(&self.answers)
    }

    /// The first answer that does not fit, by this tablet's clock.
    pub fn misfit(&self, now: Timestamp) -> Option<Misfit> {
        self.form.misfit(&self.answers, now, &zone())
    }

    /// What is sent. `person`: everything that is known of the resident; only what the form asks for travels.
    pub fn request(&self, person: &PersonalData) -> RequestForm {
        RequestForm {
            service: self.service.clone(),
            form: self.form.id.clone(),
            version: self.version,
            answers: self.form.counting(&self.answers),
            person: person.only(&self.form.needs),
            total: self.total(),
            mends: self.mends,
        }
    }

    /// Whether everything is known of the resident that the form asks for.
    pub fn knows_person(&self, person: &PersonalData) -> bool {
        self.form.needs.iter().all(|field| person.tells(*field))
    }
}

/// The day in Japan.
fn day_of(now: Timestamp) -> Date {
    JAPAN.to_datetime(now).date()
}

fn zone() -> TimeZone {
    JAPAN.to_time_zone()
}

#[cfg(test)]
mod tests;
