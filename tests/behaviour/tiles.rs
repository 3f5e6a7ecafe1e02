//! Tiles in the console: drafted, looked at, published and brought back, and never over somebody else's words.

use std::{path::PathBuf, process::Command};

use kairan_contract::{PreviewOrder, Touch};
use kairan_tests::{
    clerk::Clerk,
    house::House,
    office::{Office, between, code, kairan},
    programs::{Tablet, program},
};
use reqwest::StatusCode;

/// A clerk adds a tile, publishes it, sees it on a tablet, and brings the revision before back.
#[tokio::test(flavor = "multi_thread")]
async fn a_clerk_adds_a_tile_publishes_it_and_takes_it_back() {
    let house = House::new();
    house
        .council
        .write("pool.md", "# 市民プール\n\n月曜日は お休みです。");
    let backend = house.backend();
    let mut tablet = house.enrolled_tablet(&backend);
    tablet.wait_for("市からのお知らせ");
    let place = house.server().to_str().expect("text");
    let password = kairan(&[
        "people", "add", "kato", "--role", "operator", "--data", place,
    ]);
    let Some(clerk) = Clerk::sit_down(&backend.address, "console").await else {
        return;
    };
    clerk
        .sign_in_with_a_second_factor("kato", password.trim(), code)
        .await;
    clerk.press("タイル").await;
    clerk.inspect("tiles").await;
    clerk.press("タイルを加える").await;
    clerk
        .write("名前", "とても長い名前なのでタイルに入らない")
        .await;
    clerk.write("読みかた", "pool").await;
    clerk.choose("何を見せるか", "自分で書いた文章").await;
    clerk.write("どこから", "nowhere.md").await;
    clerk.press("下書きに残す").await;
    // Each fault stands beside its field, in the words of `kairan check`.
    clerk.wait_for("読みがなではありません").await;
    let text = clerk.text().await;
    for words in ["nowhere.md", "pool", "id"] {
        assert!(text.contains(words), "{words}: {text}");
    }
    clerk.a_refusal_was_said().await;
    clerk.inspect("tile-with-faults").await;
    clerk.write("名前", "市民プール").await;
    clerk.write("読みかた", "しみんぷーる").await;
    clerk.write("2行目", "休みの日など").await;
    clerk.pick("水").await;
    clerk.write("どこから", "pool.md").await;
    clerk.write("id", "pool").await;
    // What the source gives is seen before anything is kept.
    clerk.press("ためしに読んでみる").await;
    clerk.wait_for("月曜日は お休みです").await;
    clerk.inspect("tile-tried").await;
    clerk.press("下書きに残す").await;
    clerk.wait_for("「市民プール」を加えます").await;
    clerk.press("上へ：市民プール").await;
    clerk.wait_for("変わるタブレット").await;
    clerk.inspect("tiles-with-a-draft").await;
    assert!(
        !tablet.look().contains("市民プール"),
        "a draft is nobody's but the clerk's"
    );
    // As residents will see it, in the largest letters; a touch of the first tile opens it.
    clerk.press("タブレットで見る").await;
    clerk.choose("文字の大きさ", "いちばん大きい").await;
    clerk.press("見る").await;
    clerk.wait_for_picture(".glass").await;
    clerk.inspect("preview").await;
    clerk.touch(".glass", 100, 120).await;
    clerk.wait_for_address("touches=200-240").await;
    clerk.wait_for_picture(".glass").await;
    clerk.picture("preview-touched").await;
    clerk.press("タイルへもどる").await;
    clerk
        .write("ひとこと（あとで見てわかるように）", "プールが開きました")
        .await;
    clerk.press("公開する").await;
    clerk.wait_for("プールが開きました").await;
    clerk.inspect("revisions").await;
    tablet.wait_for("市民プール");
    tablet.go("市民プール", "月曜日は お休みです");
    tablet.go("はじめ", "市からのお知らせ");
    let file = std::fs::read_to_string(house.council.catalogue()).expect("reads");
    let before = include_str!("../fixtures/services.toml");
    let (head, tail) = before
        .split_once("[[service]]\nid = \"garbage\"")
        .expect("a tile");
    assert!(
        file.starts_with(head) && file.ends_with(tail),
        "what nobody touched stays: {file}"
    );
    clerk.press("この版にもどす：1").await;
    clerk.wait_for("1版にもどす").await;
    kairan_tests::until("the tile to go", || {
        (!tablet.look().contains("市民プール")).then_some(())
    });
    assert_eq!(
        std::fs::read_to_string(house.council.catalogue()).expect("reads"),
        before
    );
    tablet.close();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_operators_at_once_overwrite_nothing_in_silence() {
    let office = Office::new();
    let mut cookies = Vec::new();
    for name in ["kato", "abe"] {
        let password = office.add(name, "operator");
        cookies.push(office.sign_in(name, &password).await);
    }
    let keep = async |who: usize, title| {
        let answer = office
            .ask("POST", "/console/tiles/edit", &cookies[who], &tile(title))
            .await;
        assert_eq!(
            answer.status(),
            StatusCode::SEE_OTHER,
            "{}",
            answer.text().await.expect("a page")
        );
    };
    let publish = async |who: usize| {
        office
            .ask(
                "POST",
                "/console/tiles/publish",
                &cookies[who],
                &[("note", "")],
            )
            .await
    };
    keep(0, "ごみ").await;
    keep(1, "ごみの日").await;
    assert_eq!(publish(0).await.status(), StatusCode::SEE_OTHER);
    let answer = publish(1).await;
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    let page = answer.text().await.expect("a page");
    assert!(page.contains("ほかの人が公開しました"), "{page}");
    assert!(
        page.contains("「ごみ」の名前：ごみの出し方 → ごみ"),
        "{page}"
    );
    assert!(
        page.contains("「ごみの日」の名前：ごみ → ごみの日"),
        "{page}"
    );
    let in_force = office
        .ask("GET", "/console/tiles/services.toml", &cookies[1], &[])
        .await;
    assert!(
        in_force
            .text()
            .await
            .expect("a file")
            .contains("title = \"ごみ\"")
    );
    // Whoever has seen it decides.
    office
        .ask("POST", "/console/tiles/go-on", &cookies[1], &[("x", "")])
        .await;
    assert_eq!(publish(1).await.status(), StatusCode::SEE_OTHER);
    let in_force = office
        .ask("GET", "/console/tiles/services.toml", &cookies[0], &[])
        .await;
    assert!(
        in_force
            .text()
            .await
            .expect("a file")
            .contains("title = \"ごみの日\"")
    );
}

/// However often something is published, whoever began long ago is told what has changed since, and the first revision
/// is still there to be looked at.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_history_is_all_there() {
    let office = Office::new();
    let mut cookies = Vec::new();
    for name in ["kato", "abe"] {
        let password = office.add(name, "operator");
        cookies.push(office.sign_in(name, &password).await);
    }
    let [kato, abe] = &cookies[..] else {
        unreachable!("two operators")
    };
    let form = tile("ごみの日");
    office.ask("POST", "/console/tiles/edit", abe, &form).await;
    let form = tile("ごみ");
    office.ask("POST", "/console/tiles/edit", kato, &form).await;
    let publish = async || {
        let path = "/console/tiles/publish";
        let answer = office.ask("POST", path, kato, &[("note", "")]).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    };
    publish().await;
    for turn in 0..51 {
        let way = if turn % 2 == 0 { "off" } else { "on" };
        let form = [("id", "garbage"), ("way", way)];
        office
            .ask("POST", "/console/tiles/switch", kato, &form)
            .await;
        publish().await;
    }
    let read = async |path: &str| {
        let answer = office.ask("GET", path, abe, &[]).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.text().await.expect("a page")
    };
    let page = read("/console/tiles").await;
    assert!(page.contains("ほかの人が公開しました"), "{page}");
    assert!(
        page.contains("「ごみ」の名前：ごみの出し方 → ごみ"),
        "{page}"
    );
    let newest = read("/console/tiles/revisions").await;
    assert!(newest.contains("いま出ている版"), "{newest}");
    let first = "/console/tiles/revision?revision=1\"";
    assert!(!newest.contains(first), "{newest}");
    let older = between(&newest, "href=\"/console/tiles/revisions", "\"");
    let oldest = read(&format!("/console/tiles/revisions{older}")).await;
    assert!(oldest.contains(first), "{oldest}");
    assert!(
        !oldest.contains("いま出ている版") && !oldest.contains("もっと前の版"),
        "{oldest}"
    );
}

