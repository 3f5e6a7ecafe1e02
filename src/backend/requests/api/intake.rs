//! `POST /api/v1/requests`: what residents ask for. Each is kept exactly once, however often it comes.

use axum::{Json, extract::State};
use jiff::Timestamp;
use kairan_contract::{
    PersonalData, Problem, RequestBatch, RequestId, RequestKind, RequestsReceived,
};

use crate::{
    requests::{
        offered::Offers,
        queries::intake::{Received, Sender},
        room::Room,
    },
    tablets::Tablet,
    web::refusal::Refusal,
};

/// Takes in requests and says which of them stand in the database now.
#[utoipa::path(
    post, path = "/api/v1/requests", tag = "intake",
    request_body = RequestBatch,
    responses(
        (status = 200, description = "What was taken", body = RequestsReceived),
        (status = 400, description = "The batch cannot be read", body = Problem),
        (status = 401, description = "No tablet shows this token", body = Problem),
        (status = 413, description = "The batch is too large; send fewer requests", body = Problem),
        (status = 503, description = "Nothing was taken; try again later", body = Problem),
    ),
    security(("tablet" = []))
)]
pub async fn requests(
    State(backend): State<Room>,
    tablet: Tablet,
    Json(batch): Json<RequestBatch>,
) -> Result<Json<RequestsReceived>, Refusal> {
    if batch.requests.len() > RequestBatch::LIMIT {
        return Err(Refusal::TooLarge);
    }
    let (received, unread) = read(batch);
    let standing = backend.tablet_cache.standing_of(tablet.0.tablet);
    let offers = backend
        .repository
        .with_catalogue(standing.is_trial, Offers::of);
    let sender = Sender {
        tablet: tablet.0,
        recipient: standing.recipient,
        offers: &offers,
    };
    backend
        .store
        .take_in_requests(&sender, &received, Timestamp::now())
        .await?;
    backend.news.look();
    tracing::info!(requests = received.len(), "somebody asks for something");
    let received: Vec<RequestId> = received.iter().map(|it| it.request.id).collect();
    Ok(Json(RequestsReceived { received, unread }))
}

/// The requests that this version can read, and the places of the others. What says more than one request may is read
/// without its answers: it is kept, and the resident is told that it cannot be done.
fn read(batch: RequestBatch) -> (Vec<Received>, Vec<u64>) {
    let sizes: Vec<usize> = batch
        .requests
        .iter()
        .map(|it| it.to_string().len())
        .collect();
    let (requests, unread) = batch.read();
    let places = (0..).zip(sizes);
    let sizes = places.filter(|(place, _)| !unread.contains(place));
    let received = requests.into_iter().zip(sizes);
    let received = received.map(|(mut request, (_, size))| {
        let is_too_large = size > RequestBatch::REQUEST_BYTES;
        if let (true, RequestKind::Form(form)) = (is_too_large, &mut request.what) {
            form.answers.clear();
            form.person = PersonalData::default();
        }
        Received {
            request,
            is_too_large,
        }
    });
    (received.collect(), unread)
}
