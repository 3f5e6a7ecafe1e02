//! From where ways are counted: residents choose where they live, and nobody but their tablet ever hears of it.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex},
    thread,
};

use flate2::read::GzDecoder;
use kairan_contract::{Manifest, Neighbourhood};
use kairan_tests::{
    council::{Council, LANDSLIDE, NO_WARNING, WARNINGS_TILE},
    house::House,
    office::{Office, between},
    programs::{Backend, Tablet, program},
    until,
};

use crate::{
    usage_table::records,
    walks::{BUS_TILE, timetable_of_today},
    wiping::names,
};

const SHELTERS: &str = "名称,住所,緯度,経度,災害種別_洪水,災害種別_崖崩れ、土石流及び地滑り,災害種別_地震\n\
    駅前小学校,ひだまり市本町1,34.9010,132.0780,1,1,1\n\
    山手小学校,ひだまり市山手5,34.9310,132.0780,1,1,1\n";
const SHELTERS_TILE: &str = r#"
[[service]]
id = "shelters"
provider = "city"
category = "news"
title = "避難場所"
reading = "ひなんばしょ"
summary = "近い順に出ます"
icon = "umbrella"
content = { kind = "places", url = "shelters.csv", near = [34.9000, 132.0780], near_name = "駅前" }
"#;
const TOWN: &str = "name,reading,lat,lon\n\
    本町,ほんまち,34.9000,132.0780\n\
    山手一丁目,やまていっちょうめ,34.9300,132.0780\n\
    港町,みなとまち,34.8900,132.0700\n";

/// A council with two shelters, its list of neighbourhoods, and whatever else.
fn publish(council: &Council, more: &str) {
    council.write("shelters.csv", SHELTERS);
    council.write("neighbourhoods.csv", TOWN);
    council.publish_warnings(NO_WARNING);
    let catalogue = include_str!("../fixtures/services.toml").replacen(
        "helper_telephone",
        "neighbourhoods = \"neighbourhoods.csv\"\nhelper_telephone",
        1,
    );
    council.write(
        "services.toml",
        &format!("{catalogue}{SHELTERS_TILE}{more}"),
    );
}

/// A wire to the backend that keeps whatever the tablet sends.
struct Wire {
    address: String,
    sent: Arc<Mutex<Vec<u8>>>,
}

impl Wire {
    fn to(backend: &Backend) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let (sent, to) = (Arc::<Mutex<Vec<u8>>>::default(), backend.host_and_port());
        let kept = Arc::clone(&sent);
        thread::spawn(move || {
            for tablet in listener.incoming().map_while(Result::ok) {
                let Ok(backend) = TcpStream::connect(&to) else {
                    continue;
                };
                let kept = Arc::clone(&kept);
                let (from, into) = (tablet.try_clone(), backend.try_clone());
                if let (Ok(from), Ok(into)) = (from, into) {
                    thread::spawn(move || {
                        pass(from, into, |bytes| {
                            kept.lock().expect("kept").extend_from_slice(bytes);
                        });
                    });
                    thread::spawn(move || pass(backend, tablet, |_| ()));
                }
            }
        });
        Self { address, sent }
    }

    /// Everything that was sent, and what was packed in it.
    fn sent(&self) -> Vec<u8> {
        let mut all = self.sent.lock().expect("kept").clone();
        let begins = |at: &usize| all[*at..].starts_with(&[0x1f, 0x8b, 0x08]);
        let packed: Vec<usize> = (0..all.len()).filter(begins).collect();
        let mut unpacked = Vec::new();
        for at in packed {
            // What only looks like a beginning gives nothing.
            let _ = GzDecoder::new(&all[at..]).read_to_end(&mut unpacked);
        }
        all.extend(unpacked);
        all
    }
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|part| part == text.as_bytes())
}

fn pass(mut from: TcpStream, mut into: TcpStream, mut keep: impl FnMut(&[u8])) {
    let mut bytes = [0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut bytes) {
        keep(&bytes[..length]);
        if into.write_all(&bytes[..length]).is_err() {
            break;
        }
    }
    let _ = into.shutdown(Shutdown::Write);
}

