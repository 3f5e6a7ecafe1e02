//! What a round remembers of its source, and when it asks next. Pure.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use kairan_sources::{
    fetch::Validators,
    japan::day_in_japan,
    source::{ContentSource, Location, SourceKind},
};

use super::queries::KeptContent;

/// The first wait after a failure; it doubles up to the source's own pace.
pub(super) const FIRST_RETRY: Duration = Duration::from_secs(30);
/// After so many failures in a row, tablets say how old the content is.
const FAILURES_TOLD: u32 = 3;
/// What was kept through a stop is called old when nobody has confirmed it for so long, and for two
/// rounds of its source.
const STALE_AFTER: SignedDuration = SignedDuration::from_mins(30);
/// A warning that could not be confirmed for so long is worse than none, so it says since when.
const WARNINGS_STALE_AFTER: SignedDuration = SignedDuration::from_mins(15);
/// A source that asks for so much peace will not answer soon.
const LONG_WAIT: Duration = Duration::from_hours(1);
/// The longest peace that a source of warnings gets.
const WARNINGS_LONGEST_WAIT: Duration = Duration::from_mins(5);
/// Two clocks may differ by so much.
pub(super) const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(5);
/// The longest that a file is left alone that cannot be used and does not change.
const LONGEST_PATIENCE: Duration = Duration::from_mins(30);
/// How often a file beside the catalogue is looked at.
pub(super) const FILE_PACE: Duration = Duration::from_secs(2);

/// What a round remembers from one question to the next.
pub(super) struct Round {
    pub(super) kept: Option<KeptContent>,
    pub(super) failures: u32,
    /// For how long the source asked to be left alone.
    pub(super) wait: Duration,
    /// How often in a row a question brought nothing, or not everything.
    pub(super) tries: u32,
}

impl Round {
    /// What the source is told of what is here. What was read on another day and depends on the day
    /// is read again, whether or not it changed: yesterday's departures are of no use.
    pub(super) fn validators(&self, source: &ContentSource, now: Timestamp) -> Validators {
        let depends_on_the_day = matches!(
            source.kind,
            SourceKind::Events { .. } | SourceKind::Timetable { .. } | SourceKind::Warnings { .. }
        );
        // That a document of warnings has not changed says nothing of its age, so that is looked at.
        let is_warning = matches!(source.kind, SourceKind::Warnings { .. });
        let half_hour = |at: Timestamp| at.as_second().div_euclid(30 * 60);
        self.kept
            .as_ref()
            .filter(|kept| {
                !depends_on_the_day || day_in_japan(kept.confirmed_at) == day_in_japan(now)
            })
            .filter(|kept| !is_warning || half_hour(kept.confirmed_at) == half_hour(now))
            .map(|kept| kept.validators.clone())
            .unwrap_or_default()
    }
}

/// How long a file is left alone that is as it was. One that cannot be used, or names a picture that
/// does not come, is not read, and the picture's server not asked, every two seconds for ever.
pub(super) fn patience(tries: u32) -> Duration {
    match tries {
        0..=3 => FILE_PACE,
        more => LONGEST_PATIENCE.min(FIRST_RETRY.saturating_mul(1 << (more - 4).min(10))),
    }
}

/// Whether tablets hear that content could not be refreshed. One question that was not answered is
/// no news; a source that asks for hours of peace will not answer soon.
pub(super) fn is_told(kind: &SourceKind, state: &Round, age: SignedDuration) -> bool {
    match kind {
        SourceKind::Warnings { .. } => age >= WARNINGS_STALE_AFTER || age < -CLOCKS_DIFFER,
        _ => state.failures >= FAILURES_TOLD || state.wait >= LONG_WAIT,
    }
}

/// For how long a source is left alone that asks for it. Warnings are looked for again soon: while
/// nobody looks, nobody can say that they are old.
pub(super) fn granted(kind: &SourceKind, asked: Duration) -> Duration {
    match kind {
        SourceKind::Warnings { .. } => asked.min(WARNINGS_LONGEST_WAIT),
        _ => asked,
    }
}

/// For how long content may go unconfirmed before it is called old.
pub(super) fn stale_after(source: &ContentSource) -> SignedDuration {
    if matches!(source.kind, SourceKind::Warnings { .. }) {
        return WARNINGS_STALE_AFTER;
    }
    let two_rounds = SignedDuration::try_from(pace(source) * 2);
    STALE_AFTER.max(two_rounds.unwrap_or(STALE_AFTER))
}

