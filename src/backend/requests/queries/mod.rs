//! What is written down of requests, and read again.

pub mod answers;
pub mod call_backs;
pub mod counter;
pub mod desk;
pub mod due;
pub mod erasing;
pub mod intake;
pub mod steps;
pub mod stock;
pub mod stored;
pub mod versions;
