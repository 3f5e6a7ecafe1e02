//! What residents ask the council for: to be rung, for now.

pub mod api;
pub mod pages;
pub mod queries;