/// Where each of these words stands on the screen, from above.
fn order(tablet: &mut Tablet, words: [&str; 2]) -> [usize; 2] {
    let screen = tablet.look();
    words.map(|word| {
        let found = screen.find(word);
        found.unwrap_or_else(|| panic!("no {word} in\n{screen}"))
    })
}

fn choose_yamate(tablet: &mut Tablet) {
    tablet.wait_for("避難場所");
    tablet.go("避難場所", "どこから 数えますか");
    tablet.go("どこから 数えますか", "山手一丁目");
    tablet.go("山手一丁目", "いまは 山手一丁目から");
}

#[test]
fn who_lives_elsewhere_has_another_nearest_shelter_and_nobody_hears_of_it() {
    let house = House::new();
    publish(&house.council, WARNINGS_TILE);
    let backend = house.backend();
    let wire = Wire::to(&backend);
    let code = backend.enrolment_code();
    let mut tablet = Tablet::start(&wire.address, house.tablet(), Some(&code));

    // Until they have chosen it is said from where the way is counted.
    tablet.wait_for("避難場所");
    tablet.go("避難場所", "いまは 駅前から");
    tablet.wait_for("駅前から 歩いて2分くらい");
    let [near, far] = order(&mut tablet, ["駅前小学校", "山手小学校"]);
    assert!(near < far);
    tablet.go("駅前小学校", "駅前から 歩いて2分くらい");
    tablet.go("はじめ", "避難場所");

    choose_yamate(&mut tablet);
    tablet.wait_for("歩いて2分くらい");
    assert!(!tablet.look().contains("駅前から"), "{}", tablet.look());
    let [far, near] = order(&mut tablet, ["駅前小学校", "山手小学校"]);
    assert!(near < far, "their own comes first now");
    tablet.go("山手小学校", "山手一丁目から 歩いて2分くらい");

    // The warning sends them there and not to the station.
    house.council.publish_warnings(LANDSLIDE);
    tablet.wait_for("土砂災害危険警報");
    tablet.wait_for("山手一丁目から 歩いて2分くらい");
    let told = tablet.screen().expect("a screen");
    assert!(
        told.contains("山手小学校") && told.contains("いちばん近い 避難場所"),
        "{told}"
    );
    assert!(!told.contains("駅前小学校"), "{told}");
    tablet.go("わかりました", "今 出ている 警報・注意報");
    // A request to be rung goes out as well.
    tablet.go("困ったとき", "電話を かけてほしい");
    tablet.go("電話を かけてほしい", "はい、電話を ください");
    tablet.go("はい、電話を ください", "届きました");
    assert_eq!(backend.open_requests().len(), 1);
    tablet.close();

    // It is still chosen after a restart, without a network.
    let mut tablet = Tablet::start("http://127.0.0.1:9", house.tablet(), None);
    tablet.wait_for("避難場所");
    tablet.go("避難場所", "いまは 山手一丁目から");
    tablet.close();

    until("the records", || {
        (!records(house.server()).is_empty()).then_some(())
    });
    let log = backend.log();
    backend.stop();
    let sent = wire.sent();
    assert!(
        holds(&sent, "service_opened") && holds(&sent, "call_back"),
        "the wire is read"
    );
    for secret in ["山手", "やまて", "34.93", "neighbourhood\""] {
        assert!(!holds(&sent, secret), "`{secret}` left the tablet");
        assert!(!log.contains(secret), "`{secret}` stands in the log");
    }
    // The backend knows the list, and the list alone.
    for file in files(house.server()) {
        let bytes = std::fs::read(&file).expect("reads");
        let named = bytes
            .windows(12)
            .filter(|it| *it == "山手一丁".as_bytes())
            .count();
        let is_blob = file.parent().is_some_and(|it| it.ends_with("blobs"));
        assert!(named == 0 || (is_blob && named == 1), "{}", file.display());
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("reads").flatten();
    entries
        .flat_map(|entry| match entry.path() {
            path if path.is_dir() => files(&path),
            path => vec![path],
        })
        .collect()
}

#[test]
fn where_somebody_lived_goes_with_a_wipe_and_with_another_loan() {
    let house = House::new();
    publish(&house.council, "");
    let backend = house.backend();
    let mut tablet = house.enrolled_tablet(&backend);
    choose_yamate(&mut tablet);
    tablet.close();
    let choices = || std::fs::read_to_string(house.tablet().join("choices.json")).expect("there");
    assert!(choices().contains("山手一丁目"));

    // The same tablet in another loan, which it got in the moment in which the power went.
    let path = house.tablet().join("identity.json");
    let identity = std::fs::read_to_string(&path).expect("there");
    let loan = between(&identity, "\"participation\":\"", "\"").to_owned();
    let other = "5f0c0a52-4a44-4c77-9d3b-2f8e2f5a0001";
    std::fs::write(&path, identity.replace(&loan, other)).expect("writes");
    let mut tablet = house.tablet_at(&backend.address);
    tablet.wait_for("避難場所");
    tablet.go("避難場所", "いまは 駅前から");
    tablet.close();
    assert!(!choices().contains("山手一丁目"));
    std::fs::write(&path, identity).expect("writes");

    let mut tablet = house.tablet_at(&backend.address);
    choose_yamate(&mut tablet);
    let wiped = Command::new(program("kairan"))
        .args(["wipe", &loan, "--data"])
        .arg(house.server())
        .status();
    assert!(wiped.expect("runs").success());
    tablet.end_by_itself();
    let mut tablet = Tablet::start_at_first_use("http://127.0.0.1:9", house.tablet());
    tablet.wait_for("8つの数字を 押してください");
    tablet.close();
    assert!(
        !names(house.tablet(), "山手一丁目"),
        "nothing of it is left"
    );
    backend.stop();
}

#[test]
fn the_list_is_checked_with_its_lines_and_followed_when_it_changes() {
    let house = House::new();
    publish(&house.council, "");
    house.council.write(
        "neighbourhoods.csv",
        &format!("{TOWN}海の中,うみのなか,0,0\n,ななし,34.9,132.1\n字八幡原,,34.92,132.09\n"),
    );
    let (fine, said) = check(&house.council, "C.UTF-8");
    assert!(fine, "what is better mended stops nobody: {said}");
    for hint in [
        "note: services.toml:4:18: neighbourhoods.csv, line 5: it has no position in Japan and is left out — write degrees north in lat and degrees east in lon",
        "neighbourhoods.csv, line 6: it has no name and is left out — add the name",
        "neighbourhoods.csv, line 7: it has no reading in kana",
    ] {
        assert!(said.contains(hint), "{hint} is not in\n{said}");
    }
    let (_, said) = check(&house.council, "ja_JP.UTF-8");
    assert!(
        said.contains("neighbourhoods.csv の5行目: 日本の中の位置がないので"),
        "{said}"
    );

    let backend = house.backend();
    let code = backend.enrolment_code();
    let mut tablet = Tablet::start(&backend.address, house.tablet(), Some(&code));
    choose_yamate(&mut tablet);
    let list = || {
        let manifest = std::fs::read_to_string(house.tablet().join("manifest.json")).ok()?;
        let manifest: serde_json::Value = serde_json::from_str(&manifest).ok()?;
        let manifest: Manifest = serde_json::from_value(manifest["manifest"].clone()).ok()?;
        let blob = manifest.neighbourhoods?.sha256.to_string();
        let json = std::fs::read(house.tablet().join("blobs").join(blob)).ok()?;
        let list: Vec<Neighbourhood> = serde_json::from_slice(&json).ok()?;
        Some(list.into_iter().map(|one| one.name).collect::<Vec<_>>())
    };
    assert_eq!(
        list(),
        Some(
            ["本町", "港町", "山手一丁目", "字八幡原"]
                .map(str::to_owned)
                .to_vec()
        )
    );
    // The file is saved again; nobody touches services.toml.
    house.council.write(
        "neighbourhoods.csv",
        &format!("{TOWN}桜町,さくらまち,34.91,132.08\n"),
    );
    until("the new list", || {
        list().filter(|names| names.iter().any(|name| name == "桜町"))
    });
    // A list that is none leaves the last good one in force.
    house.council.write("neighbourhoods.csv", "<html>");
    until("the fault in the log", || {
        backend
            .log()
            .contains("holds no list of neighbourhoods")
            .then_some(())
    });
    let (fine, said) = check(&house.council, "ja_JP.UTF-8");
    assert!(
        !fine
            && said
                .contains("services.toml:4:18: `neighbourhoods.csv` から 町丁目の一覧を読めません"),
        "{said}"
    );
    assert!(list().is_some_and(|names| names.len() == 4));
    tablet.close();
    backend.stop();
}

#[test]
fn who_names_no_point_is_asked_for_it_and_residents_are_told_of_the_middle_of_town() {
    let house = House::new();
    house.council.write("shelters.csv", SHELTERS);
    house
        .council
        .add_tile(&SHELTERS_TILE.replace(", near_name = \"駅前\"", ""));
    let (fine, said) = check(&house.council, "C.UTF-8");
    assert!(
        fine,
        "catalogues of before are as good as they were: {said}"
    );
    assert!(
        said.contains("add what they call this point: near_name = \"駅前\""),
        "{said}"
    );
    let backend = house.backend();
    let mut tablet = house.enrolled_tablet(&backend);
    tablet.wait_for("避難場所");
    tablet.go("避難場所", "まちの まん中から 歩いて2分くらい");
    assert!(
        !tablet.look().contains("どこから 数えますか"),
        "there is nothing to choose from"
    );
    tablet.close();
    backend.stop();
}

#[test]
fn where_the_council_has_no_list_residents_choose_one_of_the_stops() {
    let house = House::new();
    house.council.write("shelters.csv", SHELTERS);
    house.council.write_bytes("bus.zip", &timetable_of_today());
    house
        .council
        .add_tile(&format!("{SHELTERS_TILE}{BUS_TILE}"));
    let backend = house.backend();
    let mut tablet = house.enrolled_tablet(&backend);
    tablet.wait_for("つぎは");
    tablet.go("避難場所", "駅前から 歩いて2分くらい");
    tablet.go("どこから 数えますか", "おすまいに 近い 停留所を");
    tablet.go("市役所前", "いまは 市役所前から");
    // The stop lies 600 km from the fictional shelters.
    tablet.wait_for("キロくらい");
    tablet.close();
    backend.stop();
}

fn check(council: &Council, locale: &str) -> (bool, String) {
    let folder = council.catalogue();
    let output = Command::new(program("kairan"))
        .args(["check", "services.toml"])
        .current_dir(folder.parent().expect("a folder"))
        .env("LC_ALL", locale)
        .output()
        .expect("runs");
    let said = [output.stderr, output.stdout].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_keeps_the_list_and_packs_it_with_the_catalogue() {
    let office = Office::new();
    std::fs::write(office.beside("neighbourhoods.csv"), TOWN).expect("writes");
    let password = office.add("kato", "operator");
    let kato = office.sign_in("kato", &password).await;
    let form = office
        .ask("GET", "/console/tiles/edit?part=council", &kato, &[])
        .await;
    let form = form.text().await.expect("a page");
    assert!(form.contains("name=\"neighbourhoods\""), "{form}");
    let council = |list: Option<&'static str>| {
        let mut fields = vec![
            ("part", "council"),
            ("was", ""),
            ("name", "ひだまり市"),
            ("areas", "99201"),
            ("helper_telephone", "0120-000-009"),
        ];
        fields.extend(list.map(|file| ("neighbourhoods", file)));
        fields
    };
    let refused = office
        .ask(
            "POST",
            "/console/tiles/edit",
            &kato,
            &council(Some("none.csv")),
        )
        .await;
    let refused = refused.text().await.expect("a page");
    assert!(refused.contains("none.csv"), "{refused}");
    for fields in [council(Some("neighbourhoods.csv")), council(None)] {
        office
            .ask("POST", "/console/tiles/edit", &kato, &fields)
            .await;
    }
    office
        .ask("POST", "/console/tiles/publish", &kato, &[("note", "")])
        .await;
    let text = std::fs::read_to_string(office.beside("services.toml")).expect("reads");
    assert!(
        text.contains("neighbourhoods = \"neighbourhoods.csv\""),
        "{text}"
    );
    assert!(text.contains("0120-000-009"), "{text}");
    let archive = office
        .ask("GET", "/console/tiles/services.zip", &kato, &[])
        .await;
    let archive = archive.bytes().await.expect("an archive");
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(&archive)).expect("opens");
    let mut packed = String::new();
    let mut file = zip.by_name("neighbourhoods.csv").expect("packed");
    file.read_to_string(&mut packed).expect("reads");
    assert_eq!(packed, TOWN);
}
