//! The backend's clock on every answer of the tablets' API.

use axum::http::HeaderValue;
use jiff::Timestamp;

/// The backend's clock in milliseconds since 1970 UTC, on every answer of the tablets' API.
pub const TIME_HEADER: &str = "kairan-time";

/// The value of [`TIME_HEADER`] now.
pub fn time_now() -> HeaderValue {
    HeaderValue::from(Timestamp::now().as_millisecond())
}
