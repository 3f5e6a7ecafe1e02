//! Forgetting the loan: what the council orders for a tablet that comes back, is lost, or whose resident has left.
//!
//! The order is written down first, so that it outlives whatever comes in between. It is carried out before
//! anything is opened, when the program starts; then the backend is told, until it has heard.

use std::{
    fs::{self, File},
    io,
    path::Path,
};

use crate::atomic_file::{clear_leftover, write_secret};

/// The order, with the token under which it is answered.
const ORDER: &str = "wipe.order";
/// What is left of it when everything else is gone, until the backend has heard.
const CARRIED_OUT: &str = "wipe.done";
/// How the names begin of all that a loan leaves here. The folder may hold things of others.
const OF_A_LOAN: [&str; 11] = [
    "answers",
    "blobs",
    "choices",
    "identity",
    "journal",
    "manifest",
    "personal",
    "probe",
    "running",
    "sequence",
    "tablet-id",
];

/// Writes the order down.
///
/// A full disk is no reason to remember: what was only fetched goes first.
pub fn order(folder: &Path, token: &str) -> io::Result<()> {
    let path = folder.join(ORDER);
    write_secret(&path, token.as_bytes()).or_else(|_| {
        fs::remove_dir_all(folder.join("blobs"))?;
        write_secret(&path, token.as_bytes())
    })
}

/// Whether there is an order that waits to be carried out.
pub fn is_ordered(folder: &Path) -> bool {
    folder.join(ORDER).exists()
}

/// Carries the order out, if there is one. Nothing of the folder may be open.
pub fn execute(folder: &Path) -> io::Result<()> {
    let order = folder.join(ORDER);
    clear_leftover(&order);
    if !order.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if !OF_A_LOAN.iter().any(|begin| name.starts_with(begin)) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    // That they are gone must stand on the disk before the order does not.
    File::open(folder)?.sync_all()?;
    fs::rename(&order, folder.join(CARRIED_OUT))?;
    File::open(folder)?.sync_all()
}

/// The token under which the backend is still to hear that an order was carried out.
pub fn unreported_token(folder: &Path) -> Option<String> {
    let token = fs::read_to_string(folder.join(CARRIED_OUT)).ok()?;
    Some(token).filter(|token| !token.is_empty())
}

/// The backend has heard.
pub fn mark_reported(folder: &Path) -> io::Result<()> {
    match fs::remove_file(folder.join(CARRIED_OUT)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_outlives_a_power_cut_and_takes_all_of_the_loan_and_nothing_of_others() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path();
        for name in [
            "identity.json",
            "journal.sqlite-wal",
            "choices.json.damaged",
            "personal.json",
            "answers.json.part",
            "photos.txt",
        ] {
            fs::write(folder.join(name), b"secret").expect("writes");
        }
        fs::create_dir_all(folder.join("blobs")).expect("makes");
        execute(folder).expect("nothing is ordered");
        assert!(folder.join("identity.json").exists());
        order(folder, "token").expect("writes");
        // The power went when half was gone.
        fs::remove_file(folder.join("journal.sqlite-wal")).expect("removes");
        assert!(is_ordered(folder));
        assert_eq!(unreported_token(folder), None);
        execute(folder).expect("carries out");
        assert!(!is_ordered(folder));
        let mut left: Vec<_> = fs::read_dir(folder)
            .expect("reads")
            .flatten()
            .map(|entry| entry.file_name().into_string().expect("text"))
            .collect();
        left.sort();
        assert_eq!(left, ["photos.txt", CARRIED_OUT]);
        assert_eq!(unreported_token(folder).as_deref(), Some("token"));
        mark_reported(folder).expect("forgets");
        mark_reported(folder).expect("forgets again");
        assert_eq!(unreported_token(folder), None);
    }
}
