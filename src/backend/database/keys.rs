//! Keys with which secrets are sealed before they are written into the database. They lie in a folder of their own
//! outside the data folder, so that whoever gets hold of the data, or of a backup of it, opens nothing.
//!
//! A key is a file, `FOLDER/PURPOSE/NAME.key`, of 64 hexadecimal digits. The one whose name is the last seals, and the
//! name begins with when it was made; the others open what they have sealed. Every purpose has keys of its own, so that
//! one can be lost or given away without the others. What is sealed is a text:
//! `sealed:1:NAME:` and, in base64, a number used once, the ciphertext of ChaCha20-Poly1305 and its tag. To which place
//! of the database it belongs is authenticated with it, so that nothing sealed for one person opens for another.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{
        DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, fchown,
    },
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use jiff::Timestamp;
use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
    rand::{SecureRandom as _, SystemRandom},
};

/// How a sealed text begins: no secret that we keep does.
const MARK: &str = "sealed:";
/// The form in which it goes on.
const FORM: &str = "sealed:1:";
/// How the file of a key ends.
const ENDING: &str = "key";
/// Bytes of a key.
const LENGTH: usize = 32;

/// What a key is for. The heads of the audit log are to get a folder of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// The secrets of second factors.
    SecondFactors,
    /// Where webhooks of providers go, and with what they are signed.
    Connections,
    /// What residents tell a provider, and what is told to them in words.
    PersonalData,
    /// Under which name a loan's requests are found. Its first key is used for ever: another would find none of them.
    Loans,
}

impl Purpose {
    fn folder(self) -> &'static str {
        match self {
            Self::SecondFactors => "second-factors",
            Self::Connections => "connections",
            Self::PersonalData => "personal-data",
            Self::Loans => "loans",
        }
    }
}

/// Why the keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// They would lie where every backup takes them along.
    #[error(
        "the keys would lie in {keys}, inside the data folder {data}, and in every copy of it — name a folder elsewhere with --keys or KAIRAN_KEYS"
    )]
    InsideData {
        /// The folder of the keys.
        keys: PathBuf,
        /// The data folder.
        data: PathBuf,
    },
    /// The folder cannot be read or written.
    #[error(
        "cannot use the folder of keys {path}: {source} — check that you may read and write there, or name another with --keys or KAIRAN_KEYS"
    )]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Who reads the keys would not be able to read a new one.
    #[error(
        "a key in {path} would belong to you, and not to the user of the folder — run this as user {owner} (`sudo -u '#{owner}' kairan …`), or as root"
    )]
    OtherOwner {
        /// The folder.
        path: PathBuf,
        /// The number of its user.
        owner: u32,
    },
    /// The system gives no random numbers, or the cipher refuses.
    #[error("nothing can be sealed on this machine: the system gives no random numbers")]
    Unsealed,
}

/// Why something that is sealed stays so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotOpened {
    /// The key is not there.
    #[error("the key {0} is not there")]
    Lost(String),
    /// It is damaged, or was sealed for another place.
    #[error("it is damaged, or belongs elsewhere")]
    Damaged,
}

/// The keys by their names.
type Ring = BTreeMap<String, [u8; LENGTH]>;

/// A folder of keys. Clones share what has been read.
#[derive(Clone)]
pub struct Keys {
    folder: PathBuf,
    read: Arc<RwLock<BTreeMap<Purpose, Ring>>>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

impl Keys {
    /// The keys in this folder.
    pub fn at(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            read: Arc::default(),
        }
    }

    /// Where a person says that the keys lie, or else beside the data folder: `DATA.keys`.
    pub fn of(said: Option<&Path>, data: &Path) -> Self {
        said.map_or_else(|| Self::at(&beside(data)), Self::at)
    }

    /// Where they lie.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Refuses a folder inside the data folder.
    pub fn judge(&self, data: &Path) -> Result<(), KeysError> {
        let (keys, data) = (resolved(&self.folder), resolved(data));
        if keys.starts_with(&data) {
            return Err(KeysError::InsideData { keys, data });
        }
        Ok(())
    }

    /// Makes the folder and a first key for a purpose; says whether there was none.
    pub fn prepare(&self, purpose: Purpose, now: Timestamp) -> Result<bool, KeysError> {
        let is_first = self.look(purpose)?.is_empty();
        if is_first {
            self.add(purpose, now)?;
        }
        Ok(is_first)
    }

    /// Whether somebody else on this machine may look into the folder.
    pub fn is_open_to_others(&self) -> bool {
        fs::metadata(&self.folder).is_ok_and(|it| it.permissions().mode() & 0o077 != 0)
    }

