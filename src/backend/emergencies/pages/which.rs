//! Which emergency a page is about, and who writes.

use kairan_contract::EmergencyId;
use serde::Deserialize;

use crate::{
    emergencies::{
        queries::{Author, Edition},
        room::Room,
    },
    pages::{PageError, SignedIn},
};

/// Which edition.
#[derive(Debug, Deserialize)]
pub struct Which {
    #[serde(default)]
    pub(super) id: String,
    #[serde(default)]
    pub(super) edition: u32,
    #[serde(default)]
    pub(super) drill: String,
    /// A text to begin from, and its language.
    #[serde(default)]
    pub(super) text: String,
    #[serde(default)]
    pub(super) language: String,
}

/// What was sent last of an emergency.
pub(super) async fn found(backend: &Room, id: &str) -> Result<Edition, PageError> {
    let id: EmergencyId = id.parse().map_err(|_| PageError::NotFound)?;
    let editions = backend.store.editions_of(id).await?;
    let mut released = editions.into_iter().filter(|it| it.released.is_some());
    released.next_back().ok_or(PageError::NotFound)
}

pub(super) fn author(signed_in: &SignedIn) -> Author<'_> {
    Author {
        id: signed_in.person.id,
        name: &signed_in.person.name,
    }
}
