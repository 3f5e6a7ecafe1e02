//! The catalogue in the console: changed in a draft, looked at, published when it says what it should, and brought
//! back with one press. A room of pages: the list, the form, the trial, the publication.

mod audience;
mod content;
mod exchange;
mod form;
mod icons;
mod list;
mod publishing;
pub mod scope;
mod taking_over;
pub mod text;
mod trying;
mod words;

use jiff::Timestamp;
use kairan_contract::Sha256;
use serde::Deserialize;

use super::queries::Draft;
use crate::{
    catalogue::room::Room,
    pages::{PageError, SignedIn, Tongue},
};
use kairan_catalogue::{
    Language,
    edit::{NotEdited, Part},
};

pub use exchange::{archive, file, import};
pub use form::{edit, keep_entry};
pub use list::{discard, go_on, list, move_entry, remove_entry, switch};
pub use publishing::{bring_back, plan, publish, revision, revisions, unplan};
pub use taking_over::{send_back, take_over};
pub use trying::try_tile;

/// Which tile, message, …, and where it goes.
#[derive(Debug, Clone, Deserialize)]
pub struct Which {
    #[serde(default)]
    part: String,
    #[serde(default)]
    id: String,
    #[serde(default)]
    way: String,
}

impl Which {
    fn part(&self) -> Part {
        part_named(&self.part)
    }
}

/// The part that an address or a form names; tiles where it names none.
fn part_named(word: &str) -> Part {
    let known = Part::ALL.into_iter().find(|part| part.key() == word);
    known.unwrap_or(Part::Tile)
}

/// The page on which a part is listed.
fn address_of(part: Part) -> String {
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
pub async fn draft(backend: &Room, signed_in: &SignedIn) -> Result<(String, Draft), PageError> {
    let in_force = backend.desk.text().map_err(anyhow::Error::from)?;
    let kept = backend.store.draft(signed_in.person.id).await?;
    let fresh = || Draft {
        base: Sha256::of(in_force.as_bytes()),
        text: in_force.clone(),
    };
    let draft = kept.unwrap_or_else(fresh);
    Ok((in_force, draft))
}

async fn keep(
    backend: &Room,
    signed_in: &SignedIn,
    base: Sha256,
    text: String,
) -> Result<(), PageError> {
    let draft = Draft { base, text };
    let now = Timestamp::now();
    Ok(backend
        .store
        .keep_draft(signed_in.person.id, &draft, now)
        .await?)
}

fn language(tongue: Tongue) -> Language {
    match tongue {
        Tongue::Japanese => Language::Japanese,
        Tongue::English => Language::English,
    }
}
