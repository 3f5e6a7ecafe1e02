//! What a tile shows once it is touched. Each kind is one JSON blob, addressed by its hash.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    BlobReference, Departures, Form, ItemHash, Measurement, Occurrence, Place, Programme,
    Questionnaire, Sha256, Warnings,
};

/// The content of one service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Content {
    /// News, newest first.
    Feed {
        /// At most 50 articles.
        articles: Vec<Article>,
    },
    /// The forecast of the national weather service.
    Weather(Weather),
    /// The warnings of the national weather service.
    Warnings(Warnings),
    /// Places to go to or to ring, the nearest first where the catalogue says from where.
    Places {
        /// At most 5,000 places, of all that lie around the town: a resident may live far from the point that the
        /// catalogue names.
        places: Vec<Place>,
    },
    /// What takes place, the soonest first.
    Events {
        /// At most 300 occurrences.
        occurrences: Vec<Occurrence>,
    },
    /// When the bus leaves.
    Timetable(Departures),
    /// What sensors of the city say.
    Measurements {
        /// At most 200 values.
        measurements: Vec<Measurement>,
    },
    /// An audio programme of the operator's own.
    Audio(Programme),
    /// A questionnaire of the evaluator's.
    Questionnaire(Questionnaire),
    /// What can be asked of a provider.
    Form(Form),
    /// One text of the operator's own.
    Page {
        /// The text.
        article: Article,
    },
}

impl Content {
    /// Which kind it is.
    pub fn kind(&self) -> ContentKind {
        match self {
            Self::Feed { .. } => ContentKind::Feed,
            Self::Weather(_) => ContentKind::Weather,
            Self::Warnings(_) => ContentKind::Warnings,
            Self::Places { .. } => ContentKind::Places,
            Self::Events { .. } => ContentKind::Events,
            Self::Timetable(_) => ContentKind::Timetable,
            Self::Measurements { .. } => ContentKind::Measurements,
            Self::Audio(_) => ContentKind::Audio,
            Self::Questionnaire(_) => ContentKind::Questionnaire,
            Self::Form(_) => ContentKind::Form,
            Self::Page { .. } => ContentKind::Page,
        }
    }

    /// The pictures it shows, which a tablet must hold before it switches to it.
    pub fn pictures(&self) -> impl Iterator<Item = &Picture> {
        let articles = match self {
            Self::Feed { articles } => articles.as_slice(),
            Self::Page { article } => std::slice::from_ref(article),
            _ => &[],
        };
        let in_articles = articles
            .iter()
            .flat_map(|article| &article.body)
            .filter_map(|block| match block {
                Block::Picture { picture } => Some(picture),
                _ => None,
            });
        let in_steps = self.steps().iter().filter_map(|step| step.picture.as_ref());
        in_articles.chain(in_steps)
    }

    /// The sounds it plays, which a tablet must hold as well.
    pub fn sounds(&self) -> impl Iterator<Item = &BlobReference> {
        self.steps().iter().filter_map(|step| step.sound.as_ref())
    }

    fn steps(&self) -> &[crate::Step] {
        match self {
            Self::Audio(programme) => &programme.steps,
            _ => &[],
        }
    }
}

/// The kinds of content that this version knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ContentKind {
    /// RSS 1.0, RSS 2.0 or Atom.
    Feed,
    /// The JMA's forecast.
    Weather,
    /// The JMA's warnings.
    Warnings,
    /// Places, from open data.
    Places,
    /// Events, from open data or a calendar.
    Events,
    /// Departures, from GTFS-JP.
    Timetable,
    /// Values of a context broker.
    Measurements,
    /// Steps with pictures and sounds.
    Audio,
    /// Questions with answers to choose from.
    Questionnaire,
    /// What can be asked of a provider.
    Form,
    /// Markdown of the operator's own.
    Page,
    /// A kind of a newer backend. A tablet that does not know it leaves the content out.
    #[serde(other)]
    Unknown,
}

/// A text to read, with its pictures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Article {
    /// What the publisher calls it; the same id is the same article.
    pub id: String,
    /// Its headline.
    pub title: String,
    /// When it was published, if the publisher says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "date-time")]
    pub published: Option<Timestamp>,
    /// The text, block by block; empty when the publisher gives a headline only.
    pub body: Vec<Block>,
}

impl Article {
    /// The hash under which usage records name it.
    pub fn hash(&self) -> ItemHash {
        ItemHash::of(&self.id)
    }
}

/// A piece of an article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "block", rename_all = "snake_case")]
pub enum Block {
    /// A heading inside the text.
    Heading {
        /// Plain text.
        text: String,
    },
    /// A paragraph.
    Paragraph {
        /// Plain text; a line feed is a line break.
        text: String,
    },
    /// One line of a list.
    ListItem {
        /// Plain text.
        text: String,
    },
    /// A picture.
    Picture {
        /// Where it lies and what it shows.
        picture: Picture,
    },
}

/// A picture, scaled and encoded again by the backend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Picture {
    /// The blob, a JPEG or PNG.
    pub sha256: Sha256,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// What it shows, in words; may be empty.
    pub alternative: String,
}

/// A forecast for one area.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Weather {
    /// Who forecasts, such as 大阪管区気象台.
    pub publishing_office: String,
    /// When the forecast was made.
    #[schema(value_type = String, format = "date-time")]
    pub reported_at: Timestamp,
    /// The area it holds for, such as 大阪府.
    pub area: String,
    /// The days in order, beginning with the day of the forecast.
    pub days: Vec<WeatherDay>,
}

/// One day of a forecast. What the bulletin leaves out is absent, never guessed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WeatherDay {
    /// The calendar day in Japan.
    #[schema(value_type = String, format = "date")]
    pub date: Date,
    /// What the sky is for most of the day.
    pub sky: Sky,
    /// What it is now and then, or later, if it changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sky_also: Option<Sky>,
    /// The weather in a few words, such as くもり 時々 晴れ; phrases are parted by spaces.
    pub words: String,
    /// The whole sentence of the bulletin, if there is one for this day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentence: Option<String>,
    /// The lowest temperature in °C.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<i16>,
    /// The highest temperature in °C.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<i16>,
    /// The greatest chance of rain in what is left of the day, in per cent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rain_chance: Option<u8>,
}

/// What the sky is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sky {
    /// 晴れ.
    Sunny,
    /// くもり.
    Cloudy,
    /// 雨.
    Rain,
    /// 雪.
    Snow,
    /// 雷.
    Thunder,
}
