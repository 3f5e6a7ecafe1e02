//! More tablets than there are places, and connections that dawdle: people and tablets that ask something are answered
//! all the same, and an emergency reaches everybody.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    path::Path,
    time::Duration,
};

use jiff::Timestamp;
use kairan_backend::database::Database;
use kairan_contract::{EnrolmentCode, Participation, TabletId};
use kairan_tests::{
    council::Council, emergency::send_an_emergency, http_client, programs::Backend, until,
};
use reqwest::StatusCode;
use uuid::Uuid;

/// So few files may the backend hold open: enough for 128 tablets that listen, and 64 questions at a time.
const FILES: u32 = 256;
const PLACES: usize = 128;
const TABLETS: u32 = 200;

/// So many tablets, lent, with tokens of their number.
async fn lend(data: &Path) {
    let store = Database::open(data, None).await.expect("opens");
    let now = Timestamp::now();
    for number in 0..TABLETS {
        let code = EnrolmentCode::from_number(number);
        let loan = Participation(Uuid::new_v4());
        assert!(store.add_code(&code, loan, now).await.expect("adds"));
        let tablet = TabletId(Uuid::new_v4());
        let token = format!("token-{number}");
        let enrolled = store.enrol(&code, tablet, &token, now).await;
        assert!(enrolled.is_ok());
    }
    store.close().await;
}

/// What a tablet that listens has heard: the head of the answer, and events.
struct Ear {
    stream: TcpStream,
    heard: String,
}

impl Ear {
    fn listen(backend: &Backend, number: u32) -> Self {
        let mut stream = TcpStream::connect(backend.host_and_port()).expect("connects");
        let question = format!(
            "GET /api/v1/changes HTTP/1.1\r\nhost: x\r\nauthorization: Bearer token-{number}\r\n\r\n"
        );
        stream.write_all(question.as_bytes()).expect("asks");
        stream
            .set_read_timeout(Some(Duration::from_millis(10)))
            .expect("a socket");
        let heard = String::new();
        Self { stream, heard }
    }

    /// Everything that was heard so far.
    fn hear(&mut self) -> &str {
        let mut bytes = [0; 4096];
        while let Ok(length @ 1..) = self.stream.read(&mut bytes) {
            self.heard
                .push_str(&String::from_utf8_lossy(&bytes[..length]));
        }
        &self.heard
    }

    fn wait_for_an_answer(&mut self) -> bool {
        until("an answer", || {
            let head = self.hear();
            head.contains("\r\n\r\n")
                .then(|| head.starts_with("HTTP/1.1 200"))
        })
    }
}

/// The page before the sign-in, as a person asks for it.
async fn a_persons_page(backend: &Backend) {
    let address = format!("{}/console/sign-in", backend.address);
    let answer = http_client().get(address).send().await.expect("answers");
    assert_eq!(answer.status(), StatusCode::OK);
    let page = answer.text().await.expect("a page");
    assert!(page.contains("サインイン"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn when_more_tablets_listen_than_can_people_and_emergencies_get_through() {
    let (council, folder) = (Council::new(), tempfile::tempdir().expect("a folder"));
    lend(folder.path()).await;
    let backend = Backend::start_with_files(&council, folder.path(), FILES);
    let mut ears: Vec<Ear> = (0..TABLETS)
        .map(|number| Ear::listen(&backend, number))
        .collect();
    let listen: Vec<bool> = ears.iter_mut().map(Ear::wait_for_an_answer).collect();
    let listening = listen.iter().filter(|it| **it).count();
    assert_eq!(listening, PLACES);
    for (ear, listens) in ears.iter().zip(&listen) {
        let head = ear.heard.to_ascii_lowercase();
        let is_plain = head.starts_with("http/1.1 503") && head.contains("retry-after:");
        assert!(*listens || is_plain, "{head}");
    }
    // It is said once what there is too little of, and what to do.
    let log = backend.log();
    assert!(log.contains("LimitNOFILE=520"), "{log}");
    a_persons_page(&backend).await;

    let store = Database::open(folder.path(), None).await.expect("opens");
    send_an_emergency(&store).await.expect("sends");
    store.close().await;
    for (ear, _) in ears
        .iter_mut()
        .zip(&listen)
        .filter(|(_, listens)| **listens)
    {
        until("a second event", || {
            (ear.hear().matches("data:").count() >= 2).then_some(())
        });
    }
    // Whoever has no place has it with the next question.
    let without = listen.iter().position(|listens| !listens);
    let number = without.expect("a tablet without a place");
    let manifest = http_client()
        .get(format!("{}/api/v1/manifest", backend.address))
        .bearer_auth(format!("token-{number}"))
        .send()
        .await
        .expect("answers");
    let manifest = manifest.text().await.expect("a manifest");
    assert!(manifest.contains("ひだまり川が あふれます"), "{manifest}");

    // A place that becomes free is there for the next; a tablet that comes again takes its own.
    let first = listen.iter().position(|listens| *listens).expect("one");
    let mut again = Ear::listen(&backend, u32::try_from(first).expect("few"));
    assert!(again.wait_for_an_answer());
    drop(ears);
    until("a free place", || {
        let mut ear = Ear::listen(&backend, u32::try_from(number).expect("few"));
        ear.wait_for_an_answer().then_some(())
    });
    backend.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_dawdle_shut_nobody_out() {
    let (council, folder) = (Council::new(), tempfile::tempdir().expect("a folder"));
    let backend = Backend::start_with_files(&council, folder.path(), FILES);
    let half_a_head: &[u8] = b"GET /console/sign-in HTTP/1.1\r\nhost: x\r\nx-slow: ";
    let half_a_body: &[u8] =
        b"POST /api/v1/enrolment HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{";
    let takes_nothing: &[u8] = b"GET /console/assets/echarts.js HTTP/1.1\r\nhost: x\r\n\r\n";
    let says_nothing: &[u8] = b"";
    let mut dawdling = Vec::new();
    for (begin, many) in [
        (half_a_head, 150),
        (half_a_body, 40),
        (takes_nothing, 40),
        (says_nothing, 150),
    ] {
        for _ in 0..many {
            let mut stream = TcpStream::connect(backend.host_and_port()).expect("connects");
            stream.write_all(begin).expect("begins");
            dawdling.push(stream);
        }
    }
    // They go on, a letter at a time.
    for stream in &mut dawdling {
        let _ = stream.write(b"a");
    }
    for _ in 0..3 {
        a_persons_page(&backend).await;
    }
    let log = backend.log();
    assert!(log.contains("those that dawdle are closed"), "{log}");
    backend.stop();
}
