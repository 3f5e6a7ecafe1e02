//! What a private provider may do with its tiles: change them in a draft, which the council takes over. It reaches
//! nothing of the council's, and nothing of another provider's.

use kairan_tests::office::{Office, between, location};
use reqwest::StatusCode;

use crate::attacks::Table;

/// A provider with one tile, behind those of the fixture.
pub const SHOP: &str = r#"
[[provider]]
id = "shop"
name = "まごころパン店"
kind = "private"

[[service]]
id = "bread"
provider = "shop"
category = "news"
title = "きょうのパン"
reading = "きょうのぱん"
summary = "やきあがりの時間"
icon = "coffee"
content = { kind = "page", file = "garbage.md" }
"#;
const CONTENT: &str = "kind = \"page\"\nfile = \"garbage.md\"";

type Field = (&'static str, &'static str);
type Form = Vec<Field>;

/// Pages that are none of its business.
const READ: [(&str, &str); 8] = [
    (
        "the form of the council's tile",
        "/console/tiles/edit?id=garbage",
    ),
    (
        "the form of a tile that is not there",
        "/console/tiles/edit?id=nothing",
    ),
    ("the form of a new tile", "/console/tiles/edit"),
    (
        "the form of its own provider's name",
        "/console/tiles/edit?part=provider&id=shop",
    ),
    (
        "the form of the council",
        "/console/tiles/edit?part=council",
    ),
    (
        "the text of its own tile, a file of the council's",
        "/console/tiles/text?id=bread",
    ),
    (
        "the whole catalogue as a file",
        "/console/tiles/services.toml",
    ),
    ("the revisions", "/console/tiles/revisions"),
];

/// What it might make of its tile.
const CHANGED: [(&str, &[Field]); 13] = [
    (
        "another file, behind a wide space",
        &[(
            "content",
            "\u{3000}kind = \"page\"\nfile = \"services.toml\"",
        )],
    ),
    (
        "another file, behind a space that does not break",
        &[("content", "\u{a0}kind = \"page\"\nfile = \"services.toml\"")],
    ),
    (
        "another file, from the fields of the form",
        &[
            ("content_kind", "page"),
            ("content_source", "services.toml"),
            ("content_more", ""),
        ],
    ),
    (
        "a token, from the fields of the form",
        &[
            ("content_kind", "page"),
            ("content_source", "garbage.md"),
            ("content_more", "token_file = \"token\""),
        ],
    ),
    ("a new tile", &[("was", ""), ("id", "cake")]),
    (
        "the council's tile in the place of its own",
        &[("was", "garbage")],
    ),
    (
        "its tile under the id of the council's",
        &[("id", "garbage")],
    ),
    ("its tile as the council's", &[("provider", "city")]),
    (
        "another file of the council's",
        &[("content", "kind = \"page\"\nfile = \"services.toml\"")],
    ),
    (
        "a file above the catalogue",
        &[("content", "kind = \"page\"\nfile = \"../secret.md\"")],
    ),
    (
        "a source inside the house",
        &[(
            "content",
            "kind = \"feed\"\nurl = \"https://169.254.169.254/latest\"",
        )],
    ),
    (
        "a token of the council's",
        &[(
            "content",
            "kind = \"page\"\nfile = \"garbage.md\"\ntoken_file = \"token\"",
        )],
    ),
    ("a message to everybody", &[("part", "message")]),
];

/// The form of the shop's tile, with these fields in it.
pub fn bread(changed: &[Field]) -> Form {
    let mut form: Form = vec![
        ("part", "service"),
        ("was", "bread"),
        ("id", "bread"),
        ("provider", "shop"),
        ("category", "news"),
        ("title", "きょうのパン"),
        ("reading", "きょうのぱん"),
        ("summary", "やきあがりの時間"),
        ("icon", "coffee"),
        ("content", CONTENT),
    ];
    for (name, value) in changed {
        form.retain(|(known, _)| known != name);
        form.push((name, value));
    }
    form
}

fn office() -> Office {
    let office = Office::new();
    office.council.add_tile(SHOP);
    office
}

