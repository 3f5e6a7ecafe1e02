//! Usage records at rest: days are closed into summaries and Parquet files, and reports are made of
//! what they add up to.

pub mod closing;
pub mod command;
pub mod erasing;
mod reporting;
mod simulating;
