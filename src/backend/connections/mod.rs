//! Connections: machines of providers, what each shows who it is, and the webhooks with which it is told that something
//! has happened. What a machine may ask and answer lies with what it is about, in the rooms above.

pub mod event;
mod pages;
mod problem;
pub mod queries;
mod retry;
mod room;
mod sending;
pub mod settings;
mod signature;
pub mod token;

use axum::Router;

use crate::pages::{Pages, layers};

pub use problem::ProviderProblem;
pub use room::Room;
pub use sending::WebhookSender;
pub use token::Machine;

/// The addresses of this room.
pub fn router(room: Room) -> Router {
    let console = Pages::new()
        .get("/console/connections", pages::list)
        .post("/console/connections", pages::make)
        .get("/console/connections/one", pages::one)
        .post("/console/connections/token", pages::renew)
        .post("/console/connections/revoke", pages::revoke)
        .post("/console/connections/endpoint", pages::endpoint)
        .post("/console/connections/ping", pages::ping)
        .post("/console/connections/again", pages::again);
    layers::signed_in(console, &room.store).with_state(room)
}
