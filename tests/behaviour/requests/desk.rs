//! The desk over HTTP: a shop answers, its resident's tablet hears of it at once, and nobody else sees anything.

use std::time::{Duration, Instant};

use kairan_contract::RequestStatus;
use kairan_tests::{
    clerk::Clerk,
    council::Council,
    office::{Office, between, location},
    postgresql::PostgreSql,
    programs::Backend,
    shop::{self, Order, about},
};
use reqwest::StatusCode;
use uuid::Uuid;

use super::ordering::OrderingTablet;

/// Another provider, which has nothing to do with the shop.
const OTHER: &str = r#"
[[provider]]
id = "cinema"
name = "ひだまり映画館"
kind = "private"
"#;

/// An office with the shop, and a tablet that has ordered.
struct Shop {
    office: Office,
    tablet: OrderingTablet,
    order: Order,
}

impl Shop {
    async fn with_an_order() -> Self {
        let office = Office::new();
        shop::open(&office.council);
        let file = office.council.catalogue();
        let text = std::fs::read_to_string(&file).expect("reads");
        office
            .council
            .write("services.toml", &format!("{text}{OTHER}"));
        let tablet = OrderingTablet::enrol(&office.backend).await;
        let (version, window) = tablet.offer().await;
        let order = Order::milk(&version, &window);
        tablet.send(&[order.json()]).await;
        Self {
            office,
            tablet,
            order,
        }
    }

    async fn of(&self, name: &str, provider: &str, role: &str) -> String {
        let password = self.office.add_of(name, role, provider);
        self.office.sign_in(name, &password).await
    }

    fn page(&self) -> String {
        format!("/console/requests/{}", self.order.id)
    }

    async fn look(&self, cookie: &str, path: &str) -> (StatusCode, String) {
        let answer = self.office.ask("GET", path, cookie, &[]).await;
        (answer.status(), answer.text().await.expect("a page"))
    }

