//! What a resident has answered.

use std::fmt;

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{PersonalData, Yen};
use crate::{
    ChoiceId, FormId, GoodId, QuestionId, RequestId, ServiceId, Sha256, TelephoneNumber, WindowId,
};

/// A form that was filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RequestForm {
    /// The tile from which it was asked.
    pub service: ServiceId,
    /// The form.
    pub form: FormId,
    /// Which version of it: the hash of its blob.
    pub version: Sha256,
    /// The answers, in the order of the questions; at most [`super::Form::QUESTION_LIMIT`].
    pub answers: Vec<Answer>,
    /// What of the resident the form asks to be told.
    #[serde(default, skip_serializing_if = "PersonalData::is_empty")]
    pub person: PersonalData,
    /// What it comes to, as the resident has seen it: goods and delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Yen>,
    /// The request that was sent back, which this one mends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mends: Option<RequestId>,
}

/// The answer to one question.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Answer {
    /// The question.
    pub question: QuestionId,
    /// What was answered.
    #[serde(flatten)]
    pub value: AnswerValue,
}

impl fmt::Debug for Answer {
    /// Answers are the resident's own: they stand in no log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({}, …)", self.question)
    }
}

/// What was answered, by the type of the question.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AnswerValue {
    /// One of a few.
    OneOf {
        /// Which.
        choice: ChoiceId,
    },
    /// Some of a few.
    SomeOf {
        /// Which.
        choices: Vec<ChoiceId>,
    },
    /// はい or いいえ.
    YesNo {
        /// はい.
        yes: bool,
    },
    /// A day.
    Day {
        /// Which, in Japan.
        #[schema(value_type = String, format = "date")]
        day: Date,
    },
    /// A time of the day.
    Time {
        /// Which, in Japan.
        #[schema(value_type = String, format = "time")]
        time: Time,
    },
    /// A delivery window.
    Window {
        /// Which.
        window: WindowId,
    },
    /// A number.
    Number {
        /// Which.
        number: u32,
    },
    /// Goods.
    Goods {
        /// Which, each once.
        goods: Vec<GoodAmount>,
    },
    /// A birthday.
    Birthday {
        /// Which.
        #[schema(value_type = String, format = "date")]
        day: Date,
    },
    /// A telephone number.
    Telephone {
        /// Which.
        number: TelephoneNumber,
    },
    /// A few words.
    Words {
        /// The words.
        words: String,
    },
    /// Whether the resident agrees.
    Consent {
        /// They do.
        agrees: bool,
    },
}

impl fmt::Debug for AnswerValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnswerValue(…)")
    }
}

/// So many of something, at the price that the resident has seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GoodAmount {
    /// What.
    pub good: GoodId,
    /// How many; at least one.
    pub amount: u16,
    /// What one costs.
    pub price: Yen,
}
