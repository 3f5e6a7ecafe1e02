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
use kairan_contract::{Participation, Problem, Sha256, TabletId};
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

/// A stream of server-sent events: `manifest` with the SHA-256 of the manifest in force for this tablet, and `answers` with
/// the revision up to which something has become of its loan's requests, both at once and with every change. What it
/// tells is fetched as always.
#[utoipa::path(
    get, path = "/api/v1/changes", tag = "delivery",
    responses(
        (status = 200, description = "Events named `manifest` and `answers`; a comment every 15 seconds", body = String, content_type = "text/event-stream"),
        (status = 401, description = "No tablet shows this token", body = Problem),
        (status = 503, description = "As many tablets listen as can; the manifest is answered as always", body = Problem),
    ),
    security(("tablet" = []))
)]
pub async fn changes(State(backend): State<Room>, tablet: Tablet) -> Result<Response, Refusal> {
    let (tablet, loan) = (tablet.0.tablet, tablet.0.participation);
    let Some(permit) = backend.listeners.take(tablet) else {
        return Ok(no_place());
    };
    let answers = backend.news.subscribe(&backend.store.name_of_loan(loan)?);
    let events = Sse::new(events(backend, (tablet, loan), answers, permit));
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
    Ok(response)
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
    loan: Participation,
    changes: watch::Receiver<Option<Changes>>,
    answers: watch::Receiver<u64>,
    permit: ListenerPermit,
    told: Option<Sha256>,
    answers_told: Option<u64>,
    /// When it is its turn to hear of another manifest, and how much that is urgent had come before.
    turn: Option<(Instant, u64)>,
}

/// Something that a tablet is told.
enum News {
    Manifest(Sha256),
    Answers(u64),
}

/// One event now, and one for each change of what this tablet is told, until the backend stops or the tablet listens
/// anew. Changes that come while the tablet is slow melt into one.
fn events(
    backend: Room,
    (tablet, loan): (TabletId, Participation),
    answers: watch::Receiver<u64>,
    permit: ListenerPermit,
) -> impl Stream<Item = Result<Event, Infallible>> {
    let changes = backend.repository.changes();
    let begin = Listening {
        backend,
        tablet,
        loan,
        changes,
        answers,
        permit,
        told: None,
        answers_told: None,
        turn: None,
    };
    stream::unfold(begin, |mut listening| async move {
        let event = match listening.news().await? {
            News::Manifest(sha256) => Event::default().event("manifest").data(sha256.to_string()),
            News::Answers(revision) => Event::default().event("answers").data(revision.to_string()),
        };
        Some((Ok(event), listening))
    })
}

impl Listening {
    /// What this tablet is told next; none if the backend stops or the tablet listens anew.
    async fn news(&mut self) -> Option<News> {
        loop {
            // What one tablet is told of its own requests is no herd, and waits for no turn.
            // The manifest goes first, because it may say that the loan is to be forgotten.
            if self.told.is_some()
                && let Some(revision) = self.answer_news().await
            {
                return Some(News::Answers(revision));
            }
            let Some((turn, urgent_before)) = self.turn else {
                let seen = (*self.changes.borrow_and_update())?;
                let sha256 = manifest_for(&self.backend, self.tablet).sha256;
                if self.told != Some(sha256) {
                    self.told = Some(sha256);
                    return Some(News::Manifest(sha256));
                }
                tokio::select! {
                    changed = self.changes.changed() => {
                        changed.ok()?;
                        // Thousands that ask for the same at once keep one another, and everybody else, waiting.
                        let turn = self.backend.listeners.spread().mul_f64(rand::random());
                        self.turn = Some((Instant::now() + turn, seen.urgent));
                    }
                    changed = self.answers.changed() => changed.ok()?,
                    () = self.permit.is_overtaken() => return None,
                }
                continue;
            };
            let left = turn.saturating_duration_since(Instant::now());
            tokio::select! {
                turn = its_turn(&mut self.changes, urgent_before, left) => {
                    turn?;
                    self.turn = None;
                }
                changed = self.answers.changed() => changed.ok()?,
                () = self.permit.is_overtaken() => return None,
            }
        }
    }

    /// Up to which revision something has become of its requests, if that is news.
    async fn answer_news(&mut self) -> Option<u64> {
        let mut revision = *self.answers.borrow_and_update();
        if self.answers_told.is_none() {
            match self.backend.store.answered_up_to(self.loan).await {
                Ok(known) => revision = revision.max(known),
                // The tablet asks again at its own pace.
                Err(error) => {
                    tracing::error!(%error, "nobody knows what became of a loan's requests");
                }
            }
        }
        let is_news = self.answers_told.is_none_or(|told| told < revision);
        is_news.then(|| {
            self.answers_told = Some(revision);
            revision
        })
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
