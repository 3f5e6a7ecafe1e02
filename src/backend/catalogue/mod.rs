//! The catalogue: changed in a draft, looked at, published, planned, and brought back.

pub mod file;
pub mod in_force;
pub mod pages;
pub mod preview;
pub mod publishing;
pub mod queries;
mod room;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};

use self::pages as tiles;
use crate::pages::{layers, upload};

pub use room::Room;

/// The addresses of this room.
pub fn router(room: Room) -> Router {
    let pages = Router::new()
        .route("/console/tiles", get(tiles::list))
        .route(
            "/console/tiles/edit",
            get(tiles::edit).post(tiles::keep_entry),
        )
        .route("/console/tiles/try", post(tiles::try_tile))
        .route(
            "/console/tiles/text",
            get(tiles::text::form)
                .post(tiles::text::write)
                .layer(DefaultBodyLimit::max(upload::READ_LIMIT)),
        )
        .route("/console/tiles/take-over", post(tiles::take_over))
        .route("/console/tiles/send-back", post(tiles::send_back))
        .route("/console/tiles/move", post(tiles::move_entry))
        .route("/console/tiles/switch", post(tiles::switch))
        .route("/console/tiles/remove", post(tiles::remove_entry))
        .route("/console/tiles/discard", post(tiles::discard))
        .route("/console/tiles/go-on", post(tiles::go_on))
        .route("/console/tiles/publish", post(tiles::publish))
        .route("/console/tiles/plan", post(tiles::plan))
        .route("/console/tiles/unplan", post(tiles::unplan))
        .route(
            "/console/tiles/import",
            post(tiles::import).layer(DefaultBodyLimit::max(upload::READ_LIMIT)),
        )
        .route("/console/tiles/revisions", get(tiles::revisions))
        .route("/console/tiles/revision", get(tiles::revision))
        .route("/console/tiles/bring-back", post(tiles::bring_back))
        .route("/console/tiles/preview", get(preview::page))
        .route("/console/tiles/preview.png", get(preview::picture))
        .route("/console/tiles/preview/words", get(preview::words))
        .route("/console/tiles/services.toml", get(tiles::file))
        .route("/console/tiles/services.zip", get(tiles::archive));
    layers::signed_in(pages, &room.store).with_state(room)
}
