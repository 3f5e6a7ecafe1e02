//! Of what somebody must be told, whatever they are doing: which danger it is, and how grave. Pure.

use jiff::Timestamp;
use kairan_contract::{Emergency, EmergencyStage, Language, ServiceId, Warning, WarningLevel};
use kairan_text::tr;

use crate::dates::in_japan;

/// A level 3 wakes nobody: it takes over from seven in the morning until nine in the evening.
const DAY: std::ops::Range<i8> = 7..21;

/// Of what somebody must be told, whatever they are doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AlertSubject {
    /// A warning of the national weather service.
    Warning {
        /// The tile on which it stands.
        service: ServiceId,
        /// The municipality.
        area: String,
        /// The warning.
        warning: Warning,
    },
    /// No warning, but one to practise with.
    Practice(Warning),
    /// What the council tells everybody.
    Emergency {
        /// What it says.
        emergency: Emergency,
        /// Something else was said here before.
        was_said: bool,
    },
}

impl AlertSubject {
    /// What goes first: what the council itself says of this place, then warnings by their level, then that
    /// something is over, then exercises.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Self::Emergency { emergency, .. } => match (emergency.drill, emergency.stage) {
                (true, _) => 1,
                (false, EmergencyStage::Over) => 2,
                (false, EmergencyStage::Released | EmergencyStage::Corrected) => 9,
            },
            Self::Warning { warning, .. } => 2 + u8::from(warning.level),
            Self::Practice(_) => 0,
        }
    }

    /// Whether it is no exercise, and not merely that something is over.
    pub(super) fn is_grave(&self) -> bool {
        self.rank() > 2
    }

    /// Whether both tell of one danger, whatever its level or what is said of it by now.
    pub(super) fn is_of(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Warning { area, warning, .. },
                Self::Warning {
                    area: other_area,
                    warning: other_warning,
                    ..
                },
            ) => area == other_area && family(&warning.code) == family(&other_warning.code),
            (
                Self::Emergency { emergency, .. },
                Self::Emergency {
                    emergency: other, ..
                },
            ) => emergency.id == other.id,
            (Self::Practice(_), Self::Practice(_)) => true,
            _ => false,
        }
    }

    /// Whether both tell of one danger, and say the same of it.
    pub(super) fn is_same_edition(&self, other: &Self) -> bool {
        self.is_of(other) && self.edition() == other.edition()
    }

    /// Which edition of its danger it tells: a level, or what the council counts.
    pub(super) fn edition(&self) -> u32 {
        match self {
            Self::Warning { warning, .. } | Self::Practice(warning) => {
                u32::from(u8::from(warning.level))
            }
            Self::Emergency { emergency, .. } => emergency.edition,
        }
    }

    /// Since when it is so, by whoever says it.
    pub(super) fn since(&self) -> Timestamp {
        match self {
            Self::Warning { warning, .. } | Self::Practice(warning) => warning.since,
            Self::Emergency { emergency, .. } => emergency.released_at,
        }
    }

    /// Whether it makes itself heard at this hour, and again while nobody answers.
    pub fn sounds(&self, now: Timestamp) -> bool {
        match self {
            Self::Warning { warning, .. } => takes_over(warning.level, now),
            Self::Practice(_) => true,
            Self::Emergency { emergency, .. } => emergency.stage != EmergencyStage::Over,
        }
    }

    /// The warning, if it is one.
    pub fn warning(&self) -> Option<&Warning> {
        match self {
            Self::Warning { warning, .. } | Self::Practice(warning) => Some(warning),
            Self::Emergency { .. } => None,
        }
    }
}

/// The JMA's codes of one danger at its levels, by the code of its warning.
pub(super) fn family(code: &str) -> &str {
    match code {
        "10" | "43" | "33" => "03",
        "29" | "49" | "39" => "09",
        "19" | "48" | "38" => "08",
        "32" => "02",
        "35" => "05",
        "36" => "06",
        "37" => "07",
        other => other,
    }
}

/// A warning to practise with. It is of no place, and nothing is written down of it.
pub(super) fn practice(language: Language, now: Timestamp) -> AlertSubject {
    AlertSubject::Practice(Warning {
        code: "43".to_owned(),
        name: tr(language, "大雨危険警報").to_owned(),
        level: WarningLevel::EverybodyLeaves,
        what_to_do: tr(
            language,
            "危険な場所から 全員避難。すぐに 安全な場所へ 移ってください。",
        )
        .to_owned(),
        additions: Vec::new(),
        since: now,
    })
}

/// Whether a sound may be made for what is less than grave.
pub(super) fn is_day(now: Timestamp) -> bool {
    DAY.contains(&in_japan(now).hour())
}

/// Whether a warning of this level takes over at this hour.
pub(super) fn takes_over(level: WarningLevel, now: Timestamp) -> bool {
    match level {
        WarningLevel::LivesInDanger | WarningLevel::EverybodyLeaves => true,
        WarningLevel::ElderlyLeave => is_day(now),
        WarningLevel::Advisory => false,
    }
}
