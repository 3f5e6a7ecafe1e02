//! A clerk's desk in a real browser: a text with a picture, a provider's change, a file that is taken in, a date. Every
//! page on the way is looked at as a telephone and a desk show it.

use jiff::{Timestamp, ToSpan as _, tz::Offset};
use kairan_tests::{
    clerk::Clerk,
    office::{Office, code},
    programs::Tablet,
};

use crate::{
    attacks::with_a_secret,
    providers::{SHOP, bread},
    samples,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_clerk_takes_over_a_change_writes_a_text_with_a_picture_and_sets_a_date() {
    let office = Office::new();
    office.council.add_tile(SHOP);
    let provider = office.add("pan", "provider");
    let operator = office.add("kato", "operator");
    let Some(clerk) = Clerk::sit_down(&office.backend.address, "console").await else {
        return;
    };
    // The provider sees its own tile, and nothing else.
    clerk.open("/console").await;
    clerk.write("名前", "pan").await;
    clerk.write("パスワード", &provider).await;
    clerk.press("サインインする").await;
    clerk.press("自分のタイル").await;
    clerk.inspect("own-tiles").await;
    clerk.press("直す：きょうのパン").await;
    clerk.write("2行目", "午後3時から").await;
    clerk.inspect("own-tile").await;
    clerk.press("下書きに残す").await;
    clerk.wait_for("受け取られるのを待っている変更").await;
    clerk.inspect("own-tiles-handed-in").await;
    clerk.press("タブレットで見る").await;
    clerk.wait_for_picture(".glass").await;
    clerk.press("サインアウト").await;

    // The clerk takes it over.
    clerk.wait_for("サインインする").await;
    clerk
        .sign_in_with_a_second_factor("kato", &operator, code)
        .await;
    clerk.press("タイル").await;
    clerk.wait_for("pan さん（提供者）が直しました").await;
    clerk.inspect("tiles-handed-in").await;
    clerk.press("自分の下書きに受け取る").await;
    clerk.wait_for("公開すると変わること").await;

    // A tile with a text of the council's own, and a picture from a telephone.
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("pool.jpg");
    std::fs::write(&file, with_a_secret()).expect("writes");
    clerk.press("タイルを加える").await;
    clerk.write("名前", "市民プール").await;
    clerk.write("読みかた", "しみんぷーる").await;
    clerk.write("2行目", "休みの日など").await;
    clerk.write("id", "pool").await;
    clerk.pick("水").await;
    clerk.press("文章と写真を自分で書く").await;
    clerk.wait_for("写真を入れる").await;
    clerk.write("本文", "月曜日は お休みです。").await;
    clerk.write_path("写真", &file).await;
    clerk.press("写真を本文に入れる").await;
    clerk.wait_for("何が写っているかを書いてください").await;
    clerk.a_refusal_was_said().await;
    clerk.inspect("text-with-a-fault").await;
    clerk.write_path("写真", &file).await;
    clerk.write("何が写っているか", "プールの入口").await;
    clerk.press("写真を本文に入れる").await;
    clerk.wait_for("写真を本文の終わりに入れました").await;
    clerk.inspect("text").await;
    clerk.press("下書きに残す").await;
    clerk.wait_for("「市民プール」を加えます").await;

    // It is seen as somebody of that area and age will.
    clerk.press("タブレットで見る").await;
    clerk.choose("市区町村", "99201").await;
    clerk.choose("年齢", "85+").await;
    clerk.choose("文字の大きさ", "大きい").await;
    clerk.press("見る").await;
    clerk.wait_for_picture(".glass").await;
    clerk.inspect("preview-for-somebody").await;
    clerk
        .press("この画面をことばで見る（キーボードで進む）")
        .await;
    clerk.wait_for("市からのお知らせ").await;
    clerk.inspect("preview-in-words").await;
    clerk.press("ごみの出し方").await;
    clerk.wait_for("朝8時までに出してください").await;
    clerk.press("この画面を絵で見る").await;
    clerk.wait_for_picture(".glass").await;

    // It waits for a date, and is let go again.
    clerk.press("タイルへもどる").await;
    clerk.open_details("日時を決めて公開する").await;
    let tomorrow = Offset::constant(9).to_datetime(Timestamp::now() + 24.hours());
    let at = tomorrow.strftime("%Y-%m-%dT09:30").to_string();
    clerk.write_moment("公開する日時（日本時間）", &at).await;
    clerk.inspect("tiles-with-a-date").await;
    clerk.press("この日時に公開する").await;
    let told = format!("{} に公開します", at.replace('T', " "));
    clerk.wait_for(&told).await;
    clerk.inspect("tiles-planned").await;
    clerk.press("取りやめる").await;
    clerk.wait_for("公開すると変わること").await;

    take_a_file_in(&office, &clerk, folder.path()).await;
    look_back(&clerk).await;
    look_at_the_other_pages(&clerk).await;
}

/// What the council does not take goes back with a word, and the provider finds it on their first page.
#[tokio::test(flavor = "multi_thread")]
async fn a_provider_finds_what_came_back() {
    let office = Office::new();
    office.council.add_tile(SHOP);
    let provider = office.add("pan", "provider");
    let operator = office.add("kato", "operator");
    let Some(clerk) = Clerk::sit_down(&office.backend.address, "console").await else {
        return;
    };
    let shop = office.sign_in("pan", &provider).await;
    let form = bread(&[("summary", "日本一おいしい")]);
    office
        .ask("POST", "/console/tiles/edit", &shop, &form)
        .await;

    clerk
        .sign_in_with_a_second_factor("kato", &operator, code)
        .await;
    clerk.press("提供者が直したタイルがあります (1)").await;
    clerk.open_details("なおしてもらう（提供者に返す）").await;
    clerk
        .write("なおしてほしいこと", "「日本一」は、のせられません")
        .await;
    clerk.inspect("tiles-giving-back").await;
    clerk.press("提供者に返す").await;
    clerk.wait_for("タイルを加える").await;
    clerk.press("サインアウト").await;

    clerk.wait_for("サインインする").await;
    clerk.write("名前", "pan").await;
    clerk.write("パスワード", &provider).await;
    clerk.press("サインインする").await;
    clerk.wait_for("なおしてほしいことがあります").await;
    clerk.inspect("home-came-back").await;
    clerk
        .press("タイルについて、なおしてほしいことがあります")
        .await;
    clerk.wait_for("「日本一」は、のせられません").await;
    clerk.inspect("own-tiles-came-back").await;
}

/// Somebody is called away from a form, and their session ends meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_outlives_the_session() {
    let office = Office::new();
    office.council.add_tile(SHOP);
    let password = office.add("pan", "provider");
    let Some(clerk) = Clerk::sit_down(&office.backend.address, "console").await else {
        return;
    };
    let sign_in = async || {
        clerk.write("名前", "pan").await;
        clerk.write("パスワード", &password).await;
        clerk.press("サインインする").await;
        clerk.wait_for("こんにちは").await;
    };
    clerk.open("/console").await;
    sign_in().await;
    clerk.press("自分のタイル").await;
    clerk.press("直す：きょうのパン").await;
    clerk.write("2行目", "午後3時から").await;
    let cookies = clerk.cookies().await;
    office
        .ask("POST", "/console/sign-out", &cookies, &[("x", "")])
        .await;
    clerk.press("下書きに残す").await;
    clerk
        .wait_for("書いたものは、このページに残っています")
        .await;
    clerk.a_refusal_was_said().await;
    clerk.inspect("signed-out-meanwhile").await;
    clerk.press("新しい画面でサインインする").await;
    clerk.turn_to_the_new_window().await;
    sign_in().await;
    clerk.turn_back().await;
    clerk.press("書いたものをもう一度送る").await;
    clerk.wait_for("受け取られるのを待っている変更").await;
    clerk.wait_for("午後3時から").await;
}

