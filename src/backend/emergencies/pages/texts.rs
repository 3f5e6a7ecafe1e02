//! Texts to begin from, so that nobody looks for words while the water rises. They lie in a file and not in here.

use std::{collections::BTreeMap, sync::LazyLock};

use kairan_contract::Language;
use kairan_text::spoken_language;
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

/// A text in the languages in which there is one: a test says that it is in Japanese and English always.
#[derive(Debug, Clone, Deserialize)]
pub struct Text {
    /// Its name in an address.
    pub id: String,
    /// For how many hours it is likely to hold.
    pub hours: u32,
    /// What it is for, on the page.
    name: BTreeMap<Language, String>,
    /// What stands under the tag of each language.
    #[serde(flatten)]
    words: BTreeMap<Language, Words>,
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

    /// What it is for, for whoever reads the page in this language.
    pub fn name(&self, language: Language) -> &str {
        nearest(&self.name, language).map_or("", String::as_str)
    }

    /// Its words in a language, or in Japanese.
    pub fn words(&self, language: Language) -> Option<&Words> {
        nearest(&self.words, language)
    }
}

/// What is said in this language, or in Japanese.
fn nearest<T>(said: &BTreeMap<Language, T>, language: Language) -> Option<&T> {
    let in_language = said.get(&spoken_language(language));
    in_language.or_else(|| said.get(&Language::JAPANESE))
}

/// All of them.
pub fn texts() -> &'static [Text] {
    &TEXTS
}

/// Those that there are in this language.
pub fn texts_in(language: Language) -> impl Iterator<Item = &'static Text> {
    let all = texts().iter();
    all.filter(move |text| text.words.contains_key(&language))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use kairan_contract::Emergency;
    use kairan_text::languages;

    use super::*;
    use crate::emergencies::pages::form::HOURS;

    #[test]
    fn every_text_fits_on_a_tablet_in_every_language() {
        assert!(texts().len() >= 6);
        let ids: HashSet<_> = texts().iter().map(|text| &text.id).collect();
        assert_eq!(ids.len(), texts().len());
        let known: HashSet<Language> = languages().collect();
        for text in texts() {
            assert!(HOURS.contains(&text.hours), "{}", text.id);
            for always in [Language::JAPANESE, Language::ENGLISH] {
                assert!(text.words.contains_key(&always), "{}: {always}", text.id);
            }
            for (language, words) in &text.words {
                assert!(known.contains(language), "{}: {language}", text.id);
                assert!(text.name.contains_key(language), "{}: {language}", text.id);
                // What is filled in is longer than the gap.
                let room = |it: &str| it.chars().count() + it.matches(GAP).count() * 4;
                assert!(room(&words.title) <= Emergency::TITLE, "{words:?}");
                assert!(room(&words.text) <= Emergency::TEXT, "{words:?}");
                assert!(!words.text.contains("\n\n"), "{words:?}");
            }
        }
    }

    #[test]
    fn a_text_is_given_in_the_language_asked_for_or_in_japanese() {
        let text: Text = toml::from_str(
            "id = \"water\"\nhours = 24\nname = { ja = \"断水\", en = \"Water outage\" }
             ja = { title = \"水道\", text = \"止まっています\" }",
        )
        .expect("a text");
        let english = |tag: &str| tag.parse::<Language>().expect("a tag");
        assert_eq!(text.name(english("en-GB")), "Water outage");
        let words = text.words(english("en-GB")).expect("Japanese");
        assert_eq!(words.title, "水道");
    }
}
