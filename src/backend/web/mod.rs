//! What stands between the network and the rooms: how many connections there may be and how they are kept, who asks,
//! and how often somebody may.

pub mod api;
pub mod asking;
pub mod files;
pub mod limits;
pub mod listening;
pub mod refusal;
mod seats;

pub use asking::{Network, TrustedProxies};
