//! The tiles: changed in a draft, published when it says what it should, and brought back with one press.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::Timestamp;
use kairan_contract::{Icon, Sha256};
use serde::Deserialize;

use super::{
    page::{Frame, PageError, kept_as, shown},
    session::SignedIn,
    tongue::Tongue,
};
use crate::{
    catalogue::{
        Fault, Language,
        changes::{Change, changes},
        edit::{NotEdited, Typed, Way, field_of, moved, put, remove, settings_of, tiles},
        publishing::{NotPublished, Publisher},
    },
    http::Backend,
    rights::Right,
    store::{Draft, Revision},
    trial::{self, Trial},
};

/// Revisions that are listed, and letters of a note.
const LISTED: u32 = 50;
const NOTE_LIMIT: usize = 200;
/// Items of a source that are shown when it is tried, and letters of them.
const SHOWN_ITEMS: usize = 20;
const SHOWN_LETTERS: usize = 6_000;

#[derive(Template)]
#[template(path = "tiles.html")]
struct TilesPage {
    frame: Frame,
    tiles: Vec<Typed>,
    categories: BTreeMap<String, (String, String)>,
    changes: Vec<Change>,
    /// What somebody else has published since the draft was begun.
    overtaken: Option<Vec<Change>>,
    fault: Option<String>,
    tablets: usize,
    may_publish: bool,
    note: String,
}

#[derive(Template)]
#[template(path = "tile.html")]
struct TilePage {
    frame: Frame,
    /// The tile that is changed; none for a new one.
    id: Option<String>,
    tile: Typed,
    faults: BTreeMap<&'static str, String>,
    /// What stands elsewhere.
    others: Vec<String>,
    providers: Vec<(String, String)>,
    categories: Vec<(String, String)>,
    tried: Option<Tried>,
}

#[derive(Template)]
#[template(path = "revisions.html")]
struct RevisionsPage {
    frame: Frame,
    revisions: Vec<Revision>,
    may_publish: bool,
}

impl TilesPage {
    fn text<'t>(tile: &'t Typed, field: &str) -> &'t str {
        tile.get(field).map_or("", String::as_str)
    }

    fn colour(&self, tile: &Typed) -> &str {
        let known = self.categories.get(Self::text(tile, "category"));
        known.map_or("#555555", |(_, colour)| colour.as_str())
    }

    fn words(&self, change: &Change) -> String {
        in_words(self.frame.tongue, change)
    }
}

impl TilePage {
    fn text(&self, field: &str) -> &str {
        self.tile.get(field).map_or("", String::as_str)
    }

    fn fault(&self, field: &str) -> Option<&str> {
        self.faults.get(field).map(String::as_str)
    }
}

/// A difference in a sentence.
fn in_words(tongue: Tongue, change: &Change) -> String {
    let nothing = tongue.say("（なし）", "(nothing)");
    let or_nothing = |text: &str| {
        if text.is_empty() {
            nothing.to_owned()
        } else {
            text.to_owned()
        }
    };
    match (tongue, change) {
        (Tongue::Japanese, Change::Added(title)) => format!("「{title}」を加えます"),
        (Tongue::English, Change::Added(title)) => format!("“{title}” is added"),
        (Tongue::Japanese, Change::Removed(title)) => format!("「{title}」をなくします"),
        (Tongue::English, Change::Removed(title)) => format!("“{title}” is removed"),
        (
            Tongue::Japanese,
            Change::Changed {
                title,
                field,
                was,
                is_now,
            },
        ) => format!(
            "「{title}」の{}：{} → {}",
            words_of(field).0,
            or_nothing(was),
            or_nothing(is_now)
        ),
        (
            Tongue::English,
            Change::Changed {
                title,
                field,
                was,
                is_now,
            },
        ) => format!(
            "“{title}”, {}: {} → {}",
            words_of(field).1.to_lowercase(),
            or_nothing(was),
            or_nothing(is_now)
        ),
        (_, Change::Reordered) => tongue
            .say("タイルの順番を変えます", "The order is another")
            .to_owned(),
        (_, Change::Besides) => tongue
            .say(
                "タイルのほかのところが変わります",
                "Something besides the tiles changes",
            )
            .to_owned(),
    }
}

