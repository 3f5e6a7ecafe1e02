//! The catalogue: changed in a draft, looked at, published, planned, and brought back.

pub mod pages;
pub mod preview;
pub mod publishing;
pub mod queries;