/// The form of the garbage tile with another title.
fn tile(title: &'static str) -> [(&'static str, &'static str); 9] {
    [
        ("was", "garbage"),
        ("id", "garbage"),
        ("provider", "city"),
        ("category", "news"),
        ("title", title),
        ("reading", "ごみのだしかた"),
        ("summary", "曜日と分け方"),
        ("icon", "recycle"),
        ("content", "kind = \"page\"\nfile = \"garbage.md\""),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tile_of_hostile_values_comes_back_as_a_form_and_nothing_is_kept() {
    let office = Office::new();
    let password = office.add("kato", "operator");
    let cookies = [office.sign_in("kato", &password).await];
    // Trying reads no file but those beside the catalogue, and asks no machine of the council's own network.
    for (content, told) in [
        ("kind = \"page\"\nfile = \"/etc/passwd\"", "class=\"fault\""),
        (
            "kind = \"page\"\nfile = \"../backend/kairan.sqlite\"",
            "class=\"fault\"",
        ),
        (
            "kind = \"feed\"\nurl = \"https://127.0.0.1:1/\"",
            "127.0.0.1",
        ),
        (
            "kind = \"feed\"\nurl = \"http://169.254.169.254/\"",
            "class=\"fault\"",
        ),
    ] {
        let mut form = tile("ごみ").to_vec();
        form.retain(|(name, _)| *name != "content");
        form.push(("content", content));
        let answer = office
            .ask("POST", "/console/tiles/try", &cookies[0], &form)
            .await;
        let page = answer.text().await.expect("a page");
        assert!(
            page.contains(told) && !page.contains("root:") && !page.contains("<pre"),
            "{content}: {page}"
        );
    }
    // Whatever part it says it is of, a file of the server is no content.
    for part in ["message", "category", "provider", "council"] {
        for file in ["/etc/passwd", "/proc/self/environ"] {
            let content = format!("kind = \"page\"\nfile = \"{file}\"");
            let form = [("part", part), ("id", "x"), ("content", &*content)];
            let answer = office
                .ask("POST", "/console/tiles/try", &cookies[0], &form)
                .await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{part} {file}");
        }
    }
    // Hostile and huge values come back as a form, and nothing is kept.
    for (field, value) in [
        ("title", "<script>alert(1)</script>"),
        ("content", "kind = \"page\"\n[[service]]\nid = \"x\""),
        ("content", "]]]"),
        ("from", "9999-99-99"),
        ("areas", "1, 2, '"),
        ("id", "../../etc"),
    ] {
        let mut form = tile("ごみ").to_vec();
        form.retain(|(name, _)| *name != field);
        form.push((field, value));
        let answer = office
            .ask("POST", "/console/tiles/edit", &cookies[0], &form)
            .await;
        assert_eq!(
            answer.status(),
            StatusCode::UNPROCESSABLE_ENTITY,
            "{field} {value:?}"
        );
        let page = answer.text().await.expect("a page");
        assert!(
            !page.contains("<script>alert") && page.contains("class=\"fault\""),
            "{field} {value:?}"
        );
    }
    let page = office
        .ask("GET", "/console/tiles", &cookies[0], &[])
        .await
        .text()
        .await;
    assert!(
        !page.expect("a page").contains("公開すると変わること"),
        "nothing was kept"
    );
}

/// The preview of the demonstration's tiles and the tablet's own picture of them are the same bytes.
#[test]
fn a_preview_is_what_the_tablet_draws() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut snapshot = kairan_tablet::demonstration::snapshot();
    for entry in &mut snapshot.manifest.services {
        let Some(content) = snapshot.contents.get(&entry.service.id) else {
            continue;
        };
        let bytes = serde_json::to_vec(content).expect("JSON");
        let sha256 = kairan_contract::Sha256::of(&bytes);
        std::fs::write(folder.path().join(sha256.to_string()), &bytes).expect("writes");
        if let Some(reference) = &mut entry.content {
            (reference.blob.sha256, reference.blob.bytes) = (sha256, bytes.len() as u64);
        }
    }
    let drawn = folder.path().join("drawn");
    let arguments = [
        "--profile",
        "tablet-10",
        "--text-size",
        "largest",
        "--language",
        "ja",
    ];
    let screens = Command::new(program("kairan-tablet"))
        .args(["screens", "--out"])
        .arg(&drawn)
        .args(arguments)
        .status();
    assert!(screens.expect("runs").success());
    let order = |touches: Vec<Touch>| PreviewOrder {
        manifest: snapshot.manifest.clone(),
        profile: "tablet-10".to_owned(),
        text_size: kairan_contract::TextSize::Largest,
        language: kairan_contract::Language::JAPANESE,
        touches,
        now: kairan_tablet::demonstration::now().as_millisecond(),
        battery_percent: Some(83),
    };
    let home = previewed(folder.path(), &order(Vec::new()));
    let own = |name: &str| {
        std::fs::read(drawn.join(format!("{name}-tablet-10-largest-ja.png"))).expect("drawn")
    };
    let pixels = |png: &[u8]| {
        image::load_from_memory(png)
            .expect("a picture")
            .into_rgba8()
    };
    assert!(
        pixels(&home) == pixels(&own("home")),
        "the home screen differs"
    );
    assert_eq!(home, own("home"), "and byte for byte");
    let list = previewed(folder.path(), &order(vec![Touch::Place([150, 300])]));
    assert!(pixels(&list) == pixels(&own("list")), "the list differs");
}

/// What a running tablet shows, and what the console shows of the same tiles, are the same bytes: on the first screen and
/// after a touch.
#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_the_picture_of_a_running_tablet() {
    let office = Office::new();
    let password = office.add("kato", "operator");
    let kato = office.sign_in("kato", &password).await;
    let home = tempfile::tempdir().expect("a folder");
    let enrolment_code = office.backend.enrolment_code();
    let mut tablet = Tablet::start(&office.backend.address, home.path(), Some(&enrolment_code));
    tablet.wait_for("ごみの出し方");
    let seen_at = async |path: &str| {
        let answer = office.ask("GET", path, &kato, &[]).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.bytes().await.expect("a picture")
    };
    let same = async |tablet: &mut Tablet, path: &str, name: &str| {
        // Both show the time, and a minute may begin between them.
        let kept = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
        for _ in 0..50 {
            let own = tablet.picture();
            let page = seen_at(path).await;
            if page == own {
                return;
            }
            std::fs::write(kept.join(format!("{name}-own.png")), own).expect("writes");
            std::fs::write(kept.join(format!("{name}-page.png")), page).expect("writes");
        }
        panic!("{name} differs: see the two pictures in {}", kept.display());
    };
    same(
        &mut tablet,
        "/console/tiles/preview.png?profile=tablet-10",
        "home",
    )
    .await;
    let page = seen_at("/console/tiles/preview/words?profile=tablet-10").await;
    let page = String::from_utf8(page.to_vec()).expect("a page");
    let touches = touches_of(&page, "ごみの出し方");
    tablet.go("ごみの出し方", "朝8時までに");
    let path = format!("/console/tiles/preview.png?profile=tablet-10&touches={touches}");
    same(&mut tablet, &path, "garbage").await;
    tablet.close();
}

