//! Asking sources: bounded, conditional, and nowhere that the catalogue does not allow.

use std::{io::Write as _, path::Path, time::Duration};

use kairan_catalogue::source_settings;
use kairan_sources::{
    SourceError,
    beside::Beside,
    fetch::{AllowedHosts, Answer, Fetcher, Validators, headers_for},
};
use kairan_tests::source::{Source, say};
use reqwest::header::HeaderMap;
use url::Url;

/// A fetcher that may ask the loopback.
fn fetcher() -> Fetcher {
    let allowed = AllowedHosts::default();
    allowed.set(vec!["127.0.0.1".to_owned()]);
    Fetcher::new(allowed).expect("a fetcher")
}

const LIMIT: usize = 100_000;

/// Asks for the first time.
async fn ask(fetcher: &Fetcher, url: &Url) -> Result<Answer, SourceError> {
    let never = Validators::default();
    fetcher.get(url, &never, HeaderMap::new(), LIMIT).await
}

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
    let first = ask(&fetcher, &source.url("/")).await;
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
    let answer = ask(&fetcher(), &source.url("/")).await;
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
    let get = async |path: &str| ask(&fetcher, &source.url(path)).await;
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
        assert!(ask(&fetcher, &url).await.is_err(), "{url}");
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
    let answer = ask(&fetcher(), &source.url("/")).await;
    assert!(
        matches!(answer, Err(SourceError::Unreachable { .. })),
        "{answer:?}"
    );
}

/// The reason for which an answer is refused.
async fn refusal(head: &'static str, body: &'static [u8]) -> SourceError {
    let source = Source::start(move |_, stream| say(stream, head, body));
    let url = source.url("/");
    let answer = ask(&fetcher(), &url).await;
    answer.map(|_| ()).expect_err("refused")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packed_answer_is_not_unpacked_and_a_busy_source_is_left_alone() {
    let packed = refusal("200 OK\r\nContent-Encoding: gzip", b"\x1f\x8b\x08").await;
    assert!(
        packed
            .to_string()
            .contains("although nobody asked for that"),
        "{packed}"
    );
    for head in [
        "429 Too Many Requests\r\nRetry-After: 120",
        "503 Service Unavailable\r\nRetry-After: 120",
    ] {
        let busy = refusal(head, b"").await;
        assert!(
            matches!(&busy, SourceError::Busy { wait, .. } if wait.as_secs() == 120),
            "{busy}"
        );
    }
    let far = refusal("503 Service Unavailable\r\nRetry-After: 99999999", b"").await;
    assert!(matches!(far, SourceError::Busy { wait, .. } if wait.as_secs() == 24 * 3600));
    let gone = refusal("503 Service Unavailable", b"").await;
    assert!(matches!(gone, SourceError::Unreachable { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_hears_its_tenant_and_a_token_that_stands_in_no_catalogue() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("token.txt"), "s3cret\n").expect("writes");
    let settings = "kind = \"entities\"\nurl = \"x\"\ngives = \"places\"\ntenant = \"orden\"\nservice_path = \"/hidamari\"\ntoken_file = \"token.txt\"";
    let settings = source_settings(settings).expect("right settings");
    let source = Source::start(|_, stream| say(stream, "200 OK", b"[]"));
    let beside = Beside::of(&folder.path().join("services.toml"), []);
    let url = source.url("/");
    // Nobody has said on the server that it may go there.
    let refused = headers_for(&settings, &url, &beside).await;
    assert!(matches!(refused, Err(SourceError::NoContent { .. })));
    beside.trust(Path::new("./token.txt"), &url);
    let headers = headers_for(&settings, &url, &beside)
        .await
        .expect("headers");
    fetcher()
        .get(&source.url("/"), &Validators::default(), headers, LIMIT)
        .await
        .expect("answers");
    let asked = source.asked().join("");
    for wanted in [
        "ngsild-tenant: orden",
        "fiware-service: orden",
        "fiware-servicepath: /hidamari",
        "authorization: bearer s3cret",
    ] {
        assert!(asked.contains(wanted), "{asked}");
    }
    std::fs::remove_file(folder.path().join("token.txt")).expect("removes");
    let missing = headers_for(&settings, &url, &beside).await;
    assert!(missing.is_err_and(|error| error.to_string().contains("token.txt")));
}
