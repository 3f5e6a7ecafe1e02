//! What tablets say of themselves.

use axum::{Json, extract::State, http::StatusCode};
use jiff::Timestamp;
use kairan_contract::{Problem, TabletStatus};

use crate::{
    tablets::{cache::Tablet, room::Room},
    web::refusal::Refusal,
};

/// Letters of a version.
const VERSION_LIMIT: usize = 20;

/// Keeps what a tablet says of itself: what a helper asks about it, and nothing about its resident.
#[utoipa::path(
    post, path = "/api/v1/status", tag = "fleet",
    request_body = TabletStatus,
    responses(
        (status = 204, description = "It is kept"),
        (status = 401, description = "No tablet shows this token", body = Problem),
    ),
    security(("tablet" = []))
)]
pub async fn status(
    State(backend): State<Room>,
    tablet: Tablet,
    Json(mut status): Json<TabletStatus>,
) -> Result<StatusCode, Refusal> {
    status.version = status
        .version
        .chars()
        .filter(char::is_ascii_graphic)
        .take(VERSION_LIMIT)
        .collect();
    status.battery_percent = status.battery_percent.map(|percent| percent.min(100));
    let now = Timestamp::now();
    backend
        .store
        .put_status(tablet.0.tablet, &status, now)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
