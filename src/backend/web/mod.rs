//! What stands between the network and the rooms: how many connections there may be, and how they are kept.

pub mod files;
pub mod listening;
mod seats;