    /// Takes a step from the page as somebody sees it.
    async fn answer(
        &self,
        cookie: &str,
        revision: &str,
        step: &str,
        words: &str,
    ) -> (StatusCode, String) {
        let form = [("revision", revision), ("step", step), ("words", words)];
        let answer = self.office.ask("POST", &self.page(), cookie, &form).await;
        (answer.status(), answer.text().await.expect("a page"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_answers_an_order_and_its_tablet_is_told_within_two_seconds() {
    let shop = Shop::with_an_order().await;
    let mut stream = shop.tablet.listen().await;
    let known = stream.answers_above(0).await;
    let told = shop.tablet.answer(shop.order.id).await;
    assert_eq!(told.status, RequestStatus::Requested);
    assert_eq!(
        (told.title.as_str(), told.provider.as_str()),
        ("買い物", "ひだまりスーパー")
    );
    let ken = shop.of("ken", "shop", "counter").await;
    let (status, inbox) = shop.look(&ken, "/console/requests").await;
    assert_eq!(status, StatusCode::OK);
    assert!(inbox.contains(&told.number.to_string()) && inbox.contains("買い物"));
    for secret in [
        shop::NAME,
        shop::TELEPHONE,
        shop::BUILDING,
        &shop.tablet.participation,
    ] {
        assert!(
            !inbox.contains(secret),
            "the list says nothing of the resident: {secret}"
        );
    }
    let (_, page) = shop.look(&ken, &shop.page()).await;
    for said in [
        shop::NAME,
        shop::TELEPHONE,
        shop::BUILDING,
        shop::NOTE,
        "牛乳",
    ] {
        assert!(page.contains(said), "{said}");
    }
    assert!(
        !page.contains(&shop.tablet.participation),
        "whose it is, no provider learns"
    );
    let revision = between(&page, "name=\"revision\" value=\"", "\"").to_owned();
    let began = Instant::now();
    let (status, _) = shop
        .answer(&ken, &revision, "accept", "十時ごろ うかがいます")
        .await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    stream.answers_above(known).await;
    assert!(
        began.elapsed() < Duration::from_secs(2),
        "{:?}",
        began.elapsed()
    );
    let told = shop.tablet.answers(known).await;
    assert_eq!(told.answers.len(), 1);
    assert_eq!(told.answers[0].status, RequestStatus::Confirmed);
    assert_eq!(
        told.answers[0].words.as_deref(),
        Some("十時ごろ うかがいます")
    );
    // Who looked and who answered is written down.
    let password = shop.office.add("boss", "administrator");
    let boss = shop.office.sign_in("boss", &password).await;
    let (_, audit) = shop.look(&boss, "/console/audit.csv").await;
    for deed in ["request_seen", "request_answered"] {
        let line = audit.lines().find(|it| it.contains(deed));
        let line = line.unwrap_or_else(|| panic!("{deed}: {audit}"));
        assert!(line.contains("ken") && line.contains(&shop.order.id.to_string()));
    }
    assert!(!audit.contains(shop::NAME));
    let log = shop.office.backend.log();
    for secret in [shop::NAME, shop::TELEPHONE, shop::BUILDING, shop::NOTE] {
        assert!(!log.contains(secret), "{secret}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn case_3_the_second_of_two_clerks_gets_the_page_as_it_stands_now() {
    let shop = Shop::with_an_order().await;
    let (one, two) = (
        shop.of("one", "shop", "counter").await,
        shop.of("two", "shop", "provider").await,
    );
    let (status, _) = shop.answer(&one, "1", "accept", "").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (status, page) = shop.answer(&two, "1", "decline", "品物が ありません").await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("ほかの人か本人が先に進めました") && page.contains("決まった"));
    assert_eq!(between(&page, "name=\"revision\" value=\"", "\""), "2");
    let told = shop.tablet.answer(shop.order.id).await;
    assert_eq!(told.status, RequestStatus::Confirmed);
    // Without a reason nothing is called off, and with one it is.
    let (status, page) = shop.answer(&two, "2", "call_off", " ").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("id=\"words-fault\""));
    let (status, _) = shop
        .answer(&two, "2", "call_off", "車が こわれました")
        .await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let told = shop.tablet.answer(shop.order.id).await;
    assert_eq!(
        (told.status, told.words.as_deref()),
        (RequestStatus::Cancelled, Some("車が こわれました"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_reaches_nothing_of_anothers() {
    let shop = Shop::with_an_order().await;
    let number = shop.tablet.answer(shop.order.id).await.number.to_string();
    // Somebody of another provider, and the town, whose shop it is not.
    let password = shop.office.add("ope", "operator");
    let operator = shop.office.sign_in("ope", &password).await;
    let others = [
        shop.of("kino", "cinema", "provider").await,
        shop.of("kasse", "cinema", "counter").await,
        operator.clone(),
    ];
    let id = shop.order.id.to_string();
    for cookie in &others {
        for path in [
            "/console/requests".to_owned(),
            "/console/requests?status=requested&service=shopping".to_owned(),
            "/console/requests?status=&service=shopping&page=0".to_owned(),
            format!("/console/requests/{id}"),
            format!("/console/requests/{}", id.to_uppercase()),
            format!("/console/requests/{}", id.replace('-', "")),
            format!("/console/requests/{number}"),
            "/console/requests/%00".to_owned(),
        ] {
            let (status, page) = shop.look(cookie, &path).await;
            assert!(
                [StatusCode::OK, StatusCode::NOT_FOUND].contains(&status),
                "{path}: {status}"
            );
            for secret in [shop::NAME, shop::TELEPHONE, shop::NOTE, id.as_str()] {
                assert!(!page.contains(secret), "{path}: {secret}");
            }
            assert!(*cookie == operator || !page.contains(&number), "{path}");
        }
        for step in [
            "accept", "decline", "return", "finish", "call_off", "propose", "expire",
        ] {
            let (status, page) = shop.answer(cookie, "1", step, "わけ").await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{step}");
            assert!(!page.contains(shop::NAME));
        }
    }
    let told = shop.tablet.answer(shop.order.id).await;
    assert_eq!((told.status, told.revision), (RequestStatus::Requested, 1));
    // Nor does another loan's tablet take it back, or hear of it.
    let stranger = OrderingTablet::enrol(&shop.office.backend).await;
    stranger
        .send(&[
            about("withdraw", shop.order.id),
            about("cancel", shop.order.id),
        ])
        .await;
    assert!(stranger.answers(0).await.answers.is_empty());
    let told = shop.tablet.answer(shop.order.id).await;
    assert_eq!(told.status, RequestStatus::Requested);
    // Whoever is barred from tiles is so still: the counter answers, and edits nothing.
    let ken = shop.of("ken", "shop", "counter").await;
    let answer = shop.office.ask("GET", "/console/tiles", &ken, &[]).await;
    assert_eq!(
        answer.status(),
        StatusCode::FORBIDDEN,
        "{}",
        location(&answer)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_tablet_sends_is_kept_and_nothing_stops_what_comes_with_it() {
    let shop = Shop::with_an_order().await;
    let (version, window) = shop.tablet.offer().await;
    let mut huge = Order::milk(&version, &window).json();
    huge["answers"][2]["words"] = "あ".repeat(20_000).into();
    let mut many = Order::milk(&version, &window).json();
    many["answers"][0]["goods"][0]["amount"] = 60_000.into();
    let unreadable = serde_json::json!({ "id": Uuid::new_v4(), "kind": "form", "made_at": "now" });
    let good = Order::milk(&version, &window);
    let batch = [huge.clone(), many.clone(), unreadable, good.json()];
    let said = shop.tablet.send(&batch).await;
    assert_eq!(said["unread"], serde_json::json!([2]));
    assert_eq!(said["received"].as_array().map(Vec::len), Some(3));
    assert_eq!(
        said,
        shop.tablet.send(&batch).await,
        "the same again is answered the same"
    );
    for declined in [huge, many] {
        let id = declined["id"].as_str().and_then(|it| it.parse().ok());
        let told = shop.tablet.answer(id.expect("an id")).await;
        assert_eq!(told.status, RequestStatus::Declined);
    }
    let told = shop.tablet.answer(good.id).await;
    assert_eq!(told.status, RequestStatus::Requested);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_server_of_the_same_database_answers_is_told_as_well() {
    let Some(server) = PostgreSql::for_a_test() else {
        return;
    };
    let (council, data) = (Council::new(), tempfile::tempdir().expect("a folder"));
    shop::open(&council);
    let keys = data.path().join("keys");
    let keys = keys.to_str().expect("text");
    let more = ["--database", &server.url, "--keys", keys];
    let start =
        |name: &str| Backend::start_at(&council, &data.path().join(name), "127.0.0.1:0", &more);
    let (one, two) = (start("one"), start("two"));
    let code = {
        let place = data.path().join("one");
        let arguments = ["enrolment-code", "--data", place.to_str().expect("text")];
        let code = kairan_tests::office::kairan(&[&arguments[..], &more].concat());
        code.trim().replace(' ', "")
    };
    let tablet = OrderingTablet::enrol_with(&one, &code).await;
    let mut stream = tablet.listen().await;
    let (version, window) = tablet.offer().await;
    let order = Order::milk(&version, &window);
    tablet.send(&[order.json()]).await;
    let known = stream.answers_above(0).await;
    let elsewhere = tablet.at(&two);
    elsewhere.send(&[about("withdraw", order.id)]).await;
    let began = Instant::now();
    stream.answers_above(known).await;
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "{:?}",
        began.elapsed()
    );
    let told = tablet.answer(order.id).await;
    assert_eq!(told.status, RequestStatus::Withdrawn);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_answers_on_a_telephone_and_in_english() {
    let shop = Shop::with_an_order().await;
    let password = shop.office.add_of("ken", "counter", "shop");
    let Some(clerk) = Clerk::sit_down(&shop.office.backend.address, "console").await else {
        return;
    };
    clerk.be_wide(390).await;
    clerk.open("/console").await;
    clerk.write("名前", "ken").await;
    clerk.write("パスワード", &password).await;
    clerk.press("サインインする").await;
    clerk.press("お願い").await;
    clerk.wait_for("買い物").await;
    clerk.inspect("inbox").await;
    let number = shop.tablet.answer(shop.order.id).await.number;
    clerk.press(&format!("ひらく：{number}")).await;
    clerk.wait_for(shop::NAME).await;
    clerk.wait_for(shop::NOTE).await;
    clerk.inspect("request").await;
    // Without a reason nothing is declined, and what is missing is said beside the field.
    clerk.be_wide(390).await;
    clerk.press("断る").await;
    clerk.wait_for("本人に伝えるわけを書いてください").await;
    clerk.a_refusal_was_said().await;
    clerk.press("English").await;
    clerk.open(&shop.page()).await;
    clerk.wait_for("Who asks").await;
    clerk
        .write("What the person is told", "十時に うかがいます")
        .await;
    clerk.inspect("request-english").await;
    clerk.press("Accept").await;
    clerk.wait_for("Confirmed").await;
    clerk.open("/console/requests").await;
    clerk.wait_for("Not over yet").await;
    clerk.inspect("inbox-english").await;
    let told = shop.tablet.answer(shop.order.id).await;
    assert_eq!(
        (told.status, told.words.as_deref()),
        (RequestStatus::Confirmed, Some("十時に うかがいます"))
    );
}
