//! A tablet that orders from a real backend, without its face: what it is shown, what it sends, and what it is told.

use std::time::{Duration, Instant};

use kairan_contract::{Content, Form, Manifest, RequestAnswer, RequestAnswers};
use kairan_tests::programs::Backend;
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use uuid::Uuid;

/// How long anything may take before it is broken.
const PATIENCE: Duration = Duration::from_mins(1);

/// A tablet that is enrolled.
pub struct OrderingTablet {
    client: Client,
    address: String,
    token: String,
    /// Its loan.
    pub participation: String,
}

/// Events as they come.
pub struct Stream {
    response: Response,
    text: String,
}

impl OrderingTablet {
    /// Enrols one.
    pub async fn enrol(backend: &Backend) -> Self {
        Self::enrol_with(backend, &backend.enrolment_code()).await
    }

    /// Enrols one with a code.
    pub async fn enrol_with(backend: &Backend, code: &str) -> Self {
        let client = kairan_tests::http_client();
        let body = json!({ "code": code, "tablet": Uuid::new_v4() });
        let answer = client
            .post(format!("{}/api/v1/enrolment", backend.address))
            .header("content-type", "application/json")
            .body(body.to_string())
            .send()
            .await
            .expect("answers");
        assert_eq!(answer.status(), StatusCode::OK);
        let answer: Value = answer.json().await.expect("JSON");
        let text = |key: &str| answer[key].as_str().expect("a text").to_owned();
        Self {
            client,
            address: backend.address.clone(),
            token: text("token"),
            participation: text("participation"),
        }
    }

    /// The same tablet before another server.
    pub fn at(&self, backend: &Backend) -> Self {
        Self {
            client: self.client.clone(),
            address: backend.address.clone(),
            token: self.token.clone(),
            participation: self.participation.clone(),
        }
    }

    async fn get(&self, path: &str) -> Response {
        let asked = self.client.get(format!("{}{path}", self.address));
        let answer = asked.bearer_auth(&self.token).send().await;
        answer.expect("answers")
    }

    /// The form that it is shown, and the version of it.
    pub async fn form(&self) -> (String, Form) {
        let began = Instant::now();
        loop {
            let manifest: Manifest = self
                .get("/api/v1/manifest")
                .await
                .json()
                .await
                .expect("JSON");
            let mut tiles = manifest.services.iter();
            let tile = tiles.find(|it| it.service.id.as_str() == "shopping");
            if let Some(content) = tile.and_then(|it| it.content.as_ref()) {
                let sha256 = content.blob.sha256.to_string();
                let blob = self.get(&format!("/api/v1/blobs/{sha256}")).await;
                let content = blob.json().await.expect("a content");
                let Content::Form(form) = content else {
                    panic!("a form")
                };
                return (sha256, form);
            }
            assert!(began.elapsed() < PATIENCE, "nothing is on offer");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The version of the form, and a window far enough ahead.
    pub async fn offer(&self) -> (String, String) {
        let (version, form) = self.form().await;
        let last = form.windows.last().expect("windows");
        (version, last.id.to_string())
    }

    /// Sends; gives what the backend says.
    pub async fn send(&self, messages: &[Value]) -> Value {
        let answer = self
            .client
            .post(format!("{}/api/v1/requests", self.address))
            .bearer_auth(&self.token)
            .header("content-type", "application/json")
            .body(json!({ "requests": messages }).to_string())
            .send()
            .await
            .expect("answers");
        assert_eq!(answer.status(), StatusCode::OK);
        answer.json().await.expect("JSON")
    }

    /// What has become of its loan's requests since a revision.
    pub async fn answers(&self, since: u64) -> RequestAnswers {
        let answer = self.get(&format!("/api/v1/answers?since={since}")).await;
        assert_eq!(answer.status(), StatusCode::OK);
        answer.json().await.expect("answers")
    }

    /// How one of them stands.
    pub async fn answer(&self, order: Uuid) -> RequestAnswer {
        let told = self.answers(0).await.answers.into_iter();
        let mut found = told.filter(|it| it.request.0 == order);
        found.next().expect("is told")
    }

    /// Listens to changes.
    pub async fn listen(&self) -> Stream {
        let response = self.get("/api/v1/changes").await;
        assert_eq!(response.status(), StatusCode::OK);
        Stream {
            response,
            text: String::new(),
        }
    }
}

impl Stream {
    /// Waits until it is told of answers up to a revision above this; gives the revision.
    pub async fn answers_above(&mut self, known: u64) -> u64 {
        let told = async {
            loop {
                while let Some((event, rest)) = self.text.split_once("\n\n") {
                    let (event, rest) = (event.to_owned(), rest.to_owned());
                    self.text = rest;
                    let line = |name: &str| event.lines().find_map(|it| it.strip_prefix(name));
                    if line("event: ") == Some("answers") {
                        let revision = line("data: ").and_then(|it| it.parse().ok());
                        let revision: u64 = revision.expect("a revision");
                        if revision > known {
                            return revision;
                        }
                    }
                }
                let chunk = self.response.chunk().await.expect("goes on");
                let chunk = chunk.expect("does not end");
                self.text.push_str(&String::from_utf8_lossy(&chunk));
            }
        };
        let told = tokio::time::timeout(PATIENCE, told).await;
        told.expect("is told")
    }
}
