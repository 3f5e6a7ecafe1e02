//! A catalogue from its file on the server, and the settings of a source alone.

use std::path::{Path, PathBuf};

use kairan_sources::{
    beside::{Beside, NotRead, Role},
    source::ContentSource,
};
use url::Url;

use crate::{
    catalogue::Catalogue,
    content::{self, Anything, NotThere, Surroundings, read_beside},
    fault::{Fault, FaultKind},
    reader,
    table::Faults,
};

/// The greatest size of a catalogue in bytes: a thousand tiles take about 500 kB.
const LARGEST: u64 = 4 * 1024 * 1024;

/// Why a catalogue could not be read at all, or what is wrong with it.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// The file could not be read.
    #[error("cannot read {path}: {source} — check the name, and that you may read the file")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The file is far too large for a catalogue.
    #[error("{0} is larger than 4 MB — this is not a catalogue of tiles; name another file")]
    TooLarge(PathBuf),
    /// The file is not text.
    #[error("{0} is not UTF-8 text — save it as UTF-8 and try again")]
    NotText(PathBuf),
    /// The file was read, and faults were found.
    #[error("{} fault(s) in {}", faults.len(), path.display())]
    Faulty {
        /// The file.
        path: PathBuf,
        /// Every fault, in the order of the file.
        faults: Vec<Fault>,
    },
}

impl Catalogue {
    /// Reads and checks the catalogue at `path`. Files that it names are looked for beside it. Whoever may write this
    /// file says where tokens go.
    pub fn load(path: &Path, beside: &Beside) -> Result<(Self, String), CatalogueError> {
        let text = read_text(path)?;
        let around = OnServer(beside);
        let read = reader::read(&text, &around).and_then(|catalogue| {
            if catalogue.tokens().next().is_none() {
                return Ok(catalogue);
            }
            for (token, address) in catalogue.tokens() {
                beside.trust(token, address);
            }
            // Now it is known what is kept back under other names, too.
            reader::read(&text, &around)
        });
        let faulty = |faults| CatalogueError::Faulty {
            path: path.to_owned(),
            faults,
        };
        Ok((read.map_err(faulty)?, text))
    }

    /// Reads a catalogue that was good once. Files that it names may be gone since then, or say something that
    /// cannot be used any more; without what lies beside it, none is looked at.
    pub fn once_good(text: &str, beside: Option<&Beside>) -> Option<Self> {
        reader::read(text, &Anything(beside)).ok()
    }
}

/// What lies beside the file of a catalogue on the server.
struct OnServer<'b>(&'b Beside);

impl Surroundings for OnServer<'_> {
    fn look(&self, file: &Path, role: Role) -> Result<(), NotThere> {
        self.0.look(file, role).map_err(NotThere::from)
    }

    fn lets(&self, _: &Path, _: &Url) -> bool {
        true
    }

    fn reaches(&self, _: &str) -> bool {
        true
    }

    fn read(&self, file: &Path, role: Role, limit: usize) -> Result<Option<Vec<u8>>, String> {
        read_beside(self.0, file, role, limit).map(Some)
    }
}

impl From<NotRead> for NotThere {
    fn from(error: NotRead) -> Self {
        match error {
            NotRead::Refused(why) => Self::Refused(why),
            NotRead::Failed(_) => Self::Missing,
        }
    }
}

/// Reads the settings of one source, written as in `[service.content]`, but without the place where
/// it lies: `kairan try` names that on its command line.
pub fn source_settings(text: &str) -> Result<ContentSource, Vec<Fault>> {
    let mut faults = Faults::new(text);
    let (root, errors) = toml::de::DeTable::parse_recoverable(text);
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        faults.add(FaultKind::Syntax(error.message().replace('\n', " ")), &span);
    }
    let value = toml::Spanned::new(
        root.span(),
        toml::de::DeValue::Table(root.get_ref().clone()),
    );
    let source = content::content(&value, &Anything(None), &mut faults);
    let faults = faults.into_sorted();
    match source {
        Some(source) if faults.is_empty() => Ok(source),
        _ => Err(faults),
    }
}

/// The text of a catalogue, if it is one and not larger than 4 MB.
pub fn read_text(path: &Path) -> Result<String, CatalogueError> {
    let unreadable = |source| CatalogueError::Unreadable {
        path: path.to_owned(),
        source,
    };
    if std::fs::metadata(path).map_err(unreadable)?.len() > LARGEST {
        return Err(CatalogueError::TooLarge(path.to_owned()));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let text = String::from_utf8(bytes).map_err(|_| CatalogueError::NotText(path.to_owned()))?;
    // Editors on Windows put a mark before the text; it is no fault of the operator's.
    Ok(text
        .strip_prefix('\u{feff}')
        .map(str::to_owned)
        .unwrap_or(text))
}
