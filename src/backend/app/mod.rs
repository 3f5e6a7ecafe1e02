//! What the server is put together from: its settings.

pub mod commands;
mod home;
mod place;
pub mod router;
pub mod sealing;
pub mod serve;
pub mod settings;
pub mod state;
mod tasks;

pub use place::Place;
pub use settings::{Settings, SettingsError};

use kairan_catalogue::Language;

/// The language of the person at the terminal.
pub fn language() -> Language {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty());
    Language::of_locale(&locale.unwrap_or_default())
}
