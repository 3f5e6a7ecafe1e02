//! What somebody with a password, or without, may try on the console, and what answers. The table is kept beside the
//! build.

mod pictures;
mod scripts;
mod table;

use image::ImageFormat;
use kairan_tests::{
    office::{Office, location},
    programs::Tablet,
};
use reqwest::StatusCode;

use pictures::{bomb, picture};

pub use pictures::with_a_secret;
pub use table::Table;

const TILE: [(&str, &str); 8] = [
    ("id", "pool"),
    ("provider", "city"),
    ("category", "news"),
    ("title", "市民プール"),
    ("reading", "しみんぷーる"),
    ("summary", "休みの日など"),
    ("icon", "drop"),
    ("own", "1"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_text_with_a_picture_is_written_and_nothing_hidden_in_it_is_kept() {
    let office = Office::new();
    let password = office.add("kato", "operator");
    let kato = office.sign_in("kato", &password).await;
    let began = office
        .ask("POST", "/console/tiles/edit", &kato, &TILE)
        .await;
    assert_eq!(location(&began), "/console/tiles/text?id=pool");
    let file = with_a_secret();
    let fields = [
        ("id", "pool"),
        ("text", "# 市民プール\n\n月曜日は お休みです。"),
        ("alternative", "プールの入口](javascript:alert(1))<b>"),
        ("what", "picture"),
    ];
    let path = "/console/tiles/text";
    let taken = office
        .send_file(path, &kato, ("a.jpg", &file), &fields)
        .await;
    assert_eq!(taken.status(), StatusCode::OK);
    let page = taken.text().await.expect("a page");
    let name = kairan_tests::office::between(&page, "](texts/", ")");
    assert_eq!(name.rsplit_once('.').map(|it| it.1), Some("jpg"), "{page}");
    let kept = office.beside(&format!("texts/{name}"));
    let bytes = std::fs::read(kept).expect("kept");
    assert!(
        !bytes.windows(9).any(|it| it == b"34.690083"),
        "it tells where it was taken"
    );
    let text = format!("# 市民プール\n\n月曜日は お休みです。\n\n![プールの入口](texts/{name})");
    let fields = [("id", "pool"), ("text", &*text), ("what", "keep")];
    let kept = office.send_file(path, &kato, ("", b""), &fields).await;
    assert_eq!(location(&kept), "/console/tiles");
    // It is seen before it counts.
    let seen = office
        .ask("GET", "/console/tiles/preview.png", &kato, &[])
        .await;
    assert_eq!(seen.status(), StatusCode::OK);
    office
        .ask("POST", "/console/tiles/publish", &kato, &[("note", "")])
        .await;
    let home = tempfile::tempdir().expect("a folder");
    let code = office.backend.enrolment_code();
    let mut tablet = Tablet::start(&office.backend.address, home.path(), Some(&code));
    tablet.wait_for("市民プール");
    tablet.go("市民プール", "月曜日は お休みです。");
    tablet.go("つぎ", "プールの入口");
    tablet.close();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_picture_is_refused_and_costs_nothing() {
    let office = Office::new();
    let password = office.add("kato", "operator");
    let kato = office.sign_in("kato", &password).await;
    office
        .ask("POST", "/console/tiles/edit", &kato, &TILE)
        .await;
    let mut table = Table::default();
    let zip = [b"PK\x03\x04".as_slice(), &vec![0; 40_000]].concat();
    let huge = vec![0xFF; 25 * 1024 * 1024];
    let wide = picture(9_100, 30, ImageFormat::Png);
    let cut = picture(800, 600, ImageFormat::Png)[..2_000].to_vec();
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    for (tried, file, expected) in [
        (
            "a picture bomb of 60,000 by 60,000 dots in a few bytes",
            &bomb(60_000)[..],
            refused,
        ),
        (
            "a picture bomb of 4,096 by 4,096 dots without its rows",
            &bomb(4_096),
            refused,
        ),
        ("a zip bomb named .png", &zip, refused),
        ("an SVG with a script", svg, refused),
        (
            "a page named .jpg",
            b"<html><script>alert(1)</script></html>",
            refused,
        ),
        ("a picture cut off in the middle", &cut, refused),
        (
            "a picture of one dot",
            &picture(1, 1, ImageFormat::Png),
            refused,
        ),
        ("a picture too wide", &wide, refused),
        ("25 MB", &huge, refused),
    ] {
        let fields = [
            ("id", "pool"),
            ("text", "本文"),
            ("alternative", "絵"),
            ("what", "picture"),
        ];
        let answer = office
            .send_file("/console/tiles/text", &kato, ("a.png", file), &fields)
            .await;
        table.note(tried, &answer, expected);
    }
    let small = picture(64, 64, ImageFormat::Png);
    for (tried, id, alternative, expected) in [
        ("a picture without words for it", "pool", "", refused),
        (
            "a text for a tile outside the catalogue",
            "../../etc/passwd",
            "絵",
            StatusCode::NOT_FOUND,
        ),
        ("a text for no tile", "nothing", "絵", StatusCode::NOT_FOUND),
    ] {
        let fields = [
            ("id", id),
            ("text", "本文"),
            ("alternative", alternative),
            ("what", "keep"),
        ];
        let answer = office
            .send_file("/console/tiles/text", &kato, ("a.png", &small), &fields)
            .await;
        table.note(tried, &answer, expected);
    }
    let brackets = vec![b'['; 1_000_000];
    let imports: [(&str, &[u8]); 5] = [
        ("an empty catalogue", b""),
        ("a catalogue that is no text", &[0xFF, 0xFE, 0x00, 0xD8]),
        ("a catalogue that is a picture", &small),
        (
            "a catalogue with a file elsewhere",
            b"[[service]]\ncontent = { kind = \"page\", file = \"../../etc/passwd\" }",
        ),
        ("a catalogue a million brackets deep", &brackets),
    ];
    for (tried, file) in imports {
        let answer = office
            .send_file("/console/tiles/import", &kato, ("services.toml", file), &[])
            .await;
        table.note(tried, &answer, refused);
    }
    // It goes on as if nothing had been tried.
    let page = office.ask("GET", "/console/tiles", &kato, &[]).await;
    assert_eq!(page.status(), StatusCode::OK);
    table.keep("uploads");
}

/// Whatever nobody would send comes back as a page in our words, and not in those of the framework.
#[tokio::test(flavor = "multi_thread")]
async fn what_makes_no_sense_is_answered_in_words() {
    let office = Office::new();
    let password = office.add("hana", "administrator");
    let hana = office.sign_in("hana", &password).await;
    let mut table = Table::default();
    let long = "あ".repeat(200_000);
    let sent = [("title", &*long)];
    for (method, path, form, expected) in [
        (
            "GET",
            "/console/tablets?page=x",
            &[][..],
            StatusCode::BAD_REQUEST,
        ),
        (
            "GET",
            "/console/audit?below=-1",
            &[],
            StatusCode::BAD_REQUEST,
        ),
        (
            "GET",
            "/console/tiles/revision?revision=x",
            &[],
            StatusCode::BAD_REQUEST,
        ),
        (
            "GET",
            "/console/tiles/revision?revision=999",
            &[],
            StatusCode::NOT_FOUND,
        ),
        ("GET", "/console/tiles/publish", &[], StatusCode::NOT_FOUND),
        ("GET", "/console/nothing", &[], StatusCode::NOT_FOUND),
        (
            "POST",
            "/console/tiles/bring-back",
            &[("revision", "x")],
            StatusCode::BAD_REQUEST,
        ),
        (
            "POST",
            "/console/tiles/edit",
            &sent,
            StatusCode::PAYLOAD_TOO_LARGE,
        ),
    ] {
        let answer = office.ask(method, path, &hana, form).await;
        table.note(&format!("{method} {path}"), &answer, expected);
        let page = answer.text().await.expect("a page");
        assert!(page.contains("<html lang=\"ja\">"), "{path}: {page}");
        assert!(page.contains("もどって"), "{path}: {page}");
    }
    table.keep("nonsense");
}
