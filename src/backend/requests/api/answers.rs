//! `GET /api/v1/answers`: what became of what a loan has asked for.

use axum::{
    Json,
    extract::{Query, State},
};
use jiff::Timestamp;
use kairan_contract::{Problem, RequestAnswers};
use serde::Deserialize;

use crate::{requests::room::Room, tablets::Tablet, web::refusal::Refusal};

/// What a tablet has heard already.
#[derive(Debug, Deserialize)]
pub struct Heard {
    /// The revision up to which it has.
    #[serde(default)]
    since: u64,
}

/// What has become of the requests of this tablet's loan since a revision.
#[utoipa::path(
    get, path = "/api/v1/answers", tag = "delivery",
    params(("since" = Option<u64>, Query, description = "The revision up to which the tablet has heard everything; from the beginning where it is absent")),
    responses(
        (status = 200, description = "The requests that have changed since", body = RequestAnswers),
        (status = 400, description = "The revision is no number", body = Problem),
        (status = 401, description = "No tablet shows this token", body = Problem),
        (status = 503, description = "Nobody knows just now; try again later", body = Problem),
    ),
    security(("tablet" = []))
)]
pub async fn answers(
    State(backend): State<Room>,
    tablet: Tablet,
    Query(heard): Query<Heard>,
) -> Result<Json<RequestAnswers>, Refusal> {
    let loan = tablet.0.participation;
    let now = Timestamp::now();
    let mut told = backend.store.answers_since(loan, heard.since, now).await?;
    for answer in &mut told.answers {
        // What was asked before it was noted who answers.
        if answer.provider.is_empty() {
            let (council, telephone) = backend.repository.with_catalogue(false, |catalogue| {
                let council = &catalogue.council;
                (council.name.clone(), council.helper_telephone.clone())
            });
            answer.provider = council;
            answer.telephone.get_or_insert(telephone);
        }
    }
    Ok(Json(told))
}
