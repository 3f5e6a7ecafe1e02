//! Files that lie beside the catalogue: the one door through which content is read, and through which texts and
//! pictures are laid there.
//!
//! What somebody names is judged three times: as it is written, as what it leads to once links are followed, and as
//! what has been opened. Each folder on the way is opened from the one before it and no link is followed then, so that
//! nothing can be put in the place of what was judged.

mod not_read;

use std::{
    collections::BTreeSet,
    ffi::OsStr,
    fs::File,
    io::{self, Read as _, Write as _},
    os::fd::OwnedFd,
    path::{Component, Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use rustix::{
    fs::{
        AtFlags, CWD, FileType, Mode, OFlags, RenameFlags, fstat, fsync, linkat, mkdirat, openat,
        renameat_with, statat, unlinkat,
    },
    io::Errno,
};
use url::Url;

use super::{error::SourceError, source::SourceKind};

pub use crate::refused::Refused;
pub use not_read::{NotLaid, NotRead};

/// What a folder of this server's data holds, wherever it lies.
const DATABASE: &str = "kairan.sqlite";
/// What lies beside a database of SQLite while it is open.
const DATABASE_ENDS: [&str; 4] = ["", "-wal", "-shm", "-journal"];
/// Folders of the data folder.
const DATA_FOLDERS: [&str; 2] = ["blobs", "days"];

/// What a file is read as, which says how its name may end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Open data: news, tables, calendars, timetables, entities.
    Data,
    /// A text of the operator's own.
    Text,
    /// A programme, a questionnaire or a form of the operator's own.
    Programme,
    /// A picture.
    Picture,
    /// A sound.
    Sound,
    /// What a source is let in with: it may have any name, and is shown to nobody.
    Token,
}

impl Role {
    /// Of the file that a source of this kind is read from.
    pub fn of(kind: &SourceKind) -> Self {
        match kind {
            SourceKind::Page => Self::Text,
            SourceKind::Audio | SourceKind::Questionnaire | SourceKind::Form => Self::Programme,
            _ => Self::Data,
        }
    }

    /// How a name may end; in any way where there are none.
    fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Data => &[
                "csv", "tsv", "ics", "ical", "zip", "xml", "rss", "rdf", "atom", "json", "jsonld",
                "geojson",
            ],
            Self::Text => &["md", "markdown"],
            Self::Programme => &["toml"],
            Self::Picture => &["jpg", "jpeg", "png", "gif", "webp"],
            Self::Sound => &["ogg", "oga", "mp3", "flac", "wav"],
            Self::Token => &[],
        }
    }

    /// Judges a name; `is_hidden` says which of its parts are not shown.
    fn judge(self, name: &Path, is_hidden: impl Fn(&str) -> bool) -> Result<(), Refused> {
        let endings = self.endings();
        if endings.is_empty() {
            return Ok(());
        }
        if name.iter().any(|part| is_hidden(&part.to_string_lossy())) {
            return Err(Refused::Hidden);
        }
        let ending = name.extension().map(|it| it.to_string_lossy());
        let ending = ending.unwrap_or_default().to_ascii_lowercase();
        if endings.contains(&&*ending) {
            Ok(())
        } else {
            Err(Refused::Ending(endings))
        }
    }
}

/// The folder of the catalogue, and what in it is no content. Clones share what is kept back.
#[derive(Debug, Clone)]
pub struct Beside {
    folder: PathBuf,
    kept: Arc<Kept>,
}

/// What is shown to nobody, whatever it is called.
#[derive(Debug, Default)]
struct Kept {
    /// Files and folders.
    places: Vec<PathBuf>,
    /// Files in which tokens lie, each with the origin that it is for; none where any token may go anywhere.
    tokens: Option<RwLock<BTreeSet<(PathBuf, String)>>>,
}

/// What tells one file from every other.
type Identity = (u64, u64);

impl Beside {
    /// The files beside this catalogue, which is itself none of them. `kept` are files and folders that are shown to
    /// nobody.
    pub fn of(catalogue: &Path, kept: impl IntoIterator<Item = PathBuf>) -> Self {
        let own = [catalogue.to_owned(), catalogue.with_extension("toml.part")];
        Self {
            folder: catalogue.parent().unwrap_or(Path::new("")).to_owned(),
            kept: Arc::new(Kept {
                places: own.into_iter().chain(kept).collect(),
                tokens: Some(RwLock::default()),
            }),
        }
    }

