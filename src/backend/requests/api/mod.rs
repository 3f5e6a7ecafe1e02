//! What tablets send of requests, and what they are told of them.

pub mod answers;
pub mod intake;
