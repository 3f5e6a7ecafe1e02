//! When the bus leaves.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Position;

/// The departures from one stop, over all its platforms, for some days ahead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Departures {
    /// The stop by the name that residents know.
    pub stop: String,
    /// Its name in kana.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<String>,
    /// Where it lies; absent if the timetable does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<crate::Coordinates>)]
    pub position: Option<Position>,
    /// Only what calls there; absent if everything is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Who runs them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// The last day for which the operator has published its timetable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "date")]
    pub published_until: Option<Date>,
    /// In the order of their times.
    pub departures: Vec<Departure>,
    /// The same from other stops, of which a resident may choose their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion)]
    pub other_stops: Vec<Departures>,
}

/// One departure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Departure {
    /// When it leaves.
    #[schema(value_type = String, format = "date-time")]
    pub at: Timestamp,
    /// The operator's day, which may end after midnight.
    #[schema(value_type = String, format = "date")]
    pub service_day: Date,
    /// The line, such as Aコース.
    pub line: String,
    /// Where it goes, as it stands on the bus.
    pub headsign: String,
    /// The platform, where the stop has several that are told apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// When it arrives at the stop one wants to go to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "date-time")]
    pub arrives_at: Option<Timestamp>,
    /// The first of its service day.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_first: bool,
    /// The last of its service day.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_last: bool,
}
