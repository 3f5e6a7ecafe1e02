//! Where the database, the files of days and the keys lie: what every command that opens them is told.

use std::path::PathBuf;

use super::{
    language::language,
    settings::{DatabaseAddress, DaysAddress, Given, Settings, given_here},
};
use crate::{
    database::{Database, opening::open_database_with},
    usage::closing::Archive,
};

/// Where the records lie.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct StorageArguments {
    /// The settings file; also KAIRAN_SETTINGS. Flags win over the environment (KAIRAN_DATA …), and that over the file.
    #[arg(long, value_name = "FILE")]
    pub settings: Option<PathBuf>,
    /// Where the server's database lies.
    #[arg(long)]
    pub data: Option<PathBuf>,
    /// `postgres://…` instead of SQLite in the data folder.
    #[arg(long)]
    pub database: Option<String>,
    /// `s3://bucket/folder` for the records of days that are over, instead of a folder in the data folder.
    #[arg(long)]
    pub days: Option<String>,
    /// The folder of keys that seal secrets, outside the data folder; without it, DATA.keys beside it.
    #[arg(long, value_name = "DIR")]
    pub keys: Option<PathBuf>,
}

impl StorageArguments {
    /// What is in force with these flags and no others.
    pub fn in_force(&self) -> anyhow::Result<Settings> {
        self.in_force_with(Given::default())
    }

    /// What is in force with these flags and `more`.
    pub fn in_force_with(&self, more: Given) -> anyhow::Result<Settings> {
        let flags = Given {
            data: self.data.clone(),
            database: self.database.as_deref().map(Given::database).transpose()?,
            days: self.days.as_deref().map(Given::days).transpose()?,
            keys_dir: self.keys.clone(),
            ..more
        };
        let given = given_here(flags, self.settings.as_deref(), language())?;
        Ok(Settings::of(given)?)
    }

    /// The files of the days.
    pub fn archive(&self) -> anyhow::Result<Archive> {
        let settings = self.in_force()?;
        Ok(Archive::open(
            &settings.data,
            settings.days.as_ref().map(DaysAddress::as_str),
        )?)
    }

    /// Opens the database there.
    pub async fn open(&self) -> anyhow::Result<Database> {
        let settings = self.in_force()?;
        let database = settings.database.as_ref().map(DatabaseAddress::as_str);
        open_database_with(&settings.data, database, settings.keys_dir.as_deref()).await
    }
}
