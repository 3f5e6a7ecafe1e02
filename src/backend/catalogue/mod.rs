//! The catalogue: changed in a draft, looked at, published, planned, and brought back.

pub mod file;
pub mod in_force;
pub mod pages;
pub mod preview;
pub mod publishing;
pub mod queries;
mod room;

use axum::Router;

use self::pages as tiles;
use crate::pages::{Pages, layers};

pub use room::Room;

/// The addresses of this room.
pub fn router(room: Room) -> Router {
    let pages = Pages::new()
        .get("/console/tiles", tiles::list)
        .get("/console/tiles/edit", tiles::edit)
        .post("/console/tiles/edit", tiles::keep_entry)
        .post("/console/tiles/try", tiles::try_tile)
        .get("/console/tiles/text", tiles::text::form)
        .post_file("/console/tiles/text", tiles::text::write)
        .post("/console/tiles/take-over", tiles::take_over)
        .post("/console/tiles/send-back", tiles::send_back)
        .post("/console/tiles/move", tiles::move_entry)
        .post("/console/tiles/switch", tiles::switch)
        .post("/console/tiles/remove", tiles::remove_entry)
        .post("/console/tiles/discard", tiles::discard)
        .post("/console/tiles/go-on", tiles::go_on)
        .post("/console/tiles/publish", tiles::publish)
        .post("/console/tiles/plan", tiles::plan)
        .post("/console/tiles/unplan", tiles::unplan)
        .post_file("/console/tiles/import", tiles::import)
        .get("/console/tiles/revisions", tiles::revisions)
        .get("/console/tiles/revision", tiles::revision)
        .post("/console/tiles/bring-back", tiles::bring_back)
        .get("/console/tiles/preview", preview::page)
        .get("/console/tiles/preview.png", preview::picture)
        .get("/console/tiles/preview/words", preview::words)
        .get("/console/tiles/services.toml", tiles::file)
        .get("/console/tiles/services.zip", tiles::archive);
    layers::signed_in(pages, &room.store).with_state(room)
}
