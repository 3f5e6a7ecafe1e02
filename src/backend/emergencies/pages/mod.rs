//! Emergencies and drills: one person writes, another releases, and either says that it is over. What tablets have
//! shown is counted from what they confirm. A room of pages: the list, the form with texts to begin from, the last
//! question before it is sent, the sending.

mod asking;
mod form;
mod list;
mod reach;
mod sending;
mod texts;

use kairan_contract::EmergencyId;
use serde::Deserialize;

use super::queries::{Author, Edition};
use crate::{
    emergencies::room::Room,
    pages::{PageError, SignedIn},
};

pub use asking::ask;
pub use form::{form, write};
pub use list::list;
pub use sending::{end, let_go, picture, release};

/// Which edition.
#[derive(Debug, Deserialize)]
pub struct Which {
    #[serde(default)]
    id: String,
    #[serde(default)]
    edition: u32,
    #[serde(default)]
    drill: String,
    /// A text to begin from, and its language.
    #[serde(default)]
    text: String,
    #[serde(default)]
    language: String,
}

/// What was sent last of an emergency.
async fn found(backend: &Room, id: &str) -> Result<Edition, PageError> {
    let id: EmergencyId = id.parse().map_err(|_| PageError::NotFound)?;
    let editions = backend.store.editions_of(id).await?;
    let mut released = editions.into_iter().filter(|it| it.released.is_some());
    released.next_back().ok_or(PageError::NotFound)
}

fn author(signed_in: &SignedIn) -> Author<'_> {
    Author {
        id: signed_in.person.id,
        name: &signed_in.person.name,
    }
}
