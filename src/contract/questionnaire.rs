//! What the evaluator asks of residents, one question after another.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::FormId;

/// Questions in a row, each with a few answers to choose from. Nothing is ever written by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Questionnaire {
    /// Under which name the answers are counted. `sus` is the System Usability Scale.
    pub id: FormId,
    /// What it is called.
    pub title: String,
    /// What becomes of the answers, in a sentence or two.
    pub purpose: String,
    /// The questions in order.
    pub questions: Vec<SurveyQuestion>,
}

/// One question of a questionnaire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SurveyQuestion {
    /// What is asked, in one sentence.
    pub words: String,
    /// The answers; their numbers, from 1, are what is recorded.
    pub choices: Vec<String>,
}
