//! What the server is put together from: its settings.

pub mod commands;
mod home;
mod language;
mod place;
pub mod router;
pub mod sealing;
pub mod serve;
pub mod settings;
pub mod state;
pub mod statements;
mod tasks;

pub use language::language;
pub use place::Place;
pub use settings::{Settings, SettingsError};
