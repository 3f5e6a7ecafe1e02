//! Warnings of the national weather service for one municipality.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is in force for one municipality, as of one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Warnings {
    /// The municipality's code of seven digits (class20), such as 2710000.
    pub area: String,
    /// Who warns, such as 大阪管区気象台.
    pub publishing_office: String,
    /// When the newest bulletin was made.
    #[schema(value_type = String, format = "date-time")]
    pub reported_at: Timestamp,
    /// The headline of the bulletin with the highest level for this municipality.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headline: Option<String>,
    /// What is in force, the highest level first; empty when nothing is.
    pub in_force: Vec<Warning>,
}

/// One warning or advisory in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Warning {
    /// The JMA's code, such as 03; empty if the bulletin gave none.
    pub code: String,
    /// What it is called, such as 大雨警報.
    pub name: String,
    /// How grave it is.
    #[schema(value_type = u8, minimum = 2, maximum = 5)]
    pub level: WarningLevel,
    /// What a resident must do.
    pub what_to_do: String,
    /// What the bulletin adds, such as 浸水害.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub additions: Vec<String>,
    /// The oldest bulletin at hand from which on it has been in force without a break. It may have
    /// begun before.
    #[schema(value_type = String, format = "date-time")]
    pub since: Timestamp,
}

/// The levels of 警戒レベル that the JMA gives; 1 is not given to municipalities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum WarningLevel {
    /// 注意報: know what you would do.
    Advisory = 2,
    /// 警報: the elderly leave.
    ElderlyLeave = 3,
    /// 危険警報: everybody leaves.
    EverybodyLeaves = 4,
    /// 特別警報: lives are in danger now.
    LivesInDanger = 5,
}

impl From<WarningLevel> for u8 {
    fn from(level: WarningLevel) -> u8 {
        level as u8
    }
}

impl TryFrom<u8> for WarningLevel {
    type Error = crate::Invalid;

    fn try_from(level: u8) -> Result<Self, crate::Invalid> {
        match level {
            2 => Ok(Self::Advisory),
            3 => Ok(Self::ElderlyLeave),
            4 => Ok(Self::EverybodyLeaves),
            5 => Ok(Self::LivesInDanger),
            other => Err(crate::Invalid(format!("{other} is not a level of 2 to 5"))),
        }
    }
}
