//! What the tiles show: the rounds in which it is gathered, how it comes to lie in the repository, and how tablets fetch it.

pub mod addressed_emergency;
pub mod answers;
pub mod api;
pub mod asking;
mod blobs;
pub mod gather;
pub mod gathering;
pub mod listeners;
mod manifests;
mod placing;
pub mod queries;
mod ready;
pub mod repository;
mod room;
mod round;
pub mod standings;

use axum::{Router, routing::get};

use self::api::{changes, delivery};
use crate::web;

pub use gathering::Gathering;
pub use room::Room;

/// The addresses of this room.
pub fn router(room: Room) -> Router {
    let api = Router::new()
        .route("/api/v1/manifest", get(delivery::manifest))
        .route("/api/v1/blobs/{sha256}", get(delivery::blob))
        .route("/api/v1/changes", get(changes::changes));
    web::api::fetched(api).with_state(room)
}
