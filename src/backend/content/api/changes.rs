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
use kairan_contract::{Problem, Sha256, TabletId};
use tokio::{sync::watch, time::Instant};

use super::delivery::manifest_for;
use crate::{
    content::{listeners::ListenerPermit, repository::Changes, room::Room},
    tablets::Tablet,
    web::{listening::Listens, refusal::Refusal},
};

/// How often something is said when there is nothing to say, so that both ends know that the other
/// is still there.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// After how many seconds a tablet may come back for which there was no place, about.
const COME_BACK_AFTER: u64 = 60;

/// A stream of server-sent events: `manifest` with the SHA-256 of the manifest in force for this tablet, at once
/// and with every change. What it tells is fetched as always.
#[utoipa::path(
    get, path = "/api/v1/changes", tag = "delivery",
    responses(
        (status = 200, description = "Events named `manifest`; a comment every 15 seconds", body = String, content_type = "text/event-stream"),
        (status = 401, description = "No tablet shows this token", body = Problem),
        (status = 503, description = "As many tablets listen as can; the manifest is answered as always", body = Problem),
    ),
    security(("tablet" = []))
)]
pub async fn changes(State(backend): State<Room>, tablet: Tablet) -> Response {
    let tablet = tablet.0.tablet;
    let Some(permit) = backend.listeners.take(tablet) else {
        return no_place();
    };
    let events = Sse::new(events(backend, tablet, permit));
    let mut response = events
        .keep_alive(KeepAlive::new().interval(HEARTBEAT))
        .into_response();
    response.extensions_mut().insert(Listens);
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // A proxy that gathers bytes before it passes them on would keep a warning to itself.
    headers.insert(
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
    );
    response
}

/// Thousands for which there is no place must not come back in the same second.
fn no_place() -> Response {
    let mut response = Refusal::NoPlaceToListen.into_response();
    let spread = rand::random_range(COME_BACK_AFTER / 2..COME_BACK_AFTER * 3 / 2);
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from(spread));
    response
}

/// What one tablet was told, and what it waits for.
struct Listening {
    backend: Room,
    tablet: TabletId,
    changes: watch::Receiver<Option<Changes>>,
    permit: ListenerPermit,
    told: Option<Sha256>,
}

/// One event now, and one for each change of what this tablet is told, until the backend stops or the tablet listens
/// anew. Changes that come while the tablet is slow melt into one.
fn events(
    backend: Room,
    tablet: TabletId,
    permit: ListenerPermit,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let changes = backend.repository.changes();
    let begin = Listening {
        backend,
        tablet,
        changes,
        permit,
        told: None,
    };
    stream::unfold(begin, |mut listening| async move {
        let sha256 = listening.news().await?;
        let event = Event::default().event("manifest").data(sha256.to_string());
        Some((Ok(event), listening))
    })
}

impl Listening {
    /// What this tablet is told next; none if the backend stops or the tablet listens anew.
    async fn news(&mut self) -> Option<Sha256> {
        loop {
            let seen = (*self.changes.borrow_and_update())?;
            let sha256 = manifest_for(&self.backend, self.tablet).sha256;
            if self.told != Some(sha256) {
                self.told = Some(sha256);
                return Some(sha256);
            }
            tokio::select! {
                changed = self.changes.changed() => changed.ok()?,
                () = self.permit.is_overtaken() => return None,
            }
            // Thousands that ask for the same at once keep one another, and everybody else, waiting.
            let turn = self.backend.listeners.spread().mul_f64(rand::random());
            tokio::select! {
                turn = its_turn(&mut self.changes, seen.urgent, turn) => turn?,
                () = self.permit.is_overtaken() => return None,
            }
        }
    }
}

/// Waits until it is a tablet's turn, or until something urgent has come, which has no turns; none if the backend stops.
async fn its_turn(
    changes: &mut watch::Receiver<Option<Changes>>,
    urgent_before: u64,
    turn: Duration,
) -> Option<()> {
    let turn = Instant::now() + turn;
    loop {
        if (*changes.borrow_and_update())?.urgent != urgent_before {
            return Some(());
        }
        tokio::select! {
            () = tokio::time::sleep_until(turn) => return Some(()),
            changed = changes.changed() => changed.ok()?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_urgent_passes_those_that_wait_for_their_turn() {
        let told = |all, urgent| Some(Changes { all, urgent });
        let sender = watch::Sender::new(told(1, 0));
        let mut changes = sender.subscribe();
        let hour = Duration::from_hours(1);
        let soon = Duration::from_millis(50);
        let waiting = tokio::time::timeout(soon, its_turn(&mut changes, 0, hour));
        assert!(waiting.await.is_err(), "what can wait does");
        sender.send_replace(told(2, 0));
        let waiting = tokio::time::timeout(soon, its_turn(&mut changes, 0, hour));
        assert!(waiting.await.is_err(), "more of it changes nothing");
        let (turn, ()) = tokio::join!(its_turn(&mut changes, 0, hour), async {
            sender.send_replace(told(3, 1));
        });
        assert_eq!(turn, Some(()));
        sender.send_replace(None);
        assert_eq!(its_turn(&mut changes, 1, hour).await, None);
    }
}
