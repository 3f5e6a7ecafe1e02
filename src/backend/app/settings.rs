//! The settings: what stands in the file, what the environment says, what the flags say, and what is in force of it.
//!
//! Flags win over the environment, and that over the file. Each of the three is read into a [`Given`], which cannot hold a
//! wrong value; [`Given::over`] lays one over another, and [`Settings::of`] says what holds where nobody said anything.
//! A room with settings of its own (a table such as `[mail]`) reads them by itself: it adds the table's name to
//! [`KEYS`], a field to [`Given`], and a line to [`file::read`].

mod environment;
pub mod file;
mod given;
mod value;

use kairan_contract::Language;
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use crate::{
    connections::settings::ConnectionSettings,
    notices::settings::{MailSettings, StaffSettings},
    secret::Kept,
};

pub use environment::{KEYS, Key, network};
pub use given::{Given, SettingsError};
pub use value::{DatabaseAddress, DaysAddress, NoDatabaseAddress, NoDaysAddress};

/// What is in force.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the database and the blobs lie.
    pub data: PathBuf,
    /// The catalogue.
    pub catalogue: PathBuf,
    /// Where tablets reach the server.
    pub listen: SocketAddr,
    /// `PostgreSQL` instead of `SQLite`.
    pub database: Option<DatabaseAddress>,
    /// `s3://…` for the files of the days instead of a folder in the data folder.
    pub days: Option<DaysAddress>,
    /// Whether plain HTTP is spoken beyond this machine (behind a proxy that speaks TLS).
    pub plain_http: bool,
    /// The networks of proxies whose word is taken for who asks; without a word about it, this machine alone.
    pub trusted_proxies: Vec<ipnet::IpNet>,
    /// The folder of keys, if somebody has named one.
    pub keys_dir: Option<PathBuf>,
    /// The files in which settings and secrets stand: they are shown to nobody.
    pub files: Vec<PathBuf>,
    /// Those of them that nobody else on the machine should read.
    pub secrets: Vec<PathBuf>,
    /// The mail server through which staff are told, if there is one.
    pub mail: Option<MailSettings>,
    /// Whom to tell besides the people of the console.
    pub staff: StaffSettings,
    /// Into which private networks webhooks of providers may go.
    pub connections: ConnectionSettings,
    /// Whether sample content stands in for sources that cannot be reached.
    pub demonstration: bool,
    /// The language in which faults of the catalogue are told.
    pub language: Language,
}

impl Settings {
    /// What holds of what was said. Reads the file of a secret that lies in one.
    pub fn of(given: Given) -> Result<Self, SettingsError> {
        let listen = SocketAddr::from(([127, 0, 0, 1], 8080));
        let mut files = given.files;
        let mut secrets = Vec::new();
        // A webhook's address is a secret, and stands in the settings themselves.
        if given
            .staff
            .as_ref()
            .is_some_and(|it| !it.webhooks.is_empty())
        {
            secrets.extend(files.iter().cloned());
        }
        if let Some(Kept::InFile(file)) = &given.database {
            secrets.push(file.clone());
        }
        let login = given.mail.as_ref().and_then(|mail| mail.login.as_ref());
        if let Some((_, Kept::InFile(file))) = login {
            secrets.push(file.clone());
        }
        files.extend(secrets.iter().cloned());
        Ok(Self {
            data: given.data.ok_or(SettingsError::NoData)?,
            catalogue: given.catalogue.unwrap_or_else(|| "services.toml".into()),
            listen: given.listen.unwrap_or(listen),
            database: given.database.map(Kept::read).transpose()?,
            days: given.days,
            plain_http: given.plain_http.unwrap_or(false),
            trusted_proxies: given.trusted_proxies.unwrap_or_else(this_machine),
            keys_dir: given.keys_dir,
            files,
            secrets,
            mail: given.mail,
            staff: given.staff.unwrap_or_default(),
            connections: given.connections.unwrap_or_default(),
            demonstration: false,
            language: Language::ENGLISH,
        })
    }
}

/// The loopback addresses.
fn this_machine() -> Vec<ipnet::IpNet> {
    let v4 = ipnet::Ipv4Net::new_assert([127, 0, 0, 0].into(), 8);
    let v6 = ipnet::Ipv6Net::new_assert(std::net::Ipv6Addr::LOCALHOST, 128);
    vec![v4.into(), v6.into()]
}

/// What the flags, the environment and the settings file of this process say together.
pub fn given_here(
    flags: Given,
    file: Option<&Path>,
    language: Language,
) -> Result<Given, SettingsError> {
    let variable = |name: &str| std::env::var_os(name).filter(|it| !it.is_empty());
    let environment = environment::read(variable, language)?;
    let named = file.map(Path::to_owned);
    let file = match named.or_else(|| variable("KAIRAN_SETTINGS").map(PathBuf::from)) {
        Some(path) => Given {
            files: vec![path.clone()],
            ..file::load(&path, language)?
        },
        None => Given::default(),
    };
    Ok(flags.over(environment).over(file))
}
