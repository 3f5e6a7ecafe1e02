//! The conversation with the backend: enrol, sync, upload. It runs beside the screens and tells
//! them what came; no screen waits for it.
//!
//! What is done when is decided in [`plan`] and [`wanted`], which are pure; [`errands`] carries it out,
//! each errand beside the others, so that nothing urgent waits for what is not.

mod client;
mod conversation;
mod ear;
mod errands;
mod outbox;
mod plan;
mod status;
mod told;
mod wanted;
mod wishes;
mod writer;

pub use client::{Answered, Client, LinkError, ManifestAnswer};
pub use conversation::{Conversation, Link};
pub use ear::Ear;
pub use outbox::{Outbox, OutboxFull};
pub use told::Told;
pub use wishes::Wishes;
pub use writer::{Writer, Written, write_records, write_requests};
