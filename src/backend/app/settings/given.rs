//! What one place says of the settings, and why it cannot be understood.

use kairan_contract::Language;
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use kairan_catalogue::Fault;

use super::value::{DatabaseAddress, DaysAddress, NoDatabaseAddress, NoDaysAddress};
use crate::{
    connections::settings::ConnectionSettings,
    notices::settings::{MailSettings, StaffSettings},
    secret::{Kept, SecretError},
};

/// What one place says: the file, the environment or the flags. What it does not say is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    /// Where the database and fetched content lie.
    pub data: Option<PathBuf>,
    /// The catalogue.
    pub catalogue: Option<PathBuf>,
    /// Where tablets reach the server.
    pub listen: Option<SocketAddr>,
    /// `PostgreSQL` instead of `SQLite`.
    pub database: Option<Kept<DatabaseAddress>>,
    /// A bucket for the files of the days.
    pub days: Option<DaysAddress>,
    /// Whether plain HTTP is spoken beyond this machine.
    pub plain_http: Option<bool>,
    /// The networks of proxies whose word is taken for who asks.
    pub trusted_proxies: Option<Vec<ipnet::IpNet>>,
    /// The folder of keys.
    pub keys_dir: Option<PathBuf>,
    /// The files in which this stands.
    pub files: Vec<PathBuf>,
    /// The mail server through which staff are told.
    pub mail: Option<MailSettings>,
    /// Whom to tell besides the people of the console.
    pub staff: Option<StaffSettings>,
    /// Into which private networks webhooks of providers may go.
    pub connections: Option<ConnectionSettings>,
}

impl Given {
    /// What this says, and where it says nothing, what `under` says.
    #[must_use]
    pub fn over(self, under: Self) -> Self {
        Self {
            data: self.data.or(under.data),
            catalogue: self.catalogue.or(under.catalogue),
            listen: self.listen.or(under.listen),
            database: self.database.or(under.database),
            days: self.days.or(under.days),
            plain_http: self.plain_http.or(under.plain_http),
            trusted_proxies: self.trusted_proxies.or(under.trusted_proxies),
            keys_dir: self.keys_dir.or(under.keys_dir),
            files: [self.files, under.files].concat(),
            mail: self.mail.or(under.mail),
            staff: self.staff.or(under.staff),
            connections: self.connections.or(under.connections),
        }
    }

    /// A database as it stands in a flag.
    pub fn database(text: &str) -> Result<Kept<DatabaseAddress>, SettingsError> {
        Ok(Kept::Here(text.parse()?))
    }

    /// A bucket as it stands in a flag.
    pub fn days(text: &str) -> Result<DaysAddress, SettingsError> {
        Ok(text.parse()?)
    }
}

/// Why it is not known what holds.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// There is no data folder.
    #[error(
        "no data folder is named — add --data DIR, set KAIRAN_DATA, or write data = \"DIR\" in the settings file"
    )]
    NoData,
    /// The file cannot be read.
    #[error(
        "cannot read the settings {path}: {source} — check the name given with --settings or KAIRAN_SETTINGS"
    )]
    Unread {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file has faults.
    #[error("{}", in_lines(path, faults, *language))]
    Faulty {
        /// Which.
        path: PathBuf,
        /// What and where.
        faults: Vec<Fault>,
        /// For whom.
        language: Language,
    },
    /// A variable of the environment has a value that it cannot have.
    #[error("{name}: {told}")]
    Environment {
        /// Which.
        name: String,
        /// What is wrong and how to mend it.
        told: String,
    },
    /// A secret cannot be had.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A flag names no database.
    #[error(transparent)]
    Database(#[from] NoDatabaseAddress),
    /// A flag names no bucket.
    #[error(transparent)]
    Days(#[from] NoDaysAddress),
}

fn in_lines(path: &Path, faults: &[Fault], language: Language) -> String {
    let lines = faults.iter().map(|fault| fault.line_for(path, language));
    lines.collect::<Vec<_>>().join("\n")
}
