//! What stands between the network and the rooms: how many connections there may be and how they are kept, who asks,
//! how often somebody may, and by which id a request is found in the log.

pub mod api;
pub mod asking;
pub mod files;
pub mod limits;
pub mod listening;
pub mod refusal;
pub mod request_id;
mod seats;

pub use asking::{Network, TrustedProxies};
