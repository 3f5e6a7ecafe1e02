//! What residents ask the council for: to be rung, for now.

pub mod api;
mod pages;
pub mod queries;
mod room;

use axum::{Router, routing::post};

use crate::{
    pages::{Pages, layers},
    web,
};

pub use room::Room;

/// The addresses of this room.
pub fn router(room: Room) -> Router {
    let api = Router::new().route("/api/v1/requests", post(api::requests));
    let pages = Pages::new()
        .get("/console/requests", pages::list)
        .post("/console/requests", pages::settle);
    web::api::sent(api)
        .merge(layers::signed_in(pages, &room.store))
        .with_state(room)
}
