//! The days lie in an object store as they do in a folder.

use jiff::Timestamp;
use kairan_backend::{
    database::Database,
    usage::{
        closing::{Archive, put_away},
        erasing::erase,
    },
};
use kairan_evaluation::simulation::{Simulation, Wanted};

#[tokio::test(flavor = "multi_thread")]
async fn days_lie_in_an_object_store_as_in_a_folder() {
    let folder = tempfile::tempdir().expect("dir");
    let store = Database::open(folder.path(), None).await.expect("opens");
    in_an_object_store(&store, &Archive::in_memory()).await;
    store.close().await;
}

/// A server that speaks S3, where one is named: `make soak` starts one.
#[tokio::test(flavor = "multi_thread")]
async fn days_lie_in_a_bucket_as_in_a_folder() {
    let Ok(address) = std::env::var("KAIRAN_BUCKET") else {
        return;
    };
    let folder = tempfile::tempdir().expect("dir");
    let _ = rustls::crypto::ring::default_provider().install_default();
    let store = Database::open(folder.path(), None).await.expect("opens");
    let archive = Archive::open(folder.path(), Some(&address)).expect("opens");
    in_an_object_store(&store, &archive).await;
    store.close().await;
}

/// Laid down, added to by what came late, and erased.
async fn in_an_object_store(store: &Database, archive: &Archive) {
    let now: Timestamp = "2026-11-23T00:00:00Z".parse().expect("a time");
    let wanted = Wanted {
        loans: 12,
        days: 3,
        seed: 5,
        from: 20_540,
        busy: 1,
    };
    let mut made = Simulation::new(wanted);
    let days: Vec<i64> = made.days().collect();
    let mut rows: Vec<_> = days
        .into_iter()
        .flat_map(|day| made.records_of(day))
        .collect();
    rows.retain(|row| row.day() == 20_540);
    rows.sort();
    rows.dedup_by(|a, b| a.key() == b.key());
    let half = rows.len() / 2;
    assert_eq!(archive.rows(20_540).await.expect("nothing yet"), []);
    for part in [&rows[..half], &rows[half..]] {
        let before = archive.rows(20_540).await.expect("reads");
        let all = before.into_iter().chain(part.iter().cloned());
        put_away(store, archive, 20_540, all, now)
            .await
            .expect("lays down");
    }
    let mut found = archive.rows(20_540).await.expect("reads");
    found.sort();
    assert!(found == rows);
    assert_eq!(archive.days().await.expect("lists"), [20_540]);
    let leaving = rows[0].participation.clone().expect("a loan");
    let loan = leaving.parse().expect("a pseudonym");
    assert_eq!(erase(store, archive, loan, now).await.expect("erases"), 1);
    let found = archive.rows(20_540).await.expect("reads");
    assert!(!found.is_empty());
    assert!(
        found
            .iter()
            .all(|row| row.participation.as_ref() != Some(&leaving))
    );
    archive.remove(20_540).await.expect("removes");
    archive.remove(20_540).await.expect("is gone already");
    assert!(archive.days().await.expect("lists").is_empty());
}
