//! Keys that are pressed one after the other without a pause: only the same key again, so soon, is a tremor. A letter
//! that stands twice in a word can be typed all the same, because the keys between are others. Pure.

/// The same key within so many milliseconds is a tremor.
const TREMOR_MS: u64 = 700;

/// Which key was pressed last, and when.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyGuard(Option<(String, u64)>);

impl KeyGuard {
    /// A key is pressed. Whether that is a tremor, and no wish.
    pub fn is_tremor(&mut self, key: &str, now_ms: u64) -> bool {
        let is_same =
            |known: &(String, u64)| known.0 == key && now_ms.saturating_sub(known.1) < TREMOR_MS;
        let is_tremor = self.0.as_ref().is_some_and(is_same);
        if !is_tremor {
            self.0 = Some((key.to_owned(), now_ms));
        }
        is_tremor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_key_so_soon_is_a_tremor() {
        let mut guard = KeyGuard::default();
        assert!(!guard.is_tremor("a", 0));
        assert!(guard.is_tremor("a", 699));
        assert!(!guard.is_tremor("b", 700));
        assert!(!guard.is_tremor("a", 800));
        assert!(!guard.is_tremor("a", 1_500));
    }
}
