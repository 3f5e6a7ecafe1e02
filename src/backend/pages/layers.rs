//! What stands before every page: bounds, the browser's policy, and who is asked to sign in again.

use std::time::Duration;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::{from_fn_with_state, map_response},
    response::{IntoResponse, Response},
};
use tower_http::{csrf::CsrfLayer, set_header::SetResponseHeaderLayer, timeout::TimeoutLayer};

use super::{addresses::Pages, error::PageError, expired, upload::BODY_LIMIT};
use crate::database::Database;

/// How long a page may take.
const PATIENCE: Duration = Duration::from_mins(1);
/// Everything comes from here, and no script or style stands in a page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Pages for whoever is signed in: a form that comes after the session has ended is given back.
pub fn signed_in<S>(pages: Pages<S>, store: &Database) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    let pages = pages.into_router();
    bounded(pages.layer(from_fn_with_state(store.clone(), expired::give_back)))
}

/// Pages for everybody.
pub fn open<S>(pages: Pages<S>) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    bounded(pages.into_router())
}

fn bounded<S>(pages: Router<S>) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    let always = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    pages
        .layer(map_response(in_our_words))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            PATIENCE,
        ))
        .layer(CsrfLayer::new())
        .layer(always(header::CONTENT_SECURITY_POLICY, POLICY))
        .layer(always(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(always(header::REFERRER_POLICY, "same-origin"))
        .layer(always(header::CACHE_CONTROL, "no-store"))
        .layer(always(
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ))
}

/// What the framework refuses by itself is told as the console tells everything: in a page, in every language.
async fn in_our_words(answer: Response) -> Response {
    let is_page = answer
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| !kind.as_bytes().starts_with(b"text/plain"));
    match answer.status() {
        _ if is_page => answer,
        StatusCode::PAYLOAD_TOO_LARGE => PageError::TooLarge.into_response(),
        StatusCode::METHOD_NOT_ALLOWED => PageError::NotFound.into_response(),
        StatusCode::BAD_REQUEST
        | StatusCode::UNPROCESSABLE_ENTITY
        | StatusCode::UNSUPPORTED_MEDIA_TYPE => PageError::Unreadable.into_response(),
        _ => answer,
    }
}
