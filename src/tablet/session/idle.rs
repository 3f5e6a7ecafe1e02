//! What happens when nobody touches the tablet: it says so, goes home, and at night shows a clock.
//! Pure.

use jiff::Timestamp;

use crate::dates::in_japan;

/// After so long without a touch the tablet says that it is about to go home …
const IDLE_MS: u64 = 3 * 60 * 1000;
/// … for so long.
const NOTICE_MS: u64 = 20 * 1000;

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

/// Whether somebody is there, and when that was last known.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Idle {
    state: IdleState,
    /// When a finger last touched the screen, or the tablet last did something for somebody.
    touched_ms: u64,
}

impl Idle {
    /// Whether somebody is there.
    pub(super) fn state(self) -> IdleState {
        self.state
    }

    /// A finger touched the screen, or the tablet does something for somebody.
    pub(super) fn touch(&mut self, now_ms: u64) {
        self.touched_ms = now_ms;
    }

    /// Somebody is wanted: something has taken over, or is due.
    pub(super) fn wake(&mut self) {
        self.state = IdleState::Awake;
    }

    /// Looks whether nobody is there; says so where that is another now. `away`: there is somewhere to go home from.
    pub(super) fn update(&mut self, away: bool, now: Timestamp, now_ms: u64) -> Option<IdleState> {
        let quiet_ms = now_ms.saturating_sub(self.touched_ms);
        let state = after(quiet_ms, away, now);
        let before = std::mem::replace(&mut self.state, state);
        (state != before).then_some(state)
    }

    /// When to look again whether somebody is there, by the program's own clock.
    pub(super) fn due_ms(self) -> u64 {
        match self.state {
            IdleState::Awake => self.touched_ms + IDLE_MS,
            IdleState::Prompting => self.touched_ms + IDLE_MS + NOTICE_MS,
            // The minute's look is enough for a clock.
            IdleState::Night => u64::MAX,
        }
    }
}

/// What rest comes after `quiet_ms` without a touch. `away`: there is somewhere to go home from.
fn after(quiet_ms: u64, away: bool, now: Timestamp) -> IdleState {
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

    #[test]
    fn it_is_told_once_that_nobody_is_there_and_looked_for_again_when_that_may_change() {
        let night: Timestamp = "2026-11-22T12:30:00Z".parse().expect("a time");
        let mut idle = Idle::default();
        idle.touch(1_000);
        assert_eq!(
            (idle.update(true, night, 1_000), idle.due_ms()),
            (None, 181_000)
        );
        let expected = Some(IdleState::Prompting);
        assert_eq!(idle.update(true, night, 181_000), expected);
        assert_eq!(idle.update(true, night, 182_000), None, "it was told");
        assert_eq!(idle.due_ms(), 201_000);
        assert_eq!(idle.update(true, night, 201_000), Some(IdleState::Night));
        assert_eq!(idle.due_ms(), u64::MAX);
        idle.wake();
        idle.touch(300_000);
        assert_eq!(idle.update(true, night, 300_000), None);
        assert_eq!(idle.state(), IdleState::Awake);
    }
}
