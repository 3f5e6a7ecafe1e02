//! Who asks, and who is kept waiting: guessers are, and nobody honest for their sake.

use std::net::IpAddr;

use jiff::Timestamp;
use kairan_backend::{database::Database, tablets::queries::NetworkTrust};
use kairan_contract::{EnrolmentCode, Participation, TabletId};
use kairan_tests::{
    council::Council,
    office::{Office, cookie, location},
    programs::Backend,
};
use reqwest::{Client, Response, StatusCode, redirect::Policy};
use serde_json::json;
use uuid::Uuid;

/// Somebody at an address of this machine.
fn client_at(address: &str) -> Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .local_address(address.parse::<IpAddr>().expect("an address"))
        .redirect(Policy::none())
        .build()
        .expect("a client")
}

async fn enrol(
    client: &Client,
    backend: &str,
    forwarded: &[&str],
    code: &str,
    tablet: Uuid,
) -> Response {
    let mut request = client
        .post(format!("{backend}/api/v1/enrolment"))
        .header("content-type", "application/json")
        .body(json!({ "code": code, "tablet": tablet }).to_string());
    for names in forwarded {
        request = request.header("x-forwarded-for", *names);
    }
    request.send().await.expect("answers")
}

/// How many wrong codes are looked at before somebody is kept waiting; `named` gives the header of each try.
async fn looked_at(client: &Client, backend: &str, named: impl Fn(u32) -> Vec<String>) -> u32 {
    for number in 0..10 {
        let names = named(number);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let answer = enrol(client, backend, &names, "00000000", Uuid::new_v4()).await;
        match answer.status() {
            StatusCode::FORBIDDEN => {}
            StatusCode::TOO_MANY_REQUESTS => {
                let wait = answer.headers().get("retry-after").expect("says how long");
                let wait: u64 = wait.to_str().expect("text").parse().expect("seconds");
                assert!((1..=301).contains(&wait), "{wait}");
                return number;
            }
            other => panic!("{other}"),
        }
    }
    10
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_proxy_that_the_settings_name_says_who_asks() {
    let (council, server) = (Council::new(), tempfile::tempdir().expect("dir"));
    let more = ["--trusted-proxies", "127.0.0.8/31,10.0.0.0/8"];
    let backend = Backend::start_at(&council, server.path(), "127.0.0.1:0", &more);
    let at = &backend.address;
    // Another peer can write what it likes: it is one asker, and waits after three mistakes.
    let stranger = client_at("127.0.0.2");
    let named = |number: u32| vec![format!("203.0.{number}.7")];
    assert_eq!(looked_at(&stranger, at, named).await, 3);
    // The proxy's word is taken, and so each of its askers is one: ten mistakes of ten are looked at.
    let proxy = client_at("127.0.0.8");
    assert_eq!(looked_at(&proxy, at, named).await, 10);
    // What an asker behind the proxy says of itself is not: neither before the proxy's word, nor in a header of its own.
    let same = |number: u32| vec![format!("198.51.{number}.7, 192.0.2.1")];
    assert_eq!(looked_at(&proxy, at, same).await, 3);
    let same = |number: u32| vec![format!("198.51.{number}.7"), "192.0.3.1".to_owned()];
    assert_eq!(looked_at(&proxy, at, same).await, 3);
    // Two proxies, of which the settings know both.
    let chain = |_| vec!["198.51.100.9, 10.1.2.3, 127.0.0.9".to_owned()];
    assert_eq!(looked_at(&proxy, at, chain).await, 3);
    // All addresses of one house are one asker.
    let house = |number: u32| vec![format!("2001:db8:1:1::{number}")];
    assert_eq!(looked_at(&proxy, at, house).await, 3);
    // What is no address is nobody's word: the proxy itself has to wait.
    let garbage = |number: u32| vec![format!("somebody {number}")];
    assert_eq!(looked_at(&proxy, at, garbage).await, 3);
    backend.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_of_ipv4_in_the_clothes_of_ipv6_are_who_they_are() {
    let (council, server) = (Council::new(), tempfile::tempdir().expect("dir"));
    let more = ["--plain-http", "--trusted-proxies", "127.0.0.8"];
    // Who listens at [::] sees its peers of IPv4 as ::ffff:127.0.0.8.
    let backend = Backend::start_at(&council, server.path(), "[::]:0", &more);
    let port = backend.host_and_port();
    let (_, port) = port.rsplit_once(':').expect("a port");
    let at = format!("http://127.0.0.1:{port}");
    let named = |number: u32| vec![format!("::ffff:203.0.{number}.7")];
    assert_eq!(looked_at(&client_at("127.0.0.8"), &at, named).await, 10);
    assert_eq!(looked_at(&client_at("127.0.0.2"), &at, named).await, 3);
    // Another peer is another asker: they are not all one.
    assert_eq!(
        looked_at(&client_at("127.0.1.2"), &at, |_| Vec::new()).await,
        3
    );
    backend.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_honest_tablet_is_refused_for_somebody_who_guesses_and_people_hear_of_it() {
    let office = Office::new();
    let password = office.add("mori", "helper");
    let mori = office.sign_in("mori", &password).await;
    let (at, client) = (&office.backend.address, client_at("127.0.0.1"));
    let lent = Uuid::new_v4();
    let code = office.backend.enrolment_code();
    let first = enrol(&client, at, &["100.64.1.1"], &code, lent).await;
    assert_eq!(first.status(), StatusCode::OK);

    // From 160 networks somebody guesses: not all of their codes are looked at.
    let mut looked = 0;
    for number in 0..160 {
        let from = format!("203.{number}.1.7");
        let answer = enrol(&client, at, &[&from], "00000000", Uuid::new_v4()).await;
        looked += u32::from(answer.status() == StatusCode::FORBIDDEN);
    }
    assert_eq!(looked, 150);
    let code = office.backend.enrolment_code();
    let strange = enrol(&client, at, &["198.51.100.1"], &code, Uuid::new_v4()).await;
    assert_eq!(strange.status(), StatusCode::TOO_MANY_REQUESTS);
    // At the counter, where a clerk has signed in, tablets are let in as ever.
    let counter = enrol(&client, at, &[], &code, Uuid::new_v4()).await;
    assert_eq!(counter.status(), StatusCode::OK);
    // So is a tablet in whose network another was let in today, and one that is lent already, from anywhere.
    let code = office.backend.enrolment_code();
    let beside = enrol(&client, at, &["100.64.1.1"], &code, Uuid::new_v4()).await;
    assert_eq!(beside.status(), StatusCode::OK);
    let code = office.backend.enrolment_code();
    office
        .ask("GET", "/console/tablets", &mori, &[])
        .await
        .error_for_status()
        .expect("shows");
    kairan_tests::until("the lent tablet to be known", || {
        let answer = tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(enrol(
                &client,
                at,
                &["192.0.2.9"],
                &code,
                lent,
            ))
        });
        (answer.status() == StatusCode::OK).then_some(())
    });

    let log = office.backend.log();
    assert!(log.contains("somebody is trying codes"), "{log}");
    assert!(
        log.contains("a code that opens nothing was entered"),
        "{log}"
    );
    assert!(!log.contains("00000000"), "codes belong in no log");
    for page in ["/console", "/console/tablets"] {
        let page = office.ask("GET", page, &mori, &[]).await;
        let page = page.text().await.expect("a page");
        assert!(page.contains("貸し出しの番号をためしています"), "{page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_six_digits_that_was_printed_before_holds() {
    let (council, server) = (Council::new(), tempfile::tempdir().expect("dir"));
    let backend = Backend::start(&council, server.path());
    let store = Database::open(server.path(), None).await.expect("opens");
    let code: EnrolmentCode = "472913".parse().expect("a code");
    let loan = Participation(Uuid::new_v4());
    assert!(
        store
            .add_code(&code, loan, Timestamp::now())
            .await
            .expect("keeps")
    );
    store.close().await;
    let client = client_at("127.0.0.1");
    let answer = enrol(&client, &backend.address, &[], "472913", Uuid::new_v4()).await;
    assert_eq!(answer.status(), StatusCode::OK);
    backend.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_was_guessed_takes_nothing_from_the_residents_own_tablet() {
    let folder = tempfile::tempdir().expect("dir");
    let store = Database::open(folder.path(), None).await.expect("opens");
    let (loan, now) = (Participation(Uuid::new_v4()), Timestamp::now());
    let enter = async |trust, tablet| {
        let code = kairan_backend::tablets::api::enrolment::any_code();
        assert!(store.add_code(&code, loan, now).await.expect("keeps"));
        let token = Uuid::new_v4().to_string();
        store
            .enrol_from(trust, &code, tablet, &token, now)
            .await
            .expect("enrols");
    };
    let (own, guesser, new) = (
        TabletId(Uuid::new_v4()),
        TabletId(Uuid::new_v4()),
        TabletId(Uuid::new_v4()),
    );
    let of = async |tablet: TabletId| {
        let tablets = store.lent_tablets().await.expect("lists");
        let found = tablets.into_iter().find(|it| it.tablet == tablet);
        let found = found.expect("is lent");
        (found.wipe[0].is_some(), found.replaced_at.is_some())
    };
    enter(NetworkTrust::Known, own).await;
    enter(NetworkTrust::Strange, guesser).await;
    assert_eq!(of(own).await, (false, true), "a helper is asked first");
    // At the counter it is as it was: the tablet that is replaced forgets its loan.
    enter(NetworkTrust::Known, new).await;
    assert!(of(own).await.0 && of(guesser).await.0);
    assert_eq!(of(new).await, (false, false));
}

/// Tries to sign in from an address behind the proxy.
async fn sign_in(office: &Office, from: &str, cookie: &str, form: [&str; 2]) -> Response {
    let [name, password] = form;
    let form = [("name", name), ("password", password)];
    let more = [("x-forwarded-for", from)];
    office
        .ask_with("POST", "/console/sign-in", cookie, &form, &more)
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strangers_mistakes_keep_neither_the_owner_nor_the_office_out() {
    let office = Office::new();
    let (sato, ito) = (
        office.add("sato", "evaluator"),
        office.add("ito", "evaluator"),
    );
    let at_the_office = "198.51.100.10";
    let came = sign_in(&office, at_the_office, "", ["sato", &sato]).await;
    assert_eq!(came.status(), StatusCode::SEE_OTHER);
    let browser = cookie(&came);
    assert!(browser.contains("__Host-kairan-device="), "{browser}");
    // The cookie of the browser opens nothing.
    let device = browser
        .split("; ")
        .find(|it| it.contains("device"))
        .expect("there");
    let answer = office.ask("GET", "/console/evaluation", device, &[]).await;
    assert!(location(&answer).starts_with("/console/sign-in"));

    // From many networks somebody guesses this name.
    for number in 0..22 {
        let from = format!("203.0.{number}.7");
        sign_in(&office, &from, "", ["sato", "wrong"]).await;
    }
    // Whoever comes from elsewhere waits, whatever they know, and is told why and how long.
    let strange = sign_in(&office, "192.0.2.1", "", ["sato", &sato]).await;
    assert_eq!(strange.status(), StatusCode::TOO_MANY_REQUESTS);
    let page = strange.text().await.expect("a page");
    assert!(
        page.contains("この名前でのまちがいが、ほかの場所からつづいています")
            && page.contains("分ほど待って"),
        "{page}"
    );
    // A cookie that we never gave helps nobody.
    let planted = "__Host-kairan-device=planted";
    let planted = sign_in(&office, "192.0.2.3", planted, ["sato", &sato]).await;
    assert_eq!(planted.status(), StatusCode::TOO_MANY_REQUESTS);
    // The owner does not: neither at the office, nor with their browser from anywhere.
    let there = sign_in(&office, at_the_office, "", ["sato", &sato]).await;
    assert_eq!(there.status(), StatusCode::SEE_OTHER);
    let away = sign_in(&office, "192.0.2.2", device, ["sato", &sato]).await;
    assert_eq!(away.status(), StatusCode::SEE_OTHER);

    // Somebody within the office makes sixty mistakes under sixty names: a colleague who has never been here is let in.
    for number in 0..60 {
        let name = format!("name-{number}");
        sign_in(&office, at_the_office, "", [&name, "wrong"]).await;
    }
    let colleague = sign_in(&office, at_the_office, "", ["ito", &ito]).await;
    assert_eq!(colleague.status(), StatusCode::SEE_OTHER);
    // And under the owner's name: with their browser they are let in all the same.
    for _ in 0..8 {
        sign_in(&office, at_the_office, "", ["sato", "wrong"]).await;
    }
    let there = sign_in(&office, at_the_office, "", ["sato", &sato]).await;
    assert_eq!(there.status(), StatusCode::TOO_MANY_REQUESTS);
    let there = sign_in(&office, at_the_office, device, ["sato", &sato]).await;
    assert_eq!(there.status(), StatusCode::SEE_OTHER);

    let log = office.backend.log();
    let kept = "somebody is kept waiting at the sign-in";
    let mut lines = log.lines().filter(|line| line.contains(kept));
    let line = lines.find(|line| line.contains("192.0.2.1"));
    let line = line.unwrap_or_else(|| panic!("{log}"));
    for part in ["sato", "mistakes of strangers under this name", "seconds="] {
        assert!(line.contains(part), "{line}");
    }
    assert!(!log.contains(&sato) && !log.contains("name-7"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_found_a_password_keeps_its_owner_out_no_more_than_a_stranger() {
    let office = Office::new();
    let password = office.add("mori", "helper");
    let browser = office.sign_in("mori", &password).await;
    let device = browser
        .split("; ")
        .find(|it| it.contains("device"))
        .expect("known from now on");
    // The thief shows the password, and guesses codes.
    let half = sign_in(&office, "203.0.113.7", "", ["mori", &password]).await;
    let (half, more) = (cookie(&half), [("x-forwarded-for", "203.0.113.7")]);
    let path = "/console/second-factor";
    for number in 0..6 {
        let form = [("code", &*format!("{number:06}"))];
        office.ask_with("POST", path, &half, &form, &more).await;
    }
    let form = [("code", "000000")];
    let answer = office.ask_with("POST", path, &half, &form, &more).await;
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    // The owner is asked for a code, and not told to wait.
    let mine = sign_in(&office, "127.0.0.1", device, ["mori", &password]).await;
    assert_eq!(mine.status(), StatusCode::SEE_OTHER);
    let mine = format!("{}; {device}", cookie(&mine));
    let answer = office.ask("POST", path, &mine, &form).await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    let page = answer.text().await.expect("a page");
    assert!(page.contains("番号がちがうか"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_page_is_no_place_to_guess_a_password_from() {
    let office = Office::new();
    let password = office.add("sato", "evaluator");
    let open = office.sign_in("sato", &password).await;
    let tried = async |before: &str| {
        let form = [("before", before), ("after", "umbrella ferry turnip")];
        office
            .ask("POST", "/console/me", &open, &form)
            .await
            .status()
    };
    for _ in 0..5 {
        assert_eq!(tried("wrong").await, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(tried(&password).await, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_hands_tablets_over_makes_a_counter_of_a_network() {
    let office = Office::new();
    let (sato, mori) = (
        office.add("sato", "evaluator"),
        office.add("mori", "helper"),
    );
    let (at, client) = (&office.backend.address, client_at("127.0.0.1"));
    let looked = async |from: &str| {
        let mut looked = 0;
        for _ in 0..10 {
            let answer = enrol(&client, at, &[from], "00000000", Uuid::new_v4()).await;
            looked += u32::from(answer.status() == StatusCode::FORBIDDEN);
        }
        looked
    };
    // An evaluator shows a password alone, and goes from network to network.
    for house in 1..4 {
        let from = format!("2001:db8:{house}:1::1");
        let came = sign_in(&office, &from, "", ["sato", &sato]).await;
        assert_eq!(came.status(), StatusCode::SEE_OTHER);
        assert_eq!(looked(&from).await, 3);
    }
    // A helper does make one, and all that is around it shares one pace.
    office.sign_in("mori", &mori).await;
    assert_eq!(looked("127.0.0.1").await, 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_on_the_offices_network_keeps_nobody_from_signing_in_who_has_done_so() {
    let office = Office::new();
    let sato = office.add("sato", "evaluator");
    let here = "198.51.100.10";
    let came = sign_in(&office, here, "", ["sato", &sato]).await;
    let browser = cookie(&came);
    let is_device = |it: &&str| it.contains("device");
    let device = browser
        .split("; ")
        .find(is_device)
        .expect("known from now on");
    let mut refused = 0;
    for number in 0..200 {
        let name = format!("nobody-{number}");
        let answer = sign_in(&office, here, "", [&name, "wrong"]).await;
        refused += u32::from(answer.status() == StatusCode::TOO_MANY_REQUESTS);
    }
    assert!(refused > 0, "the guest is kept waiting");
    for cookie in [device, ""] {
        let mine = sign_in(&office, here, cookie, ["sato", &sato]).await;
        assert_eq!(mine.status(), StatusCode::SEE_OTHER, "{cookie}");
    }
}
