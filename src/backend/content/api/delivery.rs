//! `GET /api/v1/manifest` and `GET /api/v1/blobs/{sha256}`.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kairan_contract::{Manifest, Problem, Sha256, TabletId};

use crate::{
    content::{ready::Ready, room::Room},
    tablets::Tablet,
    web::{
        clock::{TIME_HEADER, time_now},
        refusal::Refusal,
    },
};

/// What an answer depends on besides its address.
const VARIES: &str = "accept-encoding, authorization";

/// The list of everything that this tablet should hold.
#[utoipa::path(
    get, path = "/api/v1/manifest", tag = "delivery",
    params(("If-None-Match" = Option<String>, Header, description = "The ETag of the manifest that the tablet has")),
    responses(
        (status = 200, description = "The manifest", body = Manifest),
        (status = 304, description = "The tablet has it already"),
        (status = 401, description = "No tablet shows this token", body = Problem),
    ),
    security(("tablet" = []))
)]
pub async fn manifest(State(backend): State<Room>, tablet: Tablet, headers: HeaderMap) -> Response {
    answer(
        &manifest_for(&backend, tablet.0.tablet),
        &headers,
        "no-cache",
        "application/json",
    )
}

/// What this tablet is told now.
pub(crate) fn manifest_for(backend: &Room, tablet: TabletId) -> Arc<Ready> {
    let standing = backend.tablet_cache.standing_of(tablet);
    backend.repository.manifest(Some(tablet), &standing)
}

/// One blob. What lies at an address never changes.
#[utoipa::path(
    get, path = "/api/v1/blobs/{sha256}", tag = "delivery",
    params(("sha256" = Sha256, Path, description = "The SHA-256 of the blob")),
    responses(
        (status = 200, description = "The blob, bearing this hash", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 401, description = "No tablet shows this token", body = Problem),
        (status = 404, description = "It is not there any more; fetch the manifest again", body = Problem),
    ),
    security(("tablet" = []))
)]
pub async fn blob(
    State(backend): State<Room>,
    _: Tablet,
    Path(address): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let sha256: Sha256 = address.parse().map_err(|_| Refusal::NotFound)?;
    let ready = backend
        .repository
        .blob(sha256)
        .await
        .ok_or(Refusal::NotFound)?;
    Ok(answer(
        &ready,
        &headers,
        "private, max-age=31536000, immutable",
        "application/octet-stream",
    ))
}

/// The bytes, compressed if the tablet takes that, or 304 if it has them.
fn answer(
    ready: &Ready,
    asked: &HeaderMap,
    caching: &'static str,
    media_type: &'static str,
) -> Response {
    let takes_gzip = header_has(asked, &header::ACCEPT_ENCODING, |part| {
        part.split(';')
            .next()
            .is_some_and(|coding| coding.trim() == "gzip")
    });
    let gzip = ready.gzip.as_ref().filter(|_| takes_gzip);
    let coded = gzip.unwrap_or(&ready.plain);
    let is_held = header_has(asked, &header::IF_NONE_MATCH, |part| {
        let part = part.trim();
        part == "*" || part.trim_start_matches("W/").as_bytes() == coded.etag.as_bytes()
    });
    let mut response = if is_held {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Response::new(Body::from(coded.bytes.clone()))
    };
    let headers = response.headers_mut();
    headers.insert(header::ETAG, coded.etag.clone());
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::VARY, HeaderValue::from_static(VARIES));
    headers.insert(TIME_HEADER, time_now());
    if !is_held {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        if gzip.is_some() {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
    }
    response
}

fn header_has(headers: &HeaderMap, name: &HeaderName, wanted: impl Fn(&str) -> bool) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(wanted)
}