/// The name of a field in Japanese and English.
fn words_of(field: &str) -> (&'static str, &'static str) {
    match field {
        "id" => ("id", "Id"),
        "provider" => ("提供者", "Provider"),
        "category" => ("分類", "Category"),
        "title" => ("名前", "Name"),
        "reading" => ("読みかた", "Reading"),
        "summary" => ("2行目", "Second line"),
        "icon" => ("絵", "Icon"),
        "areas" => ("見せる市区町村", "Municipalities"),
        "age_bands" => ("見せる年齢", "Ages"),
        "from" => ("はじめの日", "First day"),
        "until" => ("終わりの日", "Last day"),
        _ => ("内容", "Content"),
    }
}

impl From<NotEdited> for PageError {
    fn from(error: NotEdited) -> Self {
        match error {
            NotEdited::NoTile => Self::NotFound,
            NotEdited::Content => Self::Unreadable,
            NotEdited::Unreadable(_) => {
                tracing::error!(%error, "the console cannot read the catalogue");
                Self::Failed
            }
        }
    }
}

/// The text that is in force, and the draft of this person or a new one.
pub async fn draft(backend: &Backend, signed_in: &SignedIn) -> Result<(String, Draft), PageError> {
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
    backend: &Backend,
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

/// The page.
pub async fn list(
    State(backend): State<Backend>,
    signed_in: SignedIn,
) -> Result<Response, PageError> {
    signed_in.must(Right::EditTiles)?;
    Ok(shown(&page(&backend, &signed_in).await?))
}

async fn page(backend: &Backend, signed_in: &SignedIn) -> Result<TilesPage, PageError> {
    let (in_force, draft) = draft(backend, signed_in).await?;
    let is_overtaken = Sha256::of(in_force.as_bytes()) != draft.base;
    let overtaken = if is_overtaken {
        Some(since(backend, draft.base, &in_force).await?)
    } else {
        None
    };
    let lent = backend.store.lent_tablets().await?;
    Ok(TilesPage {
        frame: Frame::of(signed_in, "/console/tiles", ("タイル", "Tiles")),
        tiles: tiles(&draft.text)?,
        categories: categories(backend, &draft.text),
        changes: changes(&in_force, &draft.text)?,
        overtaken,
        fault: None,
        tablets: lent
            .iter()
            .filter(|tablet| tablet.wipe[2].is_none())
            .count(),
        may_publish: signed_in.person.role.may(Right::Publish),
        note: String::new(),
    })
}

/// What has changed since a text that was in force once.
async fn since(backend: &Backend, base: Sha256, in_force: &str) -> Result<Vec<Change>, PageError> {
    for revision in backend.store.revisions(LISTED).await? {
        let text = backend.store.text_of_revision(revision.revision).await?;
        if let Some(text) = text.filter(|text| Sha256::of(text.as_bytes()) == base) {
            return Ok(changes(&text, in_force)?);
        }
    }
    Ok(vec![Change::Besides])
}

/// The names and colours of the categories, as far as the text can be read.
fn categories(backend: &Backend, text: &str) -> BTreeMap<String, (String, String)> {
    let known = backend
        .desk
        .check(text)
        .map(|catalogue| catalogue.categories);
    let named = known.unwrap_or_default().into_iter().map(|category| {
        let [red, green, blue] = category.colour.red_green_blue();
        (
            category.id.to_string(),
            (category.name, format!("#{red:02x}{green:02x}{blue:02x}")),
        )
    });
    named.collect()
}

/// Which tile.
#[derive(Debug, Deserialize)]
pub struct Which {
    #[serde(default)]
    id: String,
    #[serde(default)]
    way: String,
}

/// The form of a tile, or of a new one.
pub async fn edit(
    State(backend): State<Backend>,
    signed_in: SignedIn,
    Query(which): Query<Which>,
) -> Result<Response, PageError> {
    signed_in.must(Right::EditTiles)?;
    let (_, draft) = draft(&backend, &signed_in).await?;
    let id = (!which.id.is_empty()).then_some(which.id);
    let tile = match &id {
        None => Typed::new(),
        Some(id) => tiles(&draft.text)?
            .into_iter()
            .find(|tile| tile.get("id") == Some(id))
            .ok_or(PageError::NotFound)?,
    };
    Ok(shown(&tile_page(&signed_in, id, tile, &draft.text)?))
}

fn tile_page(
    signed_in: &SignedIn,
    id: Option<String>,
    tile: Typed,
    text: &str,
) -> Result<TilePage, PageError> {
    let title = match id {
        None => ("タイルを加える", "Add a tile"),
        Some(_) => ("タイルを直す", "Change a tile"),
    };
    let choices = |table: &str| -> Result<Vec<(String, String)>, PageError> {
        let document: toml::Table = toml::from_str(text).map_err(anyhow::Error::from)?;
        let tables = document.get(table).and_then(|it| it.as_array()).cloned();
        let named = tables.unwrap_or_default();
        let word = |it: &toml::Value, key: &str| Some(it.get(key)?.as_str()?.to_owned());
        Ok(named
            .iter()
            .filter_map(|it| Some((word(it, "id")?, word(it, "name")?)))
            .collect())
    };
    Ok(TilePage {
        frame: Frame::of(signed_in, "/console/tiles", title),
        providers: choices("provider")?,
        categories: choices("category")?,
        id,
        tile,
        faults: BTreeMap::new(),
        others: Vec::new(),
        tried: None,
    })
}

/// A tile as it was sent, judged as a part of the draft.
struct Sent {
    id: Option<String>,
    tile: Typed,
    draft: Draft,
    /// The draft's text with the tile, or what is wrong: beside its field, and elsewhere.
    text: Result<String, (BTreeMap<&'static str, String>, Vec<String>)>,
}

async fn sent(backend: &Backend, signed_in: &SignedIn, mut sent: Typed) -> Result<Sent, PageError> {
    let id = sent.remove("was").filter(|id| !id.is_empty());
    let tile: Typed = sent
        .into_iter()
        .map(|(name, text)| (name, text.replace("\r\n", "\n")))
        .collect();
    let (_, draft) = draft(backend, signed_in).await?;
    let listed = tiles(&draft.text)?;
    let known = listed.iter().position(|it| it.get("id") == id.as_ref());
    let place = known.filter(|_| id.is_some()).unwrap_or(listed.len());
    let text = match put(&draft.text, id.as_deref(), &tile) {
        Ok(text) => text,
        Err(NotEdited::Content) => {
            let words = signed_in.tongue.say(
                "1行にひとつ、kind = \"feed\" のように書いてください",
                "Write one setting on each line, such as kind = \"feed\"",
            );
            let beside = [("content", words.to_owned())].into();
            return Ok(Sent {
                id,
                tile,
                draft,
                text: Err((beside, Vec::new())),
            });
        }
        Err(error) => return Err(error.into()),
    };
    let text = match backend.desk.check(&text) {
        Ok(_) => Ok(text),
        Err(faults) => {
            let (mut beside, mut others) = (BTreeMap::new(), Vec::new());
            for fault in &faults {
                let words = fault.in_words(language(signed_in.tongue));
                match field_of(&text, place, fault) {
                    Some(field) => {
                        beside.entry(field).or_insert(words);
                    }
                    None => others.push(words),
                }
            }
            Err((beside, others))
        }
    };
    Ok(Sent {
        id,
        tile,
        draft,
        text,
    })
}

/// Keeps a tile in the draft, or gives the form back with each fault beside its field.
pub async fn keep_tile(
    State(backend): State<Backend>,
    signed_in: SignedIn,
    Form(form): Form<Typed>,
) -> Result<Response, PageError> {
    signed_in.must(Right::EditTiles)?;
    let sent = sent(&backend, &signed_in, form).await?;
    match sent.text {
        Ok(text) => {
            keep(&backend, &signed_in, sent.draft.base, text).await?;
            Ok(Redirect::to("/console/tiles").into_response())
        }
        Err((faults, others)) => {
            let mut page = tile_page(&signed_in, sent.id, sent.tile, &sent.draft.text)?;
            (page.faults, page.others) = (faults, others);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&page)).into_response())
        }
    }
}

