//! The tablets' API as functions: one request each, with bounds on bytes and time.

use std::{io::Write as _, sync::Arc, time::Duration};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use jiff::Timestamp;
use kairan_contract::{
    Acknowledgement, Enrolled, EnrolmentCode, EnrolmentRequest, Manifest, RecordBatch, Request,
    RequestAnswers, RequestBatch, RequestsReceived, Sha256, TabletId, TabletStatus, WipeReport,
    WipeState,
};
use reqwest::{Response, StatusCode, header};
use url::{Host, Url};

use crate::{
    clock::CouncilTime,
    journal::Outgoing,
    library::{BLOB_LIMIT, MANIFEST_LIMIT},
    uptime::{Clocks, Uptime},
};

/// How long an answer may take, to its last byte.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a blob may take while its bytes keep coming.
pub(super) const BLOB_PATIENCE: Duration = Duration::from_mins(15);
/// Bytes of a small answer.
const SMALL: u64 = 64 * 1024;
/// Bytes of an answer that tells of fifty requests.
const ANSWERS_LIMIT: u64 = 2 * 1024 * 1024;

/// Why a question to the backend has no answer.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// No network, no backend, or one that is too slow.
    #[error("the backend cannot be reached: {0}")]
    Unreachable(#[from] reqwest::Error),
    /// The backend does not know this tablet.
    #[error("the backend does not know this tablet")]
    Unauthorized,
    /// The code opens nothing.
    #[error("the code is not valid")]
    InvalidCode,
    /// Too many codes were tried.
    #[error("too many codes were tried")]
    TooManyAttempts,
    /// An answer that makes no sense: another program, or a captive portal.
    #[error("the backend answers nonsense: {0}")]
    InvalidResponse(String),
    /// What it sends is larger than anything of ours.
    #[error("the backend sends more than {0} bytes")]
    TooLarge(u64),
    /// It does not have what was asked for.
    #[error("the backend does not have it")]
    NotFound,
    /// It will not take what it was sent, however often that comes.
    #[error("the backend does not take what it was sent: it answered {0}")]
    Refused(StatusCode),
    /// The address is none that a tablet may talk to.
    #[error("{0}")]
    Address(&'static str),
}

/// What the backend answered, and what its clock showed.
#[derive(Debug)]
pub struct Stamped<T> {
    /// The answer.
    pub answer: T,
    /// The backend's time, where it says so.
    pub time: Option<CouncilTime>,
}

/// A manifest as it arrived.
#[derive(Debug)]
pub enum ManifestAnswer {
    /// The tablet is current.
    NotModified,
    /// Another one.
    Manifest {
        /// What it says.
        manifest: Box<Manifest>,
        /// Under which name to ask for it again.
        etag: String,
    },
}

/// Talks to one backend.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    clocks: Arc<dyn Clocks>,
}

