//! What lies beside a catalogue, for whoever reads one.

use std::path::{Component, Path, PathBuf};

use url::Url;

use crate::{
    fault::FaultKind,
    table::{Faults, Placed},
};
use kairan_sources::{
    beside::{Beside, Refused, Role},
    open_data::neighbourhoods,
};

/// What lies beside a catalogue, for whoever reads one.
pub trait Surroundings {
    /// Whether a file is there that may be read so.
    fn look(&self, file: &Path, role: Role) -> Result<(), NotThere>;
    /// Whether a token may go to where this address leads.
    fn lets(&self, token: &Path, address: &Url) -> bool;
    /// Whether this host inside a private network may be asked.
    fn reaches(&self, host: &str) -> bool;
    /// The list of 町丁目 in a file; none where it is not read just now.
    fn neighbourhoods(&self, file: &Path) -> Result<Option<Vec<u8>>, String>;
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

    fn neighbourhoods(&self, file: &Path) -> Result<Option<Vec<u8>>, String> {
        let bytes = self.0.and_then(|beside| list_beside(beside, file).ok());
        Ok(bytes.filter(|bytes| neighbourhoods::parse(bytes).is_ok()))
    }
}

/// A list of 町丁目 that lies beside the catalogue.
pub fn list_beside(beside: &Beside, file: &Path) -> Result<Vec<u8>, String> {
    let limit = neighbourhoods::FILE_LIMIT;
    let bytes = beside.read_now(file, Role::Data, limit);
    let bytes = bytes.map_err(|error| error.to_string())?;
    if bytes.len() > limit {
        return Err(format!("more than {} MB", limit / 1024 / 1024));
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