/// Shows what the source of a tile gives, before anything is kept.
pub async fn try_tile(
    State(backend): State<Backend>,
    signed_in: SignedIn,
    Form(form): Form<Typed>,
) -> Result<Response, PageError> {
    signed_in.must(Right::EditTiles)?;
    let sent = sent(&backend, &signed_in, form).await?;
    let settings = settings_of(sent.tile.get("content").map_or("", String::as_str));
    let mut page = tile_page(&signed_in, sent.id, sent.tile, &sent.draft.text)?;
    let faults = sent.text.err().unwrap_or_default();
    // Whatever else is still missing, a source can be tried when its settings are right.
    let (Ok(settings), None) = (settings, faults.0.get("content")) else {
        (page.faults, page.others) = faults;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&page)).into_response());
    };
    page.tried = Some(tried(&backend, signed_in.tongue, &settings).await);
    Ok(shown(&page))
}

/// What a trial found: a sentence, what was left out, and the items.
struct Tried {
    said: String,
    skipped: Vec<String>,
    items: String,
}

async fn tried(backend: &Backend, tongue: Tongue, settings: &[(String, String)]) -> Tried {
    let plain = |name: &str| {
        let value = settings.iter().find(|(key, _)| key == name);
        let parsed =
            value.and_then(|(_, text)| toml::from_str::<toml::Table>(&format!("it = {text}")).ok());
        parsed
            .and_then(|it| Some(it.get("it")?.as_str()?.to_owned()))
            .unwrap_or_default()
    };
    let (url, file) = (plain("url"), plain("file"));
    let place = if url.is_empty() { file } else { url };
    let source = if place.contains("://") {
        place
    } else {
        backend.desk.beside(&place).display().to_string()
    };
    let others = settings
        .iter()
        .filter(|(key, _)| !matches!(&**key, "kind" | "url" | "file"));
    let trial = Trial {
        kind: plain("kind"),
        source,
        settings: others
            .map(|(key, value)| format!("{key}={value}"))
            .collect(),
        now: Timestamp::now(),
        all: false,
    };
    let language = language(tongue);
    match trial::attempt(&trial, language).await {
        Ok(outcome) => {
            let first: Vec<_> = outcome.items.iter().take(SHOWN_ITEMS).collect();
            let items = serde_json::to_string_pretty(&first).unwrap_or_default();
            Tried {
                said: trial::summary(&trial.kind, &outcome, language),
                skipped: outcome
                    .skipped
                    .iter()
                    .take(SHOWN_ITEMS)
                    .map(ToString::to_string)
                    .collect(),
                items: items.chars().take(SHOWN_LETTERS).collect(),
            }
        }
        Err(error) => Tried {
            said: error.to_string(),
            skipped: Vec::new(),
            items: String::new(),
        },
    }
}

