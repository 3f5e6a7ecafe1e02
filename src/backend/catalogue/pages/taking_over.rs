//! Taking over what people of a provider have changed, into an operator's own draft, tile by tile; or giving it back
//! with a word on what is to be mended.

use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::Timestamp;
use kairan_contract::Sha256;
use kairan_text::tr;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    drafting::{draft, keep},
    list::page,
    publishing::{NOTE_LIMIT, note_of},
    scope::Scope,
};
use crate::{
    audit::queries::{Act, Deed},
    catalogue::{queries::CatalogueDraft, room::Room},
    pages::{May, PageError, SignedIn, queries::Person, rights::EditTiles, shown},
};
use kairan_catalogue::edit::{Part, Typed, entries, put};

/// Whose draft.
#[derive(Debug, Deserialize)]
pub struct Whose {
    #[serde(default)]
    person: String,
}

/// Takes a provider's tiles over into this person's draft: theirs, and nothing else of what they sent.
pub async fn take_over(
    signed_in: May<EditTiles>,
    State(backend): State<Room>,
    Form(whose): Form<Whose>,
) -> Result<Response, PageError> {
    let (of, theirs) = handed_in(&backend, &whose.person).await?;
    let scope = of.provider.clone().map(Scope::Of);
    let scope = scope.ok_or(PageError::NotFound)?;
    let (in_force, own) = draft(&backend, &signed_in).await?;
    let mut text = own.text;
    let base = backend.store.text_once_in_force(theirs.base).await?;
    let known = entries(base.as_deref().unwrap_or(&in_force), Part::Tile)?;
    for tile in entries(&theirs.text, Part::Tile)? {
        let before = known.iter().find(|it| it.get("id") == tile.get("id"));
        if before != Some(&tile)
            && scope.holds(Part::Tile, &tile)
            && before.is_some_and(|it| scope.holds(Part::Tile, it))
        {
            let mut own = entries(&text, Part::Tile)?.into_iter();
            let own = own.find(|it| it.get("id") == tile.get("id"));
            if own.as_ref() != before && own.as_ref() != Some(&tile) {
                return changed_by_both(&backend, &signed_in, &tile).await;
            }
            text = put(&text, Part::Tile, tile.get("id").map(String::as_str), &tile)?;
        }
    }
    keep(&backend, &signed_in, own.base, text).await?;
    backend.store.drop_this_draft(of.id, &theirs.text).await?;
    let deed = Deed {
        who: signed_in.person.name.clone(),
        deed: Act::DraftTakenOver,
        subject: of.name,
        was: String::new(),
        is_now: String::new(),
    };
    backend.store.write_down(&deed, Timestamp::now()).await?;
    Ok(Redirect::to("/console/tiles").into_response())
}

/// What this person of a provider has handed in.
async fn handed_in(backend: &Room, person: &str) -> Result<(Person, CatalogueDraft), PageError> {
    let person: Uuid = person.parse().map_err(|_| PageError::NotFound)?;
    let handed_in = backend.store.drafts_of_providers().await?;
    let found = handed_in.into_iter().find(|(of, _)| of.id == person);
    found.ok_or(PageError::NotFound)
}

/// Whose draft goes back, which state of it the operator has seen, and what is to be mended.
#[derive(Debug, Deserialize)]
pub struct SentBack {
    #[serde(default)]
    person: String,
    #[serde(default)]
    seen: String,
    #[serde(default)]
    reason: String,
}

/// Gives a provider's changes back: they stay in the provider's draft, under the reason, and wait again when they
/// have been changed.
pub async fn send_back(
    signed_in: May<EditTiles>,
    State(backend): State<Room>,
    Form(sent): Form<SentBack>,
) -> Result<Response, PageError> {
    let (of, theirs) = handed_in(&backend, &sent.person).await?;
    let reason = note_of(&sent.reason);
    if reason.is_empty() || sent.reason.trim().chars().count() > NOTE_LIMIT {
        let told = tr(
            signed_in.language,
            "何をなおしてほしいか、200文字までで書いてください",
        );
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return not_sent_back(&backend, &signed_in, of.id, (status, told), sent.reason).await;
    }
    let has_seen = Sha256::of(theirs.text.as_bytes()).to_string() == sent.seen;
    let (by, now) = (&signed_in.person.name, Timestamp::now());
    if has_seen
        && backend
            .store
            .send_back(&of, &theirs.text, &reason, by, now)
            .await?
    {
        return Ok(Redirect::to("/console/tiles").into_response());
    }
    let told = tr(
        signed_in.language,
        "そのあいだに、提供者がまた直しました。上の変更を見てから返してください",
    );
    let told = (StatusCode::CONFLICT, told);
    not_sent_back(&backend, &signed_in, of.id, told, sent.reason).await
}

/// The list with what was typed, and why nothing went back.
async fn not_sent_back(
    backend: &Room,
    signed_in: &SignedIn,
    person: Uuid,
    (status, told): (StatusCode, &str),
    typed: String,
) -> Result<Response, PageError> {
    let mut page = page(backend, signed_in, Part::Tile).await?;
    if let Some(of) = page.handed_in.iter_mut().find(|it| it.person == person) {
        of.fault = Some(told.to_owned());
        of.reason = typed;
    }
    Ok((status, shown(&page)).into_response())
}

/// Nothing is taken over while the operator's own words would be lost.
async fn changed_by_both(
    backend: &Room,
    signed_in: &SignedIn,
    tile: &Typed,
) -> Result<Response, PageError> {
    let name = tile.get("title").map_or("", String::as_str);
    let mut page = page(backend, signed_in, Part::Tile).await?;
    page.fault = Some(tr!(
        signed_in.language,
        "「{name}」は、提供者が直しはじめたあとに、こちらでも変わっています。見くらべて、どちらかにそろえてから受け取ってください。",
        name
    ));
    Ok((StatusCode::CONFLICT, shown(&page)).into_response())
}
