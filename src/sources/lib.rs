//! Public data in, content out: one file a kind of source.
//!
//! A kind's file is pure: bytes in, a [`DraftContent`] out. How the web and the files beside a catalogue are read stands beside
//! them, once; nothing here knows a database.

pub mod audio;
pub mod beside;
pub mod calendar;
mod draft;
pub mod entities;
mod error;
pub mod feed;
pub mod fetch;
pub mod html;
pub mod japan;
pub mod open_data;
pub mod page;
pub mod picture;
mod questionnaire;
pub mod reading;
mod refused;
pub mod sample;
pub mod source;
pub mod timetable;
mod toml_file;
pub mod warnings;
pub mod weather;
mod weather_code;

pub use draft::{
    DraftArticle, DraftBlock, DraftContent, DraftProgramme, DraftStep, Gleaned, Skipped,
};
pub use error::SourceError;
