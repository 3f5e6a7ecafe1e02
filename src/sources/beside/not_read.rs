//! Why a file beside the catalogue is not read or not laid there.

use std::io;

use crate::refused::Refused;

/// Why nothing was read.
#[derive(Debug, thiserror::Error)]
pub enum NotRead {
    /// It is no content.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The system does not give it.
    #[error(transparent)]
    Failed(#[from] io::Error),
}

/// Why nothing was laid down.
#[derive(Debug, thiserror::Error)]
pub enum NotLaid {
    /// Nothing may be laid there.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Something else lies there.
    #[error("a file of this name says something else")]
    Different,
    /// The system does not take it.
    #[error(transparent)]
    Failed(#[from] io::Error),
}

impl From<NotRead> for NotLaid {
    fn from(error: NotRead) -> Self {
        match error {
            NotRead::Refused(why) => Self::Refused(why),
            NotRead::Failed(error) => Self::Failed(error),
        }
    }
}