    /// The files below the folder in which somebody types a command: they may read them anyhow.
    pub fn at_a_terminal() -> Self {
        Self {
            folder: PathBuf::new(),
            kept: Arc::default(),
        }
    }

    /// What a data folder holds, to be kept back. The folder may be the catalogue's own.
    pub fn of_data(data: &Path) -> Vec<PathBuf> {
        let files = DATABASE_ENDS.map(|end| data.join(format!("{DATABASE}{end}")));
        let folders = DATA_FOLDERS.map(|name| data.join(name));
        let mut kept = vec![data.to_owned()];
        kept.extend(files.into_iter().chain(folders));
        kept
    }

    /// From now on this token may go to where this address leads, and is shown to nobody. Whoever may write the
    /// catalogue's file on the server says so there.
    pub fn trust(&self, token: &Path, address: &Url) {
        if let Some(tokens) = &self.kept.tokens {
            let mut tokens = tokens.write().unwrap_or_else(PoisonError::into_inner);
            tokens.insert((plain(token), origin(address)));
        }
    }

    /// Whether a token may go to where this address leads.
    pub fn lets(&self, token: &Path, address: &Url) -> bool {
        self.kept.tokens.as_ref().is_none_or(|tokens| {
            let tokens = tokens.read().unwrap_or_else(PoisonError::into_inner);
            tokens.contains(&(plain(token), origin(address)))
        })
    }

    /// Whether a file is there that may be shown.
    pub fn look(&self, file: &Path, role: Role) -> Result<(), NotRead> {
        self.open(file, role, OFlags::PATH).map(drop)
    }

    /// A name as it is written, without what lies there.
    pub fn judge(file: &Path, role: Role) -> Result<(), Refused> {
        let is_inside = |part| matches!(part, Component::Normal(_) | Component::CurDir);
        if file.as_os_str().is_empty() || !file.components().all(is_inside) {
            return Err(Refused::Elsewhere);
        }
        role.judge(&plain(file), |part| part.starts_with('.'))
    }

    /// Reads a file of no more than `limit` bytes.
    pub async fn read(
        &self,
        file: &Path,
        role: Role,
        limit: usize,
    ) -> Result<Vec<u8>, SourceError> {
        let (beside, name) = (self.clone(), file.to_owned());
        let read = move || beside.read_now(&name, role, limit);
        let bytes = self.done(file, read).await?;
        if bytes.len() > limit {
            return Err(SourceError::TooLarge {
                address: file.display().to_string(),
                limit,
            });
        }
        Ok(bytes)
    }

