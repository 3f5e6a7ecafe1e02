//! Places that a resident can go to or ring, and how far they are.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Invalid;

/// The mean radius of the earth in metres.
const EARTH_METRES: f64 = 6_371_008.8;

/// A point on the map.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Coordinates", into = "Coordinates")]
pub struct Position {
    latitude: f64,
    longitude: f64,
}

/// A position as it is written.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct Coordinates {
    /// Degrees north, WGS 84.
    pub latitude: f64,
    /// Degrees east, WGS 84.
    pub longitude: f64,
}

impl Position {
    /// A position in degrees north and east.
    pub fn new(latitude: f64, longitude: f64) -> Result<Self, Invalid> {
        if (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude) {
            Ok(Self {
                latitude,
                longitude,
            })
        } else {
            Err(Invalid(format!(
                "{latitude}, {longitude} is not a position in degrees north and east"
            )))
        }
    }

    /// Degrees north.
    pub fn latitude(self) -> f64 {
        self.latitude
    }

    /// Degrees east.
    pub fn longitude(self) -> f64 {
        self.longitude
    }

    /// The way to `other` as the crow flies, in metres.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "half the earth's circumference is 20 million metres"
    )]
    pub fn metres_to(self, other: Self) -> u32 {
        let (north, south) = (self.latitude.to_radians(), other.latitude.to_radians());
        let across = (other.longitude - self.longitude).to_radians();
        // The haversine formula, which stays exact for short ways.
        let half = |angle: f64| (angle / 2.0).sin().powi(2);
        let chord = half(south - north) + north.cos() * south.cos() * half(across);
        (2.0 * EARTH_METRES * chord.sqrt().min(1.0).asin()).round() as u32
    }
}

/// Neither number can be anything but a number.
impl Eq for Position {}

impl TryFrom<Coordinates> for Position {
    type Error = Invalid;

    fn try_from(written: Coordinates) -> Result<Self, Invalid> {
        Self::new(written.latitude, written.longitude)
    }
}

impl From<Position> for Coordinates {
    fn from(position: Position) -> Self {
        Self {
            latitude: position.latitude,
            longitude: position.longitude,
        }
    }
}

/// A part of the town from which a resident counts how far it is, such as 本町一丁目.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Neighbourhood {
    /// What it is called.
    pub name: String,
    /// Its name in hiragana; what has none is found behind those that have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<String>,
    /// Where its middle lies.
    #[schema(value_type = Coordinates)]
    pub position: Position,
}

impl Neighbourhood {
    /// The most that a tablet holds: the largest cities have about four thousand.
    pub const LIMIT: usize = 5_000;
}

/// A shelter, a clinic, a public hall.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Place {
    /// The publisher's number for it, or the place of its row in the file.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Its name in kana.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<String>,
    /// What it is or offers, such as 内科・小児科.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offers: Option<String>,
    /// Its address in one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Where it lies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Coordinates>)]
    pub position: Option<Position>,
    /// Metres from the position that the catalogue names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metres: Option<u32>,
    /// Its number, as it is printed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telephone: Option<String>,
    /// When it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opening: Option<String>,
    /// From what it is safe; empty where the publisher does not say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub safe_from: Vec<Hazard>,
    /// How many people it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
    /// What else the publisher says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What a place of refuge is safe from, as the open-data standard counts them.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Hazard {
    /// 洪水.
    Flood,
    /// 崖崩れ、土石流及び地滑り.
    Landslide,
    /// 高潮.
    StormSurge,
    /// 地震.
    Earthquake,
    /// 津波.
    Tsunami,
    /// 大規模な火事.
    LargeFire,
    /// 内水氾濫.
    InlandFlood,
    /// 火山現象.
    Volcano,
}

impl Hazard {
    /// Every hazard with the words of the standard.
    pub const ALL: [(&'static str, Self); 8] = [
        ("洪水", Self::Flood),
        ("崖崩れ、土石流及び地滑り", Self::Landslide),
        ("高潮", Self::StormSurge),
        ("地震", Self::Earthquake),
        ("津波", Self::Tsunami),
        ("大規模な火事", Self::LargeFire),
        ("内水氾濫", Self::InlandFlood),
        ("火山現象", Self::Volcano),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_is_measured_over_the_globe() {
        let at = |latitude, longitude| Position::new(latitude, longitude).expect("a position");
        // From 大阪駅 to 大阪城天守閣 it is three kilometres and a bit.
        let metres = at(34.702_485, 135.495_951).metres_to(at(34.687_315, 135.526_201));
        assert!((3_200..3_300).contains(&metres), "{metres}");
        assert_eq!(at(35.0, 135.0).metres_to(at(35.0, 135.0)), 0);
        assert!(Position::new(135.0, 34.0).is_err());
        assert!(Position::new(f64::NAN, 34.0).is_err());
    }
}