impl Client {
    /// A client for the backend at `base`. Plain HTTP only to this machine itself.
    pub fn new(base: &Url, clocks: Arc<dyn Clocks>) -> Result<Self, LinkError> {
        let is_loopback = match base.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => {
                return Err(LinkError::Address(
                    "the backend's address names no host — write https://HOST",
                ));
            }
        };
        if base.scheme() != "https" && !(base.scheme() == "http" && is_loopback) {
            return Err(LinkError::Address(
                "the backend's address must begin with https:// — only http://127.0.0.1 may do without",
            ));
        }
        // One provider of cryptography for the whole program; a second call changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .user_agent(concat!("Kairan-tablet/", env!("CARGO_PKG_VERSION")))
            .timeout(PATIENCE)
            .read_timeout(PATIENCE)
            .connect_timeout(Duration::from_secs(10))
            // A backend never redirects; what does is a captive portal.
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self {
            http,
            base: base.clone(),
            clocks,
        })
    }

    /// Asks to be let in.
    pub async fn enrol(
        &self,
        code: &EnrolmentCode,
        tablet: TabletId,
    ) -> Result<Enrolled, LinkError> {
        let request = EnrolmentRequest {
            code: code.clone(),
            tablet,
        };
        let response = self
            .http
            .post(self.address("enrolment"))
            .json(&request)
            .send()
            .await?;
        match response.status() {
            StatusCode::OK => from_json(&body(response, SMALL).await?),
            StatusCode::FORBIDDEN => Err(LinkError::InvalidCode),
            StatusCode::TOO_MANY_REQUESTS => Err(LinkError::TooManyAttempts),
            status => Err(LinkError::InvalidResponse(format!("it answered {status}"))),
        }
    }

    /// The manifest, if it is another than the one named `etag`.
    pub async fn manifest(
        &self,
        token: &str,
        etag: Option<&str>,
    ) -> Result<Stamped<ManifestAnswer>, LinkError> {
        let mut request = self
            .http
            .get(self.address("manifest"))
            .bearer_auth(token)
            .header(header::ACCEPT_ENCODING, "gzip");
        if let Some(etag) = etag {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        let asked = self.clocks.read().uptime;
        let response = request.send().await?;
        let time = council_time(&response, asked, self.clocks.read().uptime);
        match response.status() {
            StatusCode::NOT_MODIFIED => Ok(Stamped {
                answer: ManifestAnswer::NotModified,
                time,
            }),
            StatusCode::OK => {
                let etag = response
                    .headers()
                    .get(header::ETAG)
                    .and_then(|etag| etag.to_str().ok())
                    .ok_or_else(|| {
                        LinkError::InvalidResponse("a manifest without an ETag".to_owned())
                    })?
                    .to_owned();
                let manifest = from_json(&body(response, MANIFEST_LIMIT).await?)?;
                Ok(Stamped {
                    answer: ManifestAnswer::Manifest { manifest, etag },
                    time,
                })
            }
            status => Err(refusal(status)),
        }
    }

    /// The stream on which the backend tells of changes.
    pub async fn changes(&self, token: &str) -> Result<Response, LinkError> {
        let response = self
            .http
            .get(self.address("changes"))
            .bearer_auth(token)
            .header(header::ACCEPT, "text/event-stream")
            // It never ends; silence is watched for by who listens.
            .timeout(Duration::from_hours(24))
            .send()
            .await?;
        let kind = response.headers().get(header::CONTENT_TYPE);
        let is_stream = kind
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| kind.starts_with("text/event-stream"));
        match response.status() {
            StatusCode::OK if is_stream => Ok(response),
            StatusCode::OK => Err(LinkError::InvalidResponse("no stream of events".to_owned())),
            status => Err(refusal(status)),
        }
    }

    /// The bytes of a blob; whether they bear its hash is the library's question.
    pub async fn blob(&self, token: &str, sha256: Sha256) -> Result<Vec<u8>, LinkError> {
        let response = self
            .http
            .get(self.address(&format!("blobs/{sha256}")))
            .bearer_auth(token)
            // A sound takes minutes on a slow line, and must not begin anew each time.
            .timeout(BLOB_PATIENCE)
            .header(header::ACCEPT_ENCODING, "gzip")
            .send()
            .await?;
        match response.status() {
            StatusCode::OK => body(response, BLOB_LIMIT).await,
            StatusCode::NOT_FOUND => Err(LinkError::NotFound),
            status => Err(refusal(status)),
        }
    }

    /// Sends records, packed.
    pub async fn upload(
        &self,
        token: &str,
        outgoing: Outgoing,
    ) -> Result<Acknowledgement, LinkError> {
        let nonsense =
            |error: &dyn std::fmt::Display| LinkError::InvalidResponse(error.to_string());
        let batch = RecordBatch {
            held_from: outgoing.held_from,
            records: outgoing.records,
        };
        let json = serde_json::to_vec(&batch).map_err(|error| nonsense(&error))?;
        let mut packer = GzEncoder::new(Vec::new(), Compression::default());
        let packed = packer
            .write_all(&json)
            .and_then(|()| packer.finish())
            .map_err(|error| nonsense(&error))?;
        let response = self
            .http
            .post(self.address("records"))
            .bearer_auth(token)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::CONTENT_ENCODING, "gzip")
            .body(packed)
            .send()
            .await?;
        match response.status() {
            StatusCode::OK => from_json(&body(response, SMALL).await?),
            status => Err(refusal(status)),
        }
    }

    /// Sends requests, and says which of them the backend has now.
    pub async fn send_requests(
        &self,
        token: &str,
        requests: Vec<Request>,
    ) -> Result<RequestsReceived, LinkError> {
        let response = self
            .http
            .post(self.address("requests"))
            .bearer_auth(token)
            .json(&RequestBatch::of(&requests))
            .send()
            .await?;
        match response.status() {
            StatusCode::OK => from_json(&body(response, SMALL).await?),
            status => Err(refusal(status)),
        }
    }

    /// What became of what this loan asked for, since `revision`.
    pub async fn answers(&self, token: &str, revision: u64) -> Result<RequestAnswers, LinkError> {
        let mut address = self.address("answers");
        address
            .query_pairs_mut()
            .append_pair("since", &revision.to_string());
        let response = self
            .http
            .get(address)
            .bearer_auth(token)
            .header(header::ACCEPT_ENCODING, "gzip")
            .send()
            .await?;
        match response.status() {
            StatusCode::OK => from_json(&body(response, ANSWERS_LIMIT).await?),
            // A backend that is older than this tablet.
            StatusCode::NOT_FOUND => Err(LinkError::NotFound),
            status => Err(refusal(status)),
        }
    }

    /// Says what this tablet has to say of itself.
    pub async fn report_status(&self, token: &str, status: &TabletStatus) -> Result<(), LinkError> {
        let response = self
            .http
            .post(self.address("status"))
            .bearer_auth(token)
            .json(status)
            .send()
            .await?;
        match response.status() {
            StatusCode::NO_CONTENT => Ok(()),
            status => Err(refusal(status)),
        }
    }

    /// Says how far this tablet is with forgetting its loan.
    pub async fn report_wipe(&self, token: &str, state: WipeState) -> Result<(), LinkError> {
        let response = self
            .http
            .post(self.address("wipe"))
            .bearer_auth(token)
            .json(&WipeReport { state })
            .send()
            .await?;
        match response.status() {
            StatusCode::NO_CONTENT => Ok(()),
            status => Err(refusal(status)),
        }
    }

    fn address(&self, path: &str) -> Url {
        let mut address = self.base.clone();
        let base = address.path().trim_end_matches('/').to_owned();
        address.set_path(&format!("{base}/api/v1/{path}"));
        address
    }
}

