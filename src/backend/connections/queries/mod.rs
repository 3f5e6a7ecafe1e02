//! Connections of providers' machines, and what their endpoints are told.

mod connections;
mod messages;

pub use connections::{Connection, Endpoint, NewToken};
pub(crate) use messages::tell;
pub use messages::{Due, MessageRow};
