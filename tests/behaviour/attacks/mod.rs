//! What somebody with a password, or without, may try on the console, and what answers. The table is kept beside the
//! build.

use std::{fmt::Write as _, io::Cursor, path::Path};

use image::{DynamicImage, ImageFormat, RgbImage};
use kairan_tests::{
    office::{Office, location},
    programs::Tablet,
};
use reqwest::{Response, StatusCode};

/// What was tried, and what answered.
#[derive(Default)]
pub struct Table(String);

impl Table {
    /// Notes an answer, which must be this.
    pub fn note(&mut self, tried: &str, answer: &Response, expected: StatusCode) {
        let status = answer.status();
        writeln!(self.0, "| {tried} | {status} |").expect("a text takes it");
        assert_eq!(status, expected, "{tried}");
    }

    pub fn keep(self, name: &str) {
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("attacks-{name}.md"));
        let table = format!("| what was tried | what answered |\n|---|---|\n{}", self.0);
        std::fs::write(file, table).expect("writes");
    }
}

fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    let made = RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([(x % 251) as u8, (y % 241) as u8, 90])
    });
    DynamicImage::ImageRgb8(made)
        .write_to(&mut Cursor::new(&mut bytes), format)
        .expect("encodes");
    bytes
}

/// A PNG of a few bytes that says it is larger than a house.
fn bomb(side: u32) -> Vec<u8> {
    let mut small = picture(64, 64, ImageFormat::Png);
    small[16..20].copy_from_slice(&side.to_be_bytes());
    small[20..24].copy_from_slice(&side.to_be_bytes());
    // The sum of the header, which a decoder checks first.
    let sum = small[12..29].iter().fold(!0_u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0xEDB8_8320 & (sum & 1).wrapping_neg())
        })
    });
    small[29..33].copy_from_slice(&(!sum).to_be_bytes());
    small
}

/// A JPEG with a note of where it was taken.
pub fn with_a_secret() -> Vec<u8> {
    let plain = picture(300, 200, ImageFormat::Jpeg);
    let secret = b"Exif\0\0taken at 34.690083, 135.502165";
    let length = u16::try_from(secret.len() + 2)
        .expect("short")
        .to_be_bytes();
    [&plain[..2], &[0xFF, 0xE1], &length, secret, &plain[2..]].concat()
}

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

/// Ends an attribute, a text or a script, and begins one of its own.
const SCRIPT: &str = "\"'></textarea></title><script>alert(1)</script>";

type Field = (&'static str, &'static str);

/// Each form with values that it takes, and each page that looks for what was typed.
const FORMS: [(&str, &str, &[Field]); 28] = [
    ("GET", "/console/sign-in", &[("next", "/console")]),
    (
        "POST",
        "/console/sign-in",
        &[("name", "x"), ("password", "x"), ("next", "")],
    ),
    ("POST", "/console/me", &[("before", "x"), ("after", "x")]),
    (
        "POST",
        "/console/tiles/edit",
        &[
            ("part", "service"),
            ("was", "garbage"),
            ("id", "garbage"),
            ("provider", "city"),
            ("category", "news"),
            ("title", "ごみ"),
            ("reading", "ごみ"),
            ("summary", "曜日"),
            ("icon", "recycle"),
            ("content_kind", "page"),
            ("content_source", "garbage.md"),
            ("content_more", ""),
            ("from", ""),
            ("until", ""),
            ("areas", ""),
            ("age_bands", ""),
            ("cohorts", ""),
        ],
    ),
    (
        "POST",
        "/console/tiles/edit",
        &[
            ("part", "message"),
            ("was", ""),
            ("id", "hello"),
            ("title", "お便り"),
            ("text", "本文"),
            ("until", "2099-12-31"),
            ("from", ""),
        ],
    ),
    (
        "POST",
        "/console/tiles/edit",
        &[
            ("part", "category"),
            ("was", "news"),
            ("id", "news"),
            ("name", "くらし"),
            ("colour", "#1f4e9c"),
            ("icon", "house"),
        ],
    ),
    (
        "POST",
        "/console/tiles/edit",
        &[
            ("part", "provider"),
            ("was", "city"),
            ("id", "city"),
            ("name", "市"),
            ("kind", "government"),
            ("telephone", ""),
        ],
    ),
    (
        "POST",
        "/console/tiles/edit",
        &[
            ("part", "council"),
            ("was", ""),
            ("name", "ひだまり市"),
            ("areas", "99201"),
            ("helper_telephone", "0120-000-000"),
        ],
    ),
    (
        "POST",
        "/console/tiles/try",
        &[
            ("content_kind", "feed"),
            ("content_source", "news.xml"),
            ("content_more", ""),
        ],
    ),
    (
        "POST",
        "/console/tiles/move",
        &[("part", "service"), ("id", "garbage"), ("way", "up")],
    ),
    (
        "POST",
        "/console/tiles/plan",
        &[("what", "date"), ("at", ""), ("note", "")],
    ),
    ("POST", "/console/tiles/publish", &[("note", "")]),
    (
        "GET",
        "/console/tiles/preview/words",
        &[("size", "large"), ("touches", "c1")],
    ),
    (
        "GET",
        "/console/tiles/preview",
        &[
            ("profile", "tablet-10"),
            ("size", "large"),
            ("language", "ja"),
            ("cohort", ""),
            ("area", ""),
            ("age_band", ""),
            ("touches", "1-1"),
        ],
    ),
    (
        "POST",
        "/console/emergencies/write",
        &[
            ("id", ""),
            ("title", "大雨"),
            ("text", "高い所へ"),
            ("hours", "2"),
            ("drill", "1"),
            ("to", "labels"),
            ("labels", "A-1"),
        ],
    ),
    (
        "POST",
        "/console/loans/new",
        &[
            ("participation", "0190b0e0-0000-7000-8000-000000000001"),
            ("cohort", "2026"),
            ("area", "99201"),
            ("age_band", "85+"),
        ],
    ),
    (
        "GET",
        "/console/tablets/stock",
        &[("text", ""), ("kind", ""), ("added", ""), ("known", "")],
    ),
    ("POST", "/console/tablets/stock", &[("labels", "A-1")]),
    (
        "POST",
        "/console/tablets/stock/away",
        &[("label", "A-1"), ("away", "lost")],
    ),
    (
        "POST",
        "/console/tablets/label",
        &[
            ("tablet", "0190b0e0-0000-7000-8000-000000000001"),
            ("label", "A-1"),
        ],
    ),
    (
        "GET",
        "/console/tablets",
        &[
            ("text", ""),
            ("cohort", ""),
            ("contact", ""),
            ("told", ""),
            ("sort", ""),
            ("page", "1"),
        ],
    ),
    (
        "POST",
        "/console/people",
        &[
            ("name", "sato"),
            ("role", "evaluator"),
            ("provider", ""),
            ("password", "たいへん長いことば12"),
        ],
    ),
    ("POST", "/console/people/bar", &[("name", "nobody")]),
    (
        "POST",
        "/console/people/role",
        &[("name", "nobody"), ("role", "provider"), ("provider", "x")],
    ),
    (
        "POST",
        "/console/people/password",
        &[("name", "nobody"), ("password", "たいへん長いことば12")],
    ),
    ("GET", "/console/audit", &[("text", ""), ("below", "9")]),
    (
        "GET",
        "/console/evaluation",
        &[("from", "2026-09-01"), ("to", "2026-09-02"), ("cohort", "")],
    ),
    ("GET", "/console/language/en", &[("to", "/console")]),
];

