//! Who looks at a page: the cookie, and what a handler asks for to answer nobody else.

use axum::{
    extract::{FromRequestParts, OriginalUri},
    http::{Method, request::Parts},
};
use axum_extra::extract::{
    CookieJar,
    cookie::{Cookie, SameSite},
};
use jiff::Timestamp;
use uuid::Uuid;

use super::{page::PageError, rights::Right, tongue::Tongue};
use crate::{
    app::state::Backend,
    database::DatabaseError,
    people::queries::{Person, Session},
    web::asking::Network,
};

/// The cookie of a session. Its prefix makes browsers refuse one that was set by somebody else's host, by
/// another path, or without TLS.
const COOKIE: &str = "__Host-kairan-session";

/// The cookie of a browser that somebody has signed in with. It opens nothing: who bears it is not kept waiting for the
/// mistakes of others.
const DEVICE: &str = "__Host-kairan-device";

/// Somebody who has shown everything that they have to show.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who.
    pub person: Person,
    /// The language of their pages.
    pub tongue: Tongue,
}

impl SignedIn {
    /// Goes on only if they may.
    pub fn must(&self, right: Right) -> Result<(), PageError> {
        if self.person.role.may(right) {
            Ok(())
        } else {
            Err(PageError::NotAllowed)
        }
    }
}

impl FromRequestParts<Backend> for SignedIn {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, backend: &Backend) -> Result<Self, PageError> {
        let wanted = match parts.method {
            Method::GET => parts
                .extensions
                .get::<OriginalUri>()
                .and_then(|uri| uri.path_and_query().map(ToString::to_string)),
            _ => None,
        };
        let jar = CookieJar::from_headers(&parts.headers);
        let Some(session) = session(&jar, backend).await?.filter(|it| it.is_whole) else {
            return Err(PageError::SignInFirst(wanted));
        };
        let Ok(tongue) = Tongue::from_request_parts(parts, backend).await;
        Ok(Self {
            person: session.person,
            tongue,
        })
    }
}

/// The session of this cookie, if it lives.
pub async fn session(jar: &CookieJar, backend: &Backend) -> Result<Option<Session>, DatabaseError> {
    match token(jar) {
        Some(token) => backend.store.session(token, Timestamp::now()).await,
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
    backend: &Backend,
    person: Uuid,
    is_whole: bool,
) -> Result<CookieJar, DatabaseError> {
    if let Some(before) = token(&jar) {
        backend.store.end_session(before).await?;
    }
    // 244 random bits.
    let token = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    backend
        .store
        .begin_session(&token, person, is_whole, Timestamp::now())
        .await?;
    let cookie = Cookie::build((COOKIE, token))
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Strict);
    Ok(jar.add(cookie))
}

/// What the cookie of this browser says.
pub fn device(jar: &CookieJar) -> Option<&str> {
    let value = jar.get(DEVICE)?.value();
    (value.len() <= 128).then_some(value)
}

/// Knows this browser and this network from now on: somebody has shown everything that they have to show.
pub async fn know(
    jar: CookieJar,
    backend: &Backend,
    person: Uuid,
    network: Network,
) -> Result<CookieJar, DatabaseError> {
    let now = Timestamp::now();
    let known = match device(&jar) {
        // One that we never gave, somebody else may have planted.
        Some(device) if backend.store.is_device(device, now).await? => Some(device.to_owned()),
        _ => None,
    };
    // 244 random bits.
    let anew = || format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    let device = known.unwrap_or_else(anew);
    let network = network.to_string();
    backend
        .store
        .put_place(person, &device, &network, now)
        .await?;
    let cookie = Cookie::build((DEVICE, device))
        .path("/")
        .secure(true)
        .http_only(true)
        .permanent()
        .same_site(SameSite::Strict);
    Ok(jar.add(cookie))
}

/// Ends the session.
pub async fn end(jar: CookieJar, backend: &Backend) -> Result<CookieJar, DatabaseError> {
    if let Some(token) = token(&jar) {
        backend.store.end_session(token).await?;
    }
    Ok(jar.remove(Cookie::build(COOKIE).path("/").secure(true)))
}
