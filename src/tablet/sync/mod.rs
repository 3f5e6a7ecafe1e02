//! The conversation with the backend: enrol, sync, upload. It runs beside the screens and tells
//! them what came; no screen waits for it.
//!
//! What is done when is decided in [`plan`] and [`wanted`], which are pure; [`errands`] carries it out,
//! each errand beside the others, so that nothing urgent waits for what is not.

mod change_stream;
mod client;
mod event;
mod handle;
mod outbox;
mod plan;
mod status;
mod sync_loop;
mod tasks;
mod wanted;
mod writer;

pub use change_stream::ChangeStream;
pub use client::{Answered, Client, LinkError, ManifestAnswer};
pub use event::LinkEvent;
pub use handle::SyncHandle;
pub use outbox::{Outbox, OutboxFull};
pub use sync_loop::{Link, SyncLoop};
pub use writer::{Writer, Written, write_records, write_requests};