fn language(tongue: Tongue) -> Language {
    match tongue {
        Tongue::Japanese => Language::Japanese,
        Tongue::English => Language::English,
    }
}

/// Moves a tile in the draft.
pub async fn move_tile(
    State(backend): State<Backend>,
    signed_in: SignedIn,
    Form(which): Form<Which>,
) -> Result<Response, PageError> {
    signed_in.must(Right::EditTiles)?;
    let (_, draft) = draft(&backend, &signed_in).await?;
    let way = if which.way == "up" {
        Way::Up
    } else {
        Way::Down
    };
    let text = moved(&draft.text, &which.id, way)?;
    keep(&backend, &signed_in, draft.base, text).await?;
    Ok(Redirect::to("/console/tiles").into_response())
}

/// Takes a tile out of the draft.
pub async fn remove_tile(
    State(backend): State<Backend>,
    signed_in: SignedIn,
    Form(which): Form<Which>,
) -> Result<Response, PageError> {
    signed_in.must(Right::EditTiles)?;
    let (_, draft) = draft(&backend, &signed_in).await?;
    let text = remove(&draft.text, &which.id)?;
    keep(&backend, &signed_in, draft.base, text).await?;
    Ok(Redirect::to("/console/tiles").into_response())
}

/// Lets the draft go.
pub async fn discard(
    State(backend): State<Backend>,
    signed_in: SignedIn,
) -> Result<Response, PageError> {
    signed_in.must(Right::EditTiles)?;
    backend.store.drop_draft(signed_in.person.id).await?;
    Ok(Redirect::to("/console/tiles").into_response())
}

/// What is noted of a publication.
#[derive(Debug, Deserialize)]
pub struct Noted {
    #[serde(default)]
    note: String,
    /// A revision that is brought back.
    revision: Option<u64>,
}

impl Noted {
    fn note(&self) -> String {
        self.note
            .trim()
            .chars()
            .filter(|it| !it.is_control())
            .take(NOTE_LIMIT)
            .collect()
    }
}

