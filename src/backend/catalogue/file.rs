//! The catalogue's file: how it is written, and when it was.

use kairan_contract::Language;
use std::{
    fs::File,
    io::{self, Write as _},
    path::Path,
    time::SystemTime,
};

use kairan_catalogue::{CatalogueError, Fault};

/// When it was last written, and its length.
pub type Stamp = Option<(SystemTime, u64)>;

/// When the file was last written, and its length; nothing where there is none.
pub fn written_at(path: &Path) -> Stamp {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

/// Aside first, to the disk, then in place with one rename: a power cut leaves the old one or the new one.
pub fn write(path: &Path, text: &str) -> io::Result<()> {
    let aside = path.with_extension("toml.part");
    let mut file = File::create(&aside)?;
    file.write_all(text.as_bytes())?;
    if let Ok(before) = std::fs::metadata(path) {
        file.set_permissions(before.permissions())?;
    }
    file.sync_all()?;
    std::fs::rename(&aside, path)?;
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// A catalogue's error with every fault on a line of its own.
pub fn in_words(error: &CatalogueError, language: Language) -> String {
    match error {
        CatalogueError::Faulty { path, faults } => faults
            .iter()
            .map(|fault: &Fault| fault.line_for(path, language))
            .collect::<Vec<_>>()
            .join("\n"),
        other => other.to_string(),
    }
}
