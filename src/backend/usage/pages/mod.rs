//! The pages of usage: its figures, and the records as they are.

pub mod evaluation;
pub mod records;
