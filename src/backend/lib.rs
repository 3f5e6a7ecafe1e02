//! The council's server: gathers content, delivers it to tablets, takes in what they send.
//!
//! Each folder is a room. From top to bottom; a room knows those below it and none above:
//!
//! - [`app`]: settings, state, the rooms' routers put together, tasks, commands
//! - [`usage`], [`emergencies`]
//! - [`catalogue`]: tiles, drafts, revisions, plans; what is in force; previews
//! - [`content`], [`requests`]
//! - [`connections`]
//! - [`tablets`], [`people`]
//! - [`notices`]
//! - [`audit`]
//! - [`pages`], [`web`]: what stands around every page, and before every address
//! - [`database`], `secret`
//!
//! In a room lie its rules, its queries (`impl Database`), its `api` (what tablets ask) and its `pages` (what people see), with
//! its `Room`, which is what its handlers share, and its `router`.

pub mod app;
pub mod audit;
pub mod catalogue;
pub mod connections;
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