    /// Makes another key, which seals from now on; gives its name.
    pub fn add(&self, purpose: Purpose, now: Timestamp) -> Result<String, KeysError> {
        let ring = self.look(purpose)?;
        let mut bytes = [0; LENGTH + 4];
        let random = SystemRandom::new().fill(&mut bytes);
        random.map_err(|_| KeysError::Unsealed)?;
        let (key, tail) = bytes.split_at(LENGTH);
        let mut name = format!("{}-{}", now.strftime("%Y%m%d-%H%M%S"), hex(tail));
        // A clock that was set back makes no key that would never be used.
        if let Some(last) = ring.keys().next_back().filter(|last| **last >= name) {
            name = format!("{last}-{}", hex(tail));
        }
        let folder = self.folder.join(purpose.folder());
        let path = folder.join(format!("{name}.{ENDING}"));
        self.write(&folder, &path, &hex(key))?;
        self.look(purpose)?;
        Ok(name)
    }

    /// Whole and on the disk before anything is sealed with it.
    fn write(&self, folder: &Path, path: &Path, key: &str) -> Result<(), KeysError> {
        let failed = |source| KeysError::Folder {
            path: path.to_owned(),
            source,
        };
        if !folder.exists() {
            let mut made = DirBuilder::new();
            made.recursive(true).mode(0o700);
            made.create(&self.folder).map_err(failed)?;
            made.create(folder).map_err(failed)?;
            hand_over(&File::open(folder).map_err(failed)?, &self.folder)?;
        }
        let aside = path.with_extension("part");
        let written = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&aside)
            .map_err(failed)
            .and_then(|mut file| {
                hand_over(&file, folder)?;
                file.write_all(format!("{key}\n").as_bytes())
                    .and_then(|()| file.sync_all())
                    .and_then(|()| fs::rename(&aside, path))
                    .map_err(failed)
            });
        if written.is_err() {
            // Nobody reads it, and it may be half of a key.
            let _ = fs::remove_file(&aside);
        }
        written?;
        for folder in [folder, &self.folder] {
            let synced = File::open(folder).and_then(|folder| folder.sync_all());
            synced.map_err(failed)?;
        }
        Ok(())
    }

    /// Reads the keys of a purpose as they lie there now.
    fn look(&self, purpose: Purpose) -> Result<Ring, KeysError> {
        let folder = self.folder.join(purpose.folder());
        let failed = |path: &Path, source| KeysError::Folder {
            path: path.to_owned(),
            source,
        };
        let mut ring = Ring::new();
        let listed = match fs::read_dir(&folder) {
            Ok(listed) => listed,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(ring),
            Err(error) => return Err(failed(&folder, error)),
        };
        for entry in listed {
            let path = entry.map_err(|error| failed(&folder, error))?.path();
            let name = path.file_stem().and_then(|it| it.to_str());
            let (Some(name), true) = (name, path.extension().is_some_and(|it| it == ENDING)) else {
                continue;
            };
            let text = match fs::read_to_string(&path) {
                Ok(text) => text,
                // One that cannot be read shuts nobody out whose secret another has sealed.
                Err(error) => {
                    tracing::error!(
                        "{} cannot be read: {error} — give it to the user of this program; until then what it sealed stays shut",
                        path.display()
                    );
                    continue;
                }
            };
            if let Some(key) = unhex(text.trim()) {
                ring.insert(name.to_owned(), key);
            } else {
                tracing::error!(
                    "{} holds no key — put the file back as it was; until then what it sealed stays shut",
                    path.display()
                );
            }
        }
        let mut read = self.read.write().unwrap_or_else(PoisonError::into_inner);
        read.insert(purpose, ring.clone());
        Ok(ring)
    }

    /// Seals a text for one place of the database, with the newest key there is.
    pub fn seal(&self, purpose: Purpose, place: &str, text: &str) -> Result<String, KeysError> {
        // Another program may have made a newer key since.
        let mut ring = self.look(purpose)?;
        if ring.is_empty() {
            self.add(purpose, Timestamp::now())?;
            ring = self.look(purpose)?;
        }
        let (name, key) = ring.last_key_value().ok_or(KeysError::Unsealed)?;
        let mut number = [0; NONCE_LEN];
        let random = SystemRandom::new().fill(&mut number);
        random.map_err(|_| KeysError::Unsealed)?;
        let mut bytes = text.as_bytes().to_vec();
        let belongs = Aad::from(belonging(purpose, name, place));
        cipher(key)
            .and_then(|cipher| {
                let number = Nonce::assume_unique_for_key(number);
                cipher
                    .seal_in_place_append_tag(number, belongs, &mut bytes)
                    .ok()
            })
            .ok_or(KeysError::Unsealed)?;
        let bytes = [&number[..], &bytes].concat();
        Ok(format!("{FORM}{name}:{}", STANDARD_NO_PAD.encode(bytes)))
    }

    /// Opens what was sealed for this place.
    pub fn open(&self, purpose: Purpose, place: &str, sealed: &str) -> Result<String, NotOpened> {
        let rest = sealed.strip_prefix(FORM).ok_or(NotOpened::Damaged)?;
        let (name, bytes) = rest.split_once(':').ok_or(NotOpened::Damaged)?;
        let key = self.key(purpose, name);
        let key = key.ok_or_else(|| NotOpened::Lost(name.to_owned()))?;
        let bytes = STANDARD_NO_PAD.decode(bytes);
        let bytes = bytes.map_err(|_| NotOpened::Damaged)?;
        let (number, sealed) = bytes
            .split_at_checked(NONCE_LEN)
            .ok_or(NotOpened::Damaged)?;
        let number = Nonce::try_assume_unique_for_key(number);
        let number = number.map_err(|_| NotOpened::Damaged)?;
        let mut sealed = sealed.to_vec();
        let belongs = Aad::from(belonging(purpose, name, place));
        let opened = cipher(&key)
            .and_then(|cipher| cipher.open_in_place(number, belongs, &mut sealed).ok())
            .ok_or(NotOpened::Damaged)?;
        String::from_utf8(opened.to_vec()).map_err(|_| NotOpened::Damaged)
    }

    /// A name for a text that nobody finds out without the key: always the same, by the first key of the purpose.
    pub fn name(&self, purpose: Purpose, text: &str) -> Result<String, KeysError> {
        let known = {
            let read = self.read.read().unwrap_or_else(PoisonError::into_inner);
            read.get(&purpose)
                .and_then(|ring| Some(*ring.first_key_value()?.1))
        };
        let key = if let Some(key) = known {
            key
        } else {
            self.prepare(purpose, Timestamp::now())?;
            let ring = self.look(purpose)?;
            *ring.first_key_value().ok_or(KeysError::Unsealed)?.1
        };
        let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
        let text = format!("kairan 1 {} {text}", purpose.folder());
        Ok(hex(hmac::sign(&key, text.as_bytes()).as_ref()))
    }

    /// A key by its name; the folder is read again for one that is not known.
    fn key(&self, purpose: Purpose, name: &str) -> Option<[u8; LENGTH]> {
        let known = {
            let read = self.read.read().unwrap_or_else(PoisonError::into_inner);
            read.get(&purpose).and_then(|ring| ring.get(name).copied())
        };
        known.or_else(|| self.look(purpose).ok()?.get(name).copied())
    }
}

