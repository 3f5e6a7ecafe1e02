//! The same tests on both databases.

mod archive;
mod days;
mod people;
mod records;
mod tablets;

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use kairan_backend::{database::Database, database::DatabaseError};
use kairan_tests::postgresql::PostgreSql;

use crate::{editions, planning, staff};
use days::closed_days_count_each_record_once;
use people::people_come_in_and_what_they_do_is_written_down;
use records::{records_are_kept_once, records_go_when_they_may_be_kept_no_longer};
use tablets::{
    codes_live_half_an_hour_and_work_once, tablets_are_lent_told_and_taken_back,
    tablets_are_registered_and_put_away,
};

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_keeps_its_promises() {
    let folder = tempfile::tempdir().expect("dir");
    promises(folder.path(), None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_keeps_its_promises() {
    let Some(server) = PostgreSql::for_a_test() else {
        return;
    };
    let folder = tempfile::tempdir().expect("dir");
    promises(folder.path(), Some(&server.url)).await;
}

async fn promises(folder: &Path, url: Option<&str>) {
    // Its keys come to lie beside it, and go with it.
    let folder = &folder.join("data");
    std::fs::create_dir(folder).expect("a folder");
    let store = Database::open(folder, url).await.expect("opens");
    let now: Timestamp = "2026-11-23T00:00:00Z".parse().expect("a time");
    codes_live_half_an_hour_and_work_once(&store, now).await;
    records_are_kept_once(&store, now).await;
    revisions_grow_with_changes_only(&store, now).await;
    store.close().await;
    // What was written is there after opening again, and migrations run once.
    let store = Database::open(folder, url).await.expect("opens again");
    assert_eq!(store.count_usage_records().await.expect("counts"), 1_000);
    closed_days_count_each_record_once(&store, folder, now).await;
    records_go_when_they_may_be_kept_no_longer(&store, folder, now).await;
    people_come_in_and_what_they_do_is_written_down(&store, now).await;
    tablets_are_lent_told_and_taken_back(&store, now).await;
    tablets_are_registered_and_put_away(&store, now).await;
    editions::two_people_send_one(&store, now).await;
    editions::a_form_that_is_sent_twice_writes_one(&store, now).await;
    editions::no_drill_pushes_out_what_is_real(&store, now).await;
    editions::what_was_shown_is_kept_of_each_that_holds(&store, now).await;
    editions::what_is_gone_stays_gone(&store, now + SignedDuration::from_hours(48)).await;
    staff::each_address_is_told_once(&store, now).await;
    planning::one_plan_of_each_kind_waits(&store, now).await;
    store.close().await;
}

async fn revisions_grow_with_changes_only(store: &Database, now: Timestamp) {
    let mut revisions = Vec::new();
    for text in ["a", "a", "b", "a"] {
        revisions.push(store.catalogue_revision(text, now).await.expect("keeps"));
    }
    assert_eq!(revisions, [1, 1, 2, 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_a_newer_version_is_left_alone() {
    let folder = tempfile::tempdir().expect("dir");
    Database::open(folder.path(), None)
        .await
        .expect("opens")
        .close()
        .await;
    let options =
        sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join("kairan.sqlite"));
    let pool = sqlx::SqlitePool::connect_with(options)
        .await
        .expect("opens");
    sqlx::query("INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'tomorrow', TRUE, x'00', 0)")
        .execute(&pool)
        .await
        .expect("writes");
    pool.close().await;
    assert!(matches!(
        Database::open(folder.path(), None).await,
        Err(DatabaseError::Newer(_))
    ));
}
