//! The folder in which everything lies that stays on this tablet alone: who it is, and what its resident chose.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use kairan_contract::TabletId;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::{
    atomic_file::{clear_leftover, quarantine, write, write_secret},
    identity::Identity,
    kept_answers::KeptAnswers,
    personal::Personal,
    profile::Profile,
    wiping,
};

/// Who the tablet is.
const IDENTITY: &str = "identity.json";
/// Its number alone.
const TABLET_ID: &str = "tablet-id.json";
/// What its resident chose.
const PROFILE: &str = "choices.json";
/// What is told of its resident, and what they are filling in.
const PERSONAL: &str = "personal.json";
/// What became of what they asked for.
const ANSWERS: &str = "answers.json";

/// The folder in which all of it lies.
#[derive(Debug, Clone)]
pub struct DataFolder(PathBuf);

impl DataFolder {
    /// Opens the folder; makes it if there is none.
    pub fn open(path: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&path)?;
        wiping::execute(&path)?;
        for file in [IDENTITY, TABLET_ID, PROFILE, PERSONAL, ANSWERS] {
            clear_leftover(&path.join(file));
        }
        // Nobody can be lent a tablet that cannot remember: better to know at once.
        let probe = path.join("probe.part");
        fs::write(&probe, b"")?;
        fs::remove_file(&probe)?;
        Ok(Self(path))
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Who this tablet is; a new installation if nothing is written here.
    ///
    /// The id stands in a file of its own as well: when the other is damaged the tablet needs a new
    /// code, but what its journal still holds is from the same tablet and is taken.
    pub fn identity(&self) -> io::Result<Identity> {
        let own_file = self.0.join(TABLET_ID);
        if let Some(identity) = self.read::<Identity>(IDENTITY) {
            if !own_file.exists() {
                write(&own_file, &serde_json::to_vec(&identity.tablet)?)?;
            }
            return Ok(identity);
        }
        let tablet = self
            .read(TABLET_ID)
            .unwrap_or_else(|| TabletId(Uuid::new_v4()));
        write(&own_file, &serde_json::to_vec(&tablet)?)?;
        let identity = Identity { tablet, loan: None };
        self.save_identity(&identity)?;
        Ok(identity)
    }

    /// Keeps who this tablet is, readable for this program alone.
    pub fn save_identity(&self, identity: &Identity) -> io::Result<()> {
        write_secret(&self.0.join(IDENTITY), &serde_json::to_vec(identity)?)
    }

    /// What the resident chose.
    pub fn profile(&self) -> Profile {
        self.read(PROFILE).unwrap_or_default()
    }

    /// Keeps what the resident chose.
    pub fn save_profile(&self, profile: &Profile) -> io::Result<()> {
        write(&self.0.join(PROFILE), &serde_json::to_vec(profile)?)
    }

    /// What is told of the resident, and what they are filling in.
    pub fn personal(&self) -> Personal {
        self.read(PERSONAL).unwrap_or_default()
    }

    /// Keeps that, readable for this program alone.
    pub fn save_personal(&self, personal: &Personal) -> io::Result<()> {
        write_secret(&self.0.join(PERSONAL), &serde_json::to_vec(personal)?)
    }

    /// What became of what the resident asked for.
    pub fn answers(&self) -> KeptAnswers {
        self.read(ANSWERS).unwrap_or_default()
    }

    /// Keeps that, readable for this program alone.
    pub fn save_answers(&self, answers: &KeptAnswers) -> io::Result<()> {
        write_secret(&self.0.join(ANSWERS), &serde_json::to_vec(answers)?)
    }

    fn read<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let path = self.0.join(name);
        let bytes = fs::read(&path).ok();
        let parsed = bytes
            .as_deref()
            .and_then(|bytes| serde_json::from_slice(bytes).ok());
        if parsed.is_none() && path.exists() {
            tracing::warn!(path = %path.display(), "a damaged file is set aside");
            if let Err(error) = quarantine(&path) {
                tracing::warn!(%error, "it could not be set aside");
            }
        }
        parsed
    }

    /// Notes that the program runs, and says what ended it the last time: `true` if it did not
    /// end by itself although the machine stayed on.
    pub fn mark_running(&self) -> bool {
        let path = self.0.join("running");
        let machine_start =
            fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        let crashed = fs::read_to_string(&path).is_ok_and(|before| before == machine_start);
        if let Err(error) = fs::write(&path, &machine_start) {
            tracing::warn!(%error, "the note that the program runs could not be written");
        }
        crashed
    }

    /// Notes that the program ended by itself.
    pub fn mark_stopped(&self) {
        let _ = fs::remove_file(self.0.join("running"));
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use kairan_contract::Participation;

    use super::*;
    use crate::identity::Loan;

    #[test]
    fn a_damaged_identity_is_the_same_tablet_without_a_loan() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = DataFolder::open(folder.path().to_owned()).expect("opens");
        let before = data.identity().expect("an identity");
        let loan = Some(Loan {
            token: "secret".to_owned(),
            participation: Participation(Uuid::nil()),
        });
        data.save_identity(&Identity {
            loan,
            ..before.clone()
        })
        .expect("kept");
        let file = folder.path().join("identity.json");
        let mode = fs::metadata(&file).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::write(&file, "{").expect("spoils");
        let after = data.identity().expect("an identity");
        assert_eq!(after.tablet, before.tablet);
        assert!(after.loan.is_none());
    }
}
