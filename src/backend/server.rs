//! The HTTP server: its routes, what every answer bears, and how it says no.

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Request},
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use jiff::Timestamp;
use kairan_contract::Problem;
use tower_http::timeout::TimeoutLayer;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{Http, HttpAuthScheme, SecurityScheme},
};

use crate::{
    delivery::{self, Shelf},
    fleet::{self, Guesses, Known},
    intake,
    store::{Store, StoreError},
};

/// Bytes of a request as it comes in.
const BODY_LIMIT: usize = 256 * 1024;
/// How long a request may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// The backend's clock in milliseconds since 1970 UTC, on every answer of the tablets' API.
pub const TIME_HEADER: &str = "kairan-time";

/// What all requests share.
#[derive(Clone)]
pub struct Backend {
    /// The database.
    pub store: Store,
    /// What tablets fetch.
    pub shelf: Arc<Shelf>,
    /// Who has shown a good token.
    pub known: Known,
    /// How many codes were tried.
    pub guesses: Arc<Guesses>,
}

/// The tablets' API as a document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Kairan tablets' API",
        description = "What a lent tablet asks of its council's backend. Every answer under /api/v1 bears `kairan-time`, the backend's clock in milliseconds since 1970 UTC.",
        license(name = "GPL-3.0-only", identifier = "GPL-3.0-only")
    ),
    paths(fleet::enrol, delivery::manifest, delivery::blob, intake::records),
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

/// All routes.
pub fn router(backend: Backend) -> Router {
    let document = api_document();
    let api = Router::new()
        .route("/enrolment", post(fleet::enrol))
        .route("/manifest", get(delivery::manifest))
        .route("/blobs/{sha256}", get(delivery::blob))
        .route("/records", post(intake::records))
        .layer(middleware::map_response(tell_the_time));
    Router::new()
        .nest("/api/v1", api)
        .route(
            "/api/openapi.json",
            get(move || async move { ([(header::CONTENT_TYPE, "application/json")], document) }),
        )
        .fallback(|| async { Refusal::NotFound })
        .layer(middleware::from_fn(in_our_words))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            PATIENCE,
        ))
        .with_state(backend)
}

async fn tell_the_time(mut response: Response) -> Response {
    if let Ok(now) = HeaderValue::from_str(&Timestamp::now().as_millisecond().to_string()) {
        response.headers_mut().insert(TIME_HEADER, now);
    }
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
        StatusCode::METHOD_NOT_ALLOWED => Refusal::WrongMethod.into_response(),
        _ => Refusal::Unreadable("it is not what this address takes".to_owned()).into_response(),
    }
}

/// Why a request is not answered. Nothing of our inside is told.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// No tablet shows this token.
    #[error("no tablet is known by this token; enrol the tablet again with a new code")]
    UnknownTablet,
    /// The code opens nothing.
    #[error("this code is not valid; ask the helper for a new one")]
    CodeNotValid,
    /// Too many codes were tried.
    #[error("too many codes were tried; wait a minute and try again")]
    TooManyGuesses,
    /// There is nothing here.
    #[error("there is nothing at this address; fetch the manifest again")]
    NotFound,
    /// The address takes other methods.
    #[error("this address takes another method; see /api/openapi.json")]
    WrongMethod,
    /// The body is too large.
    #[error("this is too much at once; send less")]
    TooLarge,
    /// The body cannot be read.
    #[error("the request cannot be read: {0}")]
    Unreadable(String),
    /// The database is busy, full or gone.
    #[error("nothing was taken; try again later")]
    NotNow,
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a request found the database unable");
        Self::NotNow
    }
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::UnknownTablet => StatusCode::UNAUTHORIZED,
            Self::CodeNotValid => StatusCode::FORBIDDEN,
            Self::TooManyGuesses => StatusCode::TOO_MANY_REQUESTS,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unreadable(_) => StatusCode::BAD_REQUEST,
            Self::NotNow => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = self.status();
        let problem = Problem {
            title: self.to_string(),
            status: status.as_u16(),
        };
        (status, Json(problem)).into_response()
    }
}
