//! The language of a page: what its reader chose, or what their browser asks for.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use axum_extra::extract::CookieJar;
use kairan_contract::Language;
use kairan_text::spoken_language;

/// The cookie that keeps the choice.
pub const COOKIE: &str = "kairan-language";

/// The language in which a page is written for whoever asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageLanguage(pub Language);

impl PageLanguage {
    fn of(chosen: Option<&str>, headers: &HeaderMap) -> Self {
        let asked = headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok());
        // The first language of the list: the order of preference, as browsers send it.
        let first = chosen.or(asked).unwrap_or_default();
        let first = first.split([',', ';']).next().unwrap_or_default().trim();
        Self(spoken_language(first.parse().unwrap_or_default()))
    }
}

impl<S: Sync> FromRequestParts<S> for PageLanguage {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let jar = CookieJar::from_headers(&parts.headers);
        let chosen = jar.get(COOKIE).map(|cookie| cookie.value().to_owned());
        Ok(Self::of(chosen.as_deref(), &parts.headers))
    }
}
