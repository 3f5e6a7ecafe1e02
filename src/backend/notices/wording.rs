//! What a notice says, in every language that there are words for.

use kairan_contract::Language;
use kairan_text::languages;
use serde::{Deserialize, Serialize};

/// What is said, in every language that there were words for when it was said: Japanese first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Wording(Vec<(Language, String)>);

impl Wording {
    /// Something said in every language.
    pub fn of(said: impl Fn(Language) -> String) -> Self {
        Self(
            languages()
                .map(|language| (language, said(language)))
                .collect(),
        )
    }

    /// What is kept of it. A version of before kept Japanese and English alone.
    pub(super) fn kept(wording: Option<&str>, japanese: String, english: String) -> Self {
        let read = wording.and_then(|it| serde_json::from_str(it).ok());
        let Self(mut said) = read.unwrap_or(Self(Vec::new()));
        // Both stand in columns of their own, too.
        for (place, (language, words)) in
            [(Language::JAPANESE, japanese), (Language::ENGLISH, english)]
                .into_iter()
                .enumerate()
        {
            if !said.iter().any(|(it, _)| *it == language) {
                said.insert(place.min(said.len()), (language, words));
            }
        }
        Self(said)
    }

    /// As it is kept.
    pub(super) fn to_json(&self) -> String {
        // Texts and tags: serde_json has no reason to refuse them.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// In one language; in Japanese where it was not said in that one.
    pub fn in_language(&self, language: Language) -> &str {
        let find = |wanted| self.0.iter().find(|(it, _)| *it == wanted);
        let found = find(language).or_else(|| find(Language::JAPANESE));
        found.map_or("", |(_, words)| words)
    }

    /// Every language, and what is said in it.
    pub fn all(&self) -> impl Iterator<Item = (Language, &str)> {
        self.0.iter().map(|(language, words)| (*language, &**words))
    }

    /// One after the other, with this between them. What a language has no words for is said in Japanese, once.
    pub fn joined(&self, between: &str) -> String {
        let mut said: Vec<&str> = Vec::new();
        for (_, words) in self.all() {
            if !said.contains(&words) {
                said.push(words);
            }
        }
        said.join(between)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(tag: &str) -> Language {
        tag.parse().expect("a tag")
    }

    #[test]
    fn it_is_read_as_it_was_said_in_whichever_languages() {
        let said = [("ja", "待っています"), ("en", "It waits"), ("pt", "Espera")];
        let said = said.map(|(tag, words)| (language(tag), words.to_owned()));
        let wording = Wording(said.to_vec());
        let read = Wording::kept(Some(&wording.to_json()), "?".to_owned(), "?".to_owned());
        assert_eq!(read, wording);
        assert_eq!(read.in_language(language("pt")), "Espera");
        assert_eq!(read.in_language(language("ko")), "待っています");
        assert_eq!(read.joined(" / "), "待っています / It waits / Espera");
    }

    #[test]
    fn what_a_version_of_before_kept_is_said_in_its_two_languages() {
        for kept in [None, Some(""), Some("{}"), Some("[]")] {
            let read = Wording::kept(kept, "待っています".to_owned(), "It waits".to_owned());
            let all: Vec<_> = read.all().collect();
            assert_eq!(
                all,
                [
                    (Language::JAPANESE, "待っています"),
                    (Language::ENGLISH, "It waits")
                ]
            );
        }
    }

    #[test]
    fn what_has_no_words_in_a_language_is_said_once() {
        let wording = Wording::of(|_| "待っています".to_owned());
        assert_eq!(wording.joined("\n"), "待っています");
    }
}
