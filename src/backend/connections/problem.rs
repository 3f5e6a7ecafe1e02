//! How a request of a provider's machine is refused: problem details (RFC 9457).

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kairan_contract::Problem;

use crate::database::DatabaseError;

/// Why a request is not answered. Nothing of our inside is told.
#[derive(Debug, thiserror::Error)]
pub enum ProviderProblem {
    /// No connection shows this token.
    #[error("no connection is known by this token; make a new one in the console")]
    UnknownToken,
    /// The database is busy, full or gone.
    #[error("nothing was done; try again later")]
    NotNow,
}

impl From<DatabaseError> for ProviderProblem {
    fn from(error: DatabaseError) -> Self {
        tracing::error!(%error, "a provider's machine found the database unable");
        Self::NotNow
    }
}

impl IntoResponse for ProviderProblem {
    fn into_response(self) -> Response {
        let status = match self {
            Self::UnknownToken => StatusCode::UNAUTHORIZED,
            Self::NotNow => StatusCode::SERVICE_UNAVAILABLE,
        };
        let problem = Problem {
            title: self.to_string(),
            status: status.as_u16(),
        };
        let mut response = (status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