/// Gives what was made to the user of the folder that it lies in: whoever makes a key by hand is often root, and the
/// server is not.
fn hand_over(made: &File, folder: &Path) -> Result<(), KeysError> {
    let failed = |source| KeysError::Folder {
        path: folder.to_owned(),
        source,
    };
    let owner = fs::metadata(folder).map_err(failed)?;
    let now = made.metadata().map_err(failed)?;
    if now.uid() == owner.uid() {
        return Ok(());
    }
    fchown(made, Some(owner.uid()), Some(owner.gid())).map_err(|_| KeysError::OtherOwner {
        path: folder.to_owned(),
        owner: owner.uid(),
    })
}

/// Whether a text is sealed.
pub fn is_sealed(text: &str) -> bool {
    text.starts_with(MARK)
}

/// The name of the key with which a text is sealed.
pub fn name_of_key(sealed: &str) -> Option<&str> {
    Some(sealed.strip_prefix(FORM)?.split_once(':')?.0)
}

/// What is authenticated with a sealed text.
fn belonging(purpose: Purpose, key: &str, place: &str) -> String {
    format!("kairan 1 {} {key} {place}", purpose.folder())
}

fn cipher(key: &[u8; LENGTH]) -> Option<LessSafeKey> {
    let key = UnboundKey::new(&CHACHA20_POLY1305, key).ok()?;
    Some(LessSafeKey::new(key))
}

/// The folder beside the data folder.
fn beside(data: &Path) -> PathBuf {
    let whole = resolved(data);
    let mut name = whole.file_name().unwrap_or_default().to_owned();
    name.push(".keys");
    whole.with_file_name(name)
}

/// A path without links, as far as it is there.
fn resolved(path: &Path) -> PathBuf {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    for there in whole.ancestors() {
        if let Ok(real) = there.canonicalize() {
            let rest = whole.strip_prefix(there).unwrap_or(Path::new(""));
            return real.join(rest).components().collect();
        }
    }
    whole
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a text never fails.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unhex(text: &str) -> Option<[u8; LENGTH]> {
    let mut key = [0; LENGTH];
    if text.len() != 2 * LENGTH || !text.is_ascii() {
        return None;
    }
    for (place, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * place..2 * place + 2], 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests;
