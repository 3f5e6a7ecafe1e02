//! What the council says to everybody at once, over everything else on the screen.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::EmergencyId;

/// A message that takes over the screen, with a tone and its words, until somebody answers it or it is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Emergency {
    /// Which one. It stays the same when the message is corrected, and when it is over.
    pub id: EmergencyId,
    /// Grows by one with every correction, and when it is over: what was answered before is new again.
    pub edition: u32,
    /// Whether it holds, says something else than before, or is over.
    pub stage: EmergencyStage,
    /// What has happened, in a few words; at most [`Emergency::TITLE`] letters.
    pub title: String,
    /// What to do, in plain text; at most [`Emergency::TEXT`] letters.
    pub text: String,
    /// It is only an exercise, and says so wherever it is seen or heard.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub drill: bool,
    /// When this edition was released.
    #[schema(value_type = String, format = "date-time")]
    pub released_at: Timestamp,
    /// When it goes by itself, on tablets without a network too.
    #[schema(value_type = String, format = "date-time")]
    pub until: Timestamp,
}

impl Emergency {
    /// Letters of what has happened: two lines at the largest size.
    pub const TITLE: usize = 24;
    /// Letters of what to do: somebody reads it on their feet, and hears it in half a minute.
    pub const TEXT: usize = 200;
    /// Emergencies that a tablet takes in at once.
    pub const AT_ONCE: usize = 5;

    /// Whether it is still to be said at `now`.
    pub fn holds_at(&self, now: Timestamp) -> bool {
        now < self.until
    }
}

/// How far an emergency has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EmergencyStage {
    /// It is said for the first time.
    Released,
    /// It says something else than it did.
    Corrected,
    /// It is over. Whoever never saw it is told nothing.
    Over,
}

/// What a tablet has done with an emergency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EmergencySeen {
    /// Which one.
    pub id: EmergencyId,
    /// As it stood when it was shown.
    pub edition: u32,
    /// Somebody has touched an answer; before that it stands on the screen.
    pub answered: bool,
}
