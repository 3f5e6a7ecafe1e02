//! A language, by its tag of BCP 47. Any tag is a language here: which ones there are words for is no matter of the wire.

use std::{fmt, str::FromStr};

use icu_locale_core::{LanguageIdentifier, subtags};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Invalid;

/// A language by its tag of BCP 47: `ja`, `en`, `pt-BR`, `zh-Hant`. At most one variant, and nothing that a tag may say
/// beside the language itself: it is kept in records that hold nothing personal.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schema(
    value_type = String,
    pattern = "^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))?$"
)]
pub struct Language(Subtags);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Subtags {
    language: subtags::Language,
    script: Option<subtags::Script>,
    region: Option<subtags::Region>,
    variant: Option<subtags::Variant>,
}

impl Language {
    /// 日本語: the language of the content, of the voice, and of what the programs say where they know no other.
    pub const JAPANESE: Self = Self::of(subtags::language!("ja"));
    /// English.
    pub const ENGLISH: Self = Self::of(subtags::language!("en"));

    const fn of(language: subtags::Language) -> Self {
        Self(Subtags {
            language,
            script: None,
            region: None,
            variant: None,
        })
    }

    /// The language alone, without script, region and variant.
    #[must_use]
    pub const fn alone(self) -> Self {
        Self::of(self.0.language)
    }
}

impl Default for Language {
    fn default() -> Self {
        Self::JAPANESE
    }
}

impl FromStr for Language {
    type Err = Invalid;

    fn from_str(tag: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid(format!("`{tag}` is not the tag of a language"));
        let parsed = LanguageIdentifier::try_from_str(tag).map_err(|_| invalid())?;
        if parsed.variants.len() > 1 {
            return Err(invalid());
        }
        Ok(Self(Subtags {
            language: parsed.language,
            script: parsed.script,
            region: parsed.region,
            variant: parsed.variants.first().copied(),
        }))
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.language.as_str())?;
        let script = self.0.script.as_ref().map(subtags::Script::as_str);
        let region = self.0.region.as_ref().map(subtags::Region::as_str);
        let variant = self.0.variant.as_ref().map(subtags::Variant::as_str);
        let mut rest = [script, region, variant].into_iter().flatten();
        rest.try_for_each(|subtag| write!(f, "-{subtag}"))
    }
}

impl TryFrom<String> for Language {
    type Error = Invalid;

    fn try_from(tag: String) -> Result<Self, Invalid> {
        tag.parse()
    }
}

impl From<Language> for String {
    fn from(language: Language) -> String {
        language.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_kept_whether_or_not_anybody_has_words_for_it() {
        for tag in [
            "ja",
            "en",
            "pt-BR",
            "zh-Hant-TW",
            "eo",
            "ca-valencia",
            "es-419",
        ] {
            let language: Language = tag.parse().expect("a tag");
            assert_eq!(language.to_string(), tag);
            let json = serde_json::to_string(&language).expect("writes");
            assert_eq!(json, format!("\"{tag}\""));
            assert_eq!(
                serde_json::from_str::<Language>(&json).expect("reads"),
                language
            );
        }
        assert_eq!("JA".parse(), Ok(Language::JAPANESE));
        for not_a_tag in [
            "",
            "j",
            "japanese!",
            "en-x-private",
            "en-u-ca-buddhist",
            "日本語",
        ] {
            assert!(not_a_tag.parse::<Language>().is_err(), "{not_a_tag}");
        }
    }
}
