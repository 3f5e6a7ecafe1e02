//! Whether a forecast is of today, and what is said of one that is not.

use jiff::Timestamp;
use kairan_contract::{Language, Weather};
use kairan_text::tr;

use crate::dates::{in_japan, moment};

/// A forecast older than this is said to be old.
const OLD_HOURS: i64 = 24;
/// A forecast from so far ahead of this tablet's clock means that the clock is slow.
const AHEAD_HOURS: i64 = 3;

/// What is said of a forecast that is not of today.
pub fn age_in_words(weather: &Weather, now: Timestamp, language: Language) -> Option<String> {
    has_aged(weather, now).then(|| {
        let at = moment(language, weather.reported_at, in_japan(now).date());
        tr!(language, "{at}の 古い予報です", at)
    })
}

/// Whether a forecast is not of today. With a slow clock nothing says that it is.
pub fn has_aged(weather: &Weather, now: Timestamp) -> bool {
    let hours = now.duration_since(weather.reported_at).as_hours();
    hours >= OLD_HOURS || hours <= -AHEAD_HOURS
}
