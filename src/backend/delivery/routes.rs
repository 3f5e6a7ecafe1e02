//! `GET /api/v1/manifest` and `GET /api/v1/blobs/{sha256}`.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use kairan_contract::{Manifest, Problem, Sha256};

use super::Ready;
use crate::{
    fleet::Tablet,
    server::{Backend, Refusal},
};

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
pub async fn manifest(State(backend): State<Backend>, _: Tablet, headers: HeaderMap) -> Response {
    answer(
        &backend.shelf.manifest(),
        &headers,
        "no-cache",
        "application/json",
    )
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
    State(backend): State<Backend>,
    _: Tablet,
    Path(address): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let sha256: Sha256 = address.parse().map_err(|_| Refusal::NotFound)?;
    let ready = backend.shelf.blob(sha256).await.ok_or(Refusal::NotFound)?;
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
    let takes_gzip = header_has(asked, header::ACCEPT_ENCODING, |part| {
        part.split(';')
            .next()
            .is_some_and(|coding| coding.trim() == "gzip")
    });
    let gzip = ready.gzip.as_ref().filter(|_| takes_gzip);
    let etag = match gzip {
        Some(_) => format!("\"{}-gzip\"", ready.sha256),
        None => format!("\"{}\"", ready.sha256),
    };
    let common = [
        (header::ETAG, etag.clone()),
        (header::CACHE_CONTROL, caching.to_owned()),
        (header::VARY, "accept-encoding, authorization".to_owned()),
    ];
    if header_has(asked, header::IF_NONE_MATCH, |part| {
        part.trim().trim_start_matches("W/") == etag || part.trim() == "*"
    }) {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    let kind = [(header::CONTENT_TYPE, media_type)];
    match gzip {
        Some(gzip) => (
            common,
            kind,
            [(header::CONTENT_ENCODING, "gzip")],
            gzip.clone(),
        )
            .into_response(),
        None => (common, kind, ready.plain.clone()).into_response(),
    }
}

fn header_has(
    headers: &HeaderMap,
    name: header::HeaderName,
    wanted: impl Fn(&str) -> bool,
) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(wanted)
}
