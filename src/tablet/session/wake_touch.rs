//! Decides whether a finger only wakes. After five untouched minutes nobody knows what stands on the screen, which may
//! even be dark: the first touch only wakes, whatever it hits, on what has taken over and on what is due too. Pure.

/// Who has not touched the tablet for so long, in milliseconds, may not have seen what it shows.
pub const UNSEEN_MS: u64 = 5 * 60 * 1000;
/// How long it stays written that a second touch is asked for, in milliseconds.
const ASKED_MS: u64 = 60 * 1000;

/// What is known of whoever touches.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct WakeTouch {
    /// When a finger last came down.
    finger_ms: u64,
    /// The finger that came down last only wakes.
    only_wakes: bool,
    /// Another touch is asked for, in words.
    asks_again: bool,
}

impl WakeTouch {
    /// A finger comes down. Says whether it only wakes.
    pub(super) fn put_down(&mut self, is_awake: bool, now_ms: u64) -> bool {
        let only_wakes = now_ms.saturating_sub(self.finger_ms) >= UNSEEN_MS;
        *self = Self {
            finger_ms: now_ms,
            only_wakes,
            // Whoever wakes the clock of the night knows what that touch was for.
            asks_again: only_wakes && is_awake,
        };
        only_wakes
    }

    /// Whether the finger that came down last only wakes.
    pub(super) fn only_wakes(self) -> bool {
        self.only_wakes
    }

    /// Whether the screen asks to be touched once more.
    pub(super) fn asks_again(self) -> bool {
        self.asks_again
    }

    /// Nobody touched it once more.
    pub(super) fn ask_no_longer(&mut self, now_ms: u64) {
        if now_ms.saturating_sub(self.finger_ms) >= ASKED_MS {
            self.asks_again = false;
        }
    }
}
