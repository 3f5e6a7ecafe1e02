//! Texts of the council's own with pictures, written in the console. Each is kept beside the catalogue under a name
//! that its words give it: what was published once can be brought back word by word, because nothing is overwritten.

use kairan_text::{Message, message};
use std::path::Path;

use anyhow::Context as _;
use askama::Template;
use axum::{
    extract::{Multipart, Query, State, multipart::MultipartRejection},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use kairan_contract::{ServiceId, Sha256};

use super::{
    content,
    drafting::{Which, draft, keep},
};
use crate::{
    catalogue::room::Room,
    pages::{Faults, Frame, May, PageError, SignedIn, rights::EditTiles, shown, upload::bounded},
};
use kairan_catalogue::edit::{NotEdited, Part, Typed, entries, put, settings_of};
use kairan_sources::{
    beside::{NotLaid, Role},
    picture::{self, Bounds},
};

/// Bytes of a picture from a telephone's camera, and of every other field.
const PICTURE_LIMIT: usize = 24 * 1024 * 1024;
const FIELD_LIMIT: usize = 1024 * 1024;
/// Letters of a text: more is a book, and belongs on the council's own pages.
const TEXT_LIMIT: usize = 20_000;
/// Letters of what a picture shows.
const ALTERNATIVE_LIMIT: usize = 100;
/// What a text says before anybody has written it.
const BEGINNING: &str = "ただいま じゅんび中です。\n";
/// The folder beside the catalogue.
const FOLDER: &str = "texts";

#[derive(Template)]
#[template(path = "catalogue/pages/text.html")]
struct TextPage {
    frame: Frame,
    id: String,
    title: String,
    text: String,
    alternative: String,
    faults: Faults,
    /// A picture was taken in.
    is_taken_in: bool,
}

/// What was sent.
struct Sent {
    id: String,
    text: String,
    alternative: String,
    /// Empty where none was chosen; none where it was too large.
    picture: Option<Vec<u8>>,
    /// The text is to be kept, and not only to get a picture.
    is_final: bool,
}

/// The form of a tile's own text. A tile that shows something else gets an empty one.
pub async fn form(
    signed_in: May<EditTiles>,
    State(backend): State<Room>,
    Query(which): Query<Which>,
) -> Result<Response, PageError> {
    let (_, draft) = draft(&backend, &signed_in).await?;
    let tile = tile_of(&draft.text, &which.id)?;
    let text = match page_of(&tile) {
        Some(file) => {
            let read = backend.desk.beside();
            let read = read.read(Path::new(&file), Role::Text, FIELD_LIMIT).await;
            read.ok()
                .and_then(|bytes| String::from_utf8(bytes).ok())
                .unwrap_or_default()
        }
        None => String::new(),
    };
    Ok(shown(&TextPage {
        frame: frame(&signed_in),
        title: tile.get("title").cloned().unwrap_or_default(),
        id: which.id,
        text,
        alternative: String::new(),
        faults: Faults::default(),
        is_taken_in: false,
    }))
}

fn frame(signed_in: &SignedIn) -> Frame {
    Frame::of(signed_in, "/console/tiles", message("タイルの文章を書く"))
}

fn tile_of(text: &str, id: &str) -> Result<Typed, PageError> {
    let mut listed = entries(text, Part::Tile)?.into_iter();
    let found = listed.find(|tile| tile.get("id").is_some_and(|it| it == id));
    found.ok_or(PageError::NotFound)
}

/// The file of a tile that shows a text of one's own.
fn page_of(tile: &Typed) -> Option<String> {
    let settings = settings_of(tile.get("content")?).ok()?;
    let plain = |name: &str| {
        let (_, value) = settings.iter().find(|(key, _)| key == name)?;
        content::plain(value)
    };
    (plain("kind")? == "page").then(|| plain("file"))?
}

/// Gives a tile that has no text of its own one to begin with, so that it can be kept before it is written.
pub async fn prepare(backend: &Room, tile: &mut Typed) -> Result<(), PageError> {
    content::put_together(tile);
    if page_of(tile).is_some() {
        return Ok(());
    }
    let name = format!("{FOLDER}/{}.md", short(BEGINNING.as_bytes()));
    lay(backend, &name, Role::Text, BEGINNING.into()).await?;
    for field in [content::KIND, content::SOURCE, content::MORE] {
        tile.remove(field);
    }
    tile.insert(
        "content".to_owned(),
        format!("kind = \"page\"\nfile = \"{name}\""),
    );
    Ok(())
}

/// Takes a picture in, or keeps the text in the draft.
pub async fn write(
    signed_in: May<EditTiles>,
    State(backend): State<Room>,
    sent: Result<Multipart, MultipartRejection>,
) -> Result<Response, PageError> {
    let sent = read(sent.map_err(|_| PageError::Unreadable)?).await?;
    let (_, draft) = draft(&backend, &signed_in).await?;
    let mut tile = tile_of(&draft.text, &sent.id)?;
    let id: ServiceId = sent.id.parse().map_err(|_| PageError::NotFound)?;
    let mut page = TextPage {
        frame: frame(&signed_in),
        title: tile.get("title").cloned().unwrap_or_default(),
        id: sent.id,
        text: sent.text.replace("\r\n", "\n").trim().to_owned(),
        alternative: sent.alternative.trim().to_owned(),
        faults: Faults::default(),
        is_taken_in: false,
    };
    let say = |words: Message| words.tr(signed_in.language);
    let letters = page.text.chars().count();
    if sent.is_final && letters == 0 || letters > TEXT_LIMIT {
        let fault = say(message("1文字から20000文字までで書いてください"));
        page.faults.add("text", fault);
    }
    if sent.picture.as_ref().is_none_or(|it| !it.is_empty()) {
        let alternative = alternative(&page.alternative);
        if alternative.is_empty() {
            let fault = say(message(
                "目の見えにくい人のために、何が写っているかを書いてください",
            ));
            page.faults.add("alternative", fault);
        } else if let Some(file) = taken_in(&backend, sent.picture.unwrap_or_default()).await? {
            page.text = format!("{}\n\n![{alternative}]({file})", page.text);
            page.alternative.clear();
            page.is_taken_in = true;
        } else {
            let fault = say(message(
                "写真として読めませんでした。24MBまでの JPEG か PNG の写真を選んでください",
            ));
            page.faults.add("file", fault);
        }
    }
    if !page.faults.is_empty() {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&page)).into_response());
    }
    if !sent.is_final {
        return Ok(shown(&page));
    }
    let text = format!("{}\n", page.text);
    let name = format!("{FOLDER}/{id}-{}.md", short(text.as_bytes()));
    lay(&backend, &name, Role::Text, text.into_bytes()).await?;
    tile.insert(
        "content".to_owned(),
        format!("kind = \"page\"\nfile = \"{name}\""),
    );
    let changed = put(&draft.text, Part::Tile, Some(id.as_str()), &tile);
    let changed = changed.map_err(|error: NotEdited| PageError::from(error))?;
    keep(&backend, &signed_in, draft.base, changed).await?;
    Ok(Redirect::to("/console/tiles").into_response())
}

