//! The name of a screen in records and requests. The list is open: a newer tablet has screens that an older
//! backend has never heard of, and what it sends of them is kept all the same.

use std::{borrow::Cow, fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

use crate::Invalid;

/// The letters that a name may have.
const LIMIT: usize = 32;

/// The name of a screen of the tablet: small letters, digits and underscores, beginning with a letter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ScreenName(
    /// The letters, filled up with zeros: so a name can be copied and stand in a pattern.
    [u8; LIMIT],
);

impl ScreenName {
    /// The screens that the tablets of this version have, in alphabetical order; others may come.
    pub const KNOWN: [&'static str; 25] = [
        "alert",
        "article",
        "call_back",
        "could_not_start",
        "enrolment",
        "help",
        "home",
        "idle",
        "list",
        "locked",
        "message",
        "night",
        "pin",
        "practice",
        "programme",
        "question",
        "questionnaire",
        "reminder",
        "reminders",
        "stops",
        "tablet",
        "text_size",
        "time",
        "waiting",
        "weather",
    ];

    /// The name of a screen of this program, for constants.
    ///
    /// # Panics
    /// If it is no name: in a constant, when the program is compiled.
    pub const fn named(name: &str) -> Self {
        match Self::checked(name.as_bytes()) {
            Some(name) => name,
            None => panic!("not the name of a screen"),
        }
    }

    const fn checked(name: &[u8]) -> Option<Self> {
        if name.is_empty() || name.len() > LIMIT || !name[0].is_ascii_lowercase() {
            return None;
        }
        let mut letters = [0; LIMIT];
        let mut at = 0;
        while at < name.len() {
            let letter = name[at];
            if !(letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'_') {
                return None;
            }
            letters[at] = letter;
            at += 1;
        }
        Some(Self(letters))
    }

    /// The name as it is written.
    pub fn as_str(&self) -> &str {
        let end = self.0.iter().position(|letter| *letter == 0);
        let letters = &self.0[..end.unwrap_or(LIMIT)];
        // Only ASCII comes in.
        std::str::from_utf8(letters).unwrap_or_default()
    }
}

impl PartialSchema for ScreenName {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(
                "The name of a screen of the tablet: small letters, digits and underscores, beginning with a letter. Newer tablets have others besides those of the examples.",
            ))
            .pattern(Some("^[a-z][a-z0-9_]{0,31}$"))
            .examples(Self::KNOWN)
            .into()
    }
}

impl ToSchema for ScreenName {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("ScreenName")
    }
}

impl TryFrom<String> for ScreenName {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl FromStr for ScreenName {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::checked(text.as_bytes()).ok_or_else(|| {
            Invalid(format!(
                "`{text}` is not a screen's name of 1 to {LIMIT} letters a-z, digits and underscores"
            ))
        })
    }
}

impl From<ScreenName> for String {
    fn from(name: ScreenName) -> Self {
        name.as_str().to_owned()
    }
}

impl fmt::Display for ScreenName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for ScreenName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Event;

    #[test]
    fn a_name_is_written_as_it_was_read() {
        for name in ["home", "could_not_start", "near2", &"x".repeat(LIMIT)] {
            let read: ScreenName = name.parse().expect("a name");
            assert_eq!(read.as_str(), name);
            let json = serde_json::to_string(&read).expect("writes");
            assert_eq!(json, format!("\"{name}\""));
        }
        let long = "x".repeat(LIMIT + 1);
        for text in [
            "", "Home", "2near", "_near", "ne ar", "near\0", "近く", &long,
        ] {
            assert!(text.parse::<ScreenName>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_screen_of_a_newer_tablet_is_kept_and_passed_on() {
        let detail = serde_json::json!({ "screen": "near" });
        let detail = detail.as_object().expect("an object");
        let event = Event::from_parts("help_opened", detail).expect("it is read");
        let (kind, passed_on) = event.expect("a known kind").to_parts();
        assert_eq!((kind.as_str(), &passed_on), ("help_opened", detail));
    }
}
