//! What decides about requests. Pure: time is an argument, and nothing here asks a database.

pub mod intake;
pub mod lines;
pub mod machine;
pub mod number;
pub mod times;
