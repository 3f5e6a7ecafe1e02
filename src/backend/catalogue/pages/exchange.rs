//! The catalogue as a file, out and in: alone, or with the texts and pictures that it names.

use kairan_text::{message, tr};

use std::path::Path;

use anyhow::Context as _;
use axum::{
    extract::{Multipart, State, multipart::MultipartRejection},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use kairan_contract::{Language, Sha256};

use super::{
    drafting::{draft, keep},
    list::page,
};
use crate::{
    catalogue::room::Room,
    pages::{
        May, PageError, SignedIn, kept_as,
        rights::EditTiles,
        shown,
        upload::{READ_LIMIT, bounded},
    },
};
use kairan_catalogue::{
    bundle::{self, FileRoot, Files, NotBundled},
    edit::Part,
};
use kairan_sources::{
    SourceError,
    beside::{NotLaid, Refused},
};

/// Bytes of a catalogue that is taken in.
const IMPORT_LIMIT: usize = 4 * 1024 * 1024;

/// The catalogue as a file: what is in force.
pub async fn file(_: May<EditTiles>, State(backend): State<Room>) -> Result<Response, PageError> {
    let text = backend.desk.text().map_err(anyhow::Error::from)?;
    let kind = "application/toml; charset=utf-8";
    Ok(kept_as("services.toml", kind, text))
}

/// The catalogue that is in force, with the texts and pictures that it names.
pub async fn archive(
    _: May<EditTiles>,
    State(backend): State<Room>,
) -> Result<Response, PageError> {
    let text = backend.desk.text().map_err(anyhow::Error::from)?;
    let catalogue = backend
        .desk
        .check(&text)
        .map_err(|_| PageError::CatalogueDamaged)?;
    let files = bundle::named(&catalogue, FileRoot::Beside(backend.desk.beside())).await;
    let files = files.map_err(anyhow::Error::from)?;
    let packed = tokio::task::spawn_blocking(move || bundle::pack(&text, files)).await;
    let packed = packed.context("the files could not be packed")?;
    let packed = packed.map_err(anyhow::Error::from)?;
    Ok(kept_as("services.zip", "application/zip", packed))
}

/// Why a file is not taken in.
enum NotTaken {
    /// None was chosen, it is too large, or it is no text.
    Unreadable,
    /// It is an archive in which nothing is found.
    Archive(NotBundled),
    /// What is wrong in the catalogue, as `kairan check` tells it.
    Faulty(String),
    /// A file of this name says something else here.
    Different(String),
    /// Nothing may lie under this name.
    Refused(String, Refused),
    /// There is a draft that it would overwrite.
    Draft,
}

impl NotTaken {
    fn status(&self) -> StatusCode {
        match self {
            Self::Draft | Self::Different(_) => StatusCode::CONFLICT,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    fn told(&self, language: Language) -> String {
        let words = match self {
            Self::Faulty(lines) => return lines.clone(),
            Self::Unreadable => message(
                "ファイルを選んでから押してください。読めるのは 4MBまでの UTF-8 の services.toml か、ここで保存した services.zip です。",
            ),
            Self::Archive(NotBundled::TooLarge) => message(
                "この services.zip は大きすぎます。写真や音を小さくしてから、ためしてください。",
            ),
            Self::Archive(_) => message(
                "この ZIP からは services.toml を読めませんでした。ここで保存した services.zip を選んでください。",
            ),
            Self::Different(name) => {
                return tr!(
                    language,
                    "「{name}」は、いまここにあるものと中身がちがいます。ファイルと services.toml の中の名前を変えてから、取り込んでください。",
                    name
                );
            }
            Self::Refused(name, why) => {
                return tr!(
                    language,
                    "「{name}」は取り込めません（{wrong}）。{mend}。",
                    name,
                    wrong = why.wrong(language),
                    mend = why.mend(language)
                );
            }
            Self::Draft => message(
                "公開していない下書きがあります。先に公開するか、捨ててから、取り込んでください。",
            ),
        };
        words.tr(language).to_owned()
    }
}

/// Takes a file in as this person's draft: what it would change is shown before it counts.
pub async fn import(
    signed_in: May<EditTiles>,
    State(backend): State<Room>,
    sent: Result<Multipart, MultipartRejection>,
) -> Result<Response, PageError> {
    let sent = the_file(sent.map_err(|_| PageError::Unreadable)?).await?;
    match taken_in(&backend, &signed_in, sent).await? {
        Ok(()) => Ok(Redirect::to("/console/tiles").into_response()),
        Err(why) => {
            let mut page = page(&backend, &signed_in, Part::Tile).await?;
            page.fault = Some(why.told(signed_in.language));
            Ok((why.status(), shown(&page)).into_response())
        }
    }
}

async fn taken_in(
    backend: &Room,
    signed_in: &SignedIn,
    sent: Vec<u8>,
) -> Result<Result<(), NotTaken>, PageError> {
    let (text, files) = match read(sent).await? {
        Ok(read) => read,
        Err(why) => return Ok(Err(why)),
    };
    let catalogue = match backend.desk.check_with(&text, &files) {
        Ok(catalogue) => catalogue,
        Err(faults) => {
            let faults = faults
                .iter()
                .map(|fault| fault.line_for(Path::new("services.toml"), signed_in.language));
            let lines = faults.collect::<Vec<_>>().join("\n");
            return Ok(Err(NotTaken::Faulty(lines)));
        }
    };
    let (in_force, own) = draft(backend, signed_in).await?;
    if own.text != in_force && own.text != text {
        return Ok(Err(NotTaken::Draft));
    }
    let named = bundle::named(&catalogue, FileRoot::Unpacked(&files)).await;
    let named = named.map_err(anyhow::Error::from)?;
    // Nothing that is shown now becomes something else: a file of another content has another name.
    let beside = backend.desk.beside();
    for (name, (role, bytes)) in &named {
        let shown = || name.display().to_string();
        match beside.read(name, *role, bytes.len()).await {
            Ok(here) if here == *bytes => {}
            Ok(_) | Err(SourceError::TooLarge { .. }) => {
                return Ok(Err(NotTaken::Different(shown())));
            }
            Err(SourceError::NoContent { why, .. }) => {
                return Ok(Err(NotTaken::Refused(shown(), why)));
            }
            // There is none yet, or none that can be read: then laying it says so.
            Err(_) => {}
        }
    }
    for (name, (role, bytes)) in named {
        let shown = name.display().to_string();
        match beside.lay(&name, role, bytes).await {
            Ok(()) => {}
            Err(NotLaid::Different) => return Ok(Err(NotTaken::Different(shown))),
            Err(NotLaid::Refused(why)) => return Ok(Err(NotTaken::Refused(shown, why))),
            Err(error) => {
                let why = "cannot write beside the catalogue — check that the server may";
                return Err(anyhow::Error::new(error).context(why).into());
            }
        }
    }
    let base = Sha256::of(in_force.as_bytes());
    keep(backend, signed_in, base, text).await?;
    Ok(Ok(()))
}

/// The catalogue that was sent, and what was packed with it.
async fn read(sent: Vec<u8>) -> Result<Result<(String, Files), NotTaken>, PageError> {
    let (text, files) = if bundle::is_archive(&sent) {
        let unpacked = tokio::task::spawn_blocking(move || bundle::unpack(&sent)).await;
        match unpacked.context("the archive could not be unpacked")? {
            Ok(unpacked) => unpacked,
            Err(why) => return Ok(Err(NotTaken::Archive(why))),
        }
    } else {
        (sent, Files::new())
    };
    let text = Some(text).filter(|it| it.len() <= IMPORT_LIMIT);
    let text = text.and_then(|bytes| String::from_utf8(bytes).ok());
    // Editors on Windows put a mark before the text.
    let text = text.map(|text| text.trim_start_matches('\u{feff}').to_owned());
    let text = text.filter(|text| !text.trim().is_empty());
    Ok(text.map(|text| (text, files)).ok_or(NotTaken::Unreadable))
}

/// The bytes of the file that was sent; none where none was, or it was too large.
async fn the_file(mut sent: Multipart) -> Result<Vec<u8>, PageError> {
    let unreadable = |_| PageError::Unreadable;
    while let Some(field) = sent.next_field().await.map_err(unreadable)? {
        if field.name() == Some("file") {
            return Ok(bounded(field, READ_LIMIT).await?.unwrap_or_default());
        }
    }
    Ok(Vec::new())
}
