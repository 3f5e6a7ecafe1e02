//! What stands before the tablets' API: bounds, and refusals in our words. What tablets ask for every minute goes through
//! nothing that it does not need.

use std::time::Duration;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::{StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use tower_http::timeout::TimeoutLayer;

use super::refusal::{Refusal, TIME_HEADER, time_now};

/// Bytes of a request as it comes in.
const BODY_LIMIT: usize = 256 * 1024;
/// How long a request may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// What tablets fetch.
pub fn fetched<S>(api: Router<S>) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    api.method_not_allowed_fallback(|| async { Refusal::WrongMethod })
}

/// What tablets send.
pub fn sent<S>(api: Router<S>) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    api.method_not_allowed_fallback(|| async { Refusal::WrongMethod })
        .layer(middleware::from_fn(in_our_words))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            PATIENCE,
        ))
        .layer(middleware::map_response(tell_the_time))
}

async fn tell_the_time(mut response: Response) -> Response {
    response.headers_mut().insert(TIME_HEADER, time_now());
    response
}

/// axum's own refusals (a body that is no JSON, a wrong method) are told like ours.
async fn in_our_words(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let is_ours = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == "application/json");
    if !(status.is_client_error() || status.is_server_error()) || is_ours {
        return response;
    }
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::TooLarge.into_response(),
        StatusCode::SERVICE_UNAVAILABLE => Refusal::NotNow.into_response(),
        _ => Refusal::Unreadable("it is not what this address takes".to_owned()).into_response(),
    }
}
