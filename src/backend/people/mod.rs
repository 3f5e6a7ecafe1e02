//! Who may use the console: their accounts, how they sign in, and how often somebody may try.

mod devices;
pub mod pages;
mod password;
pub mod queries;
mod room;
mod second_factor;
mod waiting;

use axum::Router;

use self::pages::{me, people, sign_in};
use crate::pages::{Pages, layers};

pub use room::{Providers, Room};

/// The addresses of this room.
pub fn router(room: Room) -> Router {
    let outside = Pages::new()
        .get("/console/sign-in", sign_in::form)
        .post("/console/sign-in", sign_in::sign_in)
        .get("/console/second-factor", sign_in::second_factor_form)
        .post("/console/second-factor", sign_in::second_factor)
        .post("/console/sign-out", sign_in::sign_out);
    let pages = Pages::new()
        .get("/console/me", me::form)
        .post("/console/me", me::renew)
        .post("/console/me/mail", me::mail)
        .get("/console/people", people::list)
        .post("/console/people", people::add_one)
        .post("/console/people/bar", people::bar)
        .post("/console/people/role", people::place)
        .post("/console/people/mail", people::mail)
        .post("/console/people/password", people::renew);
    layers::open(outside)
        .merge(layers::signed_in(pages, &room.store))
        .with_state(room)
}
