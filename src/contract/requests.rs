//! What a resident asks the council for. It reaches the backend exactly once, whatever is switched
//! off in between, and with or without usage records.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{RequestId, ScreenName};

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
}

/// Requests on their way to the backend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RequestBatch {
    /// At most 50 requests.
    pub requests: Vec<Request>,
}

impl RequestBatch {
    /// The greatest number of requests in one batch.
    pub const LIMIT: usize = 50;
}

/// What the backend has written down. A request it already had counts as well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RequestsReceived {
    /// The requests of the batch that stand in its database now.
    pub received: Vec<RequestId>,
}
