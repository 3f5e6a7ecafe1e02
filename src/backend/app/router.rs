//! The HTTP server: its routes and the document that describes them.

use std::time::Duration;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::{StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use tower_http::timeout::TimeoutLayer;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{Http, HttpAuthScheme, SecurityScheme},
};

use super::{console, state::Backend};
use crate::{
    content::api::{changes, delivery},
    requests::api as requests,
    tablets::api::{enrolment, status, wiping},
    usage::{api as intake, dictionary},
    web::refusal::{Refusal, TIME_HEADER, time_now},
};

/// Bytes of a request as it comes in.
const BODY_LIMIT: usize = 256 * 1024;
/// How long a request may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The tablets' API as a document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Kairan tablets' API",
        description = "What a lent tablet asks of its council's backend. Every answer under /api/v1 bears `kairan-time`, the backend's clock in milliseconds since 1970 UTC.",
        license(name = "GPL-3.0-only", identifier = "GPL-3.0-only")
    ),
    paths(enrolment::enrol, status::status, wiping::wipe, delivery::manifest, delivery::blob, changes::changes, intake::records, requests::requests, dictionary::dictionary),
    components(schemas(kairan_contract::Content, kairan_contract::WireRecord)),
    modifiers(&TabletToken)
)]
pub struct Api;

struct TabletToken;

impl Modify for TabletToken {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let token = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("tablet", token);
    }
}

/// The document as it is served and kept as a snapshot.
pub fn api_document() -> String {
    Api::openapi().to_pretty_json().unwrap_or_default()
}

/// All routes. What tablets ask for every minute goes through nothing that it does not need.
pub fn router(backend: Backend) -> Router {
    let document = api_document();
    let fetched = Router::new()
        .route("/api/v1/manifest", get(delivery::manifest))
        .route("/api/v1/blobs/{sha256}", get(delivery::blob))
        .route("/api/v1/changes", get(changes::changes))
        .method_not_allowed_fallback(|| async { Refusal::WrongMethod });
    let sent = Router::new()
        .route("/api/v1/enrolment", post(enrolment::enrol))
        .route("/api/v1/status", post(status::status))
        .route("/api/v1/wipe", post(wiping::wipe))
        .route("/api/v1/records", post(intake::records))
        .route("/api/v1/requests", post(requests::requests))
        .method_not_allowed_fallback(|| async { Refusal::WrongMethod })
        .layer(middleware::from_fn(in_our_words))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            PATIENCE,
        ))
        .layer(middleware::map_response(tell_the_time));
    Router::new()
        .nest("/console", console::router(&backend))
        .route(
            "/console/",
            get(|| async { Redirect::permanent("/console") }),
        )
        .merge(fetched)
        .merge(sent)
        .route("/api/v1/dictionary", get(dictionary::dictionary))
        .route(
            "/api/openapi.json",
            get(move || async move { ([(header::CONTENT_TYPE, "application/json")], document) }),
        )
        .fallback(|| async { Refusal::NotFound })
        .with_state(backend)
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
