//! The languages that there are words for: Japanese, in which they are written, and one for each file of
//! `assets/languages`.

use std::sync::LazyLock;

use kairan_contract::Language;
use tr::{MoTranslator, Translator as _};

/// Every language but Japanese, in the order of their tags.
const TRANSLATIONS: &[Translation] = include!(concat!(env!("OUT_DIR"), "/languages.rs"));

/// A file of `assets/languages`.
struct Translation {
    tag: &'static str,
    name: &'static str,
    /// One message for which [`tr`] works out the formula of the language: each form says its own number.
    plural_forms: &'static [u8],
    /// The connection, the Japanese, and the words for it in each form, in the order of the first two.
    words: &'static [(&'static str, &'static str, &'static [&'static str])],
}

static KNOWN: LazyLock<Vec<Translator>> = LazyLock::new(|| {
    let translations = TRANSLATIONS.iter();
    translations
        .filter_map(|translation| {
            Some(Translator {
                language: translation.tag.parse().ok()?,
                translation,
                plural: MoTranslator::from_vec_u8(translation.plural_forms.to_vec()).ok()?,
            })
        })
        .collect()
});

/// Says messages in one language, with its words and its plural forms.
pub(crate) struct Translator {
    language: Language,
    translation: &'static Translation,
    plural: MoTranslator,
}

impl Translator {
    /// The language in which somebody is spoken to who asks for `language`; none for Japanese, in which everything is
    /// written.
    pub(crate) fn nearest(language: Language) -> Option<&'static Self> {
        if language == Language::JAPANESE {
            return None;
        }
        let with_this_tag = |tag| KNOWN.iter().find(|it| it.language == tag);
        with_this_tag(language)
            .or_else(|| with_this_tag(language.alone()))
            // Whoever asks for Portuguese is better served by Brazil's than by Japanese.
            .or_else(|| {
                let mut known = KNOWN.iter();
                known.find(|it| it.language.alone() == language.alone())
            })
    }

    /// The words for a message, in the form for `count` if it is counted.
    pub(crate) fn words(
        &self,
        context: &str,
        japanese: &str,
        count: Option<u64>,
    ) -> Option<&'static str> {
        let words = self.translation.words;
        let key = (context, japanese);
        let index = words.binary_search_by_key(&key, |(context, japanese, _)| (context, japanese));
        let (_, _, forms) = words.get(index.ok()?)?;
        let form = match count {
            Some(count) => self.plural.ntranslate(count, "n", "n", None).parse().ok()?,
            None => 0,
        };
        forms.get::<usize>(form).copied()
    }
}

/// Every language that there are words for, as people choose among them: Japanese first.
pub fn languages() -> impl Iterator<Item = Language> {
    let known = KNOWN.iter().map(|it| it.language);
    std::iter::once(Language::JAPANESE).chain(known)
}

/// The language in which somebody is spoken to who asks for `language`: that one, the same without its region, or
/// Japanese.
pub fn spoken_language(language: Language) -> Language {
    Translator::nearest(language).map_or(Language::JAPANESE, |it| it.language)
}

/// The language of a locale such as `ja_JP.UTF-8`, for who sits at a terminal; English where there are no words for it.
pub fn language_of_locale(locale: &str) -> Language {
    let tag = locale.split(['.', '@']).next().unwrap_or_default();
    let asked: Option<Language> = tag.replace('_', "-").parse().ok();
    let known = asked.filter(|it| {
        it.alone() == Language::JAPANESE || spoken_language(*it) != Language::JAPANESE
    });
    known.map_or(Language::ENGLISH, spoken_language)
}

/// Something said in every language, for whoever reads it in one of them.
pub fn in_every_language(said: impl Fn(Language) -> String) -> String {
    languages().map(said).collect::<Vec<_>>().join(" / ")
}

/// What the language in which somebody is spoken to is called by those who speak it.
pub fn language_name(language: Language) -> &'static str {
    Translator::nearest(language).map_or("日本語", |it| it.translation.name)
}

/// The language after this one, and after the last the first: what a key for the language leads to.
pub fn next_language(language: Language) -> Language {
    let spoken = spoken_language(language);
    let mut rest = languages().skip_while(|it| *it != spoken).skip(1);
    rest.next().unwrap_or_default()
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
    fn who_sits_at_a_terminal_is_spoken_to_in_its_language_or_in_english() {
        for (locale, spoken) in [
            ("ja_JP.UTF-8", "ja"),
            ("en_GB.UTF-8", "en"),
            ("tlh", "en"),
            ("C.UTF-8", "en"),
            ("", "en"),
        ] {
            assert_eq!(language_of_locale(locale).to_string(), spoken, "{locale}");
        }
    }

    #[test]
    fn one_language_after_the_other_leads_to_all_of_them_and_back() {
        assert_eq!(KNOWN.len(), TRANSLATIONS.len());
        let mut language = Language::JAPANESE;
        for known in languages() {
            assert_eq!(language, known);
            assert!(!language_name(language).is_empty());
            language = next_language(language);
        }
        assert_eq!(language, Language::JAPANESE);
    }

    #[test]
    fn words_are_found_with_their_connection() {
        let english = Translator::nearest(Language::ENGLISH).expect("there is English");
        assert_eq!(english.words("", "はい", None), Some("Yes"));
        assert_eq!(english.words("weekday", "月", None), Some("Mon"));
        assert_eq!(english.words("", "どこにも ない", None), None);
    }

    #[test]
    fn the_form_is_that_of_the_formula() {
        let english = Translator::nearest(Language::ENGLISH).expect("there is English");
        for (count, form) in [(0, "1"), (1, "0"), (2, "1"), (101, "1")] {
            assert_eq!(english.plural.ntranslate(count, "n", "n", None), form);
        }
    }
}
