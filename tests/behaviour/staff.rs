//! Staff are told by e-mail and webhook that something waits: once each, whatever happens in between.

use std::{
    fmt::Write as _,
    net::TcpListener,
    time::{Duration, Instant},
};

use jiff::{SignedDuration, Timestamp};
use kairan_backend::{
    database::Database,
    notices::{
        Wording,
        queries::{Audience, Notice, Way, kept_for},
    },
    pages::{Right, Role, queries::Person},
};
use kairan_tests::{
    office::{Office, encoded},
    staff::{Mail, Post},
    until,
};
use reqwest::StatusCode;
use sqlx::{SqlitePool, sqlite::SqliteConnectOptions};
use uuid::Uuid;

/// A settings file with a mail server at this port and this webhook.
fn settings(port: u16, webhook: &str, more: &str) -> String {
    let mut text = format!(
        "[mail]\nserver = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\nfrom = \"kairan@hidamari.example\"\n\n\
         [staff]\nmail = [\"bousai@hidamari.example\"]\nwebhooks = [\"{webhook}\"]\n\
         console = \"https://kairan.hidamari.example\"\n"
    );
    let _ = writeln!(text, "{more}");
    text
}

const TITLE: &str = "ひだまり川が あふれます";
const TEXT: &str = "川の近くの 人は、すぐに 高いところへ。";

/// Has somebody write an emergency.
async fn write_one(office: &Office, cookie: &str) {
    let form = [("title", TITLE), ("text", TEXT), ("hours", "6")];
    let path = "/console/emergencies/write";
    let written = office.ask("POST", path, cookie, &form).await;
    assert_eq!(written.status(), StatusCode::SEE_OTHER);
}

/// An office in which each of these has an address, the first of which writes.
async fn people(office: &Office) -> String {
    let mut first = None;
    for (name, role) in [
        ("kato", "releaser"),
        ("sato", "releaser"),
        ("ito", "operator"),
    ] {
        let password = office.add(name, role);
        let cookie = office.sign_in(name, &password).await;
        let mail = format!("{name}@hidamari.example");
        let kept = office
            .ask("POST", "/console/me/mail", &cookie, &[("mail", &mail)])
            .await;
        assert_eq!(kept.status(), StatusCode::OK);
        first.get_or_insert(cookie);
    }
    first.expect("somebody")
}

