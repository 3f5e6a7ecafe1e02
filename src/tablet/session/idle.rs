//! What happens when nobody touches the tablet: it says so, goes home, and at night shows a clock.
//! Pure.

use jiff::Timestamp;

use crate::dates::in_japan;

/// After so long without a touch the tablet says that it is about to go home …
pub const IDLE_MS: u64 = 3 * 60 * 1000;
/// … for so long.
pub const NOTICE_MS: u64 = 20 * 1000;

/// Whether somebody is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IdleState {
    /// Somebody is, or was until a moment ago.
    #[default]
    Awake,
    /// Nobody seems to be: the tablet says that it goes home.
    Prompting,
    /// It is night and nobody is there: a dim clock.
    Night,
}

/// Whether it is night: from nine in the evening until six.
pub fn is_night(now: Timestamp) -> bool {
    !(6..21).contains(&in_japan(now).hour())
}

/// What rest comes after `quiet_ms` without a touch. `away`: there is somewhere to go home from.
pub fn after(quiet_ms: u64, away: bool, now: Timestamp) -> IdleState {
    match quiet_ms {
        ..IDLE_MS => IdleState::Awake,
        IDLE_MS.. if away && quiet_ms < IDLE_MS + NOTICE_MS => IdleState::Prompting,
        _ if is_night(now) => IdleState::Night,
        _ => IdleState::Awake,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tablet_asks_after_three_minutes_and_sleeps_at_night() {
        let day: Timestamp = "2026-11-22T06:24:00Z".parse().expect("a time");
        let night: Timestamp = "2026-11-22T12:30:00Z".parse().expect("a time");
        for (quiet_ms, away, now, expected) in [
            (179_999, true, day, IdleState::Awake),
            (180_000, true, day, IdleState::Prompting),
            (199_999, true, night, IdleState::Prompting),
            (200_000, true, day, IdleState::Awake),
            (200_000, true, night, IdleState::Night),
            (180_000, false, day, IdleState::Awake),
            (180_000, false, night, IdleState::Night),
            (1_000, false, night, IdleState::Awake),
        ] {
            assert_eq!(after(quiet_ms, away, now), expected, "{quiet_ms} {away}");
        }
    }
}
