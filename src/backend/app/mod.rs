//! What the server is put together from: its settings.

use kairan_contract::Language;
use kairan_text::language_of_locale;

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

/// The language of the person at the terminal.
pub fn language() -> Language {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty());
    language_of_locale(&locale.unwrap_or_default())
}
