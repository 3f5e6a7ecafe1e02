//! Writing a file so that a power cut leaves the old one or the new one, never half of one.

use std::{
    fs::{self, File, Permissions},
    io::{self, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

/// Writes `bytes` to `path`: aside first, to the disk, then in place with one rename.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_with_mode(path, bytes, 0o666)
}

/// Writes `bytes` to `path` as [`write()`] does, never readable for any other user.
pub fn write_secret(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_with_mode(path, bytes, 0o600)
}

/// Where `path` is written before it is renamed. The name is the same each time, so that it can be found again.
fn aside(path: &Path) -> PathBuf {
    path.with_extension("part")
}

fn write_with_mode(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let aside = aside(path);
    let name = aside.file_name().unwrap_or_default();
    // What lay there from a write that was cut short may be open to others.
    clear_leftover(path);
    // Dropped before it is in its place it is gone: half a file on a full disk keeps the room that something
    // else needs.
    let mut file = tempfile::Builder::new()
        .prefix(name)
        .rand_bytes(0)
        .permissions(Permissions::from_mode(mode))
        .tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    // The rename itself stands on the disk only when its folder does.
    File::open(folder)?.sync_all()
}

/// Removes what a write to `path` that was cut short has left beside it.
pub fn clear_leftover(path: &Path) {
    // Where it cannot be removed the next write says why.
    let _ = fs::remove_file(aside(path));
}

/// Sets a damaged file aside, where it harms nobody and a helper can look at it. Only the last
/// one of each name is kept, so that a failing disk does not fill itself.
pub fn quarantine(path: &Path) -> io::Result<PathBuf> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".damaged");
    let aside = path.with_file_name(name);
    if aside.is_dir() {
        fs::remove_dir_all(&aside)?;
    }
    fs::rename(path, &aside)?;
    Ok(aside)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names_in(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("reads");
        let mut names: Vec<_> = entries
            .map(|entry| {
                entry
                    .expect("reads")
                    .file_name()
                    .into_string()
                    .expect("text")
            })
            .collect();
        names.sort();
        names
    }

    #[test]
    fn the_old_or_the_new_lies_there_and_nothing_beside_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("choices.json");
        write(&path, b"old").expect("writes");
        // The power went while the new one was written, and the leftover is open to everybody.
        fs::write(folder.path().join("choices.part"), b"ne").expect("writes");
        write_secret(&path, b"new").expect("writes");
        assert_eq!(fs::read(&path).expect("reads"), b"new");
        let mode = fs::metadata(&path).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(names_in(folder.path()), ["choices.json"]);
    }

    #[test]
    fn one_that_cannot_be_put_in_its_place_leaves_no_half_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("choices.json");
        fs::create_dir_all(path.join("in the way")).expect("makes");
        assert!(write(&path, b"new").is_err());
        assert_eq!(names_in(folder.path()), ["choices.json"]);
    }

    #[test]
    fn what_a_write_that_was_cut_short_left_can_be_cleared() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("choices.json");
        clear_leftover(&path);
        fs::write(folder.path().join("choices.part"), b"ne").expect("writes");
        fs::write(folder.path().join("holiday.part"), b"x").expect("writes");
        clear_leftover(&path);
        assert_eq!(names_in(folder.path()), ["holiday.part"]);
    }
}
