//! Texts to begin from, so that nobody looks for words while the water rises. They lie in a file and not in here.

use std::sync::LazyLock;

use kairan_contract::Language;
use serde::Deserialize;

/// Stands where something is to be filled in. No text goes out with it.
pub const GAP: &str = "○○";

static TEXTS: LazyLock<Vec<Text>> = LazyLock::new(|| {
    #[derive(Deserialize)]
    struct All {
        text: Vec<Text>,
    }
    // It is built in, and a test reads it.
    toml::from_str::<All>(include_str!("../../../../assets/emergencies/texts.toml"))
        .map(|all| all.text)
        .unwrap_or_default()
});

/// A text in both languages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Its name in an address.
    pub id: String,
    /// For how many hours it is likely to hold.
    pub hours: u32,
    /// What it is for, on the page.
    pub name: Names,
    ja: Words,
    en: Words,
}

/// A name in both languages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// In Japanese.
    pub ja: String,
    /// In English.
    pub en: String,
}

impl Names {
    /// The name for whoever reads the page in this language.
    pub fn of(&self, language: Language) -> &str {
        if language == Language::ENGLISH {
            &self.en
        } else {
            &self.ja
        }
    }
}

/// What residents read and hear.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// What has happened.
    pub title: String,
    /// What to do.
    pub text: String,
}

impl Text {
    /// The text with this name.
    pub fn named(id: &str) -> Option<&'static Self> {
        texts().iter().find(|text| text.id == id)
    }

    /// Its words in a language.
    pub fn words(&self, language: &str) -> &Words {
        if language == "en" { &self.en } else { &self.ja }
    }
}

/// All of them.
pub fn texts() -> &'static [Text] {
    &TEXTS
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use kairan_contract::Emergency;

    use super::*;
    use crate::emergencies::pages::form::HOURS;

    #[test]
    fn every_text_fits_on_a_tablet_in_both_languages() {
        assert!(texts().len() >= 6);
        let ids: HashSet<_> = texts().iter().map(|text| &text.id).collect();
        assert_eq!(ids.len(), texts().len());
        for text in texts() {
            assert!(HOURS.contains(&text.hours), "{}", text.id);
            for language in ["ja", "en"] {
                let words = text.words(language);
                // What is filled in is longer than the gap.
                let room = |it: &str| it.chars().count() + it.matches(GAP).count() * 4;
                assert!(room(&words.title) <= Emergency::TITLE, "{words:?}");
                assert!(room(&words.text) <= Emergency::TEXT, "{words:?}");
                assert!(!words.text.contains("\n\n"), "{words:?}");
            }
        }
    }
}
