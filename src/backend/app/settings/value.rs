//! Values of settings that cannot be wrong, and secrets that are shown nowhere.

use std::{fmt, str::FromStr};

use crate::database::without_password;

/// The address of a `PostgreSQL` database, with whatever lets us in.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseAddress(String);

/// It is none.
#[derive(Debug, Clone, thiserror::Error)]
#[error("`{0}` is no database address — write postgres://USER@HOST/NAME, or leave it out")]
pub struct NoDatabaseAddress(String);

impl DatabaseAddress {
    /// As the driver takes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DatabaseAddress {
    type Err = NoDatabaseAddress;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            Ok(Self(text.to_owned()))
        } else {
            Err(NoDatabaseAddress(without_password(text)))
        }
    }
}

impl fmt::Debug for DatabaseAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&without_password(&self.0))
    }
}

/// The address of a bucket, and of a folder in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaysAddress(String);

/// It is none.
#[derive(Debug, Clone, thiserror::Error)]
#[error("`{0}` is no bucket — write s3://BUCKET/FOLDER, or leave it out")]
pub struct NoDaysAddress(String);

impl DaysAddress {
    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DaysAddress {
    type Err = NoDaysAddress;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.strip_prefix("s3://") {
            Some(bucket) if !bucket.is_empty() => Ok(Self(text.to_owned())),
            _ => Err(NoDaysAddress(without_password(text))),
        }
    }
}
