//! The two languages of the tablet. What the face itself says stands in `ui/lang`; what is put
//! together here is said in both at the place where it is made, so that neither can be missing.

use kairan_contract::Language;

/// A sentence in the language asked for; both may name variables in braces.
#[macro_export]
macro_rules! say {
    ($language:expr, $japanese:literal, $english:literal $(,)?) => {
        match $language {
            kairan_contract::Language::Japanese => format!($japanese),
            kairan_contract::Language::English => format!($english),
        }
    };
}

/// What never changes, in one of the two languages.
pub fn pick<'t>(language: Language, japanese: &'t str, english: &'t str) -> &'t str {
    match language {
        Language::Japanese => japanese,
        Language::English => english,
    }
}