/// Whoever hears the preview, or has no pointer, goes through the same screens.
#[tokio::test(flavor = "multi_thread")]
async fn a_preview_is_gone_through_in_words() {
    let office = Office::new();
    let password = office.add("kato", "operator");
    let kato = office.sign_in("kato", &password).await;
    let read = async |touches: &str| {
        let path = format!("/console/tiles/preview/words?profile=tablet-10&touches={touches}");
        let answer = office.ask("GET", &path, &kato, &[]).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.text().await.expect("a page")
    };
    let home = read("").await;
    assert!(home.contains("曜日と分け方"), "the second line: {home}");
    let garbage = read(&touches_of(&home, "ごみの出し方")).await;
    assert!(garbage.contains("朝8時までに"), "{garbage}");
    let back = read(&touches_of(&garbage, "もどる")).await;
    assert!(back.contains("曜日と分け方"), "{back}");
    // In the largest letters it lies further down.
    let first = read("&size=largest").await;
    assert!(!first.contains("ごみの出し方"), "{first}");
    let turned = touches_of(&first, "つぎ");
    let further = read(&format!("{turned}&size=largest")).await;
    assert!(further.contains("ごみの出し方"), "{further}");
    // What cannot be touched is no touch.
    assert!(read("c999").await.contains("曜日と分け方"));
    for nonsense in ["c", "c-1", "cc1", "1", "-", "c99999999999999999999999"] {
        assert!(read(nonsense).await.contains("曜日と分け方"), "{nonsense}");
    }
}

/// The touches that lead to the screen after this control.
fn touches_of(page: &str, control: &str) -> String {
    let (before, _) = page.split_once(&format!("\">{control}</a>")).expect(page);
    let (_, link) = before.rsplit_once("href=\"").expect("a link");
    between(&format!("{link}&#38;"), "touches=", "&#38;").to_owned()
}

fn previewed(blobs: &std::path::Path, order: &PreviewOrder) -> Vec<u8> {
    let mut child = Command::new(program("kairan-tablet"))
        .args(["preview", "--blobs"])
        .arg(blobs)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("starts");
    let into = child.stdin.take().expect("piped");
    serde_json::to_writer(into, order).expect("sends");
    let output = child.wait_with_output().expect("ends");
    assert!(output.status.success());
    output.stdout
}
