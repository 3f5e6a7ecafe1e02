//! Who this tablet is to the backend, and why it may not become somebody there.

use kairan_contract::{Participation, TabletId};
use serde::{Deserialize, Serialize};

/// Who this tablet is to the backend.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Identity {
    /// This installation.
    pub tablet: TabletId,
    /// What it got when it was let in.
    pub loan: Option<Loan>,
}

/// What a tablet got when it was let in.
#[derive(Clone, Serialize, Deserialize)]
pub struct Loan {
    /// The secret that it shows. Never logged.
    pub token: String,
    /// The pseudonym under which its records stand.
    pub participation: Participation,
}

impl std::fmt::Debug for Loan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Loan")
            .field("participation", &self.participation)
            .finish_non_exhaustive()
    }
}

/// Why a code did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnrolmentRefused {
    /// The backend does not know it.
    NotValid,
    /// The backend cannot be reached.
    Unreachable,
    /// Too many were tried.
    TooMany,
    /// The tablet could not remember it: its disk is full or failing.
    NotKept,
}
