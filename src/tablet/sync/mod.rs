//! The link to the backend: enrol, sync, upload. It runs beside the screens and tells them what came; no screen waits
//! for it.
//!
//! What is done when, and what goes first, is decided in [`plan`], which is pure; [`sync_loop`] and [`tasks`] carry it
//! out, each task beside the others, so that nothing urgent waits for what is not.

mod blob_queue;
mod change_stream;
mod client;
mod event;
mod handle;
mod outbox;
mod outcome;
mod plan;
mod receipts;
mod schedule;
mod status;
mod sync_loop;
mod tasks;
mod writer;

pub use change_stream::ChangeStream;
pub use client::{Client, LinkError, ManifestAnswer, Stamped};
pub use event::LinkEvent;
pub use handle::SyncHandle;
pub use outbox::{Outbox, OutboxFull};
pub use sync_loop::{Link, SyncLoop};
pub use writer::{RequestWritten, Writer, write_records, write_requests};
