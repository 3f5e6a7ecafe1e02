//! The council's catalogue as tablets receive it: who offers what, under which tile, to whom.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{AreaCode, CategoryId, Invalid, MessageId, ProviderId, ServiceId};

/// The council that lends the tablets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Council {
    /// The name on the home screen, such as ひだまり市.
    pub name: String,
    /// The municipalities it covers.
    pub areas: Vec<AreaCode>,
    /// Whom a resident rings when something is unclear.
    pub helper_telephone: TelephoneNumber,
    /// Words that the voice would read wrongly.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readings: Vec<Reading>,
}

/// A word and how it is said: the name of a ward, of a festival.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reading {
    /// As it stands in texts.
    pub written: String,
    /// In kana.
    pub spoken: String,
}

/// A telephone number as it is printed: digits with hyphens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String)]
pub struct TelephoneNumber(String);

impl TelephoneNumber {
    /// The number as it is printed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for TelephoneNumber {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let fits = (3..=11).contains(&digits)
            && text.bytes().all(|b| b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-');
        if fits {
            Ok(Self(text))
        } else {
            Err(Invalid(format!(
                "`{text}` is not a telephone number of 3 to 11 digits with hyphens"
            )))
        }
    }
}

impl From<TelephoneNumber> for String {
    fn from(number: TelephoneNumber) -> String {
        number.0
    }
}

/// A group of tiles that share a colour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Category {
    /// Its id in the catalogue.
    pub id: CategoryId,
    /// Its name, such as くらし.
    pub name: String,
    /// The colour behind its icons.
    pub colour: Colour,
    /// The icon that stands for the group.
    pub icon: Icon,
}

/// A colour, written `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^#[0-9a-f]{6}$")]
pub struct Colour([u8; 3]);

impl Colour {
    /// Red, green and blue, each 0 to 255.
    pub fn red_green_blue(self) -> [u8; 3] {
        self.0
    }

    /// The contrast against white as WCAG 2.2 defines it, 1 to 21.
    pub fn contrast_with_white(self) -> f64 {
        let linear = |channel: u8| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.040_45 {
                share / 12.92
            } else {
                ((share + 0.055) / 1.055).powf(2.4)
            }
        };
        let [red, green, blue] = self.0.map(linear);
        let luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        1.05 / (luminance + 0.05)
    }
}

impl TryFrom<String> for Colour {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        let invalid = || Invalid(format!("`{text}` is not a colour like #1f4e9c"));
        let digits = text.strip_prefix('#').ok_or_else(invalid)?;
        if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(invalid());
        }
        let channel =
            |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).map_err(|_| invalid());
        Ok(Self([channel(0)?, channel(2)?, channel(4)?]))
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> String {
        let [red, green, blue] = colour.0;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }
}

/// The name of an icon that every tablet carries.
///
/// A newer backend may name an icon that an older tablet lacks; the tablet then shows the
/// category's. So the type holds any name, and [`Icon::known`] says whether it is one of ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String)]
pub struct Icon(pub String);

impl Icon {
    /// Every icon's name, in alphabetical order.
    pub const NAMES: &'static [&'static str] = include!(concat!(env!("OUT_DIR"), "/icon_names.rs"));

    /// The picture of each, as SVG, in the same order.
    const PICTURES: &'static [&'static str] =
        include!(concat!(env!("OUT_DIR"), "/icon_pictures.rs"));

    /// Its picture as SVG, in the colour of the text around it; none where tablets carry none of this name.
    pub fn picture(&self) -> Option<&'static str> {
        let place = Self::NAMES.binary_search(&self.0.as_str()).ok()?;
        Self::PICTURES.get(place).copied()
    }

    /// Whether the tablets of this version carry it.
    pub fn known(&self) -> bool {
        Self::NAMES.binary_search(&self.0.as_str()).is_ok()
    }
}

/// Who offers a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Provider {
    /// Its id in the catalogue.
    pub id: ProviderId,
    /// Its name as residents know it.
    pub name: String,
    /// Government or private, the distinction that the evaluation rests on.
    pub kind: ProviderKind,
    /// Where a resident can ring, if anywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telephone: Option<TelephoneNumber>,
}

/// Whether a provider is public or a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProviderKind {
    /// A ministry, prefecture or municipality.
    Government,
    /// A company or an association.
    Private,
}

