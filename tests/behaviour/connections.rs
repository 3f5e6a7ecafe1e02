//! Machines of providers are let in by a token that is shown once, and are told by webhook that something has happened:
//! signed, with the same id and bytes however often it is tried, and never to where nobody should go.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use kairan_backend::{
    connections::event::{EventType, RequestEvent},
    database::{Database, opening::open_database_with},
};
use kairan_contract::{ProviderId, RequestId};
use kairan_tests::{
    endpoint::{Answering, Endpoint, Message},
    office::Office,
    until,
};
use reqwest::StatusCode;
use uuid::Uuid;

const SETTINGS: &str = "[connections]\nallowed_hosts = [\"127.0.0.1\"]\n";
const PATH: &str = "/console/connections";

/// What stands between these two on a page.
fn between<'p>(page: &'p str, before: &str, after: &str) -> &'p str {
    let rest = page.split_once(before).map(|(_, rest)| rest);
    let found = rest.and_then(|rest| rest.split_once(after));
    found
        .unwrap_or_else(|| panic!("{before} stands on {page}"))
        .0
}

/// A connection that somebody has made at the desk.
struct Made {
    id: String,
    token: String,
}

/// An administrator before a backend that may tell this machine.
async fn administrator(office: &Office) -> String {
    let password = office.add("boss", "administrator");
    office.sign_in("boss", &password).await
}

async fn make(office: &Office, cookie: &str, name: &str) -> Made {
    let form = [("provider", "city"), ("name", name)];
    let page = office.ask("POST", PATH, cookie, &form).await;
    assert_eq!(page.status(), StatusCode::OK);
    let page = page.text().await.expect("a page");
    Made {
        id: between(&page, "name=\"id\" value=\"", "\"").to_owned(),
        token: format!("kairan_{}", between(&page, "<code>kairan_", "</code>")),
    }
}

/// Has its webhooks go there; gives the secret.
async fn send_to(office: &Office, cookie: &str, id: &str, url: &str) -> String {
    let path = format!("{PATH}/endpoint");
    let page = office
        .ask("POST", &path, cookie, &[("id", id), ("url", url)])
        .await;
    assert_eq!(page.status(), StatusCode::OK);
    let page = page.text().await.expect("a page");
    format!("whsec_{}", between(&page, "<code>whsec_", "</code>"))
}

async fn ping(office: &Office, cookie: &str, id: &str) {
    let path = format!("{PATH}/ping");
    let answer = office.ask("POST", &path, cookie, &[("id", id)]).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
}

async fn page_of(office: &Office, cookie: &str, id: &str) -> String {
    let path = format!("{PATH}/one?id={id}");
    let page = office.ask("GET", &path, cookie, &[]).await;
    page.text().await.expect("a page")
}