/// The catalogue as a file.
async fn take_a_file_in(office: &Office, clerk: &Clerk, folder: &std::path::Path) {
    // The same as a file: what it changes is seen before it counts.
    clerk.open_details("変更をやめる").await;
    clerk.press("下書きを捨てる").await;
    let draft = std::fs::read_to_string(office.council.catalogue()).expect("reads");
    let file = folder.join("services.toml");
    std::fs::write(&file, draft.replace("曜日と分け方", "曜日の表")).expect("writes");
    clerk.open_details("ファイル（services.toml）で直す").await;
    clerk.write_path("直したファイルを取り込む", &file).await;
    clerk.press("取り込んで、変わるところを見る").await;
    clerk.wait_for("曜日と分け方 → 曜日の表").await;
    clerk.inspect("tiles-taken-in").await;
    std::fs::write(&file, "[council]\nname = 3\n").expect("writes");
    clerk.open_details("ファイル（services.toml）で直す").await;
    clerk.write_path("直したファイルを取り込む", &file).await;
    clerk.press("取り込んで、変わるところを見る").await;
    clerk.wait_for("services.toml:2").await;
    clerk.a_refusal_was_said().await;
    clerk.inspect("tiles-not-taken-in").await;
}

/// A tile is put away, and the revision before is looked at.
async fn look_back(clerk: &Clerk) {
    clerk.press("しまう：天気").await;
    clerk.wait_for("「天気」をしまいます").await;
    clerk.inspect("tiles-put-away").await;
    clerk.press("公開する").await;
    clerk.wait_for("いま出ている版").await;
    // An earlier revision is looked at before it comes back.
    clerk.press("見る：1").await;
    clerk.wait_for("「天気」をまた見せます").await;
    clerk.inspect("revision").await;
    clerk.press("タブレットで見る").await;
    clerk.wait_for("版が、住民のタブレットで").await;
    clerk.wait_for_picture(".glass").await;
    clerk.inspect("preview-of-a-revision").await;
}

