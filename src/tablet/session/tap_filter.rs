//! Decides whether a tap counts, or is the tremor of the one before it, which has just changed the screen. Who takes a
//! command that counts is decided in `dispatch`. Pure.

use kairan_contract::TouchIgnored;

use super::wake_touch::WakeTouch;

/// A second tap within so many milliseconds of one that changed the screen is a tremor.
pub const TREMOR_MS: u64 = 700;

/// What a tap is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tap {
    /// It does what it asks for.
    Counts,
    /// Nobody was there: it wakes the tablet, and does nothing else.
    Wakes,
    /// Whoever touches may not have seen what the tablet shows: another touch is asked for.
    OnlyWakes,
    /// It does nothing.
    Ignored(TouchIgnored),
}

/// What is known of the touches before.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct TapFilter {
    /// When the screen last changed under a finger.
    last_change_ms: Option<u64>,
    /// The digit that was pressed last, and when.
    last_digit: Option<(char, u64)>,
    wake_touch: WakeTouch,
}

impl TapFilter {
    /// Another screen stands there now. A finger on its way to the one before must not hit what it was not meant for.
    pub(super) fn screen_changed(&mut self, now_ms: u64) {
        self.last_change_ms = Some(now_ms);
    }

    /// A finger comes down, wherever it is.
    pub(super) fn put_down(&mut self, is_awake: bool, now_ms: u64) {
        if self.wake_touch.put_down(is_awake, now_ms) {
            // A trembling finger touches twice, and its second touch has seen no more than its first.
            self.screen_changed(now_ms);
        }
    }

    /// What a tap is worth that comes now.
    pub(super) fn weigh(&mut self, is_awake: bool, now_ms: u64) -> Tap {
        if !is_awake {
            return Tap::Wakes;
        }
        if self.wake_touch.only_wakes() {
            self.screen_changed(now_ms);
            return Tap::OnlyWakes;
        }
        match self.accepts(now_ms) {
            Ok(()) => Tap::Counts,
            Err(why) => Tap::Ignored(why),
        }
    }

    /// Whether a tap counts now.
    pub(super) fn accepts(&self, now_ms: u64) -> Result<(), TouchIgnored> {
        match self.last_change_ms {
            Some(changed) if now_ms.saturating_sub(changed) < TREMOR_MS => {
                Err(TouchIgnored::Repeat)
            }
            _ => Ok(()),
        }
    }

    /// Whether a digit counts now. On a number pad nobody waits between two keys; only the same key again, so soon, is a
    /// tremor.
    pub(super) fn accepts_digit(&mut self, digit: char, now_ms: u64) -> Result<(), TouchIgnored> {
        let is_tremor = self
            .last_digit
            .is_some_and(|(known, at)| known == digit && now_ms.saturating_sub(at) < TREMOR_MS);
        if is_tremor {
            return Err(TouchIgnored::Repeat);
        }
        self.last_digit = Some((digit, now_ms));
        Ok(())
    }

    /// Whether the screen asks to be touched once more.
    pub(super) fn asks_again(&self) -> bool {
        self.wake_touch.asks_again()
    }

    /// Nobody touched it once more.
    pub(super) fn ask_no_longer(&mut self, now_ms: u64) {
        self.wake_touch.ask_no_longer(now_ms);
    }
}

#[cfg(test)]
mod tests {
    use super::{super::wake_touch::UNSEEN_MS, *};

    #[test]
    fn the_first_touch_after_a_long_time_only_wakes_and_so_does_its_tremor() {
        let mut filter = TapFilter::default();
        let at = UNSEEN_MS;
        filter.put_down(true, at);
        assert!(filter.asks_again());
        assert_eq!(filter.weigh(true, at + 100), Tap::OnlyWakes);
        filter.put_down(true, at + 300);
        let tremor = Tap::Ignored(TouchIgnored::Repeat);
        assert_eq!(filter.weigh(true, at + 400), tremor);
        assert_eq!(filter.weigh(true, at + 100 + TREMOR_MS), Tap::Counts);
        assert_eq!(filter.weigh(false, at + 5_000), Tap::Wakes);
    }
}
