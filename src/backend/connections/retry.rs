//! When a webhook that was not taken is tried again: the times of Standard Webhooks 1.0, each a little later so that
//! many do not come at once, and later where the other side asks for that. Pure.

use jiff::{SignedDuration, Timestamp};

/// The waits between two attempts: about three days in all.
const WAITS: [SignedDuration; 9] = [
    SignedDuration::from_secs(5),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(30),
    SignedDuration::from_hours(2),
    SignedDuration::from_hours(5),
    SignedDuration::from_hours(10),
    SignedDuration::from_hours(14),
    SignedDuration::from_hours(20),
    SignedDuration::from_hours(24),
];
/// The longest peace that an endpoint may ask for.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(24);

/// What an endpoint said to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// It has it: 2xx.
    Taken,
    /// It wants no more of them: 410.
    Gone,
    /// It has much to do: 429, 502 or 504, and perhaps says when to come again.
    Busy(Option<SignedDuration>),
    /// Anything else: another status, a redirect, silence.
    NotTaken,
}

impl Said {
    /// What a status says; `retry_after` is that header, if it could be read.
    pub fn of(status: u16, retry_after: Option<SignedDuration>) -> Self {
        match status {
            200..=299 => Self::Taken,
            410 => Self::Gone,
            429 | 502 | 503 | 504 => Self::Busy(retry_after),
            _ => Self::NotTaken,
        }
    }
}

/// What is done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nothing: it has arrived.
    Done,
    /// It is tried again then.
    At(Timestamp),
    /// It is not tried again.
    GivenUp,
    /// It is not tried again, and no other is sent there until somebody says so.
    Disable,
}

/// What is done after the attempt with this number, counted from 1. `jitter` is 0 to 1.
pub fn next(said: Said, attempt: u32, now: Timestamp, jitter: f64) -> Next {
    let asked = match said {
        Said::Taken => return Next::Done,
        Said::Gone => return Next::Disable,
        Said::Busy(asked) => asked,
        Said::NotTaken => None,
    };
    let place = usize::try_from(attempt.saturating_sub(1)).unwrap_or(usize::MAX);
    let Some(wait) = WAITS.get(place) else {
        return Next::GivenUp;
    };
    let wait = wait.mul_f64(1.0 + jitter.clamp(0.0, 1.0) / 5.0);
    let wait = wait.max(asked.unwrap_or_default().min(LONGEST_WAIT));
    now.checked_add(wait).map_or(Next::GivenUp, Next::At)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        Timestamp::from_second(1_790_000_000).expect("a time")
    }

    #[test]
    fn it_is_tried_ten_times_over_three_days() {
        let (mut at, mut attempts) = (now(), 1);
        while let Next::At(again) = next(Said::NotTaken, attempts, at, 0.0) {
            (at, attempts) = (again, attempts + 1);
        }
        assert_eq!(attempts, 10);
        assert_eq!(at.duration_since(now()).as_mins(), 75 * 60 + 35);
        assert_eq!(next(Said::NotTaken, u32::MAX, at, 0.0), Next::GivenUp);
    }

    #[test]
    fn what_an_endpoint_says_is_heard() {
        let after = |seconds| Some(SignedDuration::from_secs(seconds));
        let at = |seconds| Next::At(now() + SignedDuration::from_secs(seconds));
        for (said, expected) in [
            (Said::of(200, None), Next::Done),
            (Said::of(204, None), Next::Done),
            (Said::of(302, None), at(5)),
            (Said::of(400, None), at(5)),
            (Said::of(500, None), at(5)),
            (Said::of(410, None), Next::Disable),
            (Said::of(429, after(60)), at(60)),
            (Said::of(503, None), at(5)),
            (Said::of(429, after(1_000_000)), at(24 * 3_600)),
        ] {
            assert_eq!(next(said, 1, now(), 0.0), expected, "{said:?}");
        }
    }
}
