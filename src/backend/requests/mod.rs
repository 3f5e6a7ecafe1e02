//! What residents ask for: to be rung, and whatever a form lets them ask a provider for; and what becomes of it.

pub mod api;
pub mod demonstration;
pub mod details;
pub mod offered;
pub mod offering;
mod pages;
pub mod queries;
mod room;
pub mod rules;
pub mod telling;

use axum::{
    Router,
    routing::{get, post},
};

use self::api::{answers, intake};
use crate::{
    pages::{Pages, layers},
    web,
};

pub use room::Room;

/// The addresses of this room.
pub fn router(room: Room) -> Router {
    let api = Router::new()
        .route("/api/v1/requests", post(intake::requests))
        .route("/api/v1/answers", get(answers::answers));
    let pages = Pages::new()
        .get("/console/requests", pages::inbox::list)
        .post("/console/requests", pages::inbox::settle)
        .get("/console/requests/{id}", pages::one::one)
        .post("/console/requests/{id}", pages::answering::answer);
    web::api::sent(api)
        .merge(layers::signed_in(pages, &room.store))
        .with_state(room)
}
