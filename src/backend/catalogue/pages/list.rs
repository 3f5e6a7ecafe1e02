//! The list of a part of the catalogue: what a draft would change, the order, adding and removing.

use kairan_text::tr;

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use kairan_contract::{Icon, Sha256};
use uuid::Uuid;

use super::{
    drafting::{Which, address_of, draft, keep},
    scope::{EditSomeTiles, Scope},
    words,
};
use crate::{
    catalogue::{
        queries::{PlannedCatalogue, Waiting},
        room::Room,
    },
    pages::{Frame, May, PageError, Right, SignedIn, in_japan, rights::EditTiles, shown},
};
use kairan_catalogue::{
    changes::{Change, changes, changes_of_tiles},
    edit::{Part, Typed, Way, entries, moved, put, remove},
};

/// What somebody of a provider has changed, and an operator takes over or gives back.
pub struct HandedIn {
    pub person: Uuid,
    name: String,
    /// The hash of the draft that the changes are of.
    seen: Sha256,
    changes: Vec<Change>,
    /// Why it is to be given back, as typed, and what is wrong with that.
    pub reason: String,
    pub fault: Option<String>,
}

#[derive(Template)]
#[template(path = "catalogue/pages/tiles.html")]
pub struct ListPage {
    frame: Frame,
    part: Part,
    entries: Vec<Typed>,
    colours: BTreeMap<String, String>,
    changes: Vec<Change>,
    /// What somebody else has published since the draft was begun.
    overtaken: Option<Vec<Change>>,
    pub fault: Option<String>,
    tablets: usize,
    /// Tablets on which things are tried.
    trial_tablets: usize,
    /// What is tried, and what waits for its date, with what it changes.
    plans: Vec<(PlannedCatalogue, Vec<Change>)>,
    /// What people of providers have changed.
    pub handed_in: Vec<HandedIn>,
    /// Why the council gave the changes of this person of a provider back.
    sent_back: Option<String>,
    /// The whole catalogue, or the tiles of one provider.
    is_all: bool,
    may_publish: bool,
    pub note: String,
}

impl ListPage {
    fn text<'t>(entry: &'t Typed, field: &str) -> &'t str {
        entry.get(field).map_or("", String::as_str)
    }

    fn name<'t>(&self, entry: &'t Typed) -> &'t str {
        Self::text(entry, self.part.name_field())
    }

    /// What stands below its name.
    fn below(&self, entry: &Typed) -> String {
        match self.part {
            Part::Tile => Self::text(entry, "summary").to_owned(),
            Part::Message => {
                let text = Self::text(entry, "text").replace('\n', " ");
                text.chars().take(60).collect()
            }
            Part::Category => Self::text(entry, "id").to_owned(),
            Part::Provider => Self::text(entry, "telephone").to_owned(),
            Part::Council => Self::text(entry, "helper_telephone").to_owned(),
        }
    }

    fn colour(&self, entry: &Typed) -> Option<&str> {
        let id = match self.part {
            Part::Tile => Self::text(entry, "category"),
            Part::Category => Self::text(entry, "id"),
            Part::Message | Part::Provider | Part::Council => return None,
        };
        Some(self.colours.get(id).map_or("#555555", String::as_str))
    }

    fn words(&self, change: &Change) -> String {
        words::change(self.frame.language, change)
    }

    /// The parts: where each is listed, and its name.
    fn parts(&self) -> Vec<(String, &str, bool)> {
        let all = Part::ALL.into_iter();
        all.map(|part| {
            let words = words::part(part);
            let name = words.tr(self.frame.language);
            (address_of(part), name, part == self.part)
        })
        .collect()
    }

    fn add(&self) -> &str {
        let [words, _] = words::form_titles(self.part);
        words.tr(self.frame.language)
    }

    fn plan_words(&self, plan: &PlannedCatalogue) -> String {
        let by = &plan.by;
        match plan.waiting {
            Waiting::Trial => tr!(
                self.frame.language,
                "ためし用のタブレットで試しています（{by}）",
                by
            ),
            Waiting::Until(at) => tr!(
                self.frame.language,
                "{at} に公開します（{by}）",
                at = in_japan(at),
                by
            ),
        }
    }

    /// The picture on a tile or a category.
    fn icon(entry: &Typed) -> &'static str {
        let icon = Icon(entry.get("icon").cloned().unwrap_or_default());
        icon.picture().unwrap_or_default()
    }

    fn is_off(entry: &Typed) -> bool {
        entry.get("off").is_some_and(|it| it == "true")
    }

    fn is_council(&self) -> bool {
        self.part == Part::Council
    }
}

