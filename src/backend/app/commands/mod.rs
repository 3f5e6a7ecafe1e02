//! The commands that have files of their own.

pub mod people;
pub mod usage;
