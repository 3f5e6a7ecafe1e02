//! Tablets: how they are let in, what they say of themselves, who has them, and which the council owns.

pub mod api;
pub mod guessing;
pub mod known;
pub mod overview;
pub mod pages;
pub mod queries;
mod room;
pub mod stock;

use axum::{
    Router,
    routing::{get, post},
};

use self::{
    api::{enrolment, status, wiping},
    pages::{loans, stock as stock_pages, tablets},
};
use crate::{pages::layers, web};

pub use known::{Known, Tablet};
pub use room::Room;

/// The addresses of this room.
pub fn router(room: Room) -> Router {
    let api = Router::new()
        .route("/api/v1/enrolment", post(enrolment::enrol))
        .route("/api/v1/status", post(status::status))
        .route("/api/v1/wipe", post(wiping::wipe));
    let pages = Router::new()
        .route("/console/tablets", get(tablets::list))
        .route("/console/tablets/tell", post(tablets::tell))
        .route("/console/tablets/label", post(tablets::label))
        .route("/console/tablets.csv", get(tablets::csv))
        .route(
            "/console/tablets/stock",
            get(stock_pages::list).post(stock_pages::register),
        )
        .route("/console/tablets/stock/away", post(stock_pages::put_away))
        .route("/console/tablets/stock.csv", get(stock_pages::csv))
        .route("/console/loans/new", get(loans::form).post(loans::begin))
        .route("/console/loans/replace", post(loans::replace))
        .route("/console/loans/end", post(loans::end));
    web::api::sent(api)
        .merge(layers::signed_in(pages, &room.store))
        .with_state(room)
}
