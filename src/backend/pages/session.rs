//! Who looks at a page: the cookie, and what a handler asks for to answer nobody else.

use axum::{
    extract::{FromRef, FromRequestParts, OriginalUri},
    http::{Method, request::Parts},
};
use axum_extra::extract::{
    CookieJar,
    cookie::{Cookie, SameSite},
};
use jiff::Timestamp;
use kairan_contract::Language;
use kairan_text::Message;
use uuid::Uuid;

use super::{
    error::PageError,
    frame::Frame,
    language::PageLanguage,
    queries::{Person, Session},
};
use crate::database::{Database, DatabaseError};

/// The cookie of a session. Its prefix makes browsers refuse one that was set by somebody else's host, by
/// another path, or without TLS.
const COOKIE: &str = "__Host-kairan-session";

/// Somebody who has shown everything that they have to show. No page takes it alone: [`May`](super::May) says besides what
/// they must be there for.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who.
    pub person: Person,
    /// The language of their pages.
    pub language: Language,
}

impl Frame {
    /// The frame of a page for somebody who is signed in.
    pub fn of(signed_in: &SignedIn, part: &'static str, title: Message) -> Self {
        Self {
            language: signed_in.language,
            title: title.tr(signed_in.language),
            person: Some(signed_in.person.clone()),
            part,
        }
    }
}

impl<S> FromRequestParts<S> for SignedIn
where
    S: Send + Sync,
    Database: FromRef<S>,
{
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PageError> {
        let store = Database::from_ref(state);
        let wanted = match parts.method {
            Method::GET => parts
                .extensions
                .get::<OriginalUri>()
                .and_then(|uri| uri.path_and_query().map(ToString::to_string)),
            _ => None,
        };
        let jar = CookieJar::from_headers(&parts.headers);
        let Some(session) = session(&jar, &store).await?.filter(|it| it.is_whole) else {
            return Err(PageError::SignInFirst(wanted));
        };
        let Ok(PageLanguage(language)) = PageLanguage::from_request_parts(parts, state).await;
        Ok(Self {
            person: session.person,
            language,
        })
    }
}

/// The session of this cookie, if it lives.
pub async fn session(jar: &CookieJar, store: &Database) -> Result<Option<Session>, DatabaseError> {
    match token(jar) {
        Some(token) => store.session(token, Timestamp::now()).await,
        None => Ok(None),
    }
}

/// What the cookie says.
pub fn token(jar: &CookieJar) -> Option<&str> {
    let value = jar.get(COOKIE)?.value();
    (value.len() <= 128).then_some(value)
}

/// A new session, whatever session there was before: nobody goes on under a name that somebody else knew.
pub async fn begin(
    jar: CookieJar,
    store: &Database,
    person: Uuid,
    is_whole: bool,
) -> Result<CookieJar, DatabaseError> {
    if let Some(before) = token(&jar) {
        store.end_session(before).await?;
    }
    // 244 random bits.
    let token = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    store
        .begin_session(&token, person, is_whole, Timestamp::now())
        .await?;
    let cookie = Cookie::build((COOKIE, token))
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Strict);
    Ok(jar.add(cookie))
}

/// Ends the session.
pub async fn end(jar: CookieJar, store: &Database) -> Result<CookieJar, DatabaseError> {
    if let Some(token) = token(&jar) {
        store.end_session(token).await?;
    }
    Ok(jar.remove(Cookie::build(COOKIE).path("/").secure(true)))
}
