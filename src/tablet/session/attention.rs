//! Whether anybody looks. After five untouched minutes nobody knows what stands on the screen, which may even
//! be dark: the first touch only wakes, whatever it hits, on what has taken over and on what is due too. Pure.

use super::{IdleState, Session};

/// Who has not touched the tablet for so long, in milliseconds, may not have seen what it shows.
pub const UNSEEN_MS: u64 = 5 * 60 * 1000;
/// How long it stays written that a second touch is asked for, in milliseconds.
const ASKED_MS: u64 = 60 * 1000;

/// What is known of whoever touches.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Attention {
    /// When a finger last came down.
    finger_ms: u64,
    /// The finger that came down last only wakes.
    only_wakes: bool,
    /// Another touch is asked for, in words.
    asks_again: bool,
}

impl Session {
    /// A finger comes down, wherever it is.
    pub fn put_down(&mut self, now_ms: u64) {
        let only_wakes = now_ms.saturating_sub(self.attention.finger_ms) >= UNSEEN_MS;
        self.attention = Attention {
            finger_ms: now_ms,
            only_wakes,
            // Whoever wakes the clock of the night knows what that touch was for.
            asks_again: only_wakes && self.rest == IdleState::Awake,
        };
        self.touched(now_ms);
        if only_wakes {
            // A trembling finger touches twice, and its second touch has seen no more than its first.
            self.last_change_ms = Some(now_ms);
        }
    }

    /// Whether the finger that is lifted now has only woken the tablet.
    pub fn only_wakes(&mut self, now_ms: u64) -> bool {
        if self.attention.only_wakes {
            self.last_change_ms = Some(now_ms);
        }
        self.attention.only_wakes
    }

    /// Whether the screen asks to be touched once more.
    pub fn asks_again(&self) -> bool {
        self.attention.asks_again
    }

    /// Nobody touched it once more.
    pub(super) fn ask_no_longer(&mut self, now_ms: u64) {
        if now_ms.saturating_sub(self.attention.finger_ms) >= ASKED_MS {
            self.attention.asks_again = false;
        }
    }
}
