//! The language of the person at the terminal.

use kairan_contract::Language;
use kairan_text::language_of_locale;

/// The language of the person at the terminal.
pub fn language() -> Language {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty());
    language_of_locale(&locale.unwrap_or_default())
}
