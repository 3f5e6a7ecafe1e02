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
use crate::{pages::layers, web};

pub use room::Room;

/// The addresses of this room.
pub fn router(room: Room) -> Router {
    let api = Router::new().route("/api/v1/records", post(api::records));
    let pages = Router::new()
        .route("/console/evaluation", get(evaluation::figures))
        .route(
            "/console/evaluation/figures.zip",
            get(evaluation::figures_zip),
        )
        .route(
            "/console/records",
            get(records::form).post(records::take_out),
        );
    web::api::sent(api)
        .route("/api/v1/dictionary", get(dictionary::dictionary))
        .merge(layers::signed_in(pages, &room.store))
        .with_state(room)
}
