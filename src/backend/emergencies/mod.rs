//! Emergencies and drills: what takes over the tablets' screens.

pub mod pages;
pub mod queries;
