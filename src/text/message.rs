//! What is said to people: written in Japanese where it is said, and found in the words of the language asked for.
//!
//! `tr(language, "…")` says it as it is, `tr!(language, "… {name} …", name)` with something in its places and
//! `trn!(language, count, "… {count} …", count)` in the form that the language has for that many. [`message`] marks
//! what is said elsewhere. Where one Japanese means two things, `message_in("…", "…")` and `tr!(language, "…" => "…")`
//! say in which connection it stands.

use std::fmt::Display;

use kairan_contract::Language;

use crate::languages::Translator;

/// Something that is said to people, in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Message {
    context: &'static str,
    japanese: &'static str,
}

/// What is put into a message: the names of its places, and what stands there.
pub type Places<'p> = &'p [(&'p str, &'p dyn Display)];

/// A message, in the Japanese in which it is written.
pub const fn message(japanese: &'static str) -> Message {
    Message {
        context: "",
        japanese,
    }
}

/// A message whose Japanese means something else in another connection.
pub const fn message_in(context: &'static str, japanese: &'static str) -> Message {
    Message { context, japanese }
}

/// A message in the language of whoever reads it; in Japanese where that language has no words for it.
pub fn tr(language: Language, japanese: &'static str) -> &'static str {
    message(japanese).tr(language)
}

/// The same for a message whose Japanese means something else in another connection.
pub fn tr_in(language: Language, context: &'static str, japanese: &'static str) -> &'static str {
    message_in(context, japanese).tr(language)
}

impl Message {
    /// In the language of whoever reads it.
    pub fn tr(self, language: Language) -> &'static str {
        self.found(language, None)
    }

    /// In the language of whoever reads it, with something in its places.
    pub fn tr_with(self, language: Language, places: Places) -> String {
        fill(self.tr(language), places)
    }

    /// In the form that the language has for so many, with something in its places.
    pub fn tr_plural(self, language: Language, count: u64, places: Places) -> String {
        fill(self.found(language, Some(count)), places)
    }

    fn found(self, language: Language, count: Option<u64>) -> &'static str {
        let words = Translator::nearest(language);
        let found = words.and_then(|words| words.words(self.context, self.japanese, count));
        found.unwrap_or(self.japanese)
    }
}

/// `text` with `{name}` replaced by what stands in that place. A place that nobody gives stays as it is written.
fn fill(text: &str, places: Places) -> String {
    let mut filled = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let place = after.split_once('}').and_then(|(name, after)| {
            let given = places.iter().find(|(known, _)| *known == name)?;
            Some((given.1.to_string(), after))
        });
        if let Some((value, after)) = place {
            filled.push_str(&value);
            rest = after;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}

/// A message with something in its places: `tr!(language, "{who}から {when}", who, when = at)`.
#[macro_export]
macro_rules! tr {
    ($language:expr, $context:literal => $japanese:literal $(, $($places:tt)*)?) => {
        $crate::message_in($context, $japanese)
            .tr_with($language, $crate::places!($($($places)*)?))
    };
    ($language:expr, $japanese:literal $(, $($places:tt)*)?) => {
        $crate::message($japanese).tr_with($language, $crate::places!($($($places)*)?))
    };
}

/// A message in the form that the language has for a number: `trn!(language, count, "{count}台", count)`.
#[macro_export]
macro_rules! trn {
    ($language:expr, $count:expr, $context:literal => $japanese:literal $(, $($places:tt)*)?) => {
        $crate::message_in($context, $japanese).tr_plural(
            $language,
            u64::try_from($count).unwrap_or(u64::MAX),
            $crate::places!($($($places)*)?),
        )
    };
    ($language:expr, $count:expr, $japanese:literal $(, $($places:tt)*)?) => {
        $crate::message($japanese).tr_plural(
            $language,
            u64::try_from($count).unwrap_or(u64::MAX),
            $crate::places!($($($places)*)?),
        )
    };
}

/// The places of a message as [`Message::tr_with`] takes them: `name`, or `name = value`.
#[macro_export]
macro_rules! places {
    ($($name:ident $(= $value:expr)?),* $(,)?) => {
        &[$((stringify!($name), $crate::place!($name $(, $value)?))),*]
    };
}

/// What stands in a place.
#[doc(hidden)]
#[macro_export]
macro_rules! place {
    ($name:ident) => {
        &$name as &dyn ::std::fmt::Display
    };
    ($name:ident, $value:expr) => {
        &$value as &dyn ::std::fmt::Display
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_wherever_a_language_has_them() {
        let (who, at) = ("ひだまり市", 3);
        let places = crate::places!(who, when = at + 1, inside = "{who}");
        assert_eq!(fill("{when}時 {who}から", places), "4時 ひだまり市から");
        assert_eq!(fill("{who}: {who}", places), "ひだまり市: ひだまり市");
        // What was put in is nobody's place, and what nobody gave stays.
        assert_eq!(fill("{inside} {unknown} {", places), "{who} {unknown} {");
    }

    #[test]
    fn what_has_no_translation_is_said_in_japanese() {
        let unknown: Language = "tlh".parse().expect("a tag");
        for language in [Language::JAPANESE, Language::ENGLISH, unknown] {
            assert_eq!(message("どこにも ない 文").tr(language), "どこにも ない 文");
        }
        let place = "ここ";
        assert_eq!(
            crate::trn!(Language::ENGLISH, 1_u8, "どこにも ない {place}", place),
            "どこにも ない ここ"
        );
    }
}