/// The provider and an operator, signed in.
async fn both(office: &Office) -> (String, String) {
    let (shop, kato) = (
        office.add("pan", "provider"),
        office.add("kato", "operator"),
    );
    (
        office.sign_in("pan", &shop).await,
        office.sign_in("kato", &kato).await,
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_hands_its_changes_in_and_the_council_publishes_them() {
    let office = office();
    let (shop, kato) = both(&office).await;
    let read = async |path: &str, cookie: &str| {
        let answer = office.ask("GET", path, cookie, &[]).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.text().await.expect("a page")
    };

    let page = read("/console/tiles", &shop).await;
    assert!(page.contains("きょうのパン"), "{page}");
    for others in [
        "市からのお知らせ",
        "ごみの出し方",
        "公開する",
        "services.toml",
    ] {
        assert!(!page.contains(others), "{others}: {page}");
    }
    let form = bread(&[("summary", "午後3時から")]);
    let kept = office
        .ask("POST", "/console/tiles/edit", &shop, &form)
        .await;
    assert_eq!(location(&kept), "/console/tiles");
    let page = read("/console/tiles", &shop).await;
    assert!(page.contains("受け取られるのを待っている変更"), "{page}");

    // Meanwhile the council has published something else: only what the shop has changed is taken over.
    let name = [
        ("part", "council"),
        ("was", ""),
        ("name", "ひだまり市役所"),
        ("areas", "99201"),
        ("helper_telephone", "0120-000-000"),
    ];
    let kept = office
        .ask("POST", "/console/tiles/edit", &kato, &name)
        .await;
    assert_eq!(location(&kept), "/console/tiles?part=council");
    office
        .ask("POST", "/console/tiles/publish", &kato, &[("note", "")])
        .await;

    let page = read("/console/tiles", &kato).await;
    assert!(page.contains("pan さん（提供者）が直しました"), "{page}");
    // While the clerk has other words for the same tile, neither is lost.
    let person = between(&page, "name=\"person\" value=\"", "\"").to_owned();
    let mine = bread(&[("summary", "午後4時から")]);
    office
        .ask("POST", "/console/tiles/edit", &kato, &mine)
        .await;
    let whose = [("person", &*person)];
    let refused = office
        .ask("POST", "/console/tiles/take-over", &kato, &whose)
        .await;
    assert_eq!(refused.status(), StatusCode::CONFLICT);
    let page = refused.text().await.expect("a page");
    assert!(
        page.contains("こちらでも変わっています") && page.contains("午後4時から"),
        "{page}"
    );
    office
        .ask("POST", "/console/tiles/discard", &kato, &[("x", "")])
        .await;
    let page = read("/console/tiles", &kato).await;
    let person = between(&page, "name=\"person\" value=\"", "\"");
    let taken = office
        .ask(
            "POST",
            "/console/tiles/take-over",
            &kato,
            &[("person", person)],
        )
        .await;
    assert_eq!(location(&taken), "/console/tiles");
    let page = read("/console/tiles", &kato).await;
    assert!(!page.contains("（提供者）が直しました"), "{page}");
    assert!(page.contains("午後3時から"), "{page}");
    office
        .ask(
            "POST",
            "/console/tiles/publish",
            &kato,
            &[("note", "パン店")],
        )
        .await;
    let text = std::fs::read_to_string(office.council.catalogue()).expect("reads");
    assert!(text.contains("午後3時から"), "{text}");
    assert!(text.contains("name = \"ひだまり市役所\""), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_council_gives_changes_back_and_says_what_to_mend() {
    let office = office();
    let (shop, kato) = both(&office).await;
    let read = async |path: &str, cookie: &str| {
        let answer = office.ask("GET", path, cookie, &[]).await;
        answer.text().await.expect("a page")
    };
    let change = async |summary: &'static str| {
        let form = bread(&[("summary", summary)]);
        let kept = office
            .ask("POST", "/console/tiles/edit", &shop, &form)
            .await;
        assert_eq!(location(&kept), "/console/tiles");
    };
    let give_back = async |page: &str, reason: &str| {
        let person = between(page, "name=\"person\" value=\"", "\"");
        let seen = between(page, "name=\"seen\" value=\"", "\"");
        let form = [("person", person), ("seen", seen), ("reason", reason)];
        office
            .ask("POST", "/console/tiles/send-back", &kato, &form)
            .await
    };

    change("日本一おいしい").await;
    let first = read("/console/tiles", &kato).await;
    for typed in ["", " \u{3000}", &"あ".repeat(201)] {
        let answer = give_back(&first, typed).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let page = answer.text().await.expect("a page");
        assert!(page.contains("200文字までで書いてください"), "{page}");
        assert!(page.contains(&format!("value=\"{typed}\"")), "{page}");
    }
    // Whoever judges has seen what they judge.
    change("日本でいちばん").await;
    let answer = give_back(&first, "「日本一」はのせられません").await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    let page = answer.text().await.expect("a page");
    assert!(
        page.contains("また直しました") && page.contains("日本でいちばん"),
        "{page}"
    );
    assert!(!read("/console", &shop).await.contains("なおしてほしい"));
    let answer = give_back(&page, "<b>「いちばん」はのせられません").await;
    assert_eq!(location(&answer), "/console/tiles");

    let page = read("/console/tiles", &kato).await;
    assert!(!page.contains("（提供者）が直しました"), "{page}");
    assert!(read("/console", &shop).await.contains("なおしてほしい"));
    let page = read("/console/tiles", &shop).await;
    assert!(!page.contains("<b>「"), "shown as what it is: {page}");
    assert!(
        page.contains("「いちばん」はのせられません") && page.contains("日本でいちばん"),
        "why, and what they wrote: {page}"
    );

    change("手づくりのパン").await;
    let page = read("/console/tiles", &shop).await;
    assert!(!page.contains("のせられません"), "{page}");
    let page = read("/console/tiles", &kato).await;
    assert!(
        page.contains("（提供者）が直しました") && page.contains("手づくりのパン"),
        "{page}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_reaches_nothing_of_others() {
    let office = office();
    let password = office.add("pan", "provider");
    let shop = office.sign_in("pan", &password).await;
    let mut table = Table::default();
    for (tried, path) in READ {
        let answer = office.ask("GET", path, &shop, &[]).await;
        let expected = if path.contains("nothing") {
            StatusCode::NOT_FOUND
        } else {
            StatusCode::FORBIDDEN
        };
        table.note(tried, &answer, expected);
    }
    for (tried, fields) in CHANGED {
        for (path, verb) in [
            ("/console/tiles/edit", "keep"),
            ("/console/tiles/try", "try"),
        ] {
            let answer = office.ask("POST", path, &shop, &bread(fields)).await;
            table.note(
                &format!("to {verb}: {tried}"),
                &answer,
                StatusCode::FORBIDDEN,
            );
        }
    }
    for (tried, path, form) in [
        (
            "to write a text of its own",
            "/console/tiles/edit",
            bread(&[("own", "1")]),
        ),
        (
            "to remove its tile",
            "/console/tiles/remove",
            vec![("part", "service"), ("id", "bread")],
        ),
        (
            "to move its tile",
            "/console/tiles/move",
            vec![("part", "service"), ("id", "bread"), ("way", "up")],
        ),
        ("to publish", "/console/tiles/publish", vec![("note", "")]),
        (
            "to take over what it wrote itself",
            "/console/tiles/take-over",
            vec![("person", "")],
        ),
    ] {
        let answer = office.ask("POST", path, &shop, &form).await;
        table.note(tried, &answer, StatusCode::FORBIDDEN);
    }
    // A slip comes back as a form with what was typed.
    let slip = bread(&[
        ("content_kind", "page"),
        ("content_source", "garbage.md"),
        ("content_more", "これは 設定では ない"),
    ]);
    let answer = office
        .ask("POST", "/console/tiles/edit", &shop, &slip)
        .await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = answer.text().await.expect("a page");
    assert!(page.contains("これは 設定では ない"), "{page}");
    // And its own is still its own to change.
    let kept = office
        .ask(
            "POST",
            "/console/tiles/edit",
            &shop,
            &bread(&[("title", "パン")]),
        )
        .await;
    assert_eq!(location(&kept), "/console/tiles");
    table.keep("providers");
}