/// One tile: what it is called, whose it is, for whom and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Service {
    /// Its id in the catalogue; usage records name it.
    pub id: ServiceId,
    /// Who offers it.
    pub provider: ProviderId,
    /// The group it stands in.
    pub category: CategoryId,
    /// The words on the tile.
    pub title: String,
    /// The title in kana, for speech.
    pub reading: String,
    /// One line that says what it is for.
    pub summary: String,
    /// The icon on the tile.
    pub icon: Icon,
    /// Whom it is for; everybody when empty.
    #[serde(default, skip_serializing_if = "Audience::is_everybody")]
    pub audience: Audience,
    /// The first day on which it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "date")]
    pub from: Option<Date>,
    /// The last day on which it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "date")]
    pub until: Option<Date>,
}

impl Service {
    /// Whether the tile is shown on `day` (the calendar day in Japan).
    pub fn is_shown_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}

/// What the council says to everybody, until a day on which it is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Message)]
pub struct CouncilMessage {
    /// Its id in the catalogue.
    pub id: MessageId,
    /// Its headline.
    pub title: String,
    /// What it says, in plain text; an empty line parts two paragraphs.
    pub text: String,
    /// The first day on which it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "date")]
    pub from: Option<Date>,
    /// The last day on which it is shown.
    #[schema(value_type = String, format = "date")]
    pub until: Date,
}

impl CouncilMessage {
    /// Whether it is shown on `day` (the calendar day in Japan).
    pub fn is_shown_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && day <= self.until
    }
}

/// Whom a service is for. An empty list sets no condition.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Audience {
    /// Municipalities whose residents see it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<AreaCode>,
    /// Age bands that see it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub age_bands: Vec<AgeBand>,
}

impl Audience {
    /// Whether it sets no condition at all.
    pub fn is_everybody(&self) -> bool {
        self.areas.is_empty() && self.age_bands.is_empty()
    }

    /// Whether a resident of `area` and `age_band` sees it. What a tablet does not know about its
    /// resident is no reason to hide a tile from them.
    pub fn includes(&self, area: Option<&AreaCode>, age_band: Option<AgeBand>) -> bool {
        let area_fits = area.is_none_or(|area| self.areas.is_empty() || self.areas.contains(area));
        let age_fits =
            age_band.is_none_or(|band| self.age_bands.is_empty() || self.age_bands.contains(&band));
        area_fits && age_fits
    }
}

/// A band of ages, in years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub enum AgeBand {
    /// 50 to 64.
    #[serde(rename = "50-64")]
    From50,
    /// 65 to 74.
    #[serde(rename = "65-74")]
    From65,
    /// 75 to 84.
    #[serde(rename = "75-84")]
    From75,
    /// 85 and over.
    #[serde(rename = "85+")]
    From85,
}

impl AgeBand {
    /// Every band with the way it is written in the catalogue.
    pub const ALL: [(&'static str, Self); 4] = [
        (Self::From50.as_str(), Self::From50),
        (Self::From65.as_str(), Self::From65),
        (Self::From75.as_str(), Self::From75),
        (Self::From85.as_str(), Self::From85),
    ];

    /// The way it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::From50 => "50-64",
            Self::From65 => "65-74",
            Self::From75 => "75-84",
            Self::From85 => "85+",
        }
    }

    /// The band that is written so.
    pub fn written(word: &str) -> Option<Self> {
        let known = Self::ALL.iter().find(|(known, _)| *known == word);
        known.map(|(_, band)| *band)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_on_black_is_21_and_white_on_white_is_1() {
        let contrast =
            |text: &str| Colour::try_from(text.to_owned()).map(Colour::contrast_with_white);
        assert!((contrast("#000000").unwrap_or(0.0) - 21.0).abs() < 0.01);
        assert!((contrast("#ffffff").unwrap_or(0.0) - 1.0).abs() < 0.01);
        assert!(
            contrast("#12345").is_err() && contrast("123456").is_err() && contrast("#あa").is_err()
        );
    }

    #[test]
    fn an_unknown_resident_is_shown_everything_and_a_known_one_what_is_theirs() {
        let area = |code: &str| AreaCode::try_from(code.to_owned()).expect("five digits");
        let audience = Audience {
            areas: vec![area("27140")],
            age_bands: vec![AgeBand::From75],
        };
        assert!(audience.includes(None, None));
        assert!(audience.includes(Some(&area("27140")), Some(AgeBand::From75)));
        assert!(!audience.includes(Some(&area("27100")), Some(AgeBand::From75)));
        assert!(!audience.includes(None, Some(AgeBand::From50)));
    }
}
