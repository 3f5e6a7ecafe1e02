//! What is sealed of a request: whose it is, what they have answered and told, and every free word about it.

use std::{collections::BTreeMap, fmt};

use kairan_contract::{Answer, Participation, PersonalData, RequestId};
use serde::{Deserialize, Serialize};

use crate::database::{Database, DatabaseError};

/// What stands sealed with a request.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// The pseudonym of the loan. No page and no provider is shown it.
    pub participation: Participation,
    /// What was answered.
    #[serde(default)]
    pub answers: Vec<Answer>,
    /// What its provider has to know of the resident.
    #[serde(default)]
    pub person: PersonalData,
    /// What was said with a step, by the revision that came of it.
    #[serde(default)]
    pub words: BTreeMap<u32, String>,
}

impl fmt::Debug for Details {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Details(…)")
    }
}

impl Database {
    /// Seals it.
    pub(super) fn seal_details(
        &self,
        request: RequestId,
        details: &Details,
    ) -> Result<String, DatabaseError> {
        let text = serde_json::to_string(details);
        let text = text.map_err(|error| DatabaseError::Damaged(error.to_string()))?;
        self.seal_personal(request, &text)
    }

    /// Opens it; none where its key is lost, or where there is none any more.
    pub fn open_details(&self, request: RequestId, sealed: Option<&str>) -> Option<Details> {
        let text = self.open_personal(request, sealed?)?;
        serde_json::from_str(&text).ok()
    }
}
