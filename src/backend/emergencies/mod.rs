//! Emergencies and drills: what takes over the tablets' screens.

mod pages;
pub mod queries;
mod room;

use axum::Router;

use crate::pages::{Pages, layers};

pub use room::Room;

/// The addresses of this room.
pub fn router(room: Room) -> Router {
    let pages = Pages::new()
        .get("/console/emergencies", pages::list)
        .get("/console/emergencies/write", pages::form)
        .post("/console/emergencies/write", pages::write)
        .get("/console/emergencies/preview.png", pages::picture)
        .get("/console/emergencies/release", pages::ask)
        .post("/console/emergencies/release", pages::release)
        .post("/console/emergencies/end", pages::end)
        .post("/console/emergencies/let-go", pages::let_go);
    layers::signed_in(pages, &room.store).with_state(room)
}
