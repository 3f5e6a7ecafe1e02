//! The secrets of second factors are sealed: what an older version wrote in the clear, what a key that is lost sealed,
//! and what another key seals.

use std::path::Path;

use jiff::Timestamp;
use kairan_backend::{
    database::{Database, keys::Keys, sealing::Resealed},
    pages::{
        Role,
        queries::{Person, SecondFactor},
    },
};
use kairan_tests::{
    council::Council,
    office::{Office, cookie, kairan, location},
    postgresql::PostgreSql,
    programs::program,
    until,
};
use reqwest::StatusCode;
use sqlx::{AnyPool, sqlite::SqliteConnectOptions};
use uuid::Uuid;

const SECRET: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const PENDING: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/// What an authenticator shows, so many steps from now.
fn code(steps: i64) -> String {
    let secret = totp_rs::Secret::try_from_base32(SECRET).expect("a secret");
    let totp = totp_rs::Builder::new().with_secret(secret).build();
    let now = Timestamp::now().as_second() + steps * 30;
    let now = u64::try_from(now).expect("after 1970");
    totp.expect("a factor").generate(now).to_string()
}

/// Writes secrets as a version wrote them that sealed nothing.
async fn as_an_older_version_kept_them(data: &Path) {
    let options = SqliteConnectOptions::new().filename(data.join("kairan.sqlite"));
    let pool = sqlx::SqlitePool::connect_with(options)
        .await
        .expect("opens");
    for (text, secret) in [
        ("UPDATE people SET totp_secret = $1", SECRET),
        (
            "INSERT INTO sessions (session_sha256, person, is_whole, new_secret, began_at, seen_at)
             SELECT 'x', person, 0, $1, 0, 0 FROM people",
            PENDING,
        ),
        ("DELETE FROM sealed WHERE what <> $1", ""),
    ] {
        sqlx::query(text)
            .bind(secret)
            .execute(&pool)
            .await
            .expect("writes");
    }
    pool.close().await;
}

/// Whether a secret stands anywhere in the database's files.
fn stands_in(data: &Path, secret: &str) -> bool {
    let files =
        ["", "-wal", "-shm", "-journal"].map(|end| data.join(format!("kairan.sqlite{end}")));
    let bytes = files.iter().filter_map(|file| std::fs::read(file).ok());
    bytes
        .flatten()
        .collect::<Vec<u8>>()
        .windows(secret.len())
        .any(|it| it == secret.as_bytes())
}

