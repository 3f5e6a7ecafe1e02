//! Who may use the console: their accounts, how they sign in, and how often somebody may try.

mod devices;
pub mod pages;
mod password;
pub mod queries;
mod room;
mod second_factor;
mod waiting;

use axum::{
    Router,
    routing::{get, post},
};

use self::pages::{me, people, sign_in};
use crate::pages::layers;

pub use room::{Providers, Room};

/// The addresses of this room.
pub fn router(room: Room) -> Router {
    let outside = Router::new()
        .route(
            "/console/sign-in",
            get(sign_in::form).post(sign_in::sign_in),
        )
        .route(
            "/console/second-factor",
            get(sign_in::second_factor_form).post(sign_in::second_factor),
        )
        .route("/console/sign-out", post(sign_in::sign_out));
    let pages = Router::new()
        .route("/console/me", get(me::form).post(me::renew))
        .route("/console/me/mail", post(me::mail))
        .route("/console/people", get(people::list).post(people::add_one))
        .route("/console/people/bar", post(people::bar))
        .route("/console/people/role", post(people::place))
        .route("/console/people/mail", post(people::mail))
        .route("/console/people/password", post(people::renew));
    layers::open(outside)
        .merge(layers::signed_in(pages, &room.store))
        .with_state(room)
}