/// Whatever is still to be seen: lists and forms of the other parts, and pages for when something is wrong.
async fn look_at_the_other_pages(clerk: &Clerk) {
    clerk.open("/console/tiles?part=category").await;
    clerk.press("直す：お知らせ").await;
    clerk.press("これをなくす（下書きで）").await;
    clerk.wait_for("が使っているので、なくせません").await;
    clerk.a_refusal_was_said().await;
    clerk.inspect("category-in-use").await;
    for (name, path) in [
        ("messages", "/console/tiles?part=message"),
        ("message", "/console/tiles/edit?part=message"),
        ("category", "/console/tiles/edit?part=category&id=news"),
        ("providers", "/console/tiles?part=provider"),
        ("provider", "/console/tiles/edit?part=provider&id=city"),
        ("council", "/console/tiles/edit?part=council"),
        ("me", "/console/me"),
    ] {
        clerk.open(path).await;
        clerk.inspect(name).await;
    }
    for (name, path) in [
        ("nothing", "/console/nothing"),
        ("not-allowed", "/console/audit"),
    ] {
        clerk.open(path).await;
        clerk.a_refusal_was_said().await;
        clerk.inspect(name).await;
    }
}

/// Real files of real publishers become tiles, where there are some.
#[tokio::test(flavor = "multi_thread")]
async fn a_real_file_becomes_a_tile_and_is_seen_in_the_largest_letters() {
    let real = [
        (
            "feeds",
            "hamada",
            "浜田市のお知らせ",
            "はまだしのおしらせ",
            ["お知らせの記事（RSS・Atom）", "", "新聞"],
        ),
        (
            "places",
            "toilet",
            "公衆トイレ",
            "こうしゅうといれ",
            ["施設の一覧（CSV）", "near = [34.34, 134.04]", "場所"],
        ),
        (
            "jma",
            "forecast",
            "加賀の天気",
            "かがのてんき",
            ["天気予報（気象庁）", "area = \"170010\"", "天気"],
        ),
    ];
    let found: Vec<_> = real
        .iter()
        .filter_map(|tile| {
            let files = samples::files(tile.0);
            let file = files
                .into_iter()
                .find(|it| it.to_string_lossy().contains(tile.1))?;
            Some((tile, file))
        })
        .collect();
    if found.is_empty() {
        return;
    }
    let office = Office::new();
    let password = office.add("kato", "operator");
    let home = tempfile::tempdir().expect("a folder");
    let code_of_tablet = office.backend.enrolment_code();
    let mut tablet = Tablet::start(&office.backend.address, home.path(), Some(&code_of_tablet));
    let clerk = Clerk::sit_down(&office.backend.address, "console").await;
    let clerk = clerk.expect("a browser");
    clerk
        .sign_in_with_a_second_factor("kato", &password, code)
        .await;
    for ((_, id, title, reading, [kind, more, icon]), file) in &found {
        let name = file.file_name().expect("a name").to_string_lossy();
        std::fs::copy(file, office.beside(&name)).expect("copies");
        clerk.open("/console/tiles").await;
        clerk.press("タイルを加える").await;
        clerk.write("名前", title).await;
        clerk.write("読みかた", reading).await;
        clerk.write("2行目", "ためし").await;
        clerk.write("id", id).await;
        clerk.pick(icon).await;
        clerk.choose("何を見せるか", kind).await;
        clerk.write("どこから", &name).await;
        clerk.write("くわしい設定（なくてもよい）", more).await;
        clerk.press("ためしに読んでみる").await;
        clerk.wait_for("件").await;
        clerk.inspect(&format!("real-{id}-tried")).await;
        clerk.press("下書きに残す").await;
        clerk.wait_for(&format!("「{title}」を加えます")).await;
        clerk.press(&format!("上へ：{title}")).await;
        clerk.press(&format!("上へ：{title}")).await;
        clerk.press(&format!("上へ：{title}")).await;
        clerk.press("タブレットで見る").await;
        clerk.choose("文字の大きさ", "いちばん大きい").await;
        clerk.press("見る").await;
        clerk.wait_for_picture(".glass").await;
        clerk.inspect(&format!("real-{id}")).await;
        clerk.touch(".glass", 100, 120).await;
        clerk.wait_for_address("touches=200-240").await;
        clerk.wait_for_picture(".glass").await;
        clerk.picture(&format!("real-{id}-touched")).await;
        clerk.press("タイルへもどる").await;
        clerk.press("公開する").await;
        clerk.wait_for("版").await;
        tablet.wait_for(title);
    }
    tablet.close();
}

