//! What brings a database up to date, step by step.

use sqlx::{
    SqlSafeStr as _,
    migrate::{Migration, MigrationType, Migrator},
};

/// The files of steps, each by its name: number and description stand in that, and its statements in the file.
macro_rules! steps {
    ($($file:literal),+ $(,)?) => {
        &[$(($file, include_str!(concat!("migrations/", $file, ".sql")))),+]
    };
}

/// Every step. One that was released never changes: a database keeps its number and the hash of its statements, and one
/// that knows a number with other statements is not opened.
const MIGRATIONS: &[(&str, &str)] = steps![
    "0001_spine",
    "0002_code_again",
    "0003_requests",
    "0004_locks_and_reports",
    "0005_evaluation",
    "0006_erasures",
    "0007_retention",
    "0008_weeks",
    "0009_people",
    "0010_wipes",
    "0011_fleet",
    "0012_drafts",
    "0013_emergencies",
    "0014_plans",
    "0015_label_of_a_code",
    "0016_sent_back",
    "0017_revision_by_text",
    "0018_stock",
    "0019_sealed",
    "0020_known_places",
    "0021_replaced",
    "0022_notices",
    "0023_mail_addresses",
    "0024_emergencies_seen",
    "0025_wording_of_notices",
    "0030_requests",
    "0040_connections",
];

/// The number of a step and what it is called, by the name of its file: `0002_code_again`.
fn number_and_description(file: &str) -> (i64, String) {
    let (number, description) = file.split_once('_').unwrap_or((file, ""));
    (
        number.parse().unwrap_or_default(),
        description.replace('_', " "),
    )
}

/// All steps, for whichever database there is.
pub(super) fn migrations() -> Migrator {
    let steps = MIGRATIONS.iter().map(|(file, statements)| {
        let (version, description) = number_and_description(file);
        Migration::new(
            version,
            description.into(),
            MigrationType::Simple,
            (*statements).into_sql_str(),
            // Each runs in a transaction.
            false,
        )
    });
    Migrator::with_migrations(steps.collect())
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fmt::Write as _, path::Path};

    use super::*;

    /// Number, name and checksum of each step, as a database keeps them that a released program has made.
    const RELEASED: &str = include_str!("migrations/released.tsv");

    fn in_hexadecimal(bytes: &[u8]) -> String {
        bytes.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    #[test]
    fn a_database_that_an_older_program_made_knows_every_step_as_it_is() {
        let steps = migrations();
        let known: Vec<String> = steps
            .iter()
            .map(|it| {
                let checksum = in_hexadecimal(&it.checksum);
                format!("{}\t{}\t{checksum}", it.version, it.description)
            })
            .collect();
        let released: Vec<&str> = RELEASED.lines().collect();
        assert!(released.len() >= 24, "{released:?}");
        assert_eq!(known[..released.len()], released);
    }

    #[test]
    fn every_file_of_the_folder_is_a_step() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("database/migrations");
        let files = std::fs::read_dir(folder).expect("a folder");
        let paths = files.map(|it| it.expect("an entry").path());
        let files: BTreeSet<String> = paths
            .filter(|path| path.extension().is_some_and(|it| it == "sql"))
            .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
            .collect();
        let steps = MIGRATIONS.iter();
        let steps: BTreeSet<String> = steps.map(|(file, _)| format!("{file}.sql")).collect();
        assert_eq!(steps, files);
        assert_eq!(MIGRATIONS.len(), files.len(), "no step stands twice");
    }
}
