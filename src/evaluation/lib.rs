//! Usage records in, figures out.
//!
//! A day's records ([`row`]) are folded into small tables by plain SQL ([`summaries`]) and laid down as
//! one Parquet file ([`archive`]). Indicators ([`indicators`]) are pure functions of those tables and
//! of the [`loans`]; a [`report`] is what they say, with small groups withheld.

pub mod acceptance;
pub mod archive;
pub mod dictionary;
pub mod evidence;
pub mod indicators;
pub mod loans;
#[cfg(test)]
mod on_paper;
pub mod report;
pub mod row;
pub mod simulation;
pub mod statistics;
pub mod summaries;
pub mod suppression;