/// Puts the draft in force.
pub async fn publish(
    State(backend): State<Backend>,
    signed_in: SignedIn,
    Form(noted): Form<Noted>,
) -> Result<Response, PageError> {
    signed_in.must(Right::Publish)?;
    let (_, draft) = draft(&backend, &signed_in).await?;
    let note = noted.note();
    let publisher = Publisher {
        by: &signed_in.person.name,
        note: &note,
    };
    let done = backend
        .desk
        .publish(
            &backend.store,
            draft.base,
            &draft.text,
            publisher,
            Timestamp::now(),
        )
        .await;
    match done {
        Ok(_) => {
            backend.store.drop_draft(signed_in.person.id).await?;
            Ok(Redirect::to("/console/tiles/revisions").into_response())
        }
        // The page itself tells what was published meanwhile, and asks.
        Err(NotPublished::Overtaken) => {
            let mut page = page(&backend, &signed_in).await?;
            page.note = note;
            Ok((StatusCode::CONFLICT, shown(&page)).into_response())
        }
        Err(error) => not_published(&backend, &signed_in, error, note).await,
    }
}

/// The page again, with why nothing was published and what was noted.
async fn not_published(
    backend: &Backend,
    signed_in: &SignedIn,
    error: NotPublished,
    note: String,
) -> Result<Response, PageError> {
    if let NotPublished::Store(error) = error {
        return Err(error.into());
    }
    let mut page = page(backend, signed_in).await?;
    page.fault = Some(told(&error, signed_in.tongue));
    page.note = note;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&page)).into_response())
}

/// The draft goes on from what is in force now: whoever does it has seen what somebody else has published.
pub async fn go_on(
    State(backend): State<Backend>,
    signed_in: SignedIn,
) -> Result<Response, PageError> {
    signed_in.must(Right::EditTiles)?;
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

fn told(error: &NotPublished, tongue: Tongue) -> String {
    match error {
        NotPublished::Faulty(faults) => faults
            .iter()
            .map(|fault: &Fault| fault.in_words(language(tongue)))
            .collect::<Vec<_>>()
            .join("\n"),
        other => {
            tracing::error!(%other, "the catalogue could not be published");
            tongue
                .say(
                    "公開できませんでした。サーバーが services.toml に書きこめるか、管理者に確かめてもらってください。",
                    "It could not be published. Ask an administrator whether the server may write services.toml.",
                )
                .to_owned()
        }
    }
}

/// What was in force.
pub async fn revisions(
    State(backend): State<Backend>,
    signed_in: SignedIn,
) -> Result<Response, PageError> {
    signed_in.must(Right::EditTiles)?;
    Ok(shown(&RevisionsPage {
        frame: Frame::of(&signed_in, "/console/tiles", ("これまでの版", "Revisions")),
        revisions: backend.store.revisions(LISTED).await?,
        may_publish: signed_in.person.role.may(Right::Publish),
    }))
}

/// Puts an earlier revision in force again.
pub async fn bring_back(
    State(backend): State<Backend>,
    signed_in: SignedIn,
    Form(noted): Form<Noted>,
) -> Result<Response, PageError> {
    signed_in.must(Right::Publish)?;
    let revision = noted.revision.ok_or(PageError::Unreadable)?;
    let text = backend
        .store
        .text_of_revision(revision)
        .await?
        .ok_or(PageError::NotFound)?;
    let in_force = backend.desk.text().map_err(anyhow::Error::from)?;
    let note = match signed_in.tongue {
        Tongue::Japanese => format!("{revision}版にもどす"),
        Tongue::English => format!("back to revision {revision}"),
    };
    let publisher = Publisher {
        by: &signed_in.person.name,
        note: &note,
    };
    let base = Sha256::of(in_force.as_bytes());
    let done = backend
        .desk
        .publish(&backend.store, base, &text, publisher, Timestamp::now())
        .await;
    match done {
        Ok(_) => Ok(Redirect::to("/console/tiles/revisions").into_response()),
        Err(error) => not_published(&backend, &signed_in, error, String::new()).await,
    }
}

/// The catalogue as a file: what is in force.
pub async fn file(
    State(backend): State<Backend>,
    signed_in: SignedIn,
) -> Result<Response, PageError> {
    signed_in.must(Right::EditTiles)?;
    let text = backend.desk.text().map_err(anyhow::Error::from)?;
    Ok(kept_as(
        "services.toml",
        "application/toml; charset=utf-8",
        text,
    ))
}
