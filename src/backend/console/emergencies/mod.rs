//! Emergencies and drills: one person writes, another releases, and either says that it is over. What tablets have
//! shown is counted from what they confirm. A room of pages: the list, the form, the sending.

mod form;
mod list;
mod sending;

use kairan_contract::EmergencyId;
use serde::Deserialize;

use super::{page::PageError, session::SignedIn};
use crate::{
    http::Backend,
    store::{Author, Edition},
};

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
}

/// What was sent last of an emergency.
async fn found(backend: &Backend, id: &str) -> Result<Edition, PageError> {
    let id: EmergencyId = id.parse().map_err(|_| PageError::NotFound)?;
    let editions = backend.store.editions().await?;
    let mut released = editions.into_iter().filter(|it| it.released.is_some());
    released.find(|it| it.id == id).ok_or(PageError::NotFound)
}

fn author(signed_in: &SignedIn) -> Author<'_> {
    Author {
        id: signed_in.person.id,
        name: &signed_in.person.name,
    }
}
