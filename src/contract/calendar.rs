//! What takes place where and when.

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Position;

/// One occurrence of an event: a weekly circle is one of these each week.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Occurrence {
    /// The publisher's id for the event, and the day; the same id is the same occurrence.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Its title in kana.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<String>,
    /// Its first day in Japan.
    #[schema(value_type = String, format = "date")]
    pub first_day: Date,
    /// Its last day; the first for what lasts one day.
    #[schema(value_type = String, format = "date")]
    pub last_day: Date,
    /// When it begins; absent for what lasts all day, or where the publisher does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "time")]
    pub begins: Option<Time>,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "time")]
    pub ends: Option<Time>,
    /// What else is said of the time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_note: Option<String>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Where it takes place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The address of the place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Where the place lies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<crate::Coordinates>)]
    pub position: Option<Position>,
    /// For whom it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// What it costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee: Option<String>,
    /// How and until when to apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<String>,
    /// Who answers questions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// Their number, as it is printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telephone: Option<String>,
}
