//! What was answered or chosen once, and is not asked for again.

use kairan_contract::{FormId, ServiceId, WarningLevel};
use serde::{Deserialize, Serialize};

/// A warning that the resident has answered. It is not shown again until it has been over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnsweredWarning {
    /// The municipality.
    pub area: String,
    /// Of what it warned, whatever its level: the code of the warning of level 3.
    pub family: String,
    /// How grave it was; what is less grave needs no second answer.
    pub level: WarningLevel,
}

/// How far a questionnaire has been answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SurveyProgress {
    /// Which.
    pub form: FormId,
    /// How many questions, from the first on.
    pub answered: usize,
}

/// The stop that a resident chose for a tile. It never leaves the tablet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnStop {
    /// The tile.
    pub service: ServiceId,
    /// The stop, by its name.
    pub stop: String,
}
