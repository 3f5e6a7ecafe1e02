//! Asking sources: bounded, conditional, and nowhere that the catalogue does not allow.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    time::Duration,
};

use kairan_backend::sources::{
    SourceError,
    fetch::{AllowedHosts, Answer, Fetcher, Validators},
};
use reqwest::header::HeaderMap;
use url::Url;

/// A source on the loopback, and the requests that it got.
struct Source {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Source {
    fn start(answer: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (gathered, answer) = (Arc::clone(&asked), Arc::new(answer));
        std::thread::spawn(move || {
            for mut stream in listener.incoming().filter_map(Result::ok) {
                let (gathered, answer) = (Arc::clone(&gathered), Arc::clone(&answer));
                std::thread::spawn(move || {
                    let mut bytes = [0; 4096];
                    let length = stream.read(&mut bytes).unwrap_or(0);
                    let request = String::from_utf8_lossy(&bytes[..length]).to_lowercase();
                    gathered.lock().expect("not poisoned").push(request.clone());
                    answer(&request, &mut stream);
                });
            }
        });
        Self { port, asked }
    }

    fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://127.0.0.1:{}{path}", self.port)).expect("a URL")
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("not poisoned").clone()
    }
}

fn say(stream: &mut TcpStream, head: &str, body: &[u8]) {
    let head = format!(
        "HTTP/1.1 {head}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let _ = stream
        .write_all(head.as_bytes())
        .and_then(|()| stream.write_all(body));
}

/// A fetcher that may ask the loopback.
fn fetcher() -> Fetcher {
    let allowed = AllowedHosts::default();
    allowed.set(vec!["127.0.0.1".to_owned()]);
    Fetcher::new(allowed).expect("a fetcher")
}

const LIMIT: usize = 100_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_has_nothing_new_is_not_read_again() {
    let source = Source::start(|request, stream| {
        if request.contains("if-none-match: \"v1\"")
            && request.contains("if-modified-since: yesterday")
        {
            say(stream, "304 Not Modified", b"");
        } else {
            say(
                stream,
                "200 OK\r\nETag: \"v1\"\r\nLast-Modified: yesterday",
                b"news",
            );
        }
    });
    let fetcher = fetcher();
    let first = fetcher
        .get(
            &source.url("/"),
            &Validators::default(),
            HeaderMap::new(),
            LIMIT,
        )
        .await;
    let Ok(Answer::Body { bytes, validators }) = first else {
        panic!("{first:?}")
    };
    assert_eq!(bytes, b"news");
    let again = fetcher
        .get(&source.url("/"), &validators, HeaderMap::new(), LIMIT)
        .await;
    assert!(matches!(again, Ok(Answer::NotModified)), "{again:?}");
    assert!(source.asked()[0].contains("user-agent: kairan/"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_end_is_cut_off() {
    let source = Source::start(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
        while stream.write_all(&[b'x'; 10_000]).is_ok() {}
    });
    let answer = fetcher()
        .get(
            &source.url("/"),
            &Validators::default(),
            HeaderMap::new(),
            LIMIT,
        )
        .await;
    assert!(
        matches!(answer, Err(SourceError::TooLarge { .. })),
        "{answer:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn redirects_are_followed_five_times_and_never_into_a_private_network() {
    let source = Source::start(|request, stream| {
        let path = request.split_whitespace().nth(1).unwrap_or("/");
        match path.trim_start_matches("/hop/").parse::<u32>() {
            Ok(0) => say(stream, "200 OK", b"there"),
            Ok(left) => say(
                stream,
                &format!("302 Found\r\nLocation: /hop/{}", left - 1),
                b"",
            ),
            Err(_) if path == "/metadata" => say(
                stream,
                "302 Found\r\nLocation: https://169.254.169.254/",
                b"",
            ),
            Err(_) => say(stream, "302 Found\r\nLocation: https://localhost/", b""),
        }
    });
    let fetcher = fetcher();
    let get = async |path: &str| {
        fetcher
            .get(
                &source.url(path),
                &Validators::default(),
                HeaderMap::new(),
                LIMIT,
            )
            .await
    };
    assert!(matches!(get("/hop/5").await, Ok(Answer::Body { .. })));
    assert!(matches!(
        get("/hop/6").await,
        Err(SourceError::Unreachable { .. })
    ));
    for path in ["/metadata", "/by-name"] {
        let refused = get(path).await;
        let Err(SourceError::Unreachable { why, .. }) = &refused else {
            panic!("{refused:?}")
        };
        assert!(why.contains("private network"), "{why}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_loopback_is_not_asked_unless_it_is_allowed() {
    let source = Source::start(|_, stream| say(stream, "200 OK", b"secret"));
    let fetcher = Fetcher::new(AllowedHosts::default()).expect("a fetcher");
    for url in [
        source.url("/"),
        Url::parse(&format!("https://localhost:{}/", source.port)).expect("a URL"),
    ] {
        assert!(
            fetcher
                .get(&url, &Validators::default(), HeaderMap::new(), LIMIT)
                .await
                .is_err(),
            "{url}"
        );
    }
    assert!(source.asked().is_empty(), "nothing was asked at all");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_never_ends_its_sentence_is_given_up() {
    let source = Source::start(|_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
        while stream.write_all(b".").is_ok() {
            std::thread::sleep(Duration::from_millis(200));
        }
    });
    let answer = fetcher()
        .get(
            &source.url("/"),
            &Validators::default(),
            HeaderMap::new(),
            LIMIT,
        )
        .await;
    assert!(
        matches!(answer, Err(SourceError::Unreachable { .. })),
        "{answer:?}"
    );
}
