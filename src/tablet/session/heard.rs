//! When the backend was last heard of. Pure.

/// What was heard longer ago than this, in milliseconds, confirms no warning.
const LATELY_MS: u64 = 15 * 60 * 1000;

/// When the backend last answered, by the program's own clock: the clock on the wall may have stood still while
/// the tablet was off.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Heard {
    at_ms: Option<u64>,
    /// That was lately, when somebody last looked.
    lately: bool,
}

impl Heard {
    /// It answers now.
    pub(super) fn hear(&mut self, now_ms: u64) {
        self.at_ms = Some(now_ms);
        self.lately = true;
    }

    /// Looks whether that was lately.
    pub(super) fn look(&mut self, now_ms: u64) {
        let is_late = |at: u64| now_ms.saturating_sub(at) >= LATELY_MS;
        self.lately = self.at_ms.is_some_and(|at| !is_late(at));
    }

    /// Whether it has answered since this start of the program.
    pub(super) fn has_answered(self) -> bool {
        self.at_ms.is_some()
    }

    /// Whether that was lately, when somebody last looked.
    pub(super) fn is_lately(self) -> bool {
        self.lately
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_heard_a_quarter_of_an_hour_ago_confirms_nothing_any_more() {
        let mut heard = Heard::default();
        heard.look(0);
        assert!(!heard.is_lately() && !heard.has_answered());
        heard.hear(1_000);
        for (now_ms, expected) in [(1_000, true), (900_999, true), (901_000, false)] {
            heard.look(now_ms);
            assert_eq!(heard.is_lately(), expected, "{now_ms}");
        }
        assert!(heard.has_answered());
    }
}
