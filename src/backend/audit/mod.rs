//! The audit log: who did what, when, from what to what.

mod pages;
pub mod queries;
mod room;

use axum::Router;

use crate::pages::{Pages, layers};

pub use room::Room;

/// The addresses of this room.
pub fn router(room: Room) -> Router {
    let pages = Pages::new()
        .get("/console/audit", pages::list)
        .get("/console/audit.csv", pages::csv);
    layers::signed_in(pages, &room.store).with_state(room)
}
