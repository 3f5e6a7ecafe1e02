//! What the tiles show: one file a kind of source, and the rounds in which they are gathered.
//!
//! A kind's file is pure: bytes in, a [`Draft`] out. Fetching, pictures, keeping and the pace
//! stand elsewhere, once.

mod beside;
pub mod feed;
pub mod fetch;
pub mod gather;
pub mod html;
pub mod page;
pub mod picture;
mod placing;
pub mod sample;
pub mod weather;
mod weather_code;

use std::{path::PathBuf, sync::Arc};

use jiff::Timestamp;
use kairan_contract::{Block, Weather};

use crate::{delivery::Shelf, store::Store};

/// What all rounds share.
pub struct Gathering {
    /// Asks the web.
    pub fetcher: fetch::Fetcher,
    /// Where the last good content is kept.
    pub store: Store,
    /// Where tablets get it.
    pub shelf: Arc<Shelf>,
    /// The folder of the catalogue.
    pub folder: PathBuf,
    /// Whether sample content stands in for sources that cannot be reached.
    pub demonstration: bool,
}

/// Content as a parser understood it: its pictures still lie where the publisher put them.
#[derive(Debug, Clone, PartialEq)]
pub enum Draft {
    /// News, newest first.
    Feed(Vec<DraftArticle>),
    /// A forecast.
    Weather(Weather),
    /// A text of the operator's own.
    Page(DraftArticle),
}

/// An article whose pictures still lie elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftArticle {
    /// What the publisher calls it.
    pub id: String,
    /// Its headline.
    pub title: String,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// Its text and pictures.
    pub body: Vec<DraftBlock>,
}

/// A piece of such an article.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// The answer is not what this kind of source reads.
    #[error("the answer cannot be understood: {0}")]
    NotUnderstood(String),
    /// What was gathered could not be kept.
    #[error("what was gathered could not be kept: {0}")]
    NotKept(String),
}
