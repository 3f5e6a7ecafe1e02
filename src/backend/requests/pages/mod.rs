//! What people see of requests: who asks to be rung, what is to be answered, and each by itself.

pub mod answering;
pub mod inbox;
pub mod one;
mod typed;
mod words;

use crate::{
    pages::{Right, queries::Person},
    requests::queries::desk::Desk,
};

/// Whose requests somebody answers; nobody's where they answer none.
fn desk_of(person: &Person) -> Option<Desk> {
    if person.role.may(Right::AnswerTownRequests) {
        return Some(Desk::Town);
    }
    let own = person.provider.clone();
    own.filter(|_| person.role.may(Right::AnswerOwnRequests))
        .map(Desk::Provider)
}
