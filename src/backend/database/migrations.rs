//! What brings a database up to date, step by step.

use sqlx::{
    SqlSafeStr as _,
    migrate::{Migration, MigrationType, Migrator},
};

/// Every step: its number, what it is called, and its statements. A step that was released never changes: a database
/// keeps all three, and one that knows a step otherwise is not opened.
const MIGRATIONS: [(i64, &str, &str); 26] = [
    (1, "spine", include_str!("migrations/0001_spine.sql")),
    (
        2,
        "code again",
        include_str!("migrations/0002_code_again.sql"),
    ),
    (3, "requests", include_str!("migrations/0003_requests.sql")),
    (
        4,
        "locks and reports",
        include_str!("migrations/0004_locks_and_reports.sql"),
    ),
    (
        5,
        "evaluation",
        include_str!("migrations/0005_evaluation.sql"),
    ),
    (6, "erasures", include_str!("migrations/0006_erasures.sql")),
    (
        7,
        "retention",
        include_str!("migrations/0007_retention.sql"),
    ),
    (8, "weeks", include_str!("migrations/0008_weeks.sql")),
    (9, "people", include_str!("migrations/0009_people.sql")),
    (10, "wipes", include_str!("migrations/0010_wipes.sql")),
    (11, "fleet", include_str!("migrations/0011_fleet.sql")),
    (12, "drafts", include_str!("migrations/0012_drafts.sql")),
    (
        13,
        "emergencies",
        include_str!("migrations/0013_emergencies.sql"),
    ),
    (14, "plans", include_str!("migrations/0014_plans.sql")),
    (
        15,
        "label of a code",
        include_str!("migrations/0015_label_of_a_code.sql"),
    ),
    (
        16,
        "sent back",
        include_str!("migrations/0016_sent_back.sql"),
    ),
    (
        17,
        "revision by text",
        include_str!("migrations/0017_revision_by_text.sql"),
    ),
    (18, "stock", include_str!("migrations/0018_stock.sql")),
    (19, "sealed", include_str!("migrations/0019_sealed.sql")),
    (
        20,
        "known places",
        include_str!("migrations/0020_known_places.sql"),
    ),
    (21, "replaced", include_str!("migrations/0021_replaced.sql")),
    (22, "notices", include_str!("migrations/0022_notices.sql")),
    (
        23,
        "mail addresses",
        include_str!("migrations/0023_mail_addresses.sql"),
    ),
    (
        24,
        "emergencies seen",
        include_str!("migrations/0024_emergencies_seen.sql"),
    ),
    (
        25,
        "wording of notices",
        include_str!("migrations/0025_wording_of_notices.sql"),
    ),
    (
        40,
        "connections",
        include_str!("migrations/0040_connections.sql"),
    ),
];

/// All steps, for whichever database there is.
pub(super) fn migrations() -> Migrator {
    let steps = MIGRATIONS.map(|(version, description, statements)| {
        Migration::new(
            version,
            description.into(),
            MigrationType::Simple,
            statements.into_sql_str(),
            // Each runs in a transaction of its own.
            false,
        )
    });
    Migrator::with_migrations(steps.into())
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
        let steps: BTreeSet<String> = steps
            .map(|(number, description, _)| {
                format!("{number:04}_{}.sql", description.replace(' ', "_"))
            })
            .collect();
        assert_eq!(steps, files);
        assert_eq!(MIGRATIONS.len(), files.len(), "no step stands twice");
    }
}
