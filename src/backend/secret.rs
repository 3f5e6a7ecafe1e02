//! Secrets of the settings: here, or alone in a file.

use std::{fmt, path::PathBuf, str::FromStr};

/// Why a secret cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// Its file cannot be read.
    #[error(
        "cannot read the secret in {path}: {source} — check the name, and that this account may read it"
    )]
    Unread {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// What lies in the file is none.
    #[error("{path}: {told}")]
    Unfit {
        /// Which.
        path: PathBuf,
        /// What is wrong and how to mend it.
        told: String,
    },
}

/// Where a secret is: here, or alone in a file (as systemd hands credentials over).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept<T> {
    /// Here.
    Here(T),
    /// In this file.
    InFile(PathBuf),
}

impl<T> Kept<T>
where
    T: FromStr,
    T::Err: fmt::Display,
{
    /// The secret; reads its file if it lies in one. Blanks around it do not belong to it.
    pub fn read(self) -> Result<T, SecretError> {
        let path = match self {
            Self::Here(secret) => return Ok(secret),
            Self::InFile(path) => path,
        };
        let text = std::fs::read_to_string(&path).map_err(|source| SecretError::Unread {
            path: path.clone(),
            source,
        })?;
        let read = text.trim().parse::<T>();
        read.map_err(|error| SecretError::Unfit {
            path,
            told: error.to_string(),
        })
    }
}
