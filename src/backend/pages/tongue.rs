//! The language of a page: what its reader chose, or what their browser asks for.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use axum_extra::extract::CookieJar;

/// The cookie that keeps the choice.
pub const COOKIE: &str = "kairan-language";

/// Japanese or English.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tongue {
    /// Japanese.
    Japanese,
    /// English.
    English,
}

impl Tongue {
    /// The one of the two that is in this language.
    pub fn say<'w>(self, japanese: &'w str, english: &'w str) -> &'w str {
        match self {
            Self::Japanese => japanese,
            Self::English => english,
        }
    }

    /// Its code (BCP 47).
    pub fn code(self) -> &'static str {
        self.say("ja", "en")
    }

    fn of(chosen: Option<&str>, headers: &HeaderMap) -> Self {
        let asked = headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok());
        // The first language of the list: the order of preference, as browsers send it.
        match chosen.or(asked).unwrap_or_default().trim() {
            first if first.starts_with("en") => Self::English,
            _ => Self::Japanese,
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Tongue {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let jar = CookieJar::from_headers(&parts.headers);
        let chosen = jar.get(COOKIE).map(|cookie| cookie.value().to_owned());
        Ok(Self::of(chosen.as_deref(), &parts.headers))
    }
}