/// Where whatever was kept is shown.
const SHOWN: [&str; 14] = [
    "/console/tiles",
    "/console/tiles?part=message",
    "/console/tiles?part=category",
    "/console/tiles?part=provider",
    "/console/tiles?part=council",
    "/console/tiles/revisions",
    "/console/tiles/preview",
    "/console/tiles/preview/words",
    "/console/emergencies",
    "/console/tablets",
    "/console/tablets/stock",
    "/console/people",
    "/console/audit",
    "/console/loans/new",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_script_in_any_field_is_shown_as_what_it_is() {
    let office = Office::new();
    let password = office.add("hana", "administrator");
    let hana = office.sign_in("hana", &password).await;
    let mut table = Table::default();
    for (method, path, form) in FORMS {
        for attacked in form.iter().map(|(name, _)| *name) {
            let fields: Vec<(&str, &str)> = form
                .iter()
                .map(|(name, value)| (*name, if *name == attacked { SCRIPT } else { value }))
                .collect();
            let answer = if method == "GET" {
                let mut address = url::Url::parse("http://x")
                    .and_then(|it| it.join(path))
                    .expect("a path");
                address.query_pairs_mut().extend_pairs(&fields);
                let asked = format!("{path}?{}", address.query().unwrap_or_default());
                office.ask(method, &asked, &hana, &[]).await
            } else {
                office.ask(method, path, &hana, &fields).await
            };
            let tried = format!("{method} {path}, script in `{attacked}`");
            let status = answer.status();
            assert!(status.as_u16() < 500, "{tried}: {status}");
            assert!(!location(&answer).contains('<'), "{tried}");
            table.note(&tried, &answer, status);
            let page = answer.text().await.expect("a page");
            assert!(!page.contains("<script>alert"), "{tried}: {page}");
        }
    }
    for path in SHOWN {
        let page = office
            .ask("GET", path, &hana, &[])
            .await
            .text()
            .await
            .expect("a page");
        assert!(
            !page.contains("<script>alert"),
            "kept and shown at {path}: {page}"
        );
    }
    table.keep("scripts");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_from_a_feed_is_shown_as_words_or_not_at_all() {
    let office = Office::new();
    let feed = "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>x</title><id>x</id><updated>2026-11-25T00:00:00Z</updated>\
        <entry><id>1</id><title type=\"text\">&lt;script&gt;alert(1)&lt;/script&gt;敬老会</title>\
        <link href=\"javascript:alert(1)\"/><updated>2026-11-25T00:00:00Z</updated>\
        <content type=\"html\">&lt;script&gt;alert(1)&lt;/script&gt;&lt;p onclick=&quot;alert(1)&quot;&gt;本文です。\
        &lt;img src=x onerror=alert(1)&gt;&lt;/p&gt;</content></entry></feed>";
    office.council.write("evil.xml", feed);
    let password = office.add("kato", "operator");
    let kato = office.sign_in("kato", &password).await;
    let form = [
        ("content_kind", "feed"),
        ("content_source", "evil.xml"),
        ("content_more", ""),
    ];
    let answer = office.ask("POST", "/console/tiles/try", &kato, &form).await;
    let policy = answer.headers()["content-security-policy"]
        .to_str()
        .expect("text")
        .to_owned();
    assert!(
        policy.contains("script-src 'self'") && !policy.contains("unsafe"),
        "{policy}"
    );
    let page = answer.text().await.expect("a page");
    assert!(
        page.contains("敬老会") && page.contains("本文です。"),
        "{page}"
    );
    for gone in ["<script>alert", "javascript:", "onclick", "onerror"] {
        assert!(!page.contains(gone), "{gone}: {page}");
    }
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