/// The page.
pub async fn list(
    signed_in: May<EditSomeTiles>,
    State(backend): State<Room>,
    Query(which): Query<Which>,
) -> Result<Response, PageError> {
    let scope = Scope::of(&signed_in)?;
    let part = if scope.is_all() {
        which.part()
    } else {
        Part::Tile
    };
    Ok(shown(&page(&backend, &signed_in, part).await?))
}

/// The page of a part, with what the draft would change.
pub async fn page(backend: &Room, signed_in: &SignedIn, part: Part) -> Result<ListPage, PageError> {
    let scope = Scope::of(signed_in)?;
    let (in_force, draft) = draft(backend, signed_in).await?;
    let is_overtaken = Sha256::of(in_force.as_bytes()) != draft.base;
    let overtaken = if is_overtaken {
        Some(since(backend, &scope, draft.base, &in_force).await?)
    } else {
        None
    };
    let lent = backend.store.lent_tablets().await?;
    Ok(ListPage {
        frame: Frame::of(signed_in, "/console/tiles", words::part(part)),
        part,
        entries: entries(&draft.text, part)?
            .into_iter()
            .filter(|entry| scope.holds(part, entry))
            .collect(),
        colours: entries(&draft.text, Part::Category)?
            .into_iter()
            .filter_map(|mut category| Some((category.remove("id")?, category.remove("colour")?)))
            .collect(),
        changes: known_changes(&scope, &in_force, &draft.text)?,
        overtaken,
        fault: None,
        tablets: reached(backend, &in_force, &draft.text).await?,
        trial_tablets: lent
            .iter()
            .filter(|tablet| tablet.wipe[2].is_none() && tablet.trial_at.is_some())
            .count(),
        plans: if scope.is_all() {
            plans(backend, &in_force).await?
        } else {
            Vec::new()
        },
        handed_in: if scope.is_all() {
            handed_in(backend, &in_force).await?
        } else {
            Vec::new()
        },
        sent_back: backend.store.sent_back(signed_in.person.id).await?,
        is_all: scope.is_all(),
        may_publish: signed_in.person.role.may(Right::Publish),
        note: String::new(),
    })
}

/// How many tablets would show something else; all of them while one of the texts cannot be understood.
async fn reached(backend: &Room, in_force: &str, draft: &str) -> Result<usize, PageError> {
    let standings = backend.store.standings().await?;
    let catalogues = (backend.desk.check(in_force), backend.desk.check(draft));
    let (Ok(now), Ok(then)) = catalogues else {
        return Ok(standings.len());
    };
    let changed = standings
        .values()
        .filter(|standing| !now.is_the_same_for(&then, &standing.recipient));
    Ok(changed.count())
}

/// What people of providers have changed, and would be published.
async fn handed_in(backend: &Room, in_force: &str) -> Result<Vec<HandedIn>, PageError> {
    let mut told = Vec::new();
    for (person, draft) in backend.store.drafts_of_providers().await? {
        let base = backend.store.text_once_in_force(draft.base).await?;
        told.push(HandedIn {
            person: person.id,
            name: person.name,
            seen: Sha256::of(draft.text.as_bytes()),
            changes: changes(base.as_deref().unwrap_or(in_force), &draft.text)?,
            reason: String::new(),
            fault: None,
        });
    }
    Ok(told)
}

/// What is planned, and what each would change now.
async fn plans(
    backend: &Room,
    in_force: &str,
) -> Result<Vec<(PlannedCatalogue, Vec<Change>)>, PageError> {
    let planned = [
        backend.store.on_trial().await?,
        backend.store.dated().await?,
    ];
    let told = planned.into_iter().flatten().map(|plan| {
        let changes = changes(in_force, &plan.text)?;
        Ok((plan, changes))
    });
    told.collect()
}

/// The differences of which this person may know.
fn known_changes(scope: &Scope, before: &str, after: &str) -> Result<Vec<Change>, PageError> {
    if scope.is_all() {
        return Ok(changes(before, after)?);
    }
    let own = |text: &str| -> Result<Vec<Typed>, PageError> {
        let tiles = entries(text, Part::Tile)?.into_iter();
        Ok(tiles.filter(|tile| scope.holds(Part::Tile, tile)).collect())
    };
    Ok(changes_of_tiles(&own(before)?, &own(after)?))
}

