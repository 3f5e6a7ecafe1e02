//! Public data in, content out: one file a kind of source.
//!
//! A kind's file is pure: bytes in, a [`DraftContent`] out. How the web and the files beside a catalogue are read stands beside
//! them, once; nothing here knows a database.

pub mod audio;
pub mod beside;
pub mod calendar;
pub mod entities;
pub mod feed;
pub mod fetch;
pub mod html;
pub mod japan;
pub mod open_data;
pub mod page;
pub mod picture;
mod questionnaire;
pub mod reading;
pub mod sample;
pub mod source;
pub mod timetable;
pub mod warnings;
pub mod weather;
mod weather_code;

use jiff::Timestamp;
use kairan_contract::{
    Block, Departures, Language, Measurement, Occurrence, Place, Questionnaire, Warnings, Weather,
};
use serde::{Serialize, de::DeserializeOwned};

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
    Audio(audio::DraftProgramme),
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

/// Why a source gave nothing that could be used.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The address leads where nobody may go.
    #[error("{0} is not asked: {1}")]
    Forbidden(String, &'static str),
    /// The source did not answer as it should.
    #[error("{address} did not answer: {why}")]
    Unreachable {
        /// Whom was asked.
        address: String,
        /// What happened.
        why: String,
    },
    /// The source asks for peace.
    #[error("{address} is busy and asks to be left alone for {} s", wait.as_secs())]
    Busy {
        /// Whom was asked.
        address: String,
        /// For how long (`Retry-After`).
        wait: std::time::Duration,
    },
    /// The answer is larger than is taken.
    #[error("{address} sent more than {limit} bytes")]
    TooLarge {
        /// Whom was asked.
        address: String,
        /// The bound.
        limit: usize,
    },
    /// A file beside the catalogue could not be read.
    #[error("cannot read {path}: {source}")]
    File {
        /// The file.
        path: std::path::PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file beside the catalogue that is no content.
    #[error("`{}` is not read: {why} — {}", file.display(), why.mend(Language::ENGLISH))]
    NoContent {
        /// The file, as it is named.
        file: std::path::PathBuf,
        /// Why.
        why: beside::Refused,
    },
    /// The answer is not what this kind of source reads.
    #[error("the answer cannot be understood: {0}")]
    NotUnderstood(String),
    /// What was gathered could not be kept.
    #[error("what was gathered could not be kept: {0}")]
    NotKept(String),
}

/// Reads a TOML file of the operator's own, and names the line of its first fault.
fn toml_file<T: DeserializeOwned>(bytes: &[u8], what: &str) -> Result<T, SourceError> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| SourceError::NotUnderstood(format!("the {what} is not UTF-8 text")))?;
    let text = text.trim_start_matches('\u{feff}');
    toml::from_str(text).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        let line = text[..span.start.min(text.len())].matches('\n').count() + 1;
        let message = error.message().replace('\n', " ");
        SourceError::NotUnderstood(format!("line {line}: {message}"))
    })
}
