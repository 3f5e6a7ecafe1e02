//! What a resident asks the council for. It reaches the backend exactly once, whatever is switched
//! off in between, and with or without usage records.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{RequestForm, RequestId, ScreenName};

/// Something a resident asks for. Never changed once written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Request {
    /// Made by the tablet; the same id is the same request.
    pub id: RequestId,
    /// When it was made, by the tablet's clock: milliseconds since 1970-01-01 UTC.
    pub made_at: i64,
    /// What is asked for.
    #[serde(flatten)]
    pub what: RequestKind,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
// Its name in the API's document is a promise.
#[schema(as = Asked)]
#[expect(
    clippy::large_enum_variant,
    reason = "a tablet keeps a few dozen, and a backend takes in fifty at once"
)]
pub enum RequestKind {
    /// That a helper rings. Whom, the council's loan book says.
    CallBack {
        /// The screen from which it was asked: a warning is more pressing than a question.
        #[schema(value_type = String)]
        screen: ScreenName,
    },
    /// That somebody looks after the tablet: a helper beside it sends what it says of itself.
    Report {
        /// The program's version.
        version: String,
        /// The charge of the battery in per cent, if there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        battery_percent: Option<u8>,
        /// Whether it can speak.
        speaks: bool,
    },
    /// What a form asks a provider for.
    Form(RequestForm),
    /// That an earlier request is taken back, before it is confirmed.
    Withdraw {
        /// Which.
        request: RequestId,
    },
    /// That an earlier request is cancelled, after it was confirmed. Too late, it is asked, and a person decides.
    Cancel {
        /// Which.
        request: RequestId,
    },
    /// What the resident says to a proposal of the provider's.
    Proposal {
        /// Of which request.
        request: RequestId,
        /// Which proposal: the request's revision with which it came.
        revision: u32,
        /// それで いいです, or いいえ.
        accepts: bool,
    },
}

impl RequestKind {
    /// The earlier request that it is about, if it is about one.
    pub fn about(&self) -> Option<RequestId> {
        match self {
            Self::Withdraw { request }
            | Self::Cancel { request }
            | Self::Proposal { request, .. } => Some(*request),
            Self::Form(form) => form.mends,
            Self::CallBack { .. } | Self::Report { .. } => None,
        }
    }
}

/// Requests on their way to the backend.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RequestBatch {
    /// At most 50 requests. Each is judged by itself: one that cannot be read holds up no other.
    #[schema(value_type = Vec<Request>)]
    pub requests: Vec<serde_json::Value>,
}

impl RequestBatch {
    /// The greatest number of requests in one batch.
    pub const LIMIT: usize = 50;
    /// The greatest number of bytes of one request.
    pub const REQUEST_BYTES: usize = 32 * 1024;

    /// A batch of these.
    pub fn of(requests: &[Request]) -> Self {
        // Plain structs of texts and numbers: serde_json has no reason to refuse them.
        let written = |request| serde_json::to_value(request).unwrap_or_default();
        Self {
            requests: requests.iter().map(written).collect(),
        }
    }

    /// The requests that this version can read, and the places of the others.
    pub fn read(self) -> (Vec<Request>, Vec<u64>) {
        let (mut read, mut unread) = (Vec::new(), Vec::new());
        for (place, request) in (0..).zip(self.requests) {
            match serde_json::from_value(request) {
                Ok(request) => read.push(request),
                Err(_) => unread.push(place),
            }
        }
        (read, unread)
    }
}

/// What the backend has written down. A request it already had counts as well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RequestsReceived {
    /// The requests of the batch that stand in its database now, or are refused for good.
    pub received: Vec<RequestId>,
    /// Requests that this backend cannot read, each by its place in the batch, counted from 0. A newer one may: the
    /// tablet keeps them and tries again later.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<u64>,
}
