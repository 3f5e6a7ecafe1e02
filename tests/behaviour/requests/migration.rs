//! Who asked to be rung before requests were answered here is not forgotten when the database is brought up to date.

use std::{borrow::Cow, path::Path};

use jiff::Timestamp;
use kairan_backend::database::Database;
use kairan_contract::{Participation, RequestId, RequestStatus};
use kairan_tests::postgresql::PostgreSql;
use sqlx::{
    PgPool, SqlitePool,
    migrate::{Migration, Migrator},
    sqlite::SqliteConnectOptions,
};
use uuid::Uuid;

/// The last migration of the version before.
const BEFORE: i64 = 29;
const LOAN: Participation = Participation(Uuid::from_u128(7));

/// The migrations of the version before.
async fn earlier() -> Migrator {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/backend/database/migrations");
    let all = Migrator::new(folder).await.expect("reads");
    let earlier: Vec<Migration> = all
        .iter()
        .filter(|it| it.version <= BEFORE)
        .cloned()
        .collect();
    Migrator {
        migrations: Cow::Owned(earlier),
        ..Migrator::DEFAULT
    }
}

/// Two call backs, one of which was dealt with, and a report, as the version before wrote them.
fn rows() -> Vec<String> {
    let row = |id: u128, kind: &str, received: i64, settled: &str| {
        format!(
            "INSERT INTO requests (id, tablet, participation, kind, screen, detail, made_at, received_at, settled_at)
             VALUES ('{}', '{}', '{LOAN}', '{kind}', 'alert', NULL, {received}, {received}, {settled})",
            Uuid::from_u128(id),
            Uuid::nil(),
        )
    };
    vec![
        row(1, "call_back", 1_790_000_000_000, "1790000005000"),
        row(2, "call_back", 1_790_000_001_000, "NULL"),
        row(3, "report", 1_790_000_002_000, "NULL"),
    ]
}

async fn still_stand(store: &Database) {
    let now: Timestamp = "2026-12-01T00:00:00Z".parse().expect("a time");
    let open = store.open_requests().await.expect("lists");
    let open: Vec<(String, String)> = open.into_iter().map(|it| (it.id, it.kind)).collect();
    let id = |number| Uuid::from_u128(number).to_string();
    assert_eq!(
        open,
        [
            (id(2), "call_back".to_owned()),
            (id(3), "report".to_owned())
        ]
    );
    let told = store.answers_since(LOAN, 0, now).await.expect("tells");
    let told: Vec<_> = told
        .answers
        .iter()
        .map(|it| (it.request, it.status, it.revision))
        .collect();
    let [one, two] = [1, 2].map(|number| RequestId(Uuid::from_u128(number)));
    assert_eq!(
        told,
        [
            (one, RequestStatus::Done, 2),
            (two, RequestStatus::Requested, 1)
        ]
    );
    assert!(
        store
            .settle_request(two, "mori", now)
            .await
            .expect("settles")
    );
    assert!(!store.settle_request(two, "mori", now).await.expect("once"));
    let report = RequestId(Uuid::from_u128(3));
    assert!(
        store
            .settle_request(report, "mori", now)
            .await
            .expect("settles")
    );
    assert!(store.open_requests().await.expect("lists").is_empty());
    let since = store.answers_since(LOAN, 2, now).await.expect("tells");
    assert_eq!(since.answers.len(), 1, "what has changed since");
    assert_eq!(since.answers[0].status, RequestStatus::Done);
}

#[tokio::test(flavor = "multi_thread")]
async fn call_backs_of_an_older_sqlite_database_still_stand() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    std::fs::create_dir(&data).expect("a folder");
    let options = SqliteConnectOptions::new()
        .filename(data.join("kairan.sqlite"))
        .create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await.expect("opens");
    earlier().await.run(&pool).await.expect("an older database");
    for row in rows() {
        let done = sqlx::query(sqlx::AssertSqlSafe(row)).execute(&pool).await;
        done.expect("writes");
    }
    pool.close().await;
    let store = Database::open(&data, None)
        .await
        .expect("is brought up to date");
    still_stand(&store).await;
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn call_backs_of_an_older_postgresql_database_still_stand() {
    let Some(server) = PostgreSql::for_a_test() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    std::fs::create_dir(&data).expect("a folder");
    let pool = PgPool::connect(&server.url).await.expect("opens");
    earlier().await.run(&pool).await.expect("an older database");
    for row in rows() {
        let done = sqlx::query(sqlx::AssertSqlSafe(row)).execute(&pool).await;
        done.expect("writes");
    }
    pool.close().await;
    let store = Database::open(&data, Some(&server.url)).await;
    let store = store.expect("is brought up to date");
    still_stand(&store).await;
    store.close().await;
}
