//! Who this tablet is to the backend.

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
