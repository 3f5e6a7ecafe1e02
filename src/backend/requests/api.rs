//! What residents ask for: each request is kept exactly once, however often it comes.

use axum::{Json, extract::State};
use jiff::Timestamp;
use kairan_contract::{Problem, RequestBatch, RequestsReceived};

use crate::{requests::room::Room, tablets::Tablet, web::refusal::Refusal};

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
    let now = Timestamp::now();
    let (requests, unread) = batch.read();
    backend
        .store
        .keep_requests(tablet.0, &requests, now)
        .await?;
    // A helper may be looking at the log until there is a page that shows them.
    tracing::info!(participation = %tablet.0.participation, requests = requests.len(), "somebody asks for something");
    let received = requests.iter().map(|request| request.id).collect();
    Ok(Json(RequestsReceived { received, unread }))
}
