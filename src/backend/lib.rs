//! The council's server: gathers content, delivers it to tablets, takes in what they send.

pub mod app;
pub mod console;
pub mod content;
pub mod delivery;
pub mod fleet;
pub mod http;
pub mod intake;
pub mod keys;
pub mod notices;
pub mod rights;
pub mod serve;
pub mod server;
pub mod store;
pub mod usage;
pub mod web;
