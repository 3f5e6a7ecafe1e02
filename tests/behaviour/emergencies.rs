//! Emergencies and drills: two people, every tablet at once, and what the tablets confirm.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use kairan_backend::{
    database::Database,
    emergencies::queries::{Author, Release, Written},
};
use kairan_contract::{EmergencyId, EnrolmentCode, Participation, TabletId};
use kairan_tests::{
    clerk::Clerk,
    house::House,
    office::{Office, between, code, kairan},
    programs::Tablet,
};
use reqwest::StatusCode;
use uuid::Uuid;

/// Within so long, connected tablets show it.
const AT_ONCE: Duration = Duration::from_secs(10);

const TITLE: &str = "ひだまり川が あふれます";
const TEXT: &str = "川の近くの 人は、すぐに 高いところへ。";

/// The id of what waits or is on the tablets, as the page names it.
fn id_in(page: &str) -> String {
    let (_, rest) = page
        .split_once("name=\"id\" value=\"")
        .expect("an emergency");
    rest.split('"').next().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sends_alone_what_they_wrote() {
    let office = Office::new();
    let [writer, releaser] =
        ["writer", "releaser"].map(|name| (name, office.add(name, "releaser")));
    let writer = office.sign_in(writer.0, &writer.1).await;
    let releaser = office.sign_in(releaser.0, &releaser.1).await;
    let form = [("title", TITLE), ("text", TEXT), ("hours", "6")];
    let path = "/console/emergencies/write";
    let written = office.ask("POST", path, &writer, &form).await;
    assert_eq!(written.status(), StatusCode::SEE_OTHER);
    let page = async |cookie: &str| {
        let page = office.ask("GET", "/console/emergencies", cookie, &[]).await;
        page.text().await.expect("a page")
    };
    let id = id_in(&page(&writer).await);
    let which = [("id", &*id), ("edition", "1")];
    let release = "/console/emergencies/release";
    let alone = office.ask("POST", release, &writer, &which).await;
    assert_eq!(alone.status(), StatusCode::FORBIDDEN);
    let sent = office.ask("POST", release, &releaser, &which).await;
    assert_eq!(sent.status(), StatusCode::SEE_OTHER);
    let twice = office.ask("POST", release, &releaser, &which).await;
    assert_eq!(twice.status(), StatusCode::CONFLICT);

    // What corrects it needs two as well, and cannot wait twice.
    let correction = [
        ("id", &*id),
        ("title", TITLE),
        ("text", "直しました"),
        ("hours", "6"),
    ];
    let corrected = office.ask("POST", path, &releaser, &correction).await;
    assert_eq!(corrected.status(), StatusCode::SEE_OTHER);
    let again = office.ask("POST", path, &releaser, &correction).await;
    assert_eq!(again.status(), StatusCode::CONFLICT);
    // A page of before, with the edition that was sent meanwhile, lets nothing go that came after it.
    let old = [("id", &*id), ("edition", "1")];
    let let_go = "/console/emergencies/let-go";
    let late = office.ask("POST", let_go, &writer, &old).await;
    assert_eq!(late.status(), StatusCode::CONFLICT);
    let which = [("id", &*id), ("edition", "2")];
    let alone = office.ask("POST", release, &releaser, &which).await;
    assert_eq!(alone.status(), StatusCode::FORBIDDEN, "it still waits");
    let waits = page(&writer).await;
    let which_one = between(&waits, "/console/emergencies/let-go", "</form>");
    assert!(
        which_one.contains("name=\"edition\" value=\"2\""),
        "{which_one}"
    );

    // That it is over needs one, and takes the correction that waits along.
    let end = [("id", &*id), ("text", "終わりました")];
    let ended = office
        .ask("POST", "/console/emergencies/end", &writer, &end)
        .await;
    assert_eq!(ended.status(), StatusCode::SEE_OTHER);
    let late = office.ask("POST", release, &writer, &which).await;
    assert_eq!(late.status(), StatusCode::CONFLICT);
    let ended = office
        .ask("POST", "/console/emergencies/end", &writer, &end)
        .await;
    assert_eq!(ended.status(), StatusCode::CONFLICT);
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_words_come_back_as_a_form_and_nothing_is_kept() {
    let office = Office::new();
    let password = office.add("writer", "operator");
    let writer = office.sign_in("writer", &password).await;
    let (long, longer) = ("あ".repeat(25), "あ".repeat(201));
    let nobody = "これは だれの ものでもない";
    for (title, text, hours, more) in [
        ("", TEXT, "6", ""),
        (&*long, TEXT, "6", ""),
        (TITLE, "", "6", ""),
        (TITLE, &*longer, "6", ""),
        (TITLE, TEXT, "1000000", ""),
        (TITLE, TEXT, "いつまでも", ""),
        ("\u{0}\u{7}", TEXT, "6", ""),
        (TITLE, TEXT, "6", nobody),
    ] {
        let drill = if more.is_empty() { "" } else { "1" };
        let form = [
            ("title", title),
            ("text", text),
            ("hours", hours),
            ("drill", drill),
            ("to", more),
        ];
        let path = "/console/emergencies/write";
        let answer = office.ask("POST", path, &writer, &form).await;
        assert_eq!(
            answer.status(),
            StatusCode::UNPROCESSABLE_ENTITY,
            "{form:?}"
        );
        let page = answer.text().await.expect("a page");
        assert!(page.contains("role=\"alert\""), "{form:?}");
    }
    // A label that no tablet bears is told, although others fit.
    let form = [
        ("title", TITLE),
        ("text", TEXT),
        ("hours", "6"),
        ("drill", "1"),
        ("to", "everyone"),
        ("labels", "A-99"),
    ];
    let answer = office
        .ask("POST", "/console/emergencies/write", &writer, &form)
        .await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = answer.text().await.expect("a page");
    assert!(page.contains("ないラベルがあります"), "{page}");
    let form = [
        ("title", "<b>x</b>"),
        ("text", "<script>1</script>"),
        ("hours", "1"),
    ];
    office
        .ask("POST", "/console/emergencies/write", &writer, &form)
        .await;
    let page = office
        .ask("GET", "/console/emergencies", &writer, &[])
        .await;
    let page = page.text().await.expect("a page");
    assert!(
        page.contains("&#60;script&#62;") && !page.contains("<script>1"),
        "{page}"
    );
    assert_eq!(page.matches("<li class=\"urgent\">").count(), 1);
}

/// The form with the id that a page of it bears.
async fn a_form(office: &Office, cookie: &str, text: &str) -> Vec<(&'static str, String)> {
    let path = format!("/console/emergencies/write{text}");
    let page = office.ask("GET", &path, cookie, &[]).await;
    let page = page.text().await.expect("a page");
    let new_id = between(&page, "name=\"new_id\" value=\"", "\"").to_owned();
    assert!(!new_id.is_empty(), "{page}");
    vec![
        ("new_id", new_id),
        ("title", TITLE.to_owned()),
        ("text", TEXT.to_owned()),
        ("hours", "6".to_owned()),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_double_press_writes_one_and_a_real_one_can_be_ended_after_sixty_drills() {
    let office = Office::new();
    let [writer, releaser] =
        ["writer", "releaser"].map(|name| (name, office.add(name, "releaser")));
    let writer = office.sign_in(writer.0, &writer.1).await;
    let releaser = office.sign_in(releaser.0, &releaser.1).await;
    let path = "/console/emergencies/write";
    let form = a_form(&office, &writer, "").await;
    let form: Vec<(&str, &str)> = form.iter().map(|(name, it)| (*name, &**it)).collect();
    let (one, two) = tokio::join!(
        office.ask("POST", path, &writer, &form),
        office.ask("POST", path, &writer, &form)
    );
    assert_eq!(one.status(), StatusCode::SEE_OTHER);
    assert_eq!(two.status(), StatusCode::SEE_OTHER);
    let list = async |cookie: &str| {
        let page = office.ask("GET", "/console/emergencies", cookie, &[]).await;
        page.text().await.expect("a page")
    };
    let page = list(&writer).await;
    assert_eq!(page.matches("<li class=\"urgent\">").count(), 1, "{page}");
    // Nobody's tablet would show it: that is said before it is sent, on a page of its own.
    let id = id_in(&page);
    let address = format!("/console/emergencies/release?id={id}&edition=1");
    let asked = office.ask("GET", &address, &releaser, &[]).await;
    assert_eq!(asked.status(), StatusCode::OK);
    let asked = asked.text().await.expect("a page");
    assert!(asked.contains("届くタブレットは 0台です"), "{asked}");
    assert!(asked.contains("0台に いま送る"), "{asked}");
    let page = list(&releaser).await;
    assert!(
        !page.contains("action=\"/console/emergencies/release\""),
        "{page}"
    );
    let which = [("id", &*id), ("edition", "1")];
    let release = "/console/emergencies/release";
    let sent = office.ask("POST", release, &releaser, &which).await;
    assert_eq!(sent.status(), StatusCode::SEE_OTHER);
    let asked = office.ask("GET", &address, &releaser, &[]).await;
    assert_eq!(asked.status(), StatusCode::CONFLICT, "it is sent already");

    // Sixty more are written, sent or let go.
    let place = office.data.path().join("backend");
    let store = Database::open(&place, None).await.expect("opens");
    let by = |name| Author {
        id: Uuid::new_v4(),
        name,
    };
    let words = Written {
        title: "訓練".to_owned(),
        text: "高い所へ".to_owned(),
        hours: 2,
    };
    for _ in 0..60 {
        let (other, now) = (EmergencyId(Uuid::new_v4()), Timestamp::now());
        let tablets = [TabletId(Uuid::new_v4())];
        let writing = store.write_emergency(other, &words, Some(&tablets), by("a"), None, now);
        writing.await.expect("keeps");
        let released = store.release_emergency(other, 1, by("b"), now).await;
        assert_eq!(released.expect("answers"), Release::Done);
    }
    store.close().await;
    let page = list(&writer).await;
    assert!(page.contains(&id), "the real one stands on the page");
    let end = [("id", &*id), ("text", "終わりました")];
    let ended = office
        .ask("POST", "/console/emergencies/end", &writer, &end)
        .await;
    assert_eq!(ended.status(), StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_to_begin_from_is_filled_in_before_it_is_kept() {
    let office = Office::new();
    let password = office.add("writer", "operator");
    let writer = office.sign_in("writer", &password).await;
    let page = office
        .ask("GET", "/console/emergencies/write", &writer, &[])
        .await;
    let page = page.text().await.expect("a page");
    for text in [
        "earthquake",
        "tsunami",
        "evacuation",
        "heat",
        "missing-person",
        "water",
    ] {
        assert!(
            page.contains(&format!("text={text}&amp;language=ja")),
            "{text}"
        );
    }
    let path = "/console/emergencies/write?text=water&language=ja";
    let page = office.ask("GET", path, &writer, &[]).await;
    let page = page.text().await.expect("a page");
    assert!(page.contains("水道が 止まっています"), "{page}");
    let text = between(&page, "<textarea id=\"text\"", "</textarea>");
    let (_, text) = text.split_once('>').expect("a text");
    let form = [
        ("title", "水道が 止まっています"),
        ("text", text),
        ("hours", "6"),
    ];
    let answer = office
        .ask("POST", "/console/emergencies/write", &writer, &form)
        .await;
    assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let page = answer.text().await.expect("a page");
    assert!(page.contains("書きかえるか消してください"), "{page}");
    let path = "/console/emergencies/write?text=water&language=en";
    let page = office.ask("GET", path, &writer, &[]).await;
    let page = page.text().await.expect("a page");
    assert!(page.contains("The water is off"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tablet_that_has_shown_two_is_counted_for_both() {
    let office = Office::new();
    let place = office.data.path().join("backend");
    let store = Database::open(&place, None).await.expect("opens");
    let (code, now) = (EnrolmentCode::from_number(7), Timestamp::now());
    let loan = Participation(Uuid::new_v4());
    assert!(store.add_code(&code, loan, now).await.expect("adds"));
    let tablet = TabletId(Uuid::new_v4());
    let enrolled = store.enrol(&code, tablet, "token", now).await;
    enrolled.expect("enrols");
    store.close().await;
    let people = office.two_people().await;
    office.release(&people, TITLE, TEXT).await;
    office.release(&people, "火事です", TEXT).await;
    let client = kairan_tests::http_client();
    let address = |path: &str| format!("{}/api/v1/{path}", office.backend.address);
    let asked = client.get(address("manifest")).bearer_auth("token");
    let manifest = asked.send().await.expect("answers");
    let manifest: serde_json::Value = manifest.json().await.expect("a manifest");
    let told = manifest["emergencies"].as_array().expect("emergencies");
    assert_eq!(told.len(), 2);
    for (emergency, answered) in told.iter().zip([true, false]) {
        let status = serde_json::json!({
            "version": "0.1.0", "catalogue": 1, "locked": false, "unsent": 0,
            "emergency": {"id": emergency["id"], "edition": 1, "answered": answered},
        });
        let said = client.post(address("status")).bearer_auth("token");
        let kept = said.json(&status).send().await.expect("answers");
        assert_eq!(kept.status(), StatusCode::NO_CONTENT);
    }
    let page = office
        .ask("GET", "/console/emergencies", &people[0], &[])
        .await;
    let page = page.text().await.expect("a page");
    assert_eq!(
        page.matches("<b>1</b> / 1台に出ました").count(),
        2,
        "{page}"
    );
    assert_eq!(page.matches("返事は <b>1</b>台").count(), 1, "{page}");
}

/// Two administrators, each before a browser; nobody where there is none.
async fn two_administrators(address: &str, place: &str) -> Option<[Clerk; 2]> {
    let mut clerks = Vec::new();
    for name in ["kato", "sato"] {
        let added = [
            "people",
            "add",
            name,
            "--role",
            "administrator",
            "--data",
            place,
        ];
        let password = kairan(&added);
        let clerk = Clerk::sit_down(address, "console").await?;
        let password = password.trim();
        clerk
            .sign_in_with_a_second_factor(name, password, code)
            .await;
        clerks.push(clerk);
    }
    clerks.try_into().ok()
}

/// Is asked once more on a page of its own, which is looked at, and sends.
async fn send_when_asked(clerk: &Clerk, [link, question, button]: [&str; 3]) {
    clerk.press(link).await;
    clerk.wait_for(question).await;
    clerk.inspect("asked-once-more").await;
    clerk.press(button).await;
}

/// A drill to one of two tablets, and then the real one to both; each tablet asks once a minute only, so that what
/// comes sooner was told to it.
#[tokio::test(flavor = "multi_thread")]
async fn a_drill_reaches_one_tablet_and_an_emergency_all_of_them_at_once() {
    let house = House::new();
    let backend = house.backend();
    let place = house.server().to_str().expect("text").to_owned();
    let other_home = tempfile::tempdir().expect("a folder");
    let tablet_at = |home: &std::path::Path| {
        let code = backend.enrolment_code();
        Tablet::start_asking_every(60, &backend.address, home, Some(&code))
    };
    let (mut tablet, mut other) = (tablet_at(house.tablet()), tablet_at(other_home.path()));
    for tablet in [&mut tablet, &mut other] {
        tablet.wait_for("市からのお知らせ");
    }
    let Some([clerk, second]) = two_administrators(&backend.address, &place).await else {
        return;
    };
    clerk.press("タブレット").await;
    clerk.press_box("選ぶ：").await;
    clerk.press("ためし用にする").await;
    clerk.wait_for("ためし用").await;
    clerk.inspect("tablet-on-trial").await;

    clerk.press("緊急のお知らせ").await;
    clerk.press("訓練を書く").await;
    clerk.write("何がおきたか", TITLE).await;
    clerk.write("どうしてほしいか", TEXT).await;
    clerk.inspect("drill-written").await;
    clerk.press("書いて、承認を待つ").await;
    clerk.wait_for("送られるのを待っています").await;
    clerk.wait_for_picture("img.glass").await;
    clerk.inspect("drill-waits").await;

    // Whoever can send it sees at once that something waits.
    second.open("/console").await;
    second.inspect("home-with-a-drill-that-waits").await;
    second
        .press("送られるのを待っている緊急のお知らせがあります (1)")
        .await;
    let words = [
        "訓練として送る…",
        "訓練を送りますか",
        "1台に 訓練として送る",
    ];
    send_when_asked(&second, words).await;
    let began = Instant::now();
    // One of the two shows it, with its words, and the other does not.
    let shows = |tablet: &mut Tablet| tablet.look().contains("これは 訓練です");
    let drilled = loop {
        let seen = [shows(&mut tablet), shows(&mut other)];
        if seen != [false, false] {
            break seen;
        }
        assert!(began.elapsed() < AT_ONCE, "no drill within {AT_ONCE:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_ne!(drilled, [true, true]);
    println!("the drill was on the screen after {:?}", began.elapsed());
    second
        .wait_until_it_reads("/console/emergencies", "1 / 1台に出ました")
        .await;
    second.inspect("drill-is-shown").await;
    let (on, off) = if drilled[0] {
        (&mut tablet, &mut other)
    } else {
        (&mut other, &mut tablet)
    };
    assert!(!shows(off), "a drill is for the tablets that were chosen");
    on.wait_for(TITLE);
    // It has sounded, too: a tone, and words where the tablet can speak.
    on.look();
    assert!(!on.sounds.is_empty(), "nothing was heard of the drill");
    on.go("わかりました", "【訓練】");
    second
        .wait_until_it_reads("/console/emergencies", "返事は 1台")
        .await;
    second.press("終わりを知らせる").await;
    let began = Instant::now();
    on.wait_for("終わりました");
    assert!(began.elapsed() < AT_ONCE, "{:?}", began.elapsed());
    on.go("わかりました", "【訓練】");

    clerk.open("/console/emergencies/write").await;
    clerk.write("何がおきたか", TITLE).await;
    clerk.write("どうしてほしいか", TEXT).await;
    clerk.press("書いて、承認を待つ").await;
    clerk.wait_for("いま").await;
    second.open("/console/emergencies").await;
    second.inspect("emergency-waits").await;
    let words = ["いま送る…", "そのうち 2台は", "2台に いま送る"];
    send_when_asked(&second, words).await;
    let began = Instant::now();
    for tablet in [&mut tablet, &mut other] {
        tablet.wait_for("緊急の お知らせ");
        tablet.wait_for(TEXT);
    }
    assert!(began.elapsed() < AT_ONCE, "{:?}", began.elapsed());
    println!("the emergency was on both after {:?}", began.elapsed());
    second
        .wait_until_it_reads("/console/emergencies", "2 / 2台に出ました")
        .await;
    second.inspect("emergency-is-shown").await;
    // A power cut makes nobody forget it.
    tablet.kill();
    let mut tablet = house.tablet_at(&backend.address);
    tablet.wait_for("緊急の お知らせ");
    tablet.close();
    other.close();
    backend.stop();
}
