//! The audit log: who did what, when, from what to what.

mod pages;
pub mod queries;
mod room;

use axum::{Router, routing::get};

use crate::pages::layers;

pub use room::Room;

/// The addresses of this room.
pub fn router(room: Room) -> Router {
    let pages = Router::new()
        .route("/console/audit", get(pages::list))
        .route("/console/audit.csv", get(pages::csv));
    layers::signed_in(pages, &room.store).with_state(room)
}
