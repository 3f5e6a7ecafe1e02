//! Tablets: how they are let in, what they say of themselves, who has them, and which the council owns.

pub mod api;
pub mod cache;
pub mod guessing;
pub mod overview;
pub mod pages;
pub mod queries;
mod room;
pub mod stock;

use axum::{Router, routing::post};

use self::{
    api::{enrolment, status, wiping},
    pages::{loans, stock as stock_pages, tablets},
};
use crate::{
    pages::{Pages, layers},
    web,
};

pub use cache::{Tablet, TabletCache};
pub use room::Room;

/// The addresses of this room.
pub fn router(room: Room) -> Router {
    let api = Router::new()
        .route("/api/v1/enrolment", post(enrolment::enrol))
        .route("/api/v1/status", post(status::status))
        .route("/api/v1/wipe", post(wiping::wipe));
    let pages = Pages::new()
        .get("/console/tablets", tablets::list)
        .post("/console/tablets/tell", tablets::tell)
        .post("/console/tablets/label", tablets::label)
        .get("/console/tablets.csv", tablets::csv)
        .get("/console/tablets/stock", stock_pages::list)
        .post("/console/tablets/stock", stock_pages::register)
        .post("/console/tablets/stock/away", stock_pages::put_away)
        .get("/console/tablets/stock.csv", stock_pages::csv)
        .get("/console/loans/new", loans::form)
        .post("/console/loans/new", loans::begin)
        .post("/console/loans/replace", loans::replace)
        .post("/console/loans/end", loans::end);
    web::api::sent(api)
        .merge(layers::signed_in(pages, &room.store))
        .with_state(room)
}