/// Two operators change the same tile: the second sees what the first has published, and decides.
#[tokio::test(flavor = "multi_thread")]
async fn the_second_of_two_operators_sees_what_the_first_has_changed() {
    let office = Office::new();
    let mut clerks = Vec::new();
    for name in ["kato", "abe"] {
        let password = office.add(name, "operator");
        let Some(clerk) = Clerk::sit_down(&office.backend.address, "console").await else {
            return;
        };
        clerk
            .sign_in_with_a_second_factor(name, &password, code)
            .await;
        clerk.press("タイル").await;
        clerk.press("直す：ごみの出し方").await;
        clerks.push(clerk);
    }
    for (clerk, line) in clerks.iter().zip(["月と木", "火と金"]) {
        clerk.write("2行目", line).await;
        clerk.press("下書きに残す").await;
        clerk.wait_for(line).await;
    }
    clerks[0].press("公開する").await;
    clerks[0].wait_for("いま出ている版").await;
    let second = &clerks[1];
    second.press("公開する").await;
    second.wait_for("ほかの人が公開しました").await;
    second.wait_for("曜日と分け方 → 月と木").await;
    second.wait_for("月と木 → 火と金").await;
    second.a_refusal_was_said().await;
    second.inspect("overtaken").await;
    second.press("見ました。自分の内容でつづける").await;
    second.press("公開する").await;
    second.wait_for("いま出ている版").await;
    let text = std::fs::read_to_string(office.council.catalogue()).expect("reads");
    assert!(text.contains("火と金"), "{text}");
}
