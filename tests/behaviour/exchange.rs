//! The catalogue as a file: what one council keeps, another takes in, with its texts and pictures; and nothing that is
//! shown already becomes something else.

use std::io::{Cursor, Read as _, Write as _};

use kairan_tests::office::{Office, between, kairan, location};
use reqwest::StatusCode;
use zip::{CompressionMethod, ZipArchive, ZipWriter, write::SimpleFileOptions};

use crate::attacks::with_a_secret;

/// A tile of a broker that lets nobody in without a token.
pub const BROKER: &str = r#"
[[service]]
id = "broker"
provider = "city"
category = "news"
title = "ひなん所"
reading = "ひなんじょ"
summary = "いまの混みぐあい"
icon = "house"
content = { kind = "entities", url = "https://broker.example/ngsi-ld/v1/entities", gives = "places", token_file = "token" }
"#;

const PATH: &str = "/console/tiles/import";

pub fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        zip.start_file(*name, options).expect("begins");
        zip.write_all(bytes).expect("writes");
    }
    zip.finish().expect("ends").into_inner()
}

/// The fixture's catalogue with the garbage tile's text in this file.
fn with_text_in(file: &str) -> String {
    let text = include_str!("../fixtures/services.toml");
    text.replace("file = \"garbage.md\"", &format!("file = \"{file}\""))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_catalogue_goes_to_another_council_with_its_texts_and_pictures() {
    let office = Office::new();
    let password = office.add("kato", "operator");
    let kato = office.sign_in("kato", &password).await;
    let path = "/console/tiles/text";
    let fields = [
        ("id", "garbage"),
        ("text", "# ごみ"),
        ("alternative", "集積所"),
        ("what", "picture"),
    ];
    let file = with_a_secret();
    let page = office
        .send_file(path, &kato, ("a.jpg", &file), &fields)
        .await;
    let page = page.text().await.expect("a page");
    let picture = format!("texts/{}", between(&page, "](texts/", ")"));
    let text = format!("# ごみ\n\n朝9時までに 出してください。\n\n![集積所]({picture})");
    let fields = [("id", "garbage"), ("text", &*text), ("what", "keep")];
    office.send_file(path, &kato, ("", b""), &fields).await;
    office
        .ask("POST", "/console/tiles/publish", &kato, &[("note", "")])
        .await;
    let archive = office
        .ask("GET", "/console/tiles/services.zip", &kato, &[])
        .await;
    let archive = archive.bytes().await.expect("an archive");

    // Alone in a folder, it is what `kairan check` accepts.
    let folder = tempfile::tempdir().expect("a folder");
    let mut zip = ZipArchive::new(Cursor::new(&archive)).expect("opens");
    zip.extract(folder.path()).expect("unpacks");
    let catalogue = folder.path().join("services.toml");
    kairan(&["check", catalogue.to_str().expect("text")]);
    assert!(folder.path().join(&picture).is_file(), "and its pictures");

    // A council that has nothing of it, or the same, sees what it would change, and then shows it.
    let other = Office::new();
    let password = other.add("abe", "operator");
    let abe = other.sign_in("abe", &password).await;
    for same in ["news.xml", "forecast.json"] {
        std::fs::copy(office.beside(same), other.beside(same)).expect("copies");
    }
    let taken = other
        .send_file(PATH, &abe, ("services.zip", &archive), &[])
        .await;
    assert_eq!(location(&taken), "/console/tiles");
    let page = other.ask("GET", "/console/tiles", &abe, &[]).await;
    let page = page.text().await.expect("a page");
    assert!(page.contains("公開すると変わること"), "{page}");
    assert_eq!(
        std::fs::read(other.beside(&picture)).expect("taken in"),
        std::fs::read(office.beside(&picture)).expect("there")
    );
    let words = "/console/tiles/preview/words?touches=";
    let home = other.ask("GET", words, &abe, &[]).await;
    let home = home.text().await.expect("a page");
    let (before, _) = home.split_once("\">ごみの出し方</a>").expect("the tile");
    let touches = before.rsplit_once("touches=").expect("a link").1;
    let garbage = other
        .ask("GET", &format!("{words}{touches}"), &abe, &[])
        .await;
    let garbage = garbage.text().await.expect("a page");
    assert!(garbage.contains("朝9時までに"), "{garbage}");
}

/// Whoever packs a folder instead of what lies in it means the same.
#[tokio::test(flavor = "multi_thread")]
async fn an_archive_may_hold_a_folder() {
    let office = Office::new();
    let password = office.add("kato", "operator");
    let kato = office.sign_in("kato", &password).await;
    let text = with_text_in("texts/new.md");
    let archive = zipped(&[
        ("市/readme.txt", b"hello"),
        ("市/services.toml", text.as_bytes()),
        ("市/texts/new.md", "# 新しい".as_bytes()),
        ("other/texts/unused.md", b"x"),
    ]);
    let taken = office
        .send_file(PATH, &kato, ("services.zip", &archive), &[])
        .await;
    assert_eq!(location(&taken), "/console/tiles");
    let kept = std::fs::read_to_string(office.beside("texts/new.md"));
    assert_eq!(kept.expect("taken in"), "# 新しい");
    for unused in ["readme.txt", "texts/unused.md"] {
        assert!(!office.beside(unused).exists(), "nothing names {unused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_that_means_harm_changes_nothing() {
    let office = Office::new();
    let password = office.add("kato", "operator");
    let kato = office.sign_in("kato", &password).await;
    let before = everything_beside(&office);
    let bomb = vec![b' '; 140 * 1024 * 1024];
    let good = with_text_in("garbage.md");
    let outside = with_text_in("../outside.md");
    let missing = with_text_in("texts/missing.md");
    let empty = zipped(&[]);
    let cut = zipped(&[("services.toml", good.as_bytes())])[..60].to_vec();
    let many: Vec<(String, &[u8])> = (0..5_001).map(|it| (format!("{it}"), &b""[..])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, it)| (name.as_str(), *it)).collect();
    for (tried, archive, told) in [
        ("nothing in it", empty, "services.toml を読めません"),
        ("cut off", cut, "services.toml を読めません"),
        (
            "a bomb",
            zipped(&[("services.toml", good.as_bytes()), ("garbage.md", &bomb)]),
            "大きすぎます",
        ),
        ("five thousand files", zipped(&many), "大きすぎます"),
        (
            "a file elsewhere",
            zipped(&[
                ("services.toml", outside.as_bytes()),
                ("../outside.md", b"x"),
            ]),
            "outside.md",
        ),
        (
            "a file that is missing",
            zipped(&[("services.toml", missing.as_bytes())]),
            "texts/missing.md",
        ),
        (
            "another text under a name that is shown",
            zipped(&[
                ("services.toml", good.as_bytes()),
                ("garbage.md", b"# Another"),
            ]),
            "「garbage.md」は、いまここにあるものと中身がちがいます",
        ),
    ] {
        let answer = office
            .send_file(PATH, &kato, ("services.zip", &archive), &[])
            .await;
        assert!(answer.status().is_client_error(), "{tried}");
        let page = answer.text().await.expect("a page");
        assert!(page.contains(told), "{tried}: {page}");
        assert!(!page.contains("公開すると変わること"), "{tried}: {page}");
        assert_eq!(everything_beside(&office), before, "{tried}");
    }
    assert!(office.backend.most_memory() < 600 * 1024 * 1024);
    let page = office.ask("GET", "/console/tiles", &kato, &[]).await;
    assert_eq!(page.status(), StatusCode::OK, "it goes on");
}

/// The names of all that lies beside the catalogue, and above it.
pub fn everything_beside(office: &Office) -> Vec<String> {
    let folder = office.beside("");
    let mut found = Vec::new();
    for place in [folder.join("texts"), folder.clone(), folder.join("..")] {
        let listed = std::fs::read_dir(&place).into_iter().flatten().flatten();
        let names = listed.map(|it| it.file_name().to_string_lossy().into_owned());
        // Above it lies what other tests keep.
        found.extend(names.filter(|name| !place.ends_with("..") || name == "outside.md"));
    }
    found.sort();
    found
}

/// A token beside the catalogue is packed with nothing.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_source_is_let_in_with_stays_here() {
    let office = Office::new();
    let password = office.add("kato", "operator");
    let kato = office.sign_in("kato", &password).await;
    std::fs::write(office.beside("token"), "a-secret-token").expect("writes");
    office.council.add_tile(BROKER);
    let archive = office
        .ask("GET", "/console/tiles/services.zip", &kato, &[])
        .await;
    assert_eq!(archive.status(), StatusCode::OK);
    let archive = archive.bytes().await.expect("an archive");
    let mut zip = ZipArchive::new(Cursor::new(&archive)).expect("opens");
    let mut names = Vec::new();
    for number in 0..zip.len() {
        let mut file = zip.by_index(number).expect("a file");
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).expect("reads");
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("a-secret-token"), "{text}");
        names.push(file.name().expect("a name").into_owned());
    }
    assert!(names.contains(&"garbage.md".to_owned()), "{names:?}");
    assert!(!names.contains(&"token".to_owned()), "{names:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_opens_the_councils_own_network_without_a_hand_on_the_server() {
    let office = Office::new();
    let password = office.add("kato", "operator");
    let kato = office.sign_in("kato", &password).await;
    let file = office.beside("services.toml");
    let before = std::fs::read_to_string(&file).expect("reads");
    let opened = format!("{before}\n[network]\nallowed_hosts = [\"127.0.0.1\"]\n");
    let zipped = ("services.toml", opened.as_bytes());
    let taken = office.send_file(PATH, &kato, zipped, &[]).await;
    let mut told = taken.text().await.expect("a page");
    let publish = "/console/tiles/publish";
    let answer = office.ask("POST", publish, &kato, &[("note", "")]).await;
    told += &answer.text().await.expect("a page");
    assert!(told.contains("サーバーで決められていません"), "{told}");
    let now = || std::fs::read_to_string(&file).expect("reads");
    assert_eq!(now(), before);
    // What stands there already, they keep.
    std::fs::write(&file, &opened).expect("writes");
    let more = format!("{opened}# with a note\n");
    let zipped = ("services.toml", more.as_bytes());
    office.send_file(PATH, &kato, zipped, &[]).await;
    office.ask("POST", publish, &kato, &[("note", "")]).await;
    assert_eq!(now(), more);
}
