//! How a request of a tablet is refused, and the backend's clock on every answer.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::{SignedDuration, Timestamp};
use kairan_contract::Problem;

use crate::database::DatabaseError;

/// The backend's clock in milliseconds since 1970 UTC, on every answer of the tablets' API.
pub const TIME_HEADER: &str = "kairan-time";

/// The value of [`TIME_HEADER`] now.
pub fn time_now() -> HeaderValue {
    HeaderValue::from(Timestamp::now().as_millisecond())
}

/// Why a request is not answered. Nothing of our inside is told.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// No tablet shows this token.
    #[error("no tablet is known by this token; enrol the tablet again with a new code")]
    UnknownTablet,
    /// The code opens nothing.
    #[error("this code is not valid; ask the helper for a new one")]
    CodeNotValid,
    /// Too many codes were tried.
    #[error("too many codes were tried from here; wait {} min and try again", minutes(*.0))]
    TooManyGuesses(SignedDuration),
    /// As many tablets listen as can.
    #[error(
        "as many tablets listen as can at once; ask for the manifest once a minute, and come back later"
    )]
    NoPlaceToListen,
    /// There is nothing here.
    #[error("there is nothing at this address; fetch the manifest again")]
    NotFound,
    /// The address takes other methods.
    #[error("this address takes another method; see /api/openapi.json")]
    WrongMethod,
    /// The body is too large.
    #[error("this is too much at once; send less")]
    TooLarge,
    /// The body cannot be read.
    #[error("the request cannot be read: {0}")]
    Unreadable(String),
    /// The database is busy, full or gone.
    #[error("nothing was taken; try again later")]
    NotNow,
}

impl From<DatabaseError> for Refusal {
    fn from(error: DatabaseError) -> Self {
        tracing::error!(%error, "a request found the database unable");
        Self::NotNow
    }
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::UnknownTablet => StatusCode::UNAUTHORIZED,
            Self::CodeNotValid => StatusCode::FORBIDDEN,
            Self::TooManyGuesses(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unreadable(_) => StatusCode::BAD_REQUEST,
            Self::NotNow | Self::NoPlaceToListen => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = self.status();
        let problem = Problem {
            title: self.to_string(),
            status: status.as_u16(),
        };
        let mut response = (status, Json(problem)).into_response();
        if let Self::TooManyGuesses(wait) = self {
            let seconds = HeaderValue::from(wait.as_secs().max(1));
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}

/// A wait in minutes, rounded up.
pub fn minutes(wait: SignedDuration) -> i64 {
    wait.as_secs().div_euclid(60) + 1
}
