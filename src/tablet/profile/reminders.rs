//! Reminders as they are kept: of what, at what time, on which days, and whether they were answered.

use jiff::{
    Timestamp,
    civil::{Date, Time, Weekday},
};
use serde::{Deserialize, Serialize};

/// What somebody can be reminded of. There is no free text: it would have to be typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReminderKind {
    /// 朝の くすり.
    MorningMedicine,
    /// 昼の くすり.
    NoonMedicine,
    /// 夕方の くすり.
    EveningMedicine,
    /// 寝る前の くすり.
    BedtimeMedicine,
    /// 血圧を はかる.
    BloodPressure,
    /// 水を のむ.
    Water,
    /// 体操.
    Exercise,
    /// ごみを 出す.
    Rubbish,
}

impl ReminderKind {
    /// Every errand, in the order in which they are offered.
    pub const ALL: [Self; 8] = [
        Self::MorningMedicine,
        Self::NoonMedicine,
        Self::EveningMedicine,
        Self::BedtimeMedicine,
        Self::BloodPressure,
        Self::Water,
        Self::Exercise,
        Self::Rubbish,
    ];

    /// When most people do it.
    pub fn usual_time(self) -> Time {
        let hour = match self {
            Self::MorningMedicine | Self::BloodPressure => 8,
            Self::NoonMedicine => 12,
            Self::EveningMedicine => 18,
            Self::BedtimeMedicine => 21,
            Self::Water | Self::Exercise => 10,
            Self::Rubbish => 7,
        };
        Time::constant(hour, 0, 0, 0)
    }

    /// Whether it is something to be taken, which is asked for in other words.
    pub fn is_medicine(self) -> bool {
        matches!(
            self,
            Self::MorningMedicine
                | Self::NoonMedicine
                | Self::EveningMedicine
                | Self::BedtimeMedicine
        )
    }
}

/// On which days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Days {
    /// 毎日.
    Every,
    /// 月曜から 金曜.
    Workdays,
    /// One day of the week, 1 being Monday.
    Weekly(i8),
}

impl Days {
    /// Whether `date` is one of them.
    pub fn include(self, date: Date) -> bool {
        match self {
            Self::Every => true,
            Self::Workdays => !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday),
            Self::Weekly(day) => date.weekday().to_monday_one_offset() == day,
        }
    }
}

/// How it makes itself heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// 音と 声.
    ToneAndVoice,
    /// 音だけ.
    Tone,
    /// 音なし.
    Silent,
}

/// A reminder's number on this tablet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ReminderId(pub u32);

/// A reminder that the resident, or a helper, has set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    /// Its number.
    pub id: ReminderId,
    /// Of what.
    pub errand: ReminderKind,
    /// At what time in Japan.
    pub at: Time,
    /// On which days.
    pub days: Days,
    /// How.
    pub call: Call,
    /// The day it was set: nothing was due before.
    pub since: Date,
}

/// That a reminder was answered with のみました or できました.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Which.
    pub reminder: ReminderId,
    /// The day for which.
    pub day: Date,
    /// When.
    pub at: Timestamp,
}