    /// The same where it stands: one byte more than `limit` says that there are more.
    pub fn read_now(&self, file: &Path, role: Role, limit: usize) -> Result<Vec<u8>, NotRead> {
        let opened = self.open(file, role, OFlags::RDONLY)?;
        let mut bytes = Vec::new();
        opened.take(limit as u64 + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// When a file was last written, in nanoseconds, and its length: what tells whether to read it.
    pub async fn stamp(&self, file: &Path, role: Role) -> Result<String, SourceError> {
        let (beside, name) = (self.clone(), file.to_owned());
        let looked = move || beside.stamp_now(&name, role);
        self.done(file, looked).await
    }

    /// The same where it stands.
    pub fn stamp_now(&self, file: &Path, role: Role) -> Result<String, NotRead> {
        let seen = fstat(self.open(file, role, OFlags::PATH)?).map_err(io::Error::from)?;
        let (seconds, parts) = (i128::from(seen.st_mtime), i128::from(seen.st_mtime_nsec));
        let written = seconds * 1_000_000_000 + parts;
        Ok(format!("{written}-{}", seen.st_size))
    }

    /// Away from the threads that answer.
    async fn done<T: Send + 'static>(
        &self,
        file: &Path,
        work: impl FnOnce() -> Result<T, NotRead> + Send + 'static,
    ) -> Result<T, SourceError> {
        let done = tokio::task::spawn_blocking(work).await;
        let done = done.unwrap_or_else(|panic| Err(NotRead::Failed(io::Error::other(panic))));
        done.map_err(|error| match error {
            NotRead::Refused(why) => SourceError::NoContent {
                file: file.to_owned(),
                why,
            },
            NotRead::Failed(source) => SourceError::File {
                path: self.folder.join(file),
                source,
            },
        })
    }

    /// Opens a file and no other.
    fn open(&self, file: &Path, role: Role, how: OFlags) -> Result<File, NotRead> {
        Self::judge(file, role)?;
        let home = self.home()?;
        let whole = home.join(plain(file)).canonicalize()?;
        let within = whole
            .strip_prefix(&home)
            .map_err(|_| Refused::Elsewhere)?
            .to_owned();
        // Two dots are how a mounted folder of Kubernetes names what its links lead to.
        role.judge(&within, |part| {
            part.starts_with('.') && !part.starts_with("..")
        })?;
        let (Some(name), Some(folder)) = (within.file_name(), within.parent()) else {
            return Err(Refused::NoFile.into());
        };
        let kept = self.identities(role);
        let mut at = opened(CWD, &home)?;
        for part in folder {
            at = opened(&at, part)?;
            refuse_kept(&at, &kept)?;
        }
        let seen = statat(&at, name, AtFlags::SYMLINK_NOFOLLOW).map_err(io::Error::from)?;
        // A device does something when it is opened, and a pipe waits.
        if FileType::from_raw_mode(seen.st_mode) != FileType::RegularFile {
            return Err(Refused::NoFile.into());
        }
        let how = how | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let found = openat(&at, name, how, Mode::empty()).map_err(io::Error::from)?;
        let seen = fstat(&found).map_err(io::Error::from)?;
        if kept.contains(&(seen.st_dev, seen.st_ino)) {
            return Err(Refused::Kept.into());
        }
        if FileType::from_raw_mode(seen.st_mode) != FileType::RegularFile {
            return Err(Refused::NoFile.into());
        }
        Ok(File::from(found))
    }

    /// Lays a file down, whole, and never over another. What lies there already must say the same.
    pub async fn lay(&self, file: &Path, role: Role, bytes: Vec<u8>) -> Result<(), NotLaid> {
        let (beside, name) = (self.clone(), file.to_owned());
        let laid = tokio::task::spawn_blocking(move || beside.lay_now(&name, role, &bytes)).await;
        laid.unwrap_or_else(|panic| Err(NotLaid::Failed(io::Error::other(panic))))
    }

    fn lay_now(&self, file: &Path, role: Role, bytes: &[u8]) -> Result<(), NotLaid> {
        if let Some(is_the_same) = self.says(file, role, bytes)? {
            return if is_the_same {
                Ok(())
            } else {
                Err(NotLaid::Different)
            };
        }
        let name = plain(file);
        let (Some(last), Some(folder)) = (name.file_name(), name.parent()) else {
            return Err(Refused::NoFile.into());
        };
        // What is not there yet is kept back by its name.
        let home = self.home()?;
        let path = home.join(&name);
        let is_kept = |place: &PathBuf| {
            let place = std::path::absolute(place).unwrap_or_else(|_| place.clone());
            path.starts_with(&place) && !home.starts_with(&place)
        };
        if self.places(role).iter().any(is_kept) {
            return Err(Refused::Kept.into());
        }
        let at = self.folder_for(&home, folder, role)?;
        let aside = format!(".{:016x}.part", rand::random::<u64>());
        let new = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW;
        let written = openat(&at, &*aside, new | OFlags::CLOEXEC, Mode::from(0o666));
        let mut written = File::from(written.map_err(io::Error::from)?);
        let laid = written
            .write_all(bytes)
            .and_then(|()| written.sync_all())
            .and_then(|()| put_in_place(&at, &aside, last));
        // Of what was only linked, this name goes; what was renamed has none any more.
        let _ = unlinkat(&at, &*aside, AtFlags::empty());
        match laid {
            // Somebody was faster.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                match self.says(file, role, bytes)? {
                    Some(true) => Ok(()),
                    _ => Err(NotLaid::Different),
                }
            }
            laid => {
                laid?;
                Ok(fsync(&at).map_err(io::Error::from)?)
            }
        }
    }

    /// Whether a file says this; none where there is no file.
    fn says(&self, file: &Path, role: Role, bytes: &[u8]) -> Result<Option<bool>, NotLaid> {
        match self.open(file, role, OFlags::RDONLY) {
            Ok(opened) => {
                let mut found = Vec::new();
                let most = bytes.len() as u64 + 1;
                opened.take(most).read_to_end(&mut found)?;
                Ok(Some(found == bytes))
            }
            Err(NotRead::Failed(error)) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(NotRead::Failed(error)) => Err(NotLaid::Failed(error)),
            Err(NotRead::Refused(why)) => Err(why.into()),
        }
    }

    /// Opens the folder in which something is laid; makes it if there is none.
    fn folder_for(&self, home: &Path, folder: &Path, role: Role) -> Result<OwnedFd, NotLaid> {
        // Links inside the folder may be followed, as when it is read: what is there of the way is looked up first.
        let there = folder
            .ancestors()
            .find_map(|there| Some((there, home.join(there).canonicalize().ok()?)));
        let (there, whole) = there.ok_or(Refused::Elsewhere)?;
        let within = whole.strip_prefix(home).map_err(|_| Refused::Elsewhere)?;
        let missing = folder.strip_prefix(there).unwrap_or(Path::new(""));
        let kept = self.identities(role);
        let mut at = opened(CWD, home)?;
        let way = within.join(missing);
        for part in &way {
            match mkdirat(&at, part, Mode::from(0o777)) {
                Ok(()) | Err(Errno::EXIST) => {}
                Err(error) => return Err(NotLaid::Failed(error.into())),
            }
            at = match opened(&at, part) {
                // A link that leads nowhere yet, or a file.
                Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                    return Err(Refused::Elsewhere.into());
                }
                opened => opened?,
            };
            refuse_kept(&at, &kept)?;
        }
        // What is to be written through is opened to be read.
        let how = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(openat(&at, ".", how, Mode::empty()).map_err(io::Error::from)?)
    }

    fn home(&self) -> io::Result<PathBuf> {
        if self.folder.as_os_str().is_empty() {
            return Path::new(".").canonicalize();
        }
        self.folder.canonicalize()
    }

    /// What is kept back from a role. A token is no content, and no secret from who reads tokens.
    fn places(&self, role: Role) -> Vec<PathBuf> {
        let mut places = self.kept.places.clone();
        if let Some(tokens) = self.kept.tokens.as_ref().filter(|_| role != Role::Token) {
            let tokens = tokens.read().unwrap_or_else(PoisonError::into_inner);
            places.extend(tokens.iter().map(|(file, _)| self.folder.join(file)));
        }
        places
    }

    /// The same by what tells one file from every other, so that no other name leads to it.
    fn identities(&self, role: Role) -> BTreeSet<Identity> {
        let places = self.places(role);
        let found = places.iter().filter_map(|it| rustix::fs::stat(it).ok());
        found.map(|it| (it.st_dev, it.st_ino)).collect()
    }
}

