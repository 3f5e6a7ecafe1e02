//! Writing a file so that a power cut leaves the old one or the new one, never half of one.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

/// Writes `bytes` to `path`: aside first, to the disk, then in place with one rename.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_with_mode(path, bytes, 0o666)
}

/// Writes `bytes` to `path` as [`write_whole`] does, never readable for any other user.
pub fn write_secret(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_with_mode(path, bytes, 0o600)
}

fn write_with_mode(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let aside = path.with_extension("part");
    // What lay there from a write that was cut short may be open to others.
    let _ = fs::remove_file(&aside);
    lay_aside(&aside, bytes, mode)
        .and_then(|()| fs::rename(&aside, path))
        .inspect_err(|_| {
            // Half a file on a full disk keeps the room that something else needs.
            let _ = fs::remove_file(&aside);
        })?;
    // The rename itself stands on the disk only when its folder does.
    path.parent()
        .map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

fn lay_aside(aside: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let mut file = File::options()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(mode)
        .open(aside)?;
    file.write_all(bytes)?;
    file.sync_all()
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
