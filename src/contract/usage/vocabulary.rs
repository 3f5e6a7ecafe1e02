//! The words of the records: plain enums that can hold nothing personal.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Invalid;

/// Why the program started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StartCause {
    /// The tablet was switched on.
    Power,
    /// The program before it did not end by itself.
    Crash,
}

/// What a visit began with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VisitHow {
    /// A touch.
    Touch,
    /// A warning that was answered.
    Alert,
}

/// What ended a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndCause {
    /// Five minutes without a touch.
    Idle,
    /// The screen went dark.
    Dark,
    /// The program stopped.
    Stop,
}

/// Where a tile was opened from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OpenedFrom {
    /// The home screen.
    Home,
    /// A warning.
    Alert,
    /// A search.
    Search,
    /// A message from the council.
    Message,
}

/// What led out of a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LeaveHow {
    /// The key はじめ.
    Home,
    /// The key もどる.
    Back,
    /// Nobody touched the tablet for three minutes.
    Idle,
    /// A warning took over.
    Alert,
}

/// The three sizes of the letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TextSize {
    /// 18 pt body text.
    #[default]
    Standard,
    /// 1.25 times that.
    Large,
    /// 1.5 times that.
    Largest,
}

/// How somebody is today: 1 well, 2 so-so, 3 unwell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Mood {
    /// 元気です.
    Well,
    /// まあまあです.
    SoSo,
    /// つらいです.
    Unwell,
}

impl TryFrom<u8> for Mood {
    type Error = Invalid;

    fn try_from(number: u8) -> Result<Self, Invalid> {
        match number {
            1 => Ok(Self::Well),
            2 => Ok(Self::SoSo),
            3 => Ok(Self::Unwell),
            other => Err(Invalid(format!("a mood is 1, 2 or 3 and not {other}"))),
        }
    }
}

impl From<Mood> for u8 {
    fn from(mood: Mood) -> Self {
        match mood {
            Mood::Well => 1,
            Mood::SoSo => 2,
            Mood::Unwell => 3,
        }
    }
}

/// Why a touch did nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TouchIgnored {
    /// It came within 0.7 s of one that changed the screen.
    Repeat,
    /// The finger slid too far.
    Slide,
}
