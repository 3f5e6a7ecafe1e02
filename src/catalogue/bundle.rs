//! A catalogue with the files that it names, in one archive: what a council keeps, and takes in elsewhere. What a source
//! is let in with is no part of it.

use std::{
    collections::BTreeMap,
    io::{self, Cursor, Read as _, Write as _},
    path::{Component, Path, PathBuf},
};

use pulldown_cmark::{Event, Parser, Tag};
use zip::{ZipArchive, ZipWriter, result::ZipError, write::SimpleFileOptions};

use crate::catalogue::Catalogue;
use kairan_sources::{
    DraftContent, SourceError, audio,
    beside::{Beside, Role, plain},
    source::{Location, SourceKind},
};

/// What the catalogue is called in it.
const CATALOGUE: &str = "services.toml";
/// Bytes of all files together, unpacked, and how many there may be.
const LIMIT: usize = 128 * 1024 * 1024;
const FILES: usize = 5_000;

/// Files by their names beside the catalogue.
pub type Files = BTreeMap<PathBuf, Vec<u8>>;
/// The same, each with what it is read as.
pub type Named = BTreeMap<PathBuf, (Role, Vec<u8>)>;

/// Why there is no archive, or nothing in one.
#[derive(Debug, thiserror::Error)]
pub enum NotBundled {
    /// It is no archive, or a damaged one.
    #[error("it is no ZIP archive that can be read")]
    Damaged(#[source] ZipError),
    /// There is no catalogue in it.
    #[error("there is no {CATALOGUE} in it")]
    NoCatalogue,
    /// There is more in it than anybody writes.
    #[error("there is more than {} MB in it", LIMIT / 1024 / 1024)]
    TooLarge,
    /// A file cannot be read or written.
    #[error(transparent)]
    File(#[from] io::Error),
}

impl From<ZipError> for NotBundled {
    fn from(error: ZipError) -> Self {
        Self::Damaged(error)
    }
}

/// Where files are looked for.
#[derive(Debug, Clone, Copy)]
pub enum FileRoot<'f> {
    /// Beside the catalogue.
    Beside(&'f Beside),
    /// In what was unpacked.
    Unpacked(&'f Files),
}

impl FileRoot<'_> {
    /// A file, if it is there and no larger than this.
    async fn get(
        self,
        name: &Path,
        role: Role,
        limit: usize,
    ) -> Result<Option<Vec<u8>>, NotBundled> {
        match self {
            Self::Beside(beside) => match beside.read(name, role, limit).await {
                Ok(bytes) => Ok(Some(bytes)),
                Err(SourceError::TooLarge { .. }) => Err(NotBundled::TooLarge),
                // What is not there, or is no content, no tablet shows either.
                Err(_) => Ok(None),
            },
            Self::Unpacked(files) => {
                let found = files.get(name).cloned();
                Ok(found.filter(|_| Beside::judge(name, role).is_ok()))
            }
        }
    }
}

/// The files that a catalogue names, and those that its texts and programmes name, as far as they are there.
pub async fn named(catalogue: &Catalogue, root: FileRoot<'_>) -> Result<Named, NotBundled> {
    let (mut files, mut left) = (Named::new(), LIMIT);
    let mut wanted: Vec<(PathBuf, Role, Option<&SourceKind>)> = Vec::new();
    for (_, source) in &catalogue.services {
        if let Location::File(name) = &source.location {
            wanted.push((plain(name), Role::of(&source.kind), Some(&source.kind)));
        }
    }
    if let Some(neighbourhoods) = &catalogue.neighbourhoods {
        wanted.push((plain(&neighbourhoods.file), Role::Data, None));
    }
    while let Some((name, role, kind)) = wanted.pop() {
        if files.contains_key(&name) {
            continue;
        }
        let Some(bytes) = root.get(&name, role, left).await? else {
            continue;
        };
        left = left.checked_sub(bytes.len()).ok_or(NotBundled::TooLarge)?;
        let named = kind.map_or_else(Vec::new, |kind| named_in(kind, &bytes));
        wanted.extend(named.into_iter().map(|(name, role)| (name, role, None)));
        files.insert(name, (role, bytes));
        if files.len() > FILES {
            return Err(NotBundled::TooLarge);
        }
    }
    Ok(files)
}

/// The pictures and sounds that a text or a programme names.
fn named_in(kind: &SourceKind, bytes: &[u8]) -> Vec<(PathBuf, Role)> {
    let names: Vec<(String, Role)> = match kind {
        SourceKind::Page => {
            let text = String::from_utf8_lossy(bytes);
            let pictures = Parser::new(&text).filter_map(|event| match event {
                Event::Start(Tag::Image { dest_url, .. }) => {
                    Some((dest_url.to_string(), Role::Picture))
                }
                _ => None,
            });
            pictures.collect()
        }
        SourceKind::Audio => match audio::parse(bytes).map(|gleaned| gleaned.draft) {
            Ok(DraftContent::Audio(programme)) => programme
                .steps
                .into_iter()
                .flat_map(|step| [(step.picture, Role::Picture), (step.sound, Role::Sound)])
                .filter_map(|(name, role)| Some((name?, role)))
                .collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    };
    let names = names.into_iter();
    let names = names.map(|(name, role)| (plain(Path::new(&name)), role));
    names.filter(|(name, _)| is_beside(name)).collect()
}

/// Whether a name leads into the folder of the catalogue.
fn is_beside(name: &Path) -> bool {
    let mut parts = name.components();
    name.file_name().is_some() && parts.all(|part| matches!(part, Component::Normal(_)))
}

/// An archive of a catalogue and its files.
pub fn pack(text: &str, files: Named) -> Result<Vec<u8>, NotBundled> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file(CATALOGUE, SimpleFileOptions::default())?;
    zip.write_all(text.as_bytes())?;
    for (name, (_, bytes)) in files {
        zip.start_file(name.to_string_lossy(), SimpleFileOptions::default())?;
        zip.write_all(&bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// Whether these bytes begin as an archive does, or as an empty one.
pub fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// The catalogue in an archive, and what lies beside it there: at the top, or in a folder that was packed as a whole.
pub fn unpack(bytes: &[u8]) -> Result<(Vec<u8>, Files), NotBundled> {
    let mut zip = ZipArchive::new(Cursor::new(bytes))?;
    if zip.len() > FILES {
        return Err(NotBundled::TooLarge);
    }
    let (mut files, mut left) = (Files::new(), LIMIT);
    for number in 0..zip.len() {
        let file = zip.by_index(number)?;
        let name = file.enclosed_name().filter(|name| is_beside(name));
        let Some(name) = name.filter(|_| file.is_file()) else {
            continue;
        };
        // What an archive says of its sizes is not believed.
        let mut unpacked = Vec::new();
        file.take(left as u64 + 1).read_to_end(&mut unpacked)?;
        left = left
            .checked_sub(unpacked.len())
            .ok_or(NotBundled::TooLarge)?;
        files.insert(name, unpacked);
    }
    let catalogues = files.keys().filter(|name| name.ends_with(CATALOGUE));
    let highest = catalogues.min_by_key(|name| name.components().count());
    let name = highest.ok_or(NotBundled::NoCatalogue)?.clone();
    let catalogue = files.remove(&name).ok_or(NotBundled::NoCatalogue)?;
    let folder = name.parent().unwrap_or(Path::new(""));
    let beside = files.into_iter().filter_map(|(name, bytes)| {
        let name = name.strip_prefix(folder).ok()?.to_owned();
        Some((name, bytes))
    });
    Ok((catalogue, beside.collect()))
}
