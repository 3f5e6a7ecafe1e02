//! Content as parsers give it, and what they left out: its pictures and sounds still lie where the publisher put them.

use jiff::Timestamp;
use kairan_contract::{
    Block, Departures, Measurement, Occurrence, Place, Questionnaire, Warnings, Weather,
};
use serde::{Deserialize, Serialize};

/// Content as a parser understood it: its pictures still lie where the publisher put them.
#[derive(Debug, Clone, PartialEq)]
pub enum DraftContent {
    /// News, newest first.
    Feed(Vec<DraftArticle>),
    /// A forecast.
    Weather(Weather),
    /// What is in force for one municipality.
    Warnings(Warnings),
    /// Places.
    Places(Vec<Place>),
    /// What takes place.
    Events(Vec<Occurrence>),
    /// When the bus leaves.
    Timetable(Departures),
    /// What sensors say.
    Measurements(Vec<Measurement>),
    /// A programme of the operator's own.
    Audio(DraftProgramme),
    /// A questionnaire of the evaluator's.
    Questionnaire(Questionnaire),
    /// A text of the operator's own.
    Page(DraftArticle),
}

/// What a parser found, and what it left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Gleaned {
    /// What can be used.
    pub draft: DraftContent,
    /// What cannot, each with its place and the reason.
    pub skipped: Vec<Skipped>,
}

impl Gleaned {
    /// Content from which nothing was left out.
    pub fn whole(draft: DraftContent) -> Self {
        Self {
            draft,
            skipped: Vec::new(),
        }
    }
}

/// Something in a file that was left out, or that its reader should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The file inside a zip.
    pub file: Option<String>,
    /// The line on which it begins, counted from 1.
    pub line: Option<u64>,
    /// Why.
    pub why: String,
}

impl Skipped {
    /// A row.
    pub fn row(line: u64, why: String) -> Self {
        Self {
            file: None,
            line: Some(line),
            why,
        }
    }

    /// Something without a line of its own.
    pub fn told(why: String) -> Self {
        Self {
            file: None,
            line: None,
            why,
        }
    }

    /// Something in a file of a zip.
    pub fn in_file(file: &str, why: String) -> Self {
        Self {
            file: Some(file.to_owned()),
            line: None,
            why,
        }
    }
}

impl Skipped {
    /// The whole line for a terminal: `FILE:LINE: why`.
    pub fn line_for(&self, source: &str) -> String {
        match (&self.file, self.line) {
            (None, None) => format!("{source}: {}", self.why),
            _ => format!("{source}:{self}"),
        }
    }
}

impl std::fmt::Display for Skipped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{file}:")?;
        }
        if let Some(line) = self.line {
            write!(f, "{line}:")?;
        }
        if self.file.is_some() || self.line.is_some() {
            write!(f, " ")?;
        }
        f.write_str(&self.why)
    }
}

/// An article whose pictures still lie elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DraftArticle {
    /// What the publisher calls it.
    pub id: String,
    /// Its headline.
    pub title: String,
    /// When it was published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<Timestamp>,
    /// Its text and pictures.
    pub body: Vec<DraftBlock>,
}

/// A piece of such an article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum DraftBlock {
    /// Words, ready to be shown.
    Words(Block),
    /// A picture, by the address that the publisher gives.
    Picture {
        /// As written; may be relative.
        address: String,
        /// What it shows.
        alternative: String,
    },
}

impl DraftBlock {
    /// The words, if these are some.
    pub fn into_words(self) -> Option<String> {
        match self {
            Self::Words(
                Block::Paragraph { text } | Block::Heading { text } | Block::ListItem { text },
            ) => Some(text),
            _ => None,
        }
    }
}

/// A programme whose pictures and sounds still lie beside the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DraftProgramme {
    /// What it is called.
    pub title: String,
    /// The steps in order.
    #[serde(rename = "step")]
    pub steps: Vec<DraftStep>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DraftStep {
    /// What to do, in one sentence.
    pub words: String,
    /// A picture beside the catalogue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// What the picture shows, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub alternative: String,
    /// A sound beside the catalogue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sound: Option<String>,
    /// How long the step lasts; as long as its sound if that is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
}
