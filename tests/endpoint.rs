//! An endpoint of a provider's on the loopback: keeps every message that comes, and answers as it is told.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures_util::stream;

/// How it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answering {
    /// With this status.
    Status(u16),
    /// It sends the caller to an address that nobody should go to.
    Redirect,
    /// 200, and a body that never ends.
    Endless,
    /// Never.
    Never,
}

/// A message as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// `webhook-id`.
    pub id: String,
    /// `webhook-timestamp`.
    pub timestamp: String,
    /// `webhook-signature`.
    pub signature: String,
    /// Its bytes.
    pub body: String,
}

impl Message {
    /// Whether one of its signatures was made with this secret, as it is shown in the console.
    ///
    /// # Panics
    /// If the secret is none.
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let secret = secret.strip_prefix("whsec_").expect("a secret");
        let secret = STANDARD.decode(secret).expect("base64");
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &secret);
        let signed = format!("{}.{}.{}", self.id, self.timestamp, self.body);
        self.signature.split(' ').any(|signature| {
            let tag = signature.strip_prefix("v1,");
            let tag = tag.and_then(|tag| STANDARD.decode(tag).ok());
            tag.is_some_and(|tag| ring::hmac::verify(&key, signed.as_bytes(), &tag).is_ok())
        })
    }
}

#[derive(Clone)]
struct Kept {
    came: Arc<Mutex<Vec<Message>>>,
    answering: Arc<Mutex<Answering>>,
}

/// An endpoint; nobody listens any more when the runtime that it was started on ends.
pub struct Endpoint {
    /// Where.
    pub address: SocketAddr,
    kept: Kept,
}

impl Endpoint {
    /// One that answers so.
    ///
    /// # Panics
    /// If there is no free port.
    pub async fn start(answering: Answering) -> Self {
        let kept = Kept {
            came: Arc::default(),
            answering: Arc::new(Mutex::new(answering)),
        };
        let app = Router::new()
            .route("/hook", post(hear))
            .with_state(kept.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { address, kept }
    }

    /// Its address as it is written in the console.
    pub fn url(&self) -> String {
        format!("http://{}/hook", self.address)
    }

    /// Answers otherwise from now on.
    ///
    /// # Panics
    /// If a handler did.
    pub fn answer(&self, answering: Answering) {
        *self.kept.answering.lock().expect("not poisoned") = answering;
    }

    /// What has come so far.
    ///
    /// # Panics
    /// If a handler did.
    pub fn came(&self) -> Vec<Message> {
        self.kept.came.lock().expect("not poisoned").clone()
    }
}

async fn hear(State(kept): State<Kept>, headers: HeaderMap, body: Bytes) -> Response {
    let text = |name: &str| {
        let value = headers.get(name).and_then(|it| it.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let message = Message {
        id: text("webhook-id"),
        timestamp: text("webhook-timestamp"),
        signature: text("webhook-signature"),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    kept.came.lock().expect("not poisoned").push(message);
    let answering = *kept.answering.lock().expect("not poisoned");
    match answering {
        Answering::Status(status) => StatusCode::from_u16(status)
            .expect("a status")
            .into_response(),
        Answering::Redirect => {
            let to = "http://169.254.169.254/latest/meta-data/";
            (StatusCode::FOUND, [(header::LOCATION, to)]).into_response()
        }
        Answering::Endless => {
            let more = stream::unfold((), |()| async {
                tokio::time::sleep(Duration::from_millis(10)).await;
                Some((Ok::<_, std::io::Error>(Bytes::from_static(b"more")), ()))
            });
            Body::from_stream(more).into_response()
        }
        Answering::Never => std::future::pending().await,
    }
}
