//! What a task is given, and what it brings.

use jiff::Timestamp;
use kairan_contract::{Manifest, Sha256, TabletStatus};

use super::{
    blob_queue::FetchError,
    client::{LinkError, ManifestAnswer, Stamped},
};
use crate::{
    identity::{EnrolmentRefused, Identity},
    journal::JournalError,
    library::{ContentSnapshot, MissingContent},
};

/// Why a task came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum TaskError {
    #[error(transparent)]
    Link(#[from] LinkError),
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// A manifest that is to be put in force.
#[derive(Debug, Clone)]
pub struct IncomingManifest {
    pub manifest: Manifest,
    pub etag: String,
    /// The time by the council's clock.
    pub at: Timestamp,
}

/// What the library has after content came.
#[derive(Debug)]
pub struct Activation {
    /// A new manifest is in force.
    pub is_new: bool,
    /// What residents see now, if that was asked for.
    pub content: Option<ContentSnapshot>,
    pub missing: Vec<MissingContent>,
    pub is_unsaved: bool,
}

/// What a task has brought.
#[derive(Debug)]
pub enum SyncOutcome {
    Nothing,
    Enrolled(Result<Identity, EnrolmentRefused>),
    /// Requests were sent; and when one that is still being written is to be sent from memory.
    Requests(Result<(), TaskError>, Option<std::time::Instant>),
    /// The backend was asked what became of requests.
    Answers(Result<(), TaskError>),
    /// The answer, and when it came by the clock on the wall.
    Manifest(Result<Stamped<ManifestAnswer>, LinkError>, Timestamp),
    Activated(Box<Activation>),
    Blob(Sha256, bool, Result<(), FetchError>),
    /// What the backend has heard, and whether that was all.
    Status(Vec<TabletStatus>, bool),
    /// Whether the backend knows that a wipe was carried out.
    WipeReported(bool),
    /// Whether all records were sent.
    Records(Result<bool, TaskError>),
}
