//! What is urgent overtakes what is not: an emergency the pictures that are on their way, a call for help the records
//! that wait, and both a full disk.

use std::time::{Duration, Instant};

use futures_util::poll;
use jiff::{SignedDuration, Timestamp};
use kairan_backend::{
    content::addressed_emergency::AddressedEmergency, database::DatabaseError,
    tablets::queries::Standing,
};
use kairan_contract::{Emergency, EmergencyId, EmergencyStage, Manifest};
use kairan_tests::{
    council::{EXERCISE_TILE, LANDSLIDE, NO_WARNING, WARNINGS_TILE},
    house::House,
    office::Office,
    programs::Tablet,
    slow_line::SlowLine,
    small_disk::SmallDisk,
    source::gathering,
    until,
};
use serde_json::Value;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::sync::oneshot;
use uuid::Uuid;

const TITLE: &str = "ひだまり川が あふれます";
const TEXT: &str = "川の近くの 人は、すぐに 高いところへ。";
/// What residents call at once, with what a busy machine that builds for debugging takes for it. Two seconds are
/// measured by `make bench`.
const AT_ONCE: Duration = Duration::from_secs(8);
const FULL: &str = "新しい内容を しまえません";

/// Bytes of a sound, and how many there are: more than half a minute on a line of 100 kB a second.
const SOUND: usize = 400_000;
const SOUNDS: u64 = 10;

/// The manifest as the tablet in `data` gets it.
async fn manifest_of(office: &Office, data: &std::path::Path) -> Value {
    let identity = std::fs::read(data.join("identity.json")).expect("a loan");
    let identity: Value = serde_json::from_slice(&identity).expect("JSON");
    let token = identity["loan"]["token"].as_str().expect("a token");
    let address = format!("{}/api/v1/manifest", office.backend.address);
    let asked = kairan_tests::http_client().get(address).bearer_auth(token);
    let answer = asked.send().await.expect("answers");
    answer.json().await.expect("a manifest")
}

