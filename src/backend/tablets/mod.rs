//! Tablets: how they are let in, what they say of themselves, who has them, and which the council owns.

pub mod api;
pub mod guessing;
pub mod known;
pub mod overview;
pub mod pages;
pub mod queries;
pub mod stock;

pub use known::{Known, Tablet};
