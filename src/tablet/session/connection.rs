//! How it stands with the backend, and what it answers.

/// How it stands with the backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Connection {
    /// Not asked yet.
    #[default]
    Unknown,
    /// It answers.
    Online,
    /// It cannot be reached, since this uptime in milliseconds.
    Offline(u64),
    /// It answers, and what it sent cannot be kept on this tablet: the disk is full or failing.
    NotKept,
    /// It answers, and does not know this tablet.
    Unauthorized,
}

/// What the backend answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackendAnswer {
    /// Something that is kept now, or that there is nothing new.
    Kept,
    /// Something that cannot be kept here.
    NotKept,
    /// That it does not know this tablet.
    Unauthorized,
}
