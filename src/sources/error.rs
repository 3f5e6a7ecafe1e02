//! Why a source gave nothing.

use kairan_contract::Language;

use crate::refused::Refused;

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
        why: Refused,
    },
    /// The answer is not what this kind of source reads.
    #[error("the answer cannot be understood: {0}")]
    NotUnderstood(String),
    /// What was gathered could not be kept.
    #[error("what was gathered could not be kept: {0}")]
    NotKept(String),
}
