//! The conversation with the backend: enrol, sync, upload. It runs beside the screens and tells
//! them what came; no screen waits for it.

mod client;
mod conversation;
mod ear;
mod status;
mod writer;

pub use client::{Answered, Client, LinkError, ManifestAnswer};
pub use conversation::{Conversation, Told, Wish};
pub use ear::Ear;
pub use status::Status;
pub use writer::{Entry, Writer, write_down};
