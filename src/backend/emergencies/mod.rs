//! Emergencies and drills: what takes over the tablets' screens.

mod pages;
pub mod queries;
mod room;

use axum::{
    Router,
    routing::{get, post},
};

use crate::pages::layers;

pub use room::Room;

/// The addresses of this room.
pub fn router(room: Room) -> Router {
    let pages = Router::new()
        .route("/console/emergencies", get(pages::list))
        .route(
            "/console/emergencies/write",
            get(pages::form).post(pages::write),
        )
        .route("/console/emergencies/preview.png", get(pages::picture))
        .route(
            "/console/emergencies/release",
            get(pages::ask).post(pages::release),
        )
        .route("/console/emergencies/end", post(pages::end))
        .route("/console/emergencies/let-go", post(pages::let_go));
    layers::signed_in(pages, &room.store).with_state(room)
}
