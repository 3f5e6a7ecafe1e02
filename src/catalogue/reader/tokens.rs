//! The files that a catalogue names as tokens, which are no content.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};
use url::Url;

use crate::content::{NotThere, Surroundings};
use kairan_sources::beside::{Refused, Role, plain};

/// Surroundings in which what this catalogue names as a token is no content.
pub(super) struct WithTokens<'r> {
    pub(super) around: &'r dyn Surroundings,
    pub(super) tokens: BTreeSet<PathBuf>,
}

impl Surroundings for WithTokens<'_> {
    fn look(&self, file: &Path, role: Role) -> Result<(), NotThere> {
        if role != Role::Token && self.tokens.contains(&plain(file)) {
            return Err(NotThere::Refused(Refused::Kept));
        }
        self.around.look(file, role)
    }

    fn lets(&self, token: &Path, address: &Url) -> bool {
        self.around.lets(token, address)
    }

    fn reaches(&self, host: &str) -> bool {
        self.around.reaches(host)
    }

    fn read(&self, file: &Path, role: Role, limit: usize) -> Result<Option<Vec<u8>>, String> {
        self.around.read(file, role, limit)
    }

    fn forgives(&self) -> bool {
        self.around.forgives()
    }
}

/// The files that a catalogue names as tokens.
pub(super) fn tokens_in(root: &DeTable) -> BTreeSet<PathBuf> {
    let services = match root.get("service").map(Spanned::get_ref) {
        Some(DeValue::Array(services)) => services.iter().collect(),
        _ => Vec::new(),
    };
    let token = |service: &Spanned<DeValue>| {
        let DeValue::Table(service) = service.get_ref() else {
            return None;
        };
        let DeValue::Table(content) = service.get("content")?.get_ref() else {
            return None;
        };
        match content.get("token_file")?.get_ref() {
            DeValue::String(file) => Some(plain(Path::new(&**file))),
            _ => None,
        }
    };
    services.into_iter().filter_map(token).collect()
}
