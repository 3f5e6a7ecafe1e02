//! The languages that there are words for: Japanese, in which they are written, and one for each file of
//! `assets/languages`.

use std::sync::LazyLock;

use kairan_contract::Language;
use tr::{PoTranslator, Translator};

/// The tag, the name and the words of every language but Japanese, in the order of their tags.
const FILES: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/languages.rs"));

/// The languages but Japanese. Their words are read when they are first asked for.
static TRANSLATED: LazyLock<Vec<Translated>> = LazyLock::new(|| {
    let files = FILES.iter();
    files
        .filter_map(|(tag, name, words)| {
            Some(Translated {
                language: tag.parse().ok()?,
                name,
                words: LazyLock::new(Box::new(|| read(words))),
            })
        })
        .collect()
});

struct Translated {
    language: Language,
    name: &'static str,
    words: LazyLock<Option<PoTranslator>, Box<dyn FnOnce() -> Option<PoTranslator> + Send>>,
}

/// The words of a file; none of one that cannot be read, so that what it is for is said in Japanese.
fn read(words: &str) -> Option<PoTranslator> {
    // The reader knows the formula of the plural only without the space that every other program writes before it.
    let words = words.replace("; plural=", ";plural=");
    PoTranslator::from_vec_u8(words.into_bytes()).ok()
}

/// Every language that there are words for, as people choose among them: Japanese first.
pub fn languages() -> impl Iterator<Item = Language> {
    let translated = TRANSLATED.iter().map(|it| it.language);
    std::iter::once(Language::JAPANESE).chain(translated)
}

/// What a language is called by those who speak it; its tag where there are no words for it.
pub fn language_name(language: Language) -> String {
    if language == Language::JAPANESE {
        return "日本語".to_owned();
    }
    let mut translated = TRANSLATED.iter();
    let found = translated.find(|it| it.language == language);
    found.map_or_else(|| language.to_string(), |it| it.name.to_owned())
}

/// The language in which somebody is spoken to who asks for `language`: that one, the same without its region, or
/// Japanese.
pub fn spoken_language(language: Language) -> Language {
    translated(language).map_or(Language::JAPANESE, |it| it.language)
}

/// The language after this one, and after the last the first: what a key for the language leads to.
pub fn next_language(language: Language) -> Language {
    let spoken = spoken_language(language);
    let mut rest = languages().skip_while(|it| *it != spoken).skip(1);
    rest.next().unwrap_or_default()
}

fn translated(language: Language) -> Option<&'static Translated> {
    let with_this_tag = |tag| TRANSLATED.iter().find(|it| it.language == tag);
    with_this_tag(language).or_else(|| with_this_tag(language.alone()))
}

/// The words of a language; none for Japanese, in which everything is written.
pub(crate) fn words_of(language: Language) -> Option<&'static dyn Translator> {
    let words = translated(language)?.words.as_ref()?;
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_for_a_language_is_spoken_to_in_the_nearest() {
        let nearest = |tag: &str| spoken_language(tag.parse().expect("a tag")).to_string();
        for (asked, spoken) in [
            ("ja", "ja"),
            ("ja-JP", "ja"),
            ("en", "en"),
            ("en-GB", "en"),
            ("tlh", "ja"),
        ] {
            assert_eq!(nearest(asked), spoken, "{asked}");
        }
    }

    #[test]
    fn one_language_after_the_other_leads_to_all_of_them_and_back() {
        let mut language = Language::JAPANESE;
        for known in languages() {
            assert_eq!(language, known);
            assert!(!language_name(language).is_empty());
            assert!(language == Language::JAPANESE || words_of(language).is_some());
            language = next_language(language);
        }
        assert_eq!(language, Language::JAPANESE);
    }
}