fn refusal(status: StatusCode) -> LinkError {
    match status {
        StatusCode::UNAUTHORIZED => LinkError::Unauthorized,
        StatusCode::BAD_REQUEST
        | StatusCode::PAYLOAD_TOO_LARGE
        | StatusCode::UNPROCESSABLE_ENTITY => LinkError::Refused(status),
        status => LinkError::InvalidResponse(format!("it answered {status}")),
    }
}

fn from_json<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<T, LinkError> {
    serde_json::from_slice(bytes).map_err(|error| LinkError::InvalidResponse(error.to_string()))
}

/// The body of an answer, unpacked, of at most `limit` bytes.
async fn body(mut response: Response, limit: u64) -> Result<Vec<u8>, LinkError> {
    use std::io::Read as _;
    let too_large = || LinkError::TooLarge(limit);
    let is_packed = response
        .headers()
        .get(header::CONTENT_ENCODING)
        .is_some_and(|coding| coding == "gzip");
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if (bytes.len() + chunk.len()) as u64 > limit {
            return Err(too_large());
        }
        bytes.extend_from_slice(&chunk);
    }
    if !is_packed {
        return Ok(bytes);
    }
    let mut unpacked = Vec::new();
    GzDecoder::new(bytes.as_slice())
        .take(limit + 1)
        .read_to_end(&mut unpacked)
        .map_err(|error| LinkError::InvalidResponse(error.to_string()))?;
    if unpacked.len() as u64 > limit {
        Err(too_large())
    } else {
        Ok(unpacked)
    }
}

/// When the backend stamped its answer, somewhere between our question and now.
fn council_time(response: &Response, asked: Uptime, answered: Uptime) -> Option<CouncilTime> {
    let stamp = response.headers().get("kairan-time")?.to_str().ok()?;
    Some(CouncilTime {
        stamped: Timestamp::from_millisecond(stamp.parse().ok()?).ok()?,
        asked,
        answered,
    })
}
