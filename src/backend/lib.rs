//! The council's server: gathers content, delivers it to tablets, takes in what they send.

pub mod app;
pub mod audit;
pub mod catalogue;
pub mod content;
pub mod database;
pub mod emergencies;
pub mod notices;
pub mod pages;
pub mod people;
pub mod requests;
mod secret;
pub mod tablets;
pub mod usage;
pub mod web;
