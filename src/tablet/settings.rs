//! What stays on this tablet alone: who it is to the backend, and what its resident chose.

use std::{
    collections::VecDeque,
    fs, io,
    path::{Path, PathBuf},
};

use jiff::{
    Timestamp,
    civil::{Date, Time},
};
use kairan_contract::{
    EmergencySeen, FormId, ItemHash, Language, Neighbourhood, Participation, TabletId, TextSize,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::{
    answers::{AnsweredWarning, OwnStop, SurveyProgress},
    atomic_file::{quarantine, write, write_secret},
    clock::Contact,
    reminders::{Done, Plan, Reminder},
    uptime::Uptime,
    wiping,
};

/// Articles that are remembered as read; older ones are no longer new anyhow.
const READ_LIMIT: usize = 2_000;
/// Questionnaires of which is remembered how far they have been answered.
const SURVEY_LIMIT: usize = 50;

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

/// How loud the tablet speaks. A warning is always as loud as can be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loudness {
    /// For a quiet room.
    Soft,
    /// As most people want it.
    #[default]
    Normal,
    /// As loud as can be.
    Loud,
}

/// How fast the tablet speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// About four morae a second.
    Slow,
    /// About five, which older listeners understood best.
    #[default]
    Normal,
    /// About six.
    Fast,
}

impl Pace {
    /// The rate for the synthesis, 1 being the voice's own.
    pub fn rate(self) -> f32 {
        match self {
            Self::Slow => 0.65,
            Self::Normal => 0.8,
            Self::Fast => 0.95,
        }
    }
}

/// What the resident chose and has read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    /// The size of the letters.
    pub text_size: TextSize,
    /// The language of everything that the tablet itself says.
    pub language: Language,
    /// Articles that were opened, the latest last.
    pub read: VecDeque<ItemHash>,
    /// Warnings that were answered and are still in force.
    pub answered: Vec<AnsweredWarning>,
    /// Emergencies that were shown here and are still spoken of, the latest last.
    pub emergencies: Vec<EmergencySeen>,
    /// When the backend last answered.
    pub last_contact: Option<Timestamp>,
    /// What it told of the time.
    pub contact: Option<Contact>,
    /// How loud the tablet speaks.
    pub loudness: Loudness,
    /// How fast it speaks.
    pub pace: Pace,
    /// Whether usage records may be written; nobody was asked before first use.
    pub consent: Option<bool>,
    /// First use was gone through to its end.
    pub first_use_done: bool,
    /// Reminders by their time of day.
    pub reminders: Vec<Reminder>,
    /// Which of them were answered in the last seven days.
    pub done: Vec<Done>,
    /// When to ask how the resident is, if at all.
    pub check_in_at: Option<Time>,
    /// The last day on which that was answered.
    pub checked_in: Option<Date>,
    /// How far questionnaires have been answered.
    pub surveys: Vec<SurveyProgress>,
    /// The resident's own stops.
    pub own_stops: Vec<OwnStop>,
    /// The part of the town from which ways are counted; until it is chosen they are counted from the catalogue's point.
    pub neighbourhood: Option<Neighbourhood>,
    /// The loan in which all of this was chosen.
    pub loan: Option<Participation>,
}

impl Profile {
    /// Of somebody who has gone through first use and lets usage records be written.
    pub fn practised() -> Self {
        Self {
            consent: Some(true),
            first_use_done: true,
            ..Self::default()
        }
    }

    /// From now on this is what is chosen in `loan`. Where somebody lives is no matter of whoever has the tablet next.
    pub fn begin_loan(&mut self, loan: Participation) {
        let before = self.loan.replace(loan);
        if before.is_some_and(|before| before != loan) {
            self.neighbourhood = None;
        }
    }

    /// What is known of the time from before. A program that is older than what it told of the time noted
    /// only when the backend last answered.
    pub fn last_known_time(&self) -> Option<Contact> {
        let of_no_start = |at| Contact {
            at,
            uptime: Uptime::from_millis(0),
            machine_start: String::new(),
        };
        self.contact
            .clone()
            .or_else(|| self.last_contact.map(of_no_start))
    }

    /// What is asked of the resident at a time of the day.
    pub fn plan(&self) -> Plan<'_> {
        Plan {
            reminders: &self.reminders,
            done: &self.done,
            // The answer is a usage record: without consent nobody would hear of it.
            check_in_at: self.check_in_at.filter(|_| self.consent == Some(true)),
            checked_in: self.checked_in,
        }
    }

    /// How many questions of a form have been answered, from the first on.
    pub fn answered(&self, form: &FormId) -> usize {
        let mut known = self.surveys.iter();
        known
            .find(|it| it.form == *form)
            .map_or(0, |it| it.answered)
    }

    /// Remembers that so many questions of a form have been answered.
    pub fn note_answered(&mut self, form: &FormId, answered: usize) {
        if let Some(known) = self.surveys.iter_mut().find(|it| it.form == *form) {
            known.answered = known.answered.max(answered);
            return;
        }
        // More questionnaires than this nobody has been asked.
        if self.surveys.len() == SURVEY_LIMIT {
            self.surveys.remove(0);
        }
        self.surveys.push(SurveyProgress {
            form: form.clone(),
            answered,
        });
    }

    /// Remembers that an article was opened.
    pub fn mark_read(&mut self, item: ItemHash) {
        if !self.read.contains(&item) {
            self.read.push_back(item);
            while self.read.len() > READ_LIMIT {
                self.read.pop_front();
            }
        }
    }
}

/// The folder in which all of it lies.
#[derive(Debug, Clone)]
pub struct DataFolder(PathBuf);

impl DataFolder {
    /// Opens the folder; makes it if there is none.
    pub fn open(path: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&path)?;
        wiping::carry_out(&path)?;
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
        let own_file = self.0.join("tablet-id.json");
        if let Some(identity) = self.read::<Identity>("identity.json") {
            if !own_file.exists() {
                write(&own_file, &serde_json::to_vec(&identity.tablet)?)?;
            }
            return Ok(identity);
        }
        let tablet = self
            .read("tablet-id.json")
            .unwrap_or_else(|| TabletId(Uuid::new_v4()));
        write(&own_file, &serde_json::to_vec(&tablet)?)?;
        let identity = Identity { tablet, loan: None };
        self.keep_identity(&identity)?;
        Ok(identity)
    }

    /// Keeps who this tablet is, readable for this program alone.
    pub fn keep_identity(&self, identity: &Identity) -> io::Result<()> {
        write_secret(
            &self.0.join("identity.json"),
            &serde_json::to_vec(identity)?,
        )
    }

    /// What the resident chose.
    pub fn choices(&self) -> Profile {
        self.read("choices.json").unwrap_or_default()
    }

    /// Keeps what the resident chose.
    pub fn keep_choices(&self, choices: &Profile) -> io::Result<()> {
        write(&self.0.join("choices.json"), &serde_json::to_vec(choices)?)
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
    pub fn begin_running(&self) -> bool {
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
    pub fn end_running(&self) {
        let _ = fs::remove_file(self.0.join("running"));
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_damaged_identity_is_the_same_tablet_without_a_loan() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = DataFolder::open(folder.path().to_owned()).expect("opens");
        let before = data.identity().expect("an identity");
        let loan = Some(Loan {
            token: "secret".to_owned(),
            participation: Participation(Uuid::nil()),
        });
        data.keep_identity(&Identity {
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
