//! A council, a folder for its backend and a folder for one tablet: what most tests begin with.

use std::path::Path;

use tempfile::TempDir;

use crate::{
    council::{Council, NO_WARNING, WARNINGS_TILE},
    programs::{Backend, Tablet},
};

/// Everything that outlives the processes.
pub struct House {
    /// The council.
    pub council: Council,
    server: TempDir,
    tablet: TempDir,
}

impl Default for House {
    fn default() -> Self {
        Self::new()
    }
}

impl House {
    /// A house in which nothing runs yet.
    ///
    /// # Panics
    /// If there is no room for temporary folders.
    pub fn new() -> Self {
        let folder = || tempfile::tempdir().expect("a temporary folder");
        Self {
            council: Council::new(),
            server: folder(),
            tablet: folder(),
        }
    }

    /// A house whose council has a tile of warnings, of which none is in force yet.
    pub fn with_warnings() -> Self {
        let house = Self::new();
        house.council.publish_warnings(NO_WARNING);
        house.council.add_tile(WARNINGS_TILE);
        house
    }

    /// Where the backend keeps its data.
    pub fn server(&self) -> &Path {
        self.server.path()
    }

    /// Where the tablet keeps its data.
    pub fn tablet(&self) -> &Path {
        self.tablet.path()
    }

    /// Starts the backend at a free port.
    pub fn backend(&self) -> Backend {
        Backend::start(&self.council, self.server())
    }

    /// Starts the tablet and lets it in.
    pub fn enrolled_tablet(&self, backend: &Backend) -> Tablet {
        Tablet::start(
            &backend.address,
            self.tablet(),
            Some(&backend.enrolment_code()),
        )
    }

    /// Starts the tablet and lets it in; it asks once an hour, and otherwise listens.
    pub fn listening_tablet(&self, backend: &Backend) -> Tablet {
        let code = backend.enrolment_code();
        Tablet::start_asking_every(3600, &backend.address, self.tablet(), Some(&code))
    }

    /// Starts the tablet again as it is.
    pub fn tablet_at(&self, address: &str) -> Tablet {
        Tablet::start(address, self.tablet(), None)
    }
}