fn to(mails: &[Mail]) -> Vec<&str> {
    let mut to: Vec<&str> = mails.iter().map(|mail| &*mail.to).collect();
    to.sort_unstable();
    to
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_can_send_an_emergency_is_told_once_by_mail_and_webhook() {
    let (mails, hook) = (Post::mail_server(0), Post::webhook());
    let webhook = format!("http://{}/hook", hook.address);
    let allowed = "allowed_hosts = [\"127.0.0.1\"]";
    let text = settings(mails.address.port(), &webhook, allowed);
    let office = Office::with_settings(&text);
    let writer = people(&office).await;
    write_one(&office, &writer).await;
    until("two mails", || (mails.came().len() >= 2).then_some(()));
    until("a webhook", || (!hook.came().is_empty()).then_some(()));
    // Neither who wrote it nor who may not send it is asked, and nobody twice.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let came = mails.came();
    assert_eq!(
        to(&came),
        ["bousai@hidamari.example", "sato@hidamari.example"]
    );
    let bodies = hook.came();
    assert_eq!(bodies.len(), 1);
    for file in ["kairan.sqlite", "kairan.sqlite-wal"] {
        let bytes = std::fs::read(office.data.path().join("backend").join(file)).expect("a file");
        let stands = bytes
            .windows(webhook.len())
            .any(|it| it == webhook.as_bytes());
        assert!(!stands, "the webhook's address stands in {file}");
    }
    assert!(
        bodies[0].contains("\"kind\":\"emergency-waits\""),
        "{bodies:?}"
    );
    let link = "https://kairan.hidamari.example/console/emergencies";
    assert!(bodies[0].contains(link), "{bodies:?}");
    for text in [&bodies[0], &came[0].text, &came[1].text] {
        for word in [TITLE, TEXT, "kato"] {
            assert!(!text.contains(word), "{word}: {text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_comes_at_once_while_the_mail_server_swallows_everything() {
    // It takes every connection, and never says a word.
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = silent.local_addr().expect("an address").port();
    let hook = Post::webhook();
    let many: Vec<_> = (0..12)
        .map(|number| format!("\"bousai-{number}@hidamari.example\""))
        .collect();
    let webhook = format!("http://{}/hook", hook.address);
    let allowed = "allowed_hosts = [\"127.0.0.1\"]";
    let text =
        settings(port, &webhook, allowed).replace("\"bousai@hidamari.example\"", &many.join(", "));
    let office = Office::with_settings(&text);
    let writer = people(&office).await;
    // The second is for whoever waits behind what is tried in vain.
    for number in 1..=2 {
        write_one(&office, &writer).await;
        let began = Instant::now();
        until("a webhook", || (hook.came().len() >= number).then_some(()));
        assert!(began.elapsed() < Duration::from_secs(10), "{number}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_waits_for_its_server_through_a_restart() {
    let mails = Post::mail_server(0);
    let port = mails.address.port();
    drop(mails);
    let hook = Post::webhook();
    // Nobody has allowed the webhook to lie in a private network.
    let webhook = format!("http://{}/hook", hook.address);
    let office = Office::with_settings(&settings(port, &webhook, ""));
    let writer = people(&office).await;
    write_one(&office, &writer).await;
    let page = async |office: &Office| {
        let page = office.ask("GET", "/console", &writer, &[]).await;
        page.text().await.expect("a page")
    };
    // After a while the console says what does not arrive, and what to do.
    let began = std::time::Instant::now();
    loop {
        let page = page(&office).await;
        if page.contains("allowed_hosts に書くと送れます") && page.contains("相手につながりません")
        {
            break;
        }
        assert!(began.elapsed() < Duration::from_mins(2), "{page}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let office = office.restart();
    let mails = Post::mail_server(port);
    until("two mails", || (mails.came().len() >= 2).then_some(()));
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(
        to(&mails.came()),
        ["bousai@hidamari.example", "sato@hidamari.example"]
    );
    assert!(hook.came().is_empty());
    let log = office.backend.log();
    assert!(!log.contains("sato@"), "addresses are in no log: {log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_checked_and_shown_to_nobody_else() {
    let office = Office::new();
    let boss = office.add("boss", "administrator");
    let boss = office.sign_in("boss", &boss).await;
    let helper = office.add("mori", "helper");
    let helper = office.sign_in("mori", &helper).await;
    let form = [("name", "mori"), ("mail", "mori@hidamari.example")];
    let path = "/console/people/mail";
    let refused = office.ask("POST", path, &helper, &form).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let kept = office.ask("POST", path, &boss, &form).await;
    assert_eq!(kept.status(), StatusCode::SEE_OTHER);
    for bad in ["mori", "a@b.example\r\nBcc: c@d.example", "mori@localhost"] {
        let form = [("name", "mori"), ("mail", bad)];
        for (path, cookie) in [(path, &boss), ("/console/me/mail", &helper)] {
            let answer = office.ask("POST", path, cookie, &form).await;
            assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
            let page = answer.text().await.expect("a page");
            assert!(page.contains("name@example.jp"), "{bad}: {page}");
        }
    }
    let page = async |path: &str, cookie: &str| {
        let page = office.ask("GET", path, cookie, &[]).await;
        page.text().await.expect("a page")
    };
    let address = "mori@hidamari.example";
    assert!(page("/console/people", &boss).await.contains(address));
    assert!(page("/console/me", &helper).await.contains(address));
    assert!(!page("/console/me", &boss).await.contains(address));
    assert!(!page("/console/audit", &boss).await.contains(address));
    // It can be taken away again.
    let form = encoded(&[("mail", "")]);
    assert_eq!(form, "mail=");
    let kept = office
        .ask("POST", "/console/me/mail", &helper, &[("mail", "")])
        .await;
    assert_eq!(kept.status(), StatusCode::OK);
    assert!(!page("/console/people", &boss).await.contains(address));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_a_version_of_before_kept_as_it_is_still_goes_out_and_is_hidden_after() {
    let (hook, mails) = (Post::webhook(), Post::mail_server(0));
    let webhook = format!("http://{}/hook", hook.address);
    let allowed = "allowed_hosts = [\"127.0.0.1\"]";
    let text = settings(mails.address.port(), &webhook, allowed);
    let office = Office::with_settings(&text);
    let data = office.data.path().join("backend");
    let options = SqliteConnectOptions::new().filename(data.join("kairan.sqlite"));
    let pool = SqlitePool::connect_with(options).await.expect("opens");
    let now = Timestamp::now().as_millisecond();
    for text in [
        "INSERT INTO notices (notice, kind, ja, en, path, made_at) VALUES ('old', $2, $2, $2, '/', $1)",
        "INSERT INTO notice_deliveries (notice, way, address, attempts, due_at) VALUES ('old', 'webhook', $2, 0, $1)",
    ] {
        let kept = sqlx::query(text).bind(now).bind(&webhook).execute(&pool);
        kept.await.expect("keeps");
    }
    let is_none = async |question: &'static str| {
        let began = Instant::now();
        loop {
            let asked = sqlx::query_as(question).bind(&webhook).fetch_one(&pool);
            let (open,): (i64,) = asked.await.expect("reads");
            if open == 0 {
                break;
            }
            assert!(began.elapsed() < Duration::from_secs(20), "{question}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    is_none("SELECT COUNT(*) FROM notice_deliveries WHERE address = $1 AND sent_at IS NULL").await;
    // It is hidden when it is looked what to forget, as at the next start.
    let office = office.restart();
    is_none("SELECT COUNT(*) FROM notice_deliveries WHERE address = $1").await;
    assert_eq!(hook.came().len(), 1);
    pool.close().await;
    office.backend.stop();
}

/// What the store promises of notices, on either database.
pub async fn each_address_is_told_once(store: &Database, now: Timestamp) {
    let add = async |name: &str, role| {
        let person = Person {
            id: Uuid::new_v4(),
            name: name.to_owned(),
            role,
            provider: None,
            has_second_factor: false,
            is_barred: false,
        };
        let added = store.add_person(&person, "hash", "test", now).await;
        assert!(added.expect("adds"));
        let mail = format!("{name}@hidamari.example");
        let kept = store.put_mail(name, Some(&mail), "test", now).await;
        assert!(kept.expect("keeps"));
        person.id
    };
    let writer = add("notice-writer", Role::Releaser).await;
    add("notice-releaser", Role::Releaser).await;
    add("notice-barred", Role::Administrator).await;
    add("notice-helper", Role::Helper).await;
    let barring = store.bar_person("notice-barred", true, "test", now);
    barring.await.expect("bars");
    let notice = Notice {
        about: "a test".to_owned(),
        kind: "test".to_owned(),
        wording: Wording::of(|language| format!("It waits, in {language}")),
        path: "/console".to_owned(),
    };
    let audience = Audience {
        right: Right::ReleaseEmergency,
        but: Some(writer),
        by_mail: true,
        mail: vec!["notice-releaser@hidamari.example".to_owned()],
        webhooks: vec!["https://hooks.hidamari.example/x".to_owned()],
    };
    for _ in 0..2 {
        let put = store.put_notice(&notice, &audience, now);
        put.await.expect("keeps");
    }
    let due_at = async |at| {
        let mut due = Vec::new();
        for way in [Way::Webhook, Way::Mail] {
            let of_one = store.due_deliveries(way, 20, at).await;
            due.extend(of_one.expect("reads"));
        }
        due
    };
    let due = due_at(now).await;
    assert!(due.iter().all(|it| it.notice == notice), "{due:?}");
    // Whoever knows a webhook's address may write there: it is in no copy of the data.
    let hook = kept_for("https://hooks.hidamari.example/x");
    assert!(!hook.contains("hooks"), "{hook}");
    let mut to: Vec<_> = due.iter().map(|it| (&*it.address, it.way)).collect();
    to.sort_unstable_by_key(|(address, _)| *address);
    assert_eq!(
        to,
        [
            ("notice-releaser@hidamari.example", Way::Mail),
            (&*hook, Way::Webhook)
        ]
    );
    // Of two servers that see the same, one takes it.
    let (mut one, mut two) = (due[0].clone(), due[0].clone());
    let until = now + SignedDuration::from_secs(120);
    let (a, b) = tokio::join!(
        store.take_delivery(&mut one, until),
        store.take_delivery(&mut two, until)
    );
    let (a, b) = (a.expect("answers"), b.expect("answers"));
    assert!(a != b, "{a} {b}");
    let taken = if a { one } else { two };
    assert_eq!(due_at(now).await.len(), 1);
    store.note_delivered(&taken, now).await.expect("keeps");
    // The other is tried in vain, and given up in the end.
    let mut other = due[1].clone();
    for attempt in 1_i64..=3 {
        let at = now + SignedDuration::from_mins(attempt);
        let taken = store.take_delivery(&mut other, at + SignedDuration::from_secs(9));
        assert!(taken.await.expect("answers"));
        let again = (attempt < 3).then_some(at);
        let noted = store.note_undelivered(&other, "unreachable", again, at);
        noted.await.expect("keeps");
        let next = due_at(at).await;
        if again.is_some() {
            other = next.into_iter().next().expect("it is due again");
        } else {
            assert_eq!(next, []);
        }
    }
    let later = now + SignedDuration::from_hours(1);
    let undelivered = store.undelivered(later).await.expect("reads");
    assert_eq!((undelivered.len(), undelivered[0].count), (1, 1));
    assert!(undelivered[0].is_given_up);
    // What was told long ago is forgotten.
    let long_after = now + SignedDuration::from_hours(31 * 24);
    store.forget_notices(long_after).await.expect("forgets");
    assert_eq!(store.undelivered(later).await.expect("reads"), []);
}
