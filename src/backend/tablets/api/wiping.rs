//! Tablets that were told to forget their loan say how far they are.

use axum::{Json, extract::State, http::StatusCode};
use jiff::Timestamp;
use kairan_contract::{Problem, WipeReport, WipeState};

use crate::{
    tablets::{cache::Tablet, room::Room},
    web::refusal::Refusal,
};

/// Notes how far a tablet is with forgetting its loan. After `done` its token opens nothing more.
#[utoipa::path(
    post, path = "/api/v1/wipe", tag = "fleet",
    request_body = WipeReport,
    responses(
        (status = 204, description = "It is noted"),
        (status = 401, description = "No tablet shows this token: a wipe that was done is told once", body = Problem),
    ),
    security(("tablet" = []))
)]
pub async fn wipe(
    State(backend): State<Room>,
    tablet: Tablet,
    Json(report): Json<WipeReport>,
) -> Result<StatusCode, Refusal> {
    let tablet = tablet.0.tablet;
    backend
        .store
        .note_wipe(tablet, report.state, Timestamp::now())
        .await?;
    if report.state == WipeState::Done {
        backend.tablet_cache.forget();
    }
    tracing::info!(%tablet, state = ?report.state, "a tablet forgets its loan");
    Ok(StatusCode::NO_CONTENT)
}