/// How long a source is left in peace while all is well.
pub(super) fn pace(source: &ContentSource) -> Duration {
    match source.location {
        Location::Web(_) => Duration::from_secs(u64::from(source.every_minutes) * 60),
        Location::File(_) => FILE_PACE,
    }
}

/// How long to wait before the next question. `chance` spreads the questions of many backends.
pub(super) fn pause(source: &ContentSource, failures: u32, chance: u32) -> Duration {
    let pace = pace(source);
    let pause = match failures {
        0 => pace,
        n => pace.min(FIRST_RETRY.saturating_mul(1 << (n - 1).min(10))),
    };
    // Between nine and eleven tenths.
    pause.mul_f64(0.9 + 0.2 * f64::from(chance) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use kairan_contract::Sha256;
    use url::Url;

    use super::*;
    use kairan_sources::source::Access;

    #[test]
    fn warnings_say_after_fifteen_minutes_how_old_they_are_and_others_after_three_failures() {
        let warnings = SourceKind::Warnings {
            area: "9920100".to_owned(),
        };
        let round = |failures, wait| Round {
            kept: None,
            failures,
            wait: Duration::from_secs(wait),
            tries: 0,
        };
        let minutes = SignedDuration::from_mins;
        for (kind, failures, wait, age, expected) in [
            (&warnings, 20, 0, 14, false),
            (&warnings, 1, 0, 15, true),
            (&SourceKind::Page, 2, 0, 600, false),
            (&SourceKind::Page, 3, 0, 1, true),
            (&SourceKind::Page, 1, 3600, 1, true),
        ] {
            assert_eq!(
                is_told(kind, &round(failures, wait), minutes(age)),
                expected,
                "{kind:?} {failures} {wait} {age}"
            );
        }
        assert_eq!(granted(&warnings, LONG_WAIT).as_secs(), 300);
        assert_eq!(granted(&SourceKind::Page, LONG_WAIT), LONG_WAIT);
    }

    #[test]
    fn what_depends_on_the_day_is_read_anew_on_another_day() {
        let kept = KeptContent {
            reference: serde_json::from_value(serde_json::json!({
                "kind": "page", "freshness": { "state": "current" },
                "blob": { "sha256": Sha256::of(b"").to_string(), "bytes": 0 }
            }))
            .expect("a reference"),
            validators: Validators {
                etag: Some("x".to_owned()),
                last_modified: None,
            },
            confirmed_at: "2026-11-23T14:00:00Z".parse().expect("a time"),
        };
        let round = Round {
            kept: Some(kept),
            failures: 0,
            wait: Duration::ZERO,
            tries: 0,
        };
        let asked = |kind: SourceKind, now: &str| {
            let source = ContentSource {
                location: Location::File("x".into()),
                every_minutes: 30,
                access: Access::default(),
                kind,
                near_name: None,
            };
            let now = now.parse().expect("a time");
            round.validators(&source, now).etag.is_some()
        };
        let events = || SourceKind::Events {
            columns: std::collections::BTreeMap::new(),
        };
        // In Japan the day ends at three in the afternoon of UTC.
        assert!(asked(events(), "2026-11-23T14:59:00Z"));
        assert!(!asked(events(), "2026-11-23T15:00:00Z"));
        assert!(asked(SourceKind::Page, "2026-11-23T15:00:00Z"));
    }

    #[test]
    fn a_file_that_cannot_be_used_is_read_again_ever_more_seldom() {
        let seconds: Vec<u64> = [0, 1, 3, 4, 5, 20, u32::MAX]
            .into_iter()
            .map(|tries| patience(tries).as_secs())
            .collect();
        assert_eq!(seconds, [2, 2, 2, 30, 60, 1800, 1800]);
    }

    #[test]
    fn failures_make_the_pause_longer_up_to_the_pace() {
        let url = Url::parse("https://www.hidamari.example/feed").expect("a URL");
        let source = ContentSource {
            location: Location::Web(url),
            every_minutes: 30,
            access: Access::default(),
            kind: SourceKind::Page,
            near_name: None,
        };
        let seconds = |failures| {
            pause(&source, failures, u32::MAX / 2)
                .as_millis()
                .div_ceil(1000)
        };
        for (failures, expected) in [(0, 1800), (1, 30), (2, 60), (6, 960), (99, 1800)] {
            assert_eq!(seconds(failures), expected);
        }
        assert!(pause(&source, 0, 0) >= Duration::from_secs(1619));
        assert!(pause(&source, 0, u32::MAX) <= Duration::from_secs(1981));
    }
}
