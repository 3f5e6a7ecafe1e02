//! Japan's clock: nine hours before UTC, without summer time.

use jiff::{Timestamp, civil::Date, tz::Offset};

/// Japan's time.
pub const JAPAN: Offset = Offset::constant(9);

/// The calendar day in Japan.
pub fn day_in_japan(at: Timestamp) -> Date {
    JAPAN.to_datetime(at).date()
}
