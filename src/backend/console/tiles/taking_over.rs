//! Taking over what people of a provider have changed: into an operator's own draft, tile by tile.

use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::Timestamp;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    super::{
        page::{PageError, shown},
        session::SignedIn,
        tongue::Tongue,
    },
    draft, keep,
    list::page,
    scope::Scope,
    text_of,
};
use crate::{
    catalogue::edit::{Part, Typed, entries, put},
    http::Backend,
    rights::Right,
    store::{Act, Deed},
};

/// Whose draft.
#[derive(Debug, Deserialize)]
pub struct Whose {
    #[serde(default)]
    person: String,
}

/// Takes a provider's tiles over into this person's draft: theirs, and nothing else of what they sent.
pub async fn take_over(
    State(backend): State<Backend>,
    signed_in: SignedIn,
    Form(whose): Form<Whose>,
) -> Result<Response, PageError> {
    signed_in.must(Right::EditTiles)?;
    let person: Uuid = whose.person.parse().map_err(|_| PageError::NotFound)?;
    let handed_in = backend.store.drafts_of_providers().await?;
    let (of, theirs) = handed_in
        .into_iter()
        .find(|(of, _)| of.id == person)
        .ok_or(PageError::NotFound)?;
    let scope = of.provider.clone().map(Scope::Of);
    let scope = scope.ok_or(PageError::NotFound)?;
    let (in_force, own) = draft(&backend, &signed_in).await?;
    let mut text = own.text;
    let base = text_of(&backend, theirs.base).await?;
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
    backend.store.drop_this_draft(person, &theirs.text).await?;
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

/// Nothing is taken over while the operator's own words would be lost.
async fn changed_by_both(
    backend: &Backend,
    signed_in: &SignedIn,
    tile: &Typed,
) -> Result<Response, PageError> {
    let name = tile.get("title").map_or("", String::as_str);
    let mut page = page(backend, signed_in, Part::Tile).await?;
    page.fault = Some(match signed_in.tongue {
        Tongue::Japanese => format!(
            "「{name}」は、提供者が直しはじめたあとに、こちらでも変わっています。見くらべて、どちらかにそろえてから受け取ってください。"
        ),
        Tongue::English => format!(
            "“{name}” has been changed here, too, since the provider began. Make them agree, then take it over."
        ),
    });
    Ok((StatusCode::CONFLICT, shown(&page)).into_response())
}
