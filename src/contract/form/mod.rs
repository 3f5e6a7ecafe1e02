//! A form: what a resident can ask a provider for, one question a screen. An immutable version of it is the blob in
//! which it lies: the hash of the blob is the name of the version.

mod answer;
mod fits;
mod offer;
mod path;
mod person;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{ChoiceId, FormId, QuestionId};

pub use answer::{Answer, AnswerValue, GoodAmount, RequestForm};
pub use fits::{Misfit, MisfitKind};
pub use offer::{DeliveryWindow, Good, Yen};
pub use person::{Address, AddressParts, KanaName, PersonalData, PersonalField};

/// What can be asked for, as it stands at one moment: its questions, and what is on offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Form {
    /// Under which name its requests are counted.
    pub id: FormId,
    /// What is asked for, such as 買い物.
    pub title: String,
    /// What becomes of it, in a sentence or two, before the first question.
    pub purpose: String,
    /// The questions in order; at most [`Form::QUESTION_LIMIT`].
    pub questions: Vec<FormQuestion>,
    /// What its provider has to know of the resident.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<PersonalField>,
    /// The words on the key that sends it, such as このとおり たのむ.
    pub send: String,
    /// What happens once it has arrived, in a sentence.
    pub next: String,
    /// How it is paid, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<String>,
    /// What it costs to cancel too late, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late_cancel: Option<String>,
    /// What bringing it costs, with tax.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_fee: Option<Yen>,
    /// The resident writes the number of the request on the things.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub number_is_written_on: bool,
    /// What is sent is noted only; it holds once a person has confirmed it (仮受付).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_provisional: bool,
    /// Before this nobody can ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "date-time")]
    pub opens_at: Option<Timestamp>,
    /// From then on nobody can ask any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "date-time")]
    pub closes_at: Option<Timestamp>,
    /// The goods that can be had; at most [`Form::GOOD_LIMIT`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub goods: Vec<Good>,
    /// When it can be brought or fetched, the soonest first; at most [`Form::WINDOW_LIMIT`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub windows: Vec<DeliveryWindow>,
}

impl Form {
    /// Nobody answers more questions.
    pub const QUESTION_LIMIT: usize = 30;
    /// The goods of one form.
    pub const GOOD_LIMIT: usize = 500;
    /// The delivery windows of one form.
    pub const WINDOW_LIMIT: usize = 100;

    /// Whether somebody can ask at this moment.
    pub fn is_open_at(&self, now: Timestamp) -> bool {
        self.opens_at.is_none_or(|opens| opens <= now)
            && self.closes_at.is_none_or(|closes| now < closes)
    }

    /// The question with this id.
    pub fn question(&self, id: &QuestionId) -> Option<&FormQuestion> {
        self.questions.iter().find(|it| it.id == *id)
    }
}

/// One question of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FormQuestion {
    /// Its id within the form.
    pub id: QuestionId,
    /// What is asked, in one sentence.
    pub words: String,
    /// What helps to answer it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// It may be left without an answer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_optional: bool,
    /// What an answer is.
    #[serde(flatten)]
    pub answer: AnswerType,
}

/// What an answer to a question of a form is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AnswerType {
    /// One of a few.
    OneOf {
        /// 2 to [`AnswerType::CHOICE_LIMIT`].
        choices: Vec<FormChoice>,
    },
    /// Some of a few.
    SomeOf {
        /// 2 to [`AnswerType::CHOICE_LIMIT`].
        choices: Vec<FormChoice>,
    },
    /// はい or いいえ.
    YesNo,
    /// A day.
    Day {
        /// The first that can be chosen: so many days from today in Japan.
        from_days: u16,
        /// The last that can be chosen: so many days from today.
        until_days: u16,
    },
    /// A time of the day, in Japan.
    Time {
        /// The first that can be chosen.
        #[schema(value_type = String, format = "time")]
        from: jiff::civil::Time,
        /// The last that can be chosen.
        #[schema(value_type = String, format = "time")]
        until: jiff::civil::Time,
        /// Minutes between two times.
        step_minutes: u16,
    },
    /// One of the form's delivery windows.
    Window,
    /// A number with ＋ and －.
    Number {
        /// The least.
        least: u32,
        /// The most.
        most: u32,
        /// What is counted, such as 人.
        unit: String,
    },
    /// Some of the form's goods, each with an amount.
    Goods {
        /// How many kinds at most.
        kinds: u16,
        /// How many pieces of all kinds together at most.
        pieces: u16,
    },
    /// The day on which somebody was born.
    Birthday,
    /// A telephone number.
    Telephone,
    /// A few words, in kana.
    Words {
        /// Letters at most; not above [`AnswerType::LETTER_LIMIT`].
        letters: u16,
    },
    /// The resident agrees; without that nothing is sent.
    Consent,
    /// A type of a newer backend. A tablet that does not know it says that the form is not for it, and gives the number
    /// to ring.
    #[serde(other)]
    Unknown,
}

impl AnswerType {
    /// The choices of one question.
    pub const CHOICE_LIMIT: usize = 24;
    /// The letters of a few words.
    pub const LETTER_LIMIT: u16 = 200;
    /// How far ahead a day can be chosen.
    pub const DAY_LIMIT: u16 = 366;
}

/// One answer to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FormChoice {
    /// Its id within the question.
    pub id: ChoiceId,
    /// Its words.
    pub words: String,
    /// Which question comes next instead of the next one, where only one can be chosen; always a later one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leads_to: Option<LeadsTo>,
}

/// Where a choice leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LeadsTo {
    /// A later question.
    Question(QuestionId),
    /// No question any more: what is known is checked and sent.
    Check,
}

#[cfg(test)]
mod tests;
