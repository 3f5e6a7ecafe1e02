//! Emergencies in the database: how they are written and released, and how they are read.

pub mod editions;
pub mod emergencies;

pub use editions::Edition;
pub use emergencies::{Author, Kept, Release, Written};