/// Waits until the page of a connection says this.
async fn until_page_says(office: &Office, cookie: &str, id: &str, words: &str) {
    let began = Instant::now();
    loop {
        let page = page_of(office, cookie, id).await;
        if page.contains(words) {
            return;
        }
        assert!(began.elapsed() < Duration::from_mins(1), "{words}: {page}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Its backend's database, beside it.
async fn database(office: &Office) -> Database {
    let place = office.data.path().join("backend");
    let opened = open_database_with(&place, None, None).await;
    opened.expect("opens")
}

/// Tells the endpoints of the shop of a request.
async fn tell_the_shop(store: &Database, until: Option<Timestamp>) {
    let provider: ProviderId = "city".parse().expect("an id");
    let event = RequestEvent {
        request_id: RequestId(Uuid::from_u128(7)),
        revision: 1,
        service_id: None,
        answer_by: until,
    };
    let told = (EventType::Created, &event);
    let now = Timestamp::now();
    let told = store.tell_endpoints(&provider, told, until, now).await;
    told.expect("is kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_shown_once_and_lies_nowhere_in_the_clear() {
    let office = Office::with_settings(SETTINGS);
    let boss = administrator(&office).await;
    let made = make(&office, &boss, "本店のレジ").await;
    let endpoint = Endpoint::start(Answering::Status(200)).await;
    let secret = send_to(&office, &boss, &made.id, &endpoint.url()).await;
    let again = page_of(&office, &boss, &made.id).await;
    assert!(
        !again.contains(&made.token) && !again.contains("whsec_"),
        "{again}"
    );
    let hidden = [&made.token, &secret, &endpoint.url()];
    let office = office.restart();
    for file in ["kairan.sqlite", "kairan.sqlite-wal"] {
        let path = office.data.path().join("backend").join(file);
        let bytes = std::fs::read(path).unwrap_or_default();
        for word in hidden {
            let stands = bytes.windows(word.len()).any(|it| it == word.as_bytes());
            assert!(!stands, "{word} stands in {file}");
        }
    }
    let log = office.backend.log();
    assert!(
        !hidden.iter().any(|word| log.contains(word.as_str())),
        "{log}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_no_administrator_makes_and_sees_no_connection() {
    let office = Office::new();
    for (name, role) in [
        ("ito", "operator"),
        ("mori", "helper"),
        ("shop", "provider"),
    ] {
        let password = office.add(name, role);
        let cookie = office.sign_in(name, &password).await;
        let form = [("provider", "city"), ("name", "x")];
        for (method, form) in [("GET", &form[..0]), ("POST", &form[..])] {
            let answer = office.ask(method, PATH, &cookie, form).await;
            assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{role} {method}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_signed_and_keeps_its_id_and_bytes_over_retries_and_a_restart() {
    let office = Office::with_settings(SETTINGS);
    let boss = administrator(&office).await;
    let made = make(&office, &boss, "本店のレジ").await;
    let endpoint = Endpoint::start(Answering::Status(500)).await;
    let secret = send_to(&office, &boss, &made.id, &endpoint.url()).await;
    ping(&office, &boss, &made.id).await;
    until("a first attempt", || {
        (!endpoint.came().is_empty()).then_some(())
    });
    let office = office.restart();
    until("a second attempt", || {
        (endpoint.came().len() >= 2).then_some(())
    });
    endpoint.answer(Answering::Status(204));
    let path = format!("{PATH}/again");
    let first = endpoint.came()[0].clone();
    let form = [("id", made.id.as_str()), ("message", &first.id)];
    let answer = office.ask("POST", &path, &boss, &form).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    until_page_says(&office, &boss, &made.id, "届きました").await;
    let came = endpoint.came();
    assert!(came.len() >= 3);
    for message in &came {
        assert_eq!((&message.id, &message.body), (&first.id, &first.body));
        assert!(message.is_signed_with(&secret), "{message:?}");
    }
    assert!(first.body.contains("\"type\":\"ping\""), "{}", first.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_secret_is_changed_both_sign() {
    let office = Office::with_settings(SETTINGS);
    let boss = administrator(&office).await;
    let made = make(&office, &boss, "本店のレジ").await;
    let endpoint = Endpoint::start(Answering::Status(200)).await;
    let old = send_to(&office, &boss, &made.id, &endpoint.url()).await;
    let new = send_to(&office, &boss, &made.id, &endpoint.url()).await;
    ping(&office, &boss, &made.id).await;
    let message: Message = until("a message", || endpoint.came().into_iter().next());
    assert!(message.is_signed_with(&old) && message.is_signed_with(&new));
    assert_ne!(old, new);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_wants_nothing_more_is_told_nothing_more() {
    let office = Office::with_settings(SETTINGS);
    let boss = administrator(&office).await;
    let made = make(&office, &boss, "本店のレジ").await;
    let endpoint = Endpoint::start(Answering::Status(410)).await;
    send_to(&office, &boss, &made.id, &endpoint.url()).await;
    ping(&office, &boss, &made.id).await;
    until_page_says(&office, &boss, &made.id, "送るのをやめました").await;
    // What happens from now on is not even kept for it.
    let store = database(&office).await;
    tell_the_shop(&store, None).await;
    store.close().await;
    let page = page_of(&office, &boss, &made.id).await;
    assert!(!page.contains("request.created"), "{page}");
    // Until somebody gives the address again.
    endpoint.answer(Answering::Status(200));
    send_to(&office, &boss, &made.id, &endpoint.url()).await;
    ping(&office, &boss, &made.id).await;
    until_page_says(&office, &boss, &made.id, "届きました").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_sent_into_a_private_network_and_an_endless_answer_holds_up_nobody() {
    let office = Office::with_settings(SETTINGS);
    let boss = administrator(&office).await;
    let path = format!("{PATH}/endpoint");
    let made = make(&office, &boss, "支店").await;
    for url in [
        "http://169.254.169.254/latest",
        "https://10.0.0.1/hook",
        "https://[::1]/hook",
        "http://shop.example/hook",
        "ftp://shop.example/hook",
        "hook",
    ] {
        let form = [("id", made.id.as_str()), ("url", url)];
        let answer = office.ask("POST", &path, &boss, &form).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{url}");
    }
    // A redirect is not followed, and counts as not taken.
    let leading = Endpoint::start(Answering::Redirect).await;
    send_to(&office, &boss, &made.id, &leading.url()).await;
    ping(&office, &boss, &made.id).await;
    until_page_says(&office, &boss, &made.id, "(302)").await;
    // Endpoints that never answer, or never end, keep no other waiting.
    let never = Endpoint::start(Answering::Never).await;
    for number in 0..4 {
        let silent = make(&office, &boss, &format!("支店 {number}")).await;
        send_to(&office, &boss, &silent.id, &never.url()).await;
        for _ in 0..6 {
            ping(&office, &boss, &silent.id).await;
        }
    }
    let endless = Endpoint::start(Answering::Endless).await;
    let other = make(&office, &boss, "本店").await;
    send_to(&office, &boss, &other.id, &endless.url()).await;
    let began = Instant::now();
    ping(&office, &boss, &other.id).await;
    until_page_says(&office, &boss, &other.id, "届きました").await;
    assert!(
        began.elapsed() < Duration::from_secs(10),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_waits_for_any_more_is_not_tried_for_days() {
    let office = Office::with_settings(SETTINGS);
    let boss = administrator(&office).await;
    let made = make(&office, &boss, "本店のレジ").await;
    let endpoint = Endpoint::start(Answering::Status(500)).await;
    send_to(&office, &boss, &made.id, &endpoint.url()).await;
    let store = database(&office).await;
    let soon = Timestamp::now() + SignedDuration::from_secs(2);
    tell_the_shop(&store, Some(soon)).await;
    store.close().await;
    until_page_says(&office, &boss, &made.id, "(too late)").await;
    let came = endpoint.came();
    let body = &came[0].body;
    assert!(
        body.contains("request.created") && body.contains("\"revision\":1"),
        "{body}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_connection_is_told_nothing() {
    let office = Office::with_settings(SETTINGS);
    let boss = administrator(&office).await;
    let made = make(&office, &boss, "本店のレジ").await;
    let endpoint = Endpoint::start(Answering::Status(200)).await;
    send_to(&office, &boss, &made.id, &endpoint.url()).await;
    let path = format!("{PATH}/revoke");
    office.ask("POST", &path, &boss, &[("id", &made.id)]).await;
    let store = database(&office).await;
    tell_the_shop(&store, None).await;
    let now = Timestamp::now();
    assert_eq!(
        store.machine_of(&made.token, now).await.expect("reads"),
        None
    );
    assert_eq!(store.due_messages(10, now).await.expect("reads"), []);
    store.close().await;
}
