//! The journal's tables, as the migrations make them.

use sqlx::{
    SqlSafeStr as _, SqliteConnection,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
};

/// The files of steps, each by its name: number and description stand in that, and its statements in the file.
macro_rules! steps {
    ($($file:literal),+ $(,)?) => {
        &[$(($file, include_str!(concat!("migrations/", $file, ".sql")))),+]
    };
}

/// Every step. One that was released never changes: a journal keeps its number and the hash of its statements, and one
/// that knows a number with other statements is not opened. Each does no harm where it was taken already, so that a table
/// that was lost is made anew by it.
const MIGRATIONS: &[(&str, &str)] = steps!["0001_records_and_requests",];

/// The number of a step and what it is called, by the name of its file: `0002_code_again`.
fn number_and_description(file: &str) -> (i64, String) {
    let (number, description) = file.split_once('_').unwrap_or((file, ""));
    (
        number.parse().unwrap_or_default(),
        description.replace('_', " "),
    )
}

fn migrations() -> Migrator {
    let steps = MIGRATIONS.iter().map(|(file, statements)| {
        let (version, description) = number_and_description(file);
        Migration::new(
            version,
            description.into(),
            MigrationType::Simple,
            (*statements).into_sql_str(),
            false,
        )
    });
    let mut migrations = Migrator::with_migrations(steps.collect());
    // A journal that a newer program has changed is read all the same: its schema only grows.
    migrations.set_ignore_missing(true);
    migrations
}

/// Brings the tables up to date.
pub(super) async fn migrate(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    migrations()
        .run(connection)
        .await
        .map_err(|error| match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error,
            error => error.into(),
        })
}

