//! What is written down of requests, and read again.

pub mod answers;
mod asked;
pub mod call_backs;
pub mod counter;
pub mod desk;
pub mod due;
pub mod erasing;
pub mod intake;
pub mod naming;
pub mod steps;
pub mod stock;
pub mod stored;
pub mod versions;
