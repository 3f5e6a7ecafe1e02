//! The tablets' API, asked as a tablet asks it and as nobody should; and what becomes of what residents ask for.

mod cases;
mod counter;
mod desk;
mod erasing;
mod inbox;
mod migration;
mod ordering;
mod zones;

use std::io::Write as _;

use kairan_tests::{
    council::Council,
    programs::{Backend, program},
    until,
};
use reqwest::{Client, Method, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::usage_table::records;

const TABLET: &str = "6d9f3b0a-0000-4000-8000-000000000001";

struct Asking {
    backend: Backend,
    client: Client,
    server: tempfile::TempDir,
    _council: Council,
}

impl Asking {
    fn new() -> Self {
        let (council, server) = (Council::new(), tempfile::tempdir().expect("dir"));
        let backend = Backend::start(&council, server.path());
        Self {
            backend,
            client: kairan_tests::http_client(),
            server,
            _council: council,
        }
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        more: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Response {
        let mut request = self
            .client
            .request(method, format!("{}{path}", self.backend.address))
            .body(body);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        for (name, value) in more {
            request = request.header(*name, *value);
        }
        request.send().await.expect("answers")
    }

    async fn get(&self, path: &str, token: &str, more: &[(&str, &str)]) -> Response {
        self.ask(Method::GET, path, Some(token), more, Vec::new())
            .await
    }

    async fn enrol_with(&self, code: &str) -> Response {
        self.enrol_as(TABLET, code).await
    }

    async fn enrol_as(&self, tablet: &str, code: &str) -> Response {
        let body = json!({ "code": code, "tablet": tablet }).to_string();
        self.ask(
            Method::POST,
            "/api/v1/enrolment",
            None,
            &[("content-type", "application/json")],
            body.into(),
        )
        .await
    }

    async fn token(&self) -> (String, String) {
        let answer: Value = self
            .enrol_with(&self.backend.enrolment_code())
            .await
            .json()
            .await
            .expect("JSON");
        let text = |key: &str| answer[key].as_str().expect("a text").to_owned();
        (text("token"), text("participation"))
    }

    /// Takes in a line of the table of loans.
    fn loans(&self, line: &str) {
        let file = self.server.path().join("loans.csv");
        let columns = "participation,area,age_band,cohort,began,ended,how_ended";
        std::fs::write(&file, format!("{columns}\n{line}\n")).expect("writes");
        self.kairan(&["loans", "import", file.to_str().expect("text")]);
    }

    /// Runs a command over the backend's data; gives what it says.
    fn kairan(&self, arguments: &[&str]) -> String {
        let output = std::process::Command::new(program("kairan"))
            .args(arguments)
            .arg("--data")
            .arg(self.server.path())
            .output()
            .expect("runs");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        assert!(output.status.success(), "{arguments:?}: {said}");
        said
    }

    async fn send(&self, token: &str, batch: &Value, packed: bool) -> Response {
        let json = batch.to_string().into_bytes();
        if !packed {
            return self
                .ask(Method::POST, "/api/v1/records", Some(token), &[], json)
                .await;
        }
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(&json).expect("packs");
        let body = packer.finish().expect("packs");
        self.ask(
            Method::POST,
            "/api/v1/records",
            Some(token),
            &[("content-encoding", "gzip")],
            body,
        )
        .await
    }
}

fn record(participation: &str, sequence: u64) -> Value {
    json!({
        "tablet": TABLET, "participation": participation, "sequence": sequence, "boot": TABLET, "uptime_ms": sequence,
        "happened_at": 1_790_000_000_000_i64, "clock_offset_ms": null, "visit": 1, "catalogue": 1,
        "kind": "service_opened", "service": "city-news", "detail": { "from": "home" }
    })
}

fn batch(participation: &str, held_from: u64, numbers: impl IntoIterator<Item = u64>) -> Value {
    let records: Vec<Value> = numbers
        .into_iter()
        .map(|number| record(participation, number))
        .collect();
    json!({ "held_from": held_from, "records": records })
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_answers_without_a_token_but_enrolment() {
    let asking = Asking::new();
    let hash = "0".repeat(64);
    for (method, path) in [
        (Method::GET, "/api/v1/manifest".to_owned()),
        (Method::GET, format!("/api/v1/blobs/{hash}")),
        (Method::POST, "/api/v1/records".to_owned()),
    ] {
        for token in [None, Some(""), Some("wrong"), Some(&*"x".repeat(5_000))] {
            let answer = asking
                .ask(method.clone(), &path, token, &[], b"{}".to_vec())
                .await;
            assert_eq!(
                answer.status(),
                StatusCode::UNAUTHORIZED,
                "{method} {path} {token:?}"
            );
            let problem: Value = answer.json().await.expect("a problem in our words");
            assert_eq!(problem["status"], 401);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_works_once_and_guessing_is_slowed_down() {
    let asking = Asking::new();
    let code = asking.backend.enrolment_code();
    assert_eq!(asking.enrol_with(&code).await.status(), StatusCode::OK);
    let other = "0b8f6f0e-9d3e-4a35-9d0e-6a2f0c7f1a99";
    assert_eq!(
        asking.enrol_as(other, &code).await.status(),
        StatusCode::FORBIDDEN
    );
    let mut statuses = Vec::new();
    for guess in 0..35 {
        statuses.push(asking.enrol_with(&format!("{guess:06}")).await.status());
    }
    assert!(
        statuses.contains(&StatusCode::TOO_MANY_REQUESTS),
        "{statuses:?}"
    );
    assert!(
        !asking.backend.log().contains(&code),
        "codes do not belong in logs"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tablet_that_is_current_gets_an_empty_304() {
    let asking = Asking::new();
    let (token, _) = asking.token().await;
    until("content of all three tiles", || {
        let found = std::fs::read_dir(asking.server.path().join("blobs"))
            .ok()?
            .count();
        (found >= 3).then_some(())
    });
    for coding in ["gzip", "identity"] {
        let first = asking
            .get("/api/v1/manifest", &token, &[("accept-encoding", coding)])
            .await;
        assert_eq!(first.status(), StatusCode::OK);
        assert!(first.headers().contains_key("kairan-time"));
        let etag = first.headers()[header::ETAG]
            .to_str()
            .expect("text")
            .to_owned();
        assert!(etag.starts_with('"'), "strong: {etag}");
        let again = asking
            .get(
                "/api/v1/manifest",
                &token,
                &[("accept-encoding", coding), ("if-none-match", &etag)],
            )
            .await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(again.bytes().await.expect("a body").len(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blob_bears_its_hash_and_never_changes() {
    let asking = Asking::new();
    let (token, _) = asking.token().await;
    let blob = loop {
        let manifest: Value = asking
            .get("/api/v1/manifest", &token, &[])
            .await
            .json()
            .await
            .expect("JSON");
        if let Some(hash) = manifest["services"][0]["content"]["blob"]["sha256"].as_str() {
            break hash.to_owned();
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    let answer = asking
        .get(&format!("/api/v1/blobs/{blob}"), &token, &[])
        .await;
    assert!(
        answer.headers()[header::CACHE_CONTROL]
            .to_str()
            .expect("text")
            .contains("immutable")
    );
    let bytes = answer.bytes().await.expect("a body");
    assert_eq!(kairan_contract::Sha256::of(&bytes).to_string(), blob);
    for wrong in [
        "0".repeat(64),
        "..%2Fkairan.sqlite".to_owned(),
        "x".to_owned(),
    ] {
        let answer = asking
            .get(&format!("/api/v1/blobs/{wrong}"), &token, &[])
            .await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn records_are_kept_once_whatever_is_sent_again_or_in_disorder() {
    let asking = Asking::new();
    let (token, loan) = asking.token().await;
    let acknowledged = async |batch: Value, packed: bool| -> u64 {
        let answer = asking.send(&token, &batch, packed).await;
        assert_eq!(answer.status(), StatusCode::OK);
        answer.json::<Value>().await.expect("JSON")["acknowledged"]
            .as_u64()
            .expect("a number")
    };
    assert_eq!(acknowledged(batch(&loan, 1, 1..=3), true).await, 3);
    assert_eq!(
        acknowledged(batch(&loan, 1, 1..=5), false).await,
        5,
        "sent again with more"
    );
    assert_eq!(
        acknowledged(batch(&loan, 6, 8..=9), true).await,
        5,
        "6 and 7 are still on their way"
    );
    assert_eq!(acknowledged(batch(&loan, 6, 6..=7), true).await, 9);
    assert_eq!(
        acknowledged(batch(&loan, 21, 21..=22), true).await,
        22,
        "the tablet holds nothing below 21"
    );
    let numbers: Vec<i64> = tokio::task::block_in_place(|| {
        let server = asking.server.path().to_owned();
        std::thread::spawn(move || records(&server))
            .join()
            .expect("reads")
    })
    .iter()
    .map(|record| record.sequence)
    .collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 8, 9, 21, 22]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_record_spoils_no_other() {
    let asking = Asking::new();
    let (token, loan) = asking.token().await;
    let mut mixed = batch(&loan, 1, 1..=4);
    mixed["records"][1]["detail"]["name"] = json!("やまだ");
    mixed["records"][2]["kind"] = json!("a_kind_of_tomorrow");
    let answer: Value = asking
        .send(&token, &mixed, true)
        .await
        .json()
        .await
        .expect("JSON");
    assert_eq!(answer["acknowledged"], 4);
    assert_eq!(answer["refused"][0]["position"], 1);
    assert_eq!(answer["refused"][0]["sequence"], 2);
    assert!(
        answer["refused"][0]["why"]
            .as_str()
            .expect("words")
            .contains("service_opened")
    );
    assert_eq!(answer["refused"].as_array().map(Vec::len), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_batch_is_refused_in_words() {
    let asking = Asking::new();
    let (token, loan) = asking.token().await;
    let bomb = {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer
            .write_all(&vec![b' '; 64 * 1024 * 1024])
            .expect("packs");
        packer.finish().expect("packs")
    };
    let post = async |more: &[(&str, &str)], body: Vec<u8>| {
        let answer = asking
            .ask(Method::POST, "/api/v1/records", Some(&token), more, body)
            .await;
        let status = answer.status();
        let problem: Value = answer.json().await.expect("a problem in our words");
        assert!(
            problem["title"]
                .as_str()
                .is_some_and(|title| !title.is_empty())
        );
        status
    };
    assert_eq!(
        post(&[], b"nonsense".to_vec()).await,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        post(&[("content-encoding", "gzip")], b"nonsense".to_vec()).await,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        post(&[("content-encoding", "gzip")], bomb).await,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    assert_eq!(
        post(&[], vec![b' '; 1024 * 1024]).await,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    assert_eq!(
        post(&[], batch(&loan, 1, 1..=501).to_string().into()).await,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    let wrong_method = asking
        .ask(
            Method::DELETE,
            "/api/v1/manifest",
            Some(&token),
            &[],
            vec![],
        )
        .await;
    assert_eq!(wrong_method.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_of_two_hundred_megabytes_is_refused_before_it_is_read() {
    let asking = Asking::new();
    let (token, loan) = asking.token().await;
    let part = bytes::Bytes::from(vec![b' '; 64 * 1024]);
    let parts = std::iter::repeat_n(part, 3_200).map(Ok::<_, std::io::Error>);
    let body = reqwest::Body::wrap_stream(futures_util::stream::iter(parts));
    let sent = asking
        .client
        .post(format!("{}/api/v1/records", asking.backend.address))
        .bearer_auth(&token)
        .body(body)
        .send()
        .await;
    // The answer may come while the rest is still being sent, and the connection may go with it.
    if let Ok(answer) = sent {
        assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    }
    let most = asking.backend.most_memory();
    assert!(most < 150 * 1024 * 1024, "the backend took {most} bytes");
    let answer = asking.send(&token, &batch(&loan, 1, 1..=3), true).await;
    assert_eq!(answer.status(), StatusCode::OK, "and goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn records_backwards_or_of_1970_or_of_2100_are_taken_and_those_of_others_are_not() {
    let asking = Asking::new();
    let (token, loan) = asking.token().await;
    let mut mixed = batch(&loan, 1, [6, 5, 4, 3, 2, 1]);
    mixed["records"][0]["happened_at"] = json!(0);
    mixed["records"][1]["happened_at"] = json!(4_102_444_800_000_i64);
    mixed["records"][2]["tablet"] = json!("6d9f3b0a-0000-4000-8000-00000000000f");
    let answer = asking.send(&token, &mixed, true).await;
    let answer: Value = answer.json().await.expect("JSON");
    assert_eq!(answer["acknowledged"], 6);
    let refused = &answer["refused"];
    assert_eq!(
        (refused[0]["position"].clone(), refused[1].clone()),
        (json!(2), json!(null))
    );
    assert_eq!(refused[0]["why"], "the record belongs to another tablet");
    // Figures of a day of the loan do not count them, and say so.
    asking.loans(&format!("{loan},,,2026,2026-09-01,,"));
    asking.kairan(&["close-days"]);
    let out = asking.server.path().join("report");
    let said = asking.kairan(&[
        "report",
        "--from",
        "2026-09-01",
        "--to",
        "2026-11-20",
        "--out",
        out.to_str().expect("text"),
    ]);
    assert!(
        said.contains("2 records bear a date outside their loan"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn records_from_after_the_end_of_a_loan_are_refused_with_the_reason() {
    let asking = Asking::new();
    let (token, loan) = asking.token().await;
    // The records are of 2026-09-21; the loan ended the day before, and then it did not.
    asking.loans(&format!("{loan},,,2026,2026-09-01,2026-09-20,returned"));
    let answer = asking.send(&token, &batch(&loan, 1, 1..=2), true).await;
    let answer: Value = answer.json().await.expect("JSON");
    assert_eq!(answer["acknowledged"], 2);
    let why = "its loan had ended before that day";
    assert_eq!(
        answer["refused"][1],
        json!({ "position": 1, "sequence": 2, "why": why })
    );
    asking.loans(&format!("{loan},,,2026,2026-09-01,2026-09-21,returned"));
    let answer = asking.send(&token, &batch(&loan, 1, 3..=3), true).await;
    let answer: Value = answer.json().await.expect("JSON");
    assert_eq!(answer, json!({ "acknowledged": 3 }));
}

/// The document is a promise to people who are not here: a change to it is a decision.
/// `KAIRAN_ACCEPT=1` writes the new one down.
#[tokio::test(flavor = "multi_thread")]
async fn the_api_is_documented_as_it_was_promised() {
    let asking = Asking::new();
    let served = asking
        .ask(Method::GET, "/api/openapi.json", None, &[], vec![])
        .await
        .text()
        .await
        .expect("text");
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/openapi.json");
    if std::env::var_os("KAIRAN_ACCEPT").is_some() {
        std::fs::write(&path, format!("{served}\n")).expect("writes");
    }
    let promised = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        served.trim(),
        promised.trim(),
        "the API changed; KAIRAN_ACCEPT=1 accepts it"
    );
}