/// What has changed since a text that was in force once; nothing where that is too long ago to be known.
async fn since(
    backend: &Room,
    scope: &Scope,
    base: Sha256,
    in_force: &str,
) -> Result<Vec<Change>, PageError> {
    Ok(match backend.store.text_once_in_force(base).await? {
        Some(text) => known_changes(scope, &text, in_force)?,
        None => Vec::new(),
    })
}

/// Moves one in the draft.
pub async fn move_entry(
    signed_in: May<EditTiles>,
    State(backend): State<Room>,
    Form(which): Form<Which>,
) -> Result<Response, PageError> {
    let (_, draft) = draft(&backend, &signed_in).await?;
    let way = if which.way == "up" {
        Way::Up
    } else {
        Way::Down
    };
    let text = moved(&draft.text, which.part(), &which.id, way)?;
    keep(&backend, &signed_in, draft.base, text).await?;
    Ok(back_to(&which))
}

/// Back to the one in the list that was pressed: whoever moves it further finds it under the finger.
fn back_to(which: &Which) -> Response {
    Redirect::to(&format!("{}#{}", address_of(which.part()), which.id)).into_response()
}

/// Puts a tile away, or shows it again, in the draft.
pub async fn switch(
    signed_in: May<EditTiles>,
    State(backend): State<Room>,
    Form(which): Form<Which>,
) -> Result<Response, PageError> {
    let (_, draft) = draft(&backend, &signed_in).await?;
    let listed = entries(&draft.text, Part::Tile)?;
    let found = listed
        .into_iter()
        .find(|it| it.get("id") == Some(&which.id));
    let mut tile = found.ok_or(PageError::NotFound)?;
    let off = if which.way == "off" { "true" } else { "" };
    tile.insert("off".to_owned(), off.to_owned());
    let text = put(&draft.text, Part::Tile, Some(&which.id), &tile)?;
    keep(&backend, &signed_in, draft.base, text).await?;
    Ok(back_to(&which))
}

/// Takes one out of the draft, unless something else needs it: the page then says what.
pub async fn remove_entry(
    signed_in: May<EditTiles>,
    State(backend): State<Room>,
    Form(which): Form<Which>,
) -> Result<Response, PageError> {
    let (_, draft) = draft(&backend, &signed_in).await?;
    let text = remove(&draft.text, which.part(), &which.id)?;
    if let Some(name) = who_needs(&text, which.part(), &which.id)? {
        let told = tr!(
            signed_in.language,
            "「{name}」が使っているので、なくせません。先に「{name}」を直してください。",
            name
        );
        let mut page = page(&backend, &signed_in, which.part()).await?;
        page.fault = Some(told);
        return Ok((StatusCode::CONFLICT, shown(&page)).into_response());
    }
    keep(&backend, &signed_in, draft.base, text).await?;
    Ok(Redirect::to(&address_of(which.part())).into_response())
}

/// The name of the first tile that names this category or provider.
fn who_needs(text: &str, part: Part, id: &str) -> Result<Option<String>, PageError> {
    let field = match part {
        Part::Category => "category",
        Part::Provider => "provider",
        Part::Tile | Part::Message | Part::Council => return Ok(None),
    };
    let mut tiles = entries(text, Part::Tile)?.into_iter();
    let found = tiles.find(|tile| tile.get(field).is_some_and(|it| it == id));
    Ok(found.map(|tile| tile.get("title").cloned().unwrap_or_default()))
}

/// Lets the draft go.
pub async fn discard(
    signed_in: May<EditSomeTiles>,
    State(backend): State<Room>,
) -> Result<Response, PageError> {
    Scope::of(&signed_in)?;
    backend.store.drop_draft(signed_in.person.id).await?;
    Ok(Redirect::to("/console/tiles").into_response())
}

/// The draft goes on from what is in force now: whoever does it has seen what somebody else has published.
pub async fn go_on(
    signed_in: May<EditSomeTiles>,
    State(backend): State<Room>,
) -> Result<Response, PageError> {
    Scope::of(&signed_in)?;
    let (in_force, draft) = draft(&backend, &signed_in).await?;
    keep(
        &backend,
        &signed_in,
        Sha256::of(in_force.as_bytes()),
        draft.text,
    )
    .await?;
    Ok(Redirect::to("/console/tiles").into_response())
}
