//! `GET /api/v1/changes`: tells a tablet at once that there is something new, so that a warning
//! does not wait for the next question.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    http::{HeaderName, HeaderValue, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{Stream, stream};
use kairan_contract::{Problem, TabletId};

use super::routes::manifest_for;
use crate::{fleet::Tablet, http::Backend};

/// How often something is said when there is nothing to say, so that both ends know that the other
/// is still there.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// A stream of server-sent events: `manifest` with the SHA-256 of the manifest in force for this tablet, at once
/// and with every change. What it tells is fetched as always.
#[utoipa::path(
    get, path = "/api/v1/changes", tag = "delivery",
    responses(
        (status = 200, description = "Events named `manifest`; a comment every 15 seconds", body = String, content_type = "text/event-stream"),
        (status = 401, description = "No tablet shows this token", body = Problem),
    ),
    security(("tablet" = []))
)]
pub async fn changes(State(backend): State<Backend>, tablet: Tablet) -> Response {
    let events = events(backend, tablet.0.tablet);
    let events = Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT));
    let mut response = events.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // A proxy that gathers bytes before it passes them on would keep a warning to itself.
    headers.insert(
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
    );
    response
}

/// One event now, and one for each change of what this tablet is told, until the backend stops. Changes that come
/// while the tablet is slow melt into one.
fn events(backend: Backend, tablet: TabletId) -> impl Stream<Item = Result<Event, Infallible>> {
    let changes = backend.shelf.changes();
    let begin = (backend, changes, None);
    stream::unfold(begin, move |(backend, mut changes, told)| async move {
        loop {
            (*changes.borrow_and_update())?;
            let sha256 = manifest_for(&backend, tablet).sha256;
            if told != Some(sha256) {
                let event = Event::default().event("manifest").data(sha256.to_string());
                return Some((Ok(event), (backend, changes, Some(sha256))));
            }
            changes.changed().await.ok()?;
        }
    })
}
