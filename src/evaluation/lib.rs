//! Usage records in, figures out.
//!
//! So far: which records are taken at all. What they add up to comes with the evaluation itself.

pub mod acceptance;
