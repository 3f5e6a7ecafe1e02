//! The statements whose texts are put together while the program runs, so that a test prepares them with all others.

use crate::{
    database::{dialect::Dialect, sealing},
    usage::queries::{days, erasures, records},
};

/// Gives every form of the statements that a file puts together.
pub type Forms = fn(Dialect) -> Vec<String>;

/// The files that put statements together.
pub const PUT_TOGETHER: [(&str, Forms); 4] = [
    ("database/sealing.rs", sealing::statements),
    ("usage/queries/days.rs", days::statements),
    ("usage/queries/erasures.rs", erasures::statements),
    ("usage/queries/records.rs", records::statements),
];
