//! A request to the council and how far it has come, as the journal keeps it and the screens show it.

use kairan_contract::Request;

/// How far a request has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestState {
    /// It is being written to the disk.
    Writing,
    /// The disk did not take it; it is tried again and again.
    NotWritten,
    /// It stands on the disk, and goes as soon as there is a connection.
    Waiting,
    /// It stands in the backend's database.
    Received,
}

/// A request and how far it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptRequest {
    /// What was asked.
    pub request: Request,
    /// How far it has come.
    pub state: RequestState,
}
