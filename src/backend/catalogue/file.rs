//! The catalogue's file: how it is written, and when it was.

use kairan_contract::Language;
use std::{
    fs::{File, Metadata},
    io::{self, Write as _},
    path::Path,
    time::SystemTime,
};

use kairan_catalogue::{CatalogueError, Fault};

/// When it was last written, and its length.
pub type Stamp = Option<(SystemTime, u64)>;

/// When the file was last written, and its length; nothing where there is none.
pub fn written_at(path: &Path) -> Stamp {
    stamp_of(&std::fs::metadata(path).ok()?)
}

fn stamp_of(metadata: &Metadata) -> Stamp {
    Some((metadata.modified().ok()?, metadata.len()))
}

/// Aside first, to the disk, then in place with one rename: a power cut leaves the old one or the new one. Gives the stamp
/// of what was written, taken before the rename: whatever an editor saves after it is seen as another.
pub fn write(path: &Path, text: &str) -> io::Result<Stamp> {
    let aside = path.with_extension("toml.part");
    let mut file = File::create(&aside)?;
    file.write_all(text.as_bytes())?;
    if let Ok(before) = std::fs::metadata(path) {
        file.set_permissions(before.permissions())?;
    }
    file.sync_all()?;
    let stamp = stamp_of(&file.metadata()?);
    std::fs::rename(&aside, path)?;
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(stamp)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_editor_saves_right_after_a_publication_bears_another_stamp() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("services.toml");
        let published = write(&path, "published").expect("writes");
        assert_eq!(written_at(&path), published, "nobody has touched it");
        std::fs::write(&path, "edited by hand").expect("writes");
        assert_ne!(written_at(&path), published);
    }
}
