//! What lies beside a catalogue, for whoever reads one.

use std::path::{Component, Path, PathBuf};

use url::Url;

use crate::{
    fault::FaultKind,
    table::{Faults, Placed},
};
use kairan_sources::beside::{Beside, Refused, Role};

/// What lies beside a catalogue, for whoever reads one.
pub trait Surroundings {
    /// Whether a file is there that may be read so.
    fn look(&self, file: &Path, role: Role) -> Result<(), NotThere>;
    /// Whether a token may go to where this address leads.
    fn lets(&self, token: &Path, address: &Url) -> bool;
    /// Whether this host inside a private network may be asked.
    fn reaches(&self, host: &str) -> bool;
    /// What stands in a file of no more than `limit` bytes; none where it is not read just now.
    fn read(&self, file: &Path, role: Role, limit: usize) -> Result<Option<Vec<u8>>, String>;
    /// Whether what cannot be used in such a file is passed over: the catalogue was good once.
    fn forgives(&self) -> bool {
        false
    }
}

/// Why a file cannot be named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotThere {
    /// There is none.
    Missing,
    /// It is no content.
    Refused(Refused),
}

/// Surroundings in which everything is there, and lists as far as they can still be read.
pub struct Anything<'b>(pub Option<&'b Beside>);

impl Surroundings for Anything<'_> {
    fn look(&self, _: &Path, _: Role) -> Result<(), NotThere> {
        Ok(())
    }

    fn lets(&self, _: &Path, _: &Url) -> bool {
        true
    }

    fn reaches(&self, _: &str) -> bool {
        true
    }

    fn read(&self, file: &Path, role: Role, limit: usize) -> Result<Option<Vec<u8>>, String> {
        Ok(self
            .0
            .and_then(|beside| read_beside(beside, file, role, limit).ok()))
    }

    fn forgives(&self) -> bool {
        true
    }
}

/// A file of no more than `limit` bytes that lies beside the catalogue.
pub fn read_beside(
    beside: &Beside,
    file: &Path,
    role: Role,
    limit: usize,
) -> Result<Vec<u8>, String> {
    let bytes = beside.read_now(file, role, limit);
    let bytes = bytes.map_err(|error| error.to_string())?;
    if bytes.len() > limit {
        return Err(format!("more than {} kB", limit / 1024));
    }
    Ok(bytes)
}

/// A file in the folder of the catalogue.
pub fn file_beside(
    text: &Placed<&str>,
    role: Role,
    around: &dyn Surroundings,
    faults: &mut Faults,
) -> Option<PathBuf> {
    let path = PathBuf::from(text.value);
    let is_inside = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    let written = || text.value.to_owned();
    if !path.components().all(is_inside) {
        faults.add(FaultKind::FileElsewhere(written()), &text.span);
        return None;
    }
    let fault = match around.look(&path, role) {
        Ok(()) => return Some(path),
        Err(NotThere::Missing) => FaultKind::MissingFile(written()),
        Err(NotThere::Refused(Refused::Elsewhere)) => FaultKind::FileElsewhere(written()),
        Err(NotThere::Refused(why)) => FaultKind::NoContent(written(), why),
    };
    faults.add(fault, &text.span);
    None
}