/// Gives a file its name, which takes the place of nothing.
fn put_in_place(at: &OwnedFd, aside: &str, name: &OsStr) -> io::Result<()> {
    match linkat(at, aside, at, name, AtFlags::empty()) {
        // There are file systems without second names.
        Err(Errno::PERM | Errno::OPNOTSUPP | Errno::NOSYS | Errno::MLINK) => {
            Ok(renameat_with(at, aside, at, name, RenameFlags::NOREPLACE)?)
        }
        linked => Ok(linked?),
    }
}

/// A folder on the way, opened from the one before it. It is only gone through.
fn opened(at: impl std::os::fd::AsFd, name: impl rustix::path::Arg) -> io::Result<OwnedFd> {
    let how = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(openat(at, name, how, Mode::empty())?)
}

/// Refuses a folder that is kept back, or in which a database of ours lies.
fn refuse_kept(folder: &OwnedFd, kept: &BTreeSet<Identity>) -> Result<(), NotRead> {
    let seen = fstat(folder).map_err(io::Error::from)?;
    let holds_data = statat(folder, DATABASE, AtFlags::SYMLINK_NOFOLLOW).is_ok();
    if holds_data || kept.contains(&(seen.st_dev, seen.st_ino)) {
        return Err(Refused::Kept.into());
    }
    Ok(())
}

/// A name without the `./` that it may begin with.
pub fn plain(name: &Path) -> PathBuf {
    let parts = name.components();
    parts.filter(|part| *part != Component::CurDir).collect()
}

fn origin(address: &Url) -> String {
    address.origin().ascii_serialization()
}

/// Reads any file that somebody names who types a command.
pub async fn read_anywhere(path: &Path, limit: usize) -> Result<Vec<u8>, SourceError> {
    let failed = |source| SourceError::File {
        path: path.to_owned(),
        source,
    };
    let name = path.to_owned();
    let read = tokio::task::spawn_blocking(move || {
        let mut bytes = Vec::new();
        let opened = File::open(name)?;
        opened.take(limit as u64 + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    });
    let read = read
        .await
        .unwrap_or_else(|panic| Err(io::Error::other(panic)));
    let bytes = read.map_err(failed)?;
    if bytes.len() > limit {
        return Err(SourceError::TooLarge {
            address: path.display().to_string(),
            limit,
        });
    }
    Ok(bytes)
}
