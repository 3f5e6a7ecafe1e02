//! Usage records at rest: days are closed into summaries and Parquet files, and reports are made of
//! what they add up to.

pub mod api;
mod archive;
pub mod closing;
mod closing_error;
pub mod dictionary;
pub mod erasing;
pub mod export;
mod pages;
pub mod queries;
pub mod reporting;
pub mod retention;
mod room;
pub mod simulating;

use axum::{
    Router,
    routing::{get, post},
};

use self::pages::{evaluation, records};
use crate::{
    pages::{Pages, layers},
    web,
};

pub use room::Room;

/// The addresses of this room.
pub fn router(room: Room) -> Router {
    let api = Router::new().route("/api/v1/records", post(api::records));
    let pages = Pages::new()
        .get("/console/evaluation", evaluation::figures)
        .get("/console/evaluation/figures.zip", evaluation::figures_zip)
        .get("/console/records", records::form)
        .post("/console/records", records::take_out);
    web::api::sent(api)
        .route("/api/v1/dictionary", get(dictionary::dictionary))
        .merge(layers::signed_in(pages, &room.store))
        .with_state(room)
}
