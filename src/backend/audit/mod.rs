//! The audit log: who did what, when, from what to what.

mod pages;
mod postgresql;
pub mod queries;
mod sqlite;

pub use pages::{csv, list};
