//! The audit log: who did what, when, from what to what.

mod pages;
pub mod queries;

pub use pages::{csv, list};
