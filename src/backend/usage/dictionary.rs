//! What a usage record says, for everybody who reads one.

use axum::Json;
use kairan_evaluation::dictionary::{self, Dictionary};

/// Every kind of usage record with its fields, units and an example.
#[utoipa::path(
    get, path = "/api/v1/dictionary", tag = "intake",
    responses((status = 200, description = "The data dictionary", body = Object)),
)]
pub async fn dictionary() -> Json<Dictionary> {
    Json(dictionary::dictionary())
}
