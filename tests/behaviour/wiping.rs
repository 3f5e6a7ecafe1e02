//! A resident leaves: nothing of them stays, neither on the server nor on the tablet, which was switched off and
//! locked when they left.

use std::{path::Path, process::Command};

use kairan_tests::{
    house::House,
    programs::{Tablet, program},
    until,
};
use serde_json::Value;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

#[test]
fn a_tablet_that_was_off_and_locked_forgets_its_loan_when_it_comes_back() {
    let house = House::new();
    let backend = house.backend();
    let mut tablet = house.enrolled_tablet(&backend);
    tablet.wait_for("市からのお知らせ");
    tablet.go("市からのお知らせ", "水道工事のお知らせ");
    tablet.close();
    let identity = std::fs::read(house.tablet().join("identity.json")).expect("there");
    let identity: Value = serde_json::from_slice(&identity).expect("JSON");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let (loan, token) = (
        text(&identity["loan"]["participation"]),
        text(&identity["loan"]["token"]),
    );
    assert!(names(house.tablet(), &loan) && names(house.server(), &loan));

    backend.lock(&loan, true);
    let erased = Command::new(program("kairan"))
        .args(["erase", &loan, "--data"])
        .arg(house.server())
        .output()
        .expect("runs");
    let said = String::from_utf8_lossy(&erased.stdout).into_owned();
    assert!(erased.status.success());
    assert!(
        said.contains("0 rows in the database, 0 rows in 0 files"),
        "{said}"
    );
    assert!(
        said.contains("1 tablets are still to forget their loan"),
        "{said}"
    );
    // The server looks every ten seconds what tablets are to be told.
    let client = kairan_tests::http_client();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let asked = |path: &str| {
        let request = client
            .get(format!("{}/api/v1/{path}", backend.address))
            .bearer_auth(&token);
        runtime.block_on(async { request.send().await.expect("answers") })
    };
    until("the order", || {
        let manifest: Value = runtime.block_on(asked("manifest").json()).expect("JSON");
        (manifest["wipe"] == true).then_some(())
    });

    // It comes back, hears of it, and ends; the power goes before it has forgotten.
    house.tablet_at(&backend.address).end_by_itself();
    assert!(house.tablet().join("wipe.order").exists());
    // There is no network when it starts anew: it forgets all the same.
    let mut tablet = Tablet::start_at_first_use("http://127.0.0.1:9", house.tablet());
    tablet.wait_for("8つの数字を 押してください");
    assert!(!names(house.tablet(), &loan));
    assert!(!names_but_the_note(house.tablet(), &token));
    tablet.close();
    // The backend hears of it when there is a network again, and then nothing at all is left.
    let mut tablet = Tablet::start_at_first_use(&backend.address, house.tablet());
    until("the backend to hear", || {
        (asked("manifest").status() == 401).then_some(())
    });
    until("the note to go", || {
        (!names(house.tablet(), &token)).then_some(())
    });
    tablet.wait_for("8つの数字を 押してください");
    tablet.close();
    backend.stop();
    assert!(
        !names(house.server(), &loan),
        "nothing of it lies in any file"
    );
    let (asked_at, received_at, wiped_at) = runtime.block_on(times(house.server()));
    assert!(asked_at <= received_at && received_at <= wiped_at);
}

async fn times(server: &Path) -> (i64, i64, i64) {
    let options = SqliteConnectOptions::new().filename(server.join("kairan.sqlite"));
    let pool = SqlitePoolOptions::new()
        .connect_with(options)
        .await
        .expect("opens");
    let times = sqlx::query_as("SELECT wipe_asked_at, wipe_received_at, wiped_at FROM tablets")
        .fetch_one(&pool)
        .await
        .expect("all three are known");
    pool.close().await;
    times
}

/// Whether a text stands in any file of a folder.
pub fn names(folder: &Path, text: &str) -> bool {
    files(folder).iter().any(|file| holds(file, text))
}

/// The same, but for the note by which the backend is still to be told.
fn names_but_the_note(folder: &Path, text: &str) -> bool {
    let files = files(folder);
    let mut others = files.iter().filter(|file| !file.ends_with("wipe.done"));
    others.any(|file| holds(file, text))
}

fn holds(file: &Path, text: &str) -> bool {
    let bytes = std::fs::read(file).expect("reads");
    bytes
        .windows(text.len())
        .any(|part| part == text.as_bytes())
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("reads").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.push(path);
        }
    }
    files
}