/// Makes anew whatever table is gone. No migration makes again what it is noted to have made before, and so every step is
/// taken once more, without a note.
pub(super) async fn restore(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    for (_, statements) in MIGRATIONS {
        sqlx::raw_sql(*statements).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Whether everything is there that this program writes in. What only notes how that came about is missed by nobody.
pub(super) async fn is_complete(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    let tables: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM sqlite_master
            WHERE type = 'table' AND name IN ('records', 'requests')",
    )
    .fetch_one(connection)
    .await?;
    Ok(tables == 2)
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fmt::Write as _, path::Path};

    use kairan_contract::{Request, RequestId, RequestKind, ScreenName};
    use sqlx::{
        Connection as _,
        sqlite::{SqliteConnectOptions, SqliteJournalMode},
    };
    use uuid::Uuid;

    use super::{
        super::{Journal, Outgoing, tests::record},
        MIGRATIONS, migrations,
    };

    /// The tables as programs made them before there were migrations.
    const BEFORE_MIGRATIONS: [&str; 2] = [
        "CREATE TABLE IF NOT EXISTS records (sequence INTEGER PRIMARY KEY AUTOINCREMENT, record TEXT NOT NULL)",
        "CREATE TABLE IF NOT EXISTS requests (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            request TEXT NOT NULL,
            received INTEGER NOT NULL DEFAULT 0)",
    ];

    fn call() -> Request {
        Request {
            id: RequestId(Uuid::from_u128(7)),
            made_at: 1,
            what: RequestKind::CallBack {
                screen: ScreenName::named("help"),
            },
        }
    }

    /// Does this to the journal in `folder`, beside the program.
    async fn alter(folder: &Path, statements: &[&'static str]) {
        let options = SqliteConnectOptions::new()
            .filename(folder.join("journal.sqlite"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal);
        let mut connection = sqlx::SqliteConnection::connect_with(&options)
            .await
            .expect("opens");
        for statement in statements {
            sqlx::raw_sql(*statement)
                .execute(&mut connection)
                .await
                .expect("executes");
        }
        connection.close().await.expect("closes");
    }

    /// A journal that an older program has left, with a record and a call for help in it.
    async fn older(folder: &Path) {
        alter(folder, &BEFORE_MIGRATIONS).await;
        alter(
            folder,
            &["INSERT INTO records (record) VALUES ('{\"uptime_ms\":1}')"],
        )
        .await;
        let request = serde_json::to_string(&call()).expect("writes");
        let options = SqliteConnectOptions::new().filename(folder.join("journal.sqlite"));
        let mut connection = sqlx::SqliteConnection::connect_with(&options)
            .await
            .expect("opens");
        sqlx::query("INSERT INTO requests (id, request) VALUES ($1, $2)")
            .bind(call().id.to_string())
            .bind(request)
            .execute(&mut connection)
            .await
            .expect("inserts");
        connection.close().await.expect("closes");
    }

    /// What that holds is here, and nothing was set aside.
    async fn holds_what_was_left(folder: &Path) {
        let journal = Journal::open(folder).await.expect("opens");
        let record = serde_json::json!({ "sequence": 1, "uptime_ms": 1 });
        let expected = Outgoing {
            held_from: 1,
            records: vec![record],
        };
        assert_eq!(journal.outgoing(10).await.expect("reads"), expected);
        let requests = journal.requests_to_send(|_| false).await.expect("reads");
        assert_eq!(requests, [call()]);
        journal.close().await;
        assert!(!folder.join("journal.sqlite.damaged").exists());
    }

    #[test]
    fn a_journal_that_an_older_program_made_knows_every_step_as_it_is() {
        let steps = migrations();
        let first = steps.iter().next().expect("a step");
        let checksum = first.checksum.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        assert_eq!(
            (first.version, &*first.description),
            (1, "records and requests")
        );
        assert_eq!(
            checksum,
            "739f365bd1025bce576e399f3897d782bab3b9635124c0b7e26a588088afcc6ba365884278ffdffb43ed62fa67b29764"
        );
    }

    #[test]
    fn every_file_of_the_folder_is_a_step() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("journal/migrations");
        let files = std::fs::read_dir(folder).expect("a folder");
        let files: BTreeSet<String> = files
            .filter_map(|it| it.expect("an entry").file_name().into_string().ok())
            .collect();
        let steps = MIGRATIONS.iter();
        let steps: BTreeSet<String> = steps.map(|(file, _)| format!("{file}.sql")).collect();
        assert_eq!(steps, files);
        assert_eq!(MIGRATIONS.len(), files.len(), "no step stands twice");
    }

    #[tokio::test]
    async fn what_an_older_program_left_is_still_there_and_the_older_one_reads_it_again() {
        let folder = tempfile::tempdir().expect("a folder");
        older(folder.path()).await;
        holds_what_was_left(folder.path()).await;
        // One version back, and forth again.
        alter(folder.path(), &BEFORE_MIGRATIONS).await;
        holds_what_was_left(folder.path()).await;
    }

    #[tokio::test]
    async fn what_a_newer_program_left_is_read() {
        let folder = tempfile::tempdir().expect("a folder");
        older(folder.path()).await;
        holds_what_was_left(folder.path()).await;
        let newer = [
            "ALTER TABLE requests ADD COLUMN answered INTEGER NOT NULL DEFAULT 0",
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                VALUES (9999, 'to come', TRUE, x'00', 1)",
        ];
        alter(folder.path(), &newer).await;
        holds_what_was_left(folder.path()).await;
    }

    #[tokio::test]
    async fn where_it_cannot_be_noted_what_was_migrated_the_tables_serve_as_they_are() {
        let folder = tempfile::tempdir().expect("a folder");
        older(folder.path()).await;
        alter(
            folder.path(),
            &["CREATE VIEW _sqlx_migrations AS SELECT 1 AS version"],
        )
        .await;
        holds_what_was_left(folder.path()).await;
    }

    #[tokio::test]
    async fn a_note_that_was_spoilt_sets_no_journal_aside() {
        let folder = tempfile::tempdir().expect("a folder");
        older(folder.path()).await;
        holds_what_was_left(folder.path()).await;
        alter(
            folder.path(),
            &["UPDATE _sqlx_migrations SET checksum = x'00'"],
        )
        .await;
        holds_what_was_left(folder.path()).await;
    }

    #[tokio::test]
    async fn a_step_that_was_taken_already_does_no_harm() {
        let folder = tempfile::tempdir().expect("a folder");
        older(folder.path()).await;
        for _ in 0..2 {
            alter(
                folder.path(),
                &MIGRATIONS
                    .iter()
                    .map(|(_, statements)| *statements)
                    .collect::<Vec<_>>(),
            )
            .await;
            holds_what_was_left(folder.path()).await;
        }
    }

    #[tokio::test]
    async fn a_call_for_help_outlives_the_table_of_records() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut journal = Journal::open(folder.path()).await.expect("opens");
        let last = journal.append(&[record(1)]).await.expect("writes");
        journal.keep_request(&call()).await.expect("keeps");
        journal.close().await;
        for spoilt in [None, Some("UPDATE _sqlx_migrations SET checksum = x'00'")] {
            alter(folder.path(), &["DROP TABLE records"]).await;
            alter(folder.path(), spoilt.as_slice()).await;
            let mut journal = Journal::open(folder.path()).await.expect("opens");
            let requests = journal.requests_to_send(|_| false).await.expect("reads");
            assert_eq!(requests, [call()]);
            let next = journal.append(&[record(2)]).await.expect("writes");
            assert!(next > last, "{next} after {last}");
            journal.close().await;
        }
        assert!(!folder.path().join("journal.sqlite.damaged").exists());
    }

    #[tokio::test]
    async fn records_outlive_the_table_of_requests() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut journal = Journal::open(folder.path()).await.expect("opens");
        let last = journal.append(&[record(1)]).await.expect("writes");
        journal.close().await;
        alter(folder.path(), &["DROP TABLE requests"]).await;
        let mut journal = Journal::open(folder.path()).await.expect("opens");
        let held = journal.outgoing(10).await.expect("reads");
        assert_eq!((held.held_from, held.records.len()), (last, 1));
        let next = journal.append(&[record(2)]).await.expect("writes");
        assert_eq!(next, last + 1, "without a gap");
        let kept = journal.keep_request(&call()).await;
        kept.expect("a call for help has its place again");
        journal.close().await;
        assert!(!folder.path().join("journal.sqlite.damaged").exists());
    }

    #[tokio::test]
    async fn a_journal_in_which_something_else_has_a_tables_name_is_set_aside() {
        let folder = tempfile::tempdir().expect("a folder");
        older(folder.path()).await;
        holds_what_was_left(folder.path()).await;
        let taken = [
            "DROP TABLE records",
            "CREATE VIEW records AS SELECT 1 AS sequence, 2 AS record",
        ];
        alter(folder.path(), &taken).await;
        let mut journal = Journal::open(folder.path()).await.expect("opens");
        journal.append(&[record(1)]).await.expect("writes");
        assert!(folder.path().join("journal.sqlite.damaged").exists());
    }
}