/// Signs in with a code; the status, and the page.
async fn sign_in(office: &Office, password: &str, steps: i64) -> (StatusCode, String) {
    let form = [("name", "hana"), ("password", password)];
    let answer = office.ask("POST", "/console/sign-in", "", &form).await;
    assert!(location(&answer).starts_with("/console/second-factor"));
    let form = [("code", &*code(steps))];
    let answer = office
        .ask("POST", "/console/second-factor", &cookie(&answer), &form)
        .await;
    (answer.status(), answer.text().await.expect("a page"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lay_in_the_clear_is_sealed_at_the_next_start_and_opens_as_before() {
    let office = Office::new();
    let password = office.add("hana", "administrator");
    let data = office.data.path().join("backend");
    until("the keys to be told", || {
        let told = office.backend.log();
        (told.contains("keys were made in") && told.contains("backend.keys")).then_some(())
    });
    as_an_older_version_kept_them(&data).await;
    assert!(stands_in(&data, SECRET) && stands_in(&data, PENDING));
    let office = office.restarted(|_| ());
    for secret in [SECRET, PENDING] {
        assert!(
            !stands_in(&data, secret),
            "in no page of the file and in no log"
        );
    }
    assert_eq!(
        sign_in(&office, &password, -1).await.0,
        StatusCode::SEE_OTHER
    );
    assert!(!stands_in(&data, SECRET), "and it stays so");

    // Another key: the running server goes on, and the first is needed no more.
    let keys = office.data.path().join("backend.keys/second-factors");
    let first: Vec<_> = std::fs::read_dir(&keys).expect("there").flatten().collect();
    assert_eq!(first.len(), 1);
    let said = kairan(&["keys", "rotate", "--data", &office.place()]);
    assert!(said.contains("sealed anew: 1 second factors"), "{said}");
    std::fs::remove_file(first[0].path()).expect("removes");
    assert_eq!(
        sign_in(&office, &password, 0).await.0,
        StatusCode::SEE_OTHER
    );

    // Without its key nobody comes in by a password alone, and everybody hears how to mend it.
    let away = office.data.path().join("away");
    let folder = office.data.path().join("backend.keys");
    let office = office.restarted(|_| std::fs::rename(&folder, &away).expect("moves"));
    until("the lost key to be told", || {
        let told = office.backend.log();
        let sentence = "the second factors of 1 people cannot be opened";
        told.contains(sentence).then_some(())
    });
    let (status, page) = sign_in(&office, &password, 1).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(
        page.contains("サーバーの鍵がなくなった") && page.contains("kairan people renew"),
        "{page}"
    );
    assert!(!page.contains("認証アプリに登録します"), "{page}");
    let password = kairan(&["people", "renew", "hana", "--data", &office.place()]);
    let form = [("name", "hana"), ("password", password.trim())];
    let answer = office.ask("POST", "/console/sign-in", "", &form).await;
    let cookie = cookie(&answer);
    let page = office
        .ask("GET", "/console/second-factor", &cookie, &[])
        .await;
    let page = page.text().await.expect("a page");
    assert!(page.contains("認証アプリに登録します"), "{page}");
}

#[test]
fn keys_inside_the_data_folder_are_refused() {
    let (council, folder) = (Council::new(), tempfile::tempdir().expect("a folder"));
    let data = folder.path().join("data");
    let output = std::process::Command::new(program("kairan"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(&data)
        .arg("--keys")
        .arg(data.join("keys"))
        .arg("--catalogue")
        .arg(council.catalogue())
        .output()
        .expect("runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{said}");
    assert!(
        said.contains("inside the data folder") && said.contains("--keys"),
        "{said}"
    );
    assert!(!data.join("keys").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_seal_the_same_database_at_once_and_after_a_stop_in_the_middle() {
    let Some(server) = PostgreSql::for_a_test() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let (data, now) = (folder.path().join("data"), Timestamp::now());
    let open = async || {
        let keys = Keys::at(&folder.path().join("keys"));
        let store = Database::open_with(&data, Some(&server.url), keys).await;
        store.expect("opens")
    };
    let (one, two) = (open().await, open().await);
    let mut ids = Vec::new();
    for number in 0..20 {
        let person = Person {
            id: Uuid::new_v4(),
            name: format!("person {number}"),
            role: Role::Operator,
            provider: None,
            has_second_factor: false,
            is_barred: false,
        };
        let added = one.add_person(&person, "hash", "command line", now).await;
        assert!(added.expect("adds"));
        ids.push(person.id);
    }
    let pool = AnyPool::connect(&server.url).await.expect("connects");
    sqlx::query("UPDATE people SET totp_secret = $1")
        .bind(SECRET.to_owned())
        .execute(&pool)
        .await
        .expect("writes");
    // Somebody had begun, and was stopped.
    assert!(one.use_step(ids[0], SECRET, 7).await.expect("seals"));
    let (a, b) = tokio::join!(one.seal_what_lies_open(now), two.seal_what_lies_open(now));
    assert_eq!(a.expect("seals") + b.expect("seals"), 19, "each once");
    let (open_ones,): (i64,) =
        sqlx::query_as("SELECT COUNT(*) FROM people WHERE totp_secret NOT LIKE 'sealed:1:%'")
            .fetch_one(&pool)
            .await
            .expect("counts");
    assert_eq!(open_ones, 0);
    for (number, id) in ids.iter().enumerate() {
        let token = format!("token {number}");
        one.begin_session(&token, *id, false, now)
            .await
            .expect("begins");
        let session = two
            .session(&token, now)
            .await
            .expect("reads")
            .expect("lives");
        assert_eq!(
            session.second_factor,
            SecondFactor::Known(SECRET.to_owned())
        );
    }
    // What is sealed for one person is nothing to another.
    sqlx::query("UPDATE people SET totp_secret = (SELECT p.totp_secret FROM people p WHERE p.person = $1) WHERE person = $2")
        .bind(ids[1].to_string())
        .bind(ids[2].to_string())
        .execute(&pool)
        .await
        .expect("writes");
    let session = two
        .session("token 2", now)
        .await
        .expect("reads")
        .expect("lives");
    assert_eq!(session.second_factor, SecondFactor::Lost);
    assert_eq!(two.lost_second_factors().await.expect("counts"), 1);
    let done = one.reseal().await.expect("goes through");
    let expected = Resealed {
        lost: 1,
        ..Resealed::default()
    };
    assert_eq!(done, expected, "with the same key");
    assert_eq!(one.seal_what_lies_open(now).await.expect("nothing left"), 0);
    pool.close().await;
    one.close().await;
    two.close().await;
}
