//! The draft of whoever changes the catalogue, and which part of it a page is about.

use jiff::Timestamp;
use kairan_contract::Sha256;
use serde::Deserialize;

use crate::{
    catalogue::{queries::CatalogueDraft, room::Room},
    pages::{PageError, SignedIn},
};
use kairan_catalogue::edit::{NotEdited, Part};

/// Which tile, message, …, and where it goes.
#[derive(Debug, Clone, Deserialize)]
pub struct Which {
    #[serde(default)]
    pub(super) part: String,
    #[serde(default)]
    pub(super) id: String,
    #[serde(default)]
    pub(super) way: String,
}

impl Which {
    pub(super) fn part(&self) -> Part {
        part_named(&self.part)
    }
}

/// The part that an address or a form names; tiles where it names none.
pub(super) fn part_named(word: &str) -> Part {
    let known = Part::ALL.into_iter().find(|part| part.key() == word);
    known.unwrap_or(Part::Tile)
}

/// The page on which a part is listed.
pub(super) fn address_of(part: Part) -> String {
    match part {
        Part::Tile => "/console/tiles".to_owned(),
        other => format!("/console/tiles?part={}", other.key()),
    }
}

impl From<NotEdited> for PageError {
    fn from(error: NotEdited) -> Self {
        match error {
            NotEdited::Gone => Self::NotFound,
            NotEdited::Content => Self::Unreadable,
            NotEdited::Unreadable(_) => {
                tracing::error!(%error, "the console cannot read the catalogue");
                Self::CatalogueDamaged
            }
        }
    }
}

/// The text that is in force, and the draft of this person or a new one.
pub async fn draft(
    backend: &Room,
    signed_in: &SignedIn,
) -> Result<(String, CatalogueDraft), PageError> {
    let in_force = backend.desk.text().map_err(anyhow::Error::from)?;
    let kept = backend.store.draft(signed_in.person.id).await?;
    let fresh = || CatalogueDraft {
        base: Sha256::of(in_force.as_bytes()),
        text: in_force.clone(),
    };
    let draft = kept.unwrap_or_else(fresh);
    Ok((in_force, draft))
}

pub(super) async fn keep(
    backend: &Room,
    signed_in: &SignedIn,
    base: Sha256,
    text: String,
) -> Result<(), PageError> {
    let draft = CatalogueDraft { base, text };
    let now = Timestamp::now();
    Ok(backend
        .store
        .keep_draft(signed_in.person.id, &draft, now)
        .await?)
}