async fn read(mut form: Multipart) -> Result<Sent, PageError> {
    let mut sent = Sent {
        id: String::new(),
        text: String::new(),
        alternative: String::new(),
        picture: Some(Vec::new()),
        is_final: false,
    };
    let unreadable = |_| PageError::Unreadable;
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            sent.picture = bounded(field, PICTURE_LIMIT).await?;
            continue;
        }
        let bytes = bounded(field, FIELD_LIMIT).await?;
        let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
        let text = text.ok_or(PageError::Unreadable)?;
        match name.as_str() {
            "id" => sent.id = text,
            "text" => sent.text = text,
            "alternative" => sent.alternative = text,
            "what" => sent.is_final = text == "keep",
            _ => {}
        }
    }
    Ok(sent)
}

/// What a picture shows, without the signs that would end it in Markdown.
fn alternative(typed: &str) -> String {
    let letters = typed
        .chars()
        .filter(|it| !it.is_control() && !matches!(it, '[' | ']' | '(' | ')' | '!' | '\\' | '<'));
    letters.take(ALTERNATIVE_LIMIT).collect()
}

/// Decodes, scales and keeps a picture: what was hidden in it, such as where it was taken, goes. None if it is none.
async fn taken_in(backend: &Room, bytes: Vec<u8>) -> Result<Option<String>, PageError> {
    // Decoding takes memory: no more at once than are drawn.
    let _turn = backend
        .drawing
        .acquire()
        .await
        .map_err(|_| PageError::Failed)?;
    let prepared =
        tokio::task::spawn_blocking(move || picture::prepare(&bytes, Bounds::TAKEN)).await;
    let encoded = match prepared.context("the decoder gave up")? {
        Ok(encoded) => encoded,
        Err(why) => {
            tracing::info!(why, "a picture was sent that is none");
            return Ok(None);
        }
    };
    let end = if encoded.bytes.starts_with(b"\x89PNG") {
        "png"
    } else {
        "jpg"
    };
    let name = format!("{FOLDER}/{}.{end}", short(&encoded.bytes));
    lay(backend, &name, Role::Picture, encoded.bytes).await?;
    Ok(Some(name))
}

fn short(bytes: &[u8]) -> String {
    Sha256::of(bytes).to_string().chars().take(16).collect()
}

/// Lays a file down. What lies there already bears the same name because it says the same.
async fn lay(backend: &Room, name: &str, role: Role, bytes: Vec<u8>) -> Result<(), PageError> {
    let laid = backend
        .desk
        .beside()
        .lay(Path::new(name), role, bytes)
        .await;
    match laid {
        // An older version may have written it, or somebody by hand: it is shown, and stays as it is.
        Ok(()) | Err(NotLaid::Different) => Ok(()),
        Err(error) => Err(anyhow::Error::new(error)
            .context("cannot write beside the catalogue — check that the server may")
            .into()),
    }
}