/// The hash of a tile's content.
fn blob_of(manifest: &Value, id: &str) -> Option<String> {
    let services = manifest["services"].as_array()?;
    let tile = services.iter().find(|tile| tile["id"] == id)?;
    Some(tile["content"]["blob"]["sha256"].as_str()?.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emergency_overtakes_the_downloads_and_the_blob_that_never_comes() {
    let office = Office::new();
    office
        .council
        .add_tile(&format!("{WARNINGS_TILE}{EXERCISE_TILE}"));
    office.council.publish_warnings(NO_WARNING);
    office.council.publish_programme("はじめの体操", 1, SOUND);
    let people = office.two_people().await;
    let line = SlowLine::to(&office.backend.host_and_port());
    let home = tempfile::tempdir().expect("a folder");
    let code = office.backend.enrolment_code();
    let mut tablet = Tablet::start_asking_every(2, &line.address, home.path(), Some(&code));
    tablet.wait_for("あたらしい記事 2件");
    tablet.go("体操", "はじめの体操");
    tablet.go("はじめ", "市からのお知らせ");

    // Everything is published anew; one small page never comes, and the programme takes half a minute.
    line.shut(true);
    line.pace(100_000);
    let before = manifest_of(&office, home.path()).await;
    office
        .council
        .write("garbage.md", "# ごみ\n\n朝7時までに出してください。");
    office.council.publish_news(&["桜まつり"]);
    office
        .council
        .publish_programme("つぎの体操", SOUNDS, SOUND);
    let page = loop {
        let now = manifest_of(&office, home.path()).await;
        let news = |id| blob_of(&now, id) != blob_of(&before, id);
        if news("garbage") && news("city-news") && news("exercise") {
            break blob_of(&now, "garbage").expect("content");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    line.lose(&page);
    line.shut(false);
    until("the download to be under way", || {
        (line.refused() > 0 && line.passed() > SOUND as u64 / 2).then_some(())
    });
    // What is light has come, although a page and a programme have not.
    tablet.go("市からのお知らせ", "桜まつり");
    tablet.go("はじめ", "市からのお知らせ");

    let released = office.release(&people, TITLE, TEXT).await;
    tablet.wait_for_sight(TEXT);
    let took = released.elapsed();
    println!("the emergency was on the screen {took:?} after its release");
    assert!(took < AT_ONCE, "{took:?}");
    let whole = SOUNDS * SOUND as u64;
    assert!(
        line.passed() < whole,
        "the download is not over: {}",
        line.passed()
    );
    tablet.answer();
    office.council.publish_warnings(LANDSLIDE);
    tablet.wait_for("土砂災害危険警報");
    assert!(
        line.passed() < whole,
        "the download is not over: {}",
        line.passed()
    );
    tablet.answer();

    // What has not come holds up its own tile alone, which shows the old whole.
    tablet.go("はじめ", "市からのお知らせ");
    tablet.go("ごみの出し方", "朝8時までに出してください。");
    tablet.go("はじめ", "市からのお知らせ");
    tablet.go("体操", "はじめの体操");
    tablet.go("はじめ", "市からのお知らせ");
    line.pace(0);
    tablet.go("体操", "つぎの体操");
    tablet.go("はじめ", "市からのお知らせ");
    line.find_all();
    tablet.go("ごみの出し方", "朝7時までに出してください。");
    tablet.close();
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_full_disk_emergencies_warnings_and_calls_for_help_come_all_the_same() {
    let Some(disk) = SmallDisk::mount(4096) else {
        return;
    };
    let office = Office::new();
    office.council.add_tile(WARNINGS_TILE);
    office.council.publish_warnings(NO_WARNING);
    let people = office.two_people().await;
    let line = SlowLine::to(&office.backend.host_and_port());
    let code = office.backend.enrolment_code();
    let mut tablet = Tablet::start(&line.address, disk.path(), Some(&code));
    tablet.wait_for("あたらしい記事 2件");
    disk.fill();
    // Records that cannot be written stand before everything else.
    tablet.go("ごみの出し方", "朝8時までに出してください。");
    tablet.go("はじめ", "市からのお知らせ");

    office.release(&people, TITLE, TEXT).await;
    tablet.wait_for(TEXT);
    tablet.answer();
    tablet.wait_for(FULL);
    office.council.publish_warnings(LANDSLIDE);
    tablet.wait_for("土砂災害危険警報");
    // Somebody asks for help: it cannot be written down, and arrives from memory.
    tablet.go("助けが ほしい", "届きました");
    assert_eq!(office.backend.open_requests().len(), 1);

    // Without a network it is said that it is not written down, and whom to ring.
    line.cut(true);
    tablet.go("はじめ", "市からのお知らせ");
    // What it cannot remember goes before that nobody answers.
    tablet.wait_for("新しいことを おぼえられません");
    tablet.go("困ったとき", "電話を かけてほしい");
    tablet.go("電話を かけてほしい", "はい、電話を ください");
    tablet.go("はい、電話を ください", "今は お伝え できません");
    tablet.wait_for("0120-000-000");
    line.cut(false);
    tablet.wait_for("届きました");
    assert_eq!(office.backend.open_requests().len(), 2);
    disk.make_room();
    tablet.go("はじめ", "市からのお知らせ");
    until("the disk to take everything", || {
        let sees = tablet.screen()?;
        (!sees.contains("このタブレットは いっぱい")).then_some(())
    });
    tablet.close();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warning_that_did_not_come_for_a_while_is_there_as_soon_as_it_can_be() {
    let office = Office::new();
    office.council.add_tile(WARNINGS_TILE);
    office.council.publish_warnings(NO_WARNING);
    let line = SlowLine::to(&office.backend.host_and_port());
    let home = tempfile::tempdir().expect("a folder");
    let code = office.backend.enrolment_code();
    let mut tablet = Tablet::start_asking_every(2, &line.address, home.path(), Some(&code));
    tablet.wait_for("今は ありません");
    line.shut(true);
    let before = blob_of(&manifest_of(&office, home.path()).await, "warnings");
    office.council.publish_warnings(LANDSLIDE);
    let warning = loop {
        let now = blob_of(&manifest_of(&office, home.path()).await, "warnings");
        match now.filter(|now| before.as_ref() != Some(now)) {
            Some(warning) => break warning,
            None => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    };
    line.lose(&warning);
    line.shut(false);
    until("some tries in vain", || (line.refused() >= 4).then_some(()));
    line.find_all();
    let found = Instant::now();
    tablet.wait_for_sight("土砂災害危険警報");
    assert!(found.elapsed() < AT_ONCE, "{:?}", found.elapsed());
    tablet.close();
}

/// Holds the tablet's journal as a disk does that hangs: whoever writes to it waits.
async fn hang(data: &std::path::Path) -> SqliteConnection {
    let journal = SqliteConnectOptions::new().filename(data.join("journal.sqlite"));
    let mut journal = journal.connect().await.expect("opens");
    let held = sqlx::query("BEGIN IMMEDIATE").execute(&mut journal).await;
    held.expect("it is held");
    journal
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_hangs_holds_up_no_call_for_help_and_nobody_is_left_waiting() {
    let house = House::new();
    let backend = house.backend();
    let line = SlowLine::to(&backend.host_and_port());
    let code = backend.enrolment_code();
    let mut tablet = Tablet::start(&line.address, house.tablet(), Some(&code));
    tablet.wait_for("あたらしい記事 2件");
    let hanging = hang(house.tablet()).await;
    // Records that are being written stand before everything else, for ten seconds.
    tablet.go("ごみの出し方", "朝8時までに出してください。");
    tablet.go("困ったとき", "電話を かけてほしい");
    tablet.go("電話を かけてほしい", "はい、電話を ください");
    let asked = Instant::now();
    tablet.go("はい、電話を ください", "届きました");
    assert!(asked.elapsed() < AT_ONCE, "{:?}", asked.elapsed());

    // Without a network it is said that it is not written down, and whom to ring.
    line.cut(true);
    tablet.go("はじめ", "市からのお知らせ");
    tablet.go("困ったとき", "電話を かけてほしい");
    tablet.go("電話を かけてほしい", "はい、電話を ください");
    let asked = Instant::now();
    tablet.go("はい、電話を ください", "今は お伝え できません");
    assert!(asked.elapsed() < AT_ONCE, "{:?}", asked.elapsed());
    tablet.wait_for("0120-000-000");
    hanging.close().await.expect("lets go");
    line.cut(false);
    tablet.wait_for("届きました");
    assert_eq!(backend.open_requests().len(), 2);
    tablet.close();
    backend.stop();
}

#[test]
fn what_somebody_sets_on_a_full_disk_is_told_to_be_forgotten() {
    let Some(disk) = SmallDisk::mount(4096) else {
        return;
    };
    let house = House::new();
    let backend = house.backend();
    let code = backend.enrolment_code();
    let mut tablet = Tablet::start(&backend.address, disk.path(), Some(&code));
    tablet.wait_for("あたらしい記事 2件");
    disk.fill();
    tablet.go("文字の大きさ", "いちばん大きい文字");
    tablet.go("いちばん大きい文字", "新しいことを おぼえられません");
    disk.make_room();
    until("the disk to take it", || {
        let sees = tablet.screen()?;
        (!sees.contains("新しいことを おぼえられません")).then_some(())
    });
    tablet.kill();
    let choices = std::fs::read_to_string(disk.path().join("choices.json")).expect("kept");
    assert!(choices.contains("largest"), "{choices}");
    backend.stop();
}

#[test]
fn what_was_asked_in_the_last_moment_is_sent_when_the_tablet_is_switched_off() {
    let house = House::new();
    let backend = house.backend();
    let line = SlowLine::to(&backend.host_and_port());
    let code = backend.enrolment_code();
    let mut tablet = Tablet::start_asking_every(600, &line.address, house.tablet(), Some(&code));
    tablet.wait_for("あたらしい記事 2件");
    line.cut(true);
    tablet.go("困ったとき", "電話を かけてほしい");
    tablet.go("電話を かけてほしい", "はい、電話を ください");
    tablet.go("はい、電話を ください", "まだ 届いて いません");
    line.cut(false);
    tablet.close();
    assert_eq!(backend.open_requests().len(), 1);
    backend.stop();
}

/// Somebody looks what holds while another releases something: what was read before never takes back what was read after.
#[tokio::test]
async fn a_slow_reading_takes_back_nothing_that_was_released_meanwhile() {
    let home = tempfile::tempdir().expect("a folder");
    let repository = gathering(home.path(), Vec::new()).await.repository.clone();
    let now = Timestamp::now();
    let released = AddressedEmergency {
        emergency: Emergency {
            id: EmergencyId(Uuid::new_v4()),
            edition: 1,
            stage: EmergencyStage::Released,
            title: TITLE.to_owned(),
            text: TEXT.to_owned(),
            drill: false,
            released_at: now,
            until: now + SignedDuration::from_hours(6),
        },
        to: None,
    };
    let told = || {
        let ready = repository.manifest(None, &Standing::default());
        let manifest: Manifest = serde_json::from_slice(&ready.plain.bytes).expect("a manifest");
        manifest.emergencies.len()
    };
    let (go_on, goes_on) = oneshot::channel();
    let slow = repository.renew_emergencies(async {
        let read = Vec::new();
        goes_on.await.expect("goes on");
        Ok::<_, DatabaseError>(read)
    });
    let quick = repository.renew_emergencies(async { Ok(vec![released]) });
    tokio::pin!(slow, quick);
    assert!(poll!(&mut slow).is_pending(), "it has read, and waits");
    let was_first = poll!(&mut quick).is_ready();
    go_on.send(()).expect("somebody waits");
    slow.await.expect("reads");
    if !was_first {
        quick.await.expect("reads");
    }
    assert_eq!(told(), 1);
}
