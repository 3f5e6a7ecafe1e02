//! What became of emergencies here, until the council has heard of it. Pure.

use std::collections::VecDeque;

use kairan_contract::{Emergency, EmergencySeen};

/// Emergencies of which the council is still to hear what became here. More than twice what a tablet
/// takes in at once are nobody's news any more.
pub const RECEIPTS_LIMIT: usize = 2 * Emergency::AT_ONCE;

/// What became of emergencies here, the first to be told first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EmergencyReceipts(VecDeque<EmergencySeen>);

impl EmergencyReceipts {
    /// Notes what became of one. Of each only the latest is told.
    pub fn note(&mut self, seen: EmergencySeen) {
        self.0.retain(|known| known.id != seen.id);
        while self.0.len() >= RECEIPTS_LIMIT {
            self.0.pop_front();
        }
        self.0.push_back(seen);
    }

    /// What is to be told, the first first.
    pub fn all(&self) -> Vec<EmergencySeen> {
        self.0.iter().copied().collect()
    }

    /// The council has heard it.
    pub fn told(&mut self, seen: &EmergencySeen) {
        self.0.retain(|known| known != seen);
    }

    /// What is to be told, which is somebody else's to tell from now on.
    pub fn take(&mut self) -> Vec<EmergencySeen> {
        self.0.drain(..).collect()
    }

    /// Nothing is left to be told.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use kairan_contract::EmergencyId;
    use uuid::Uuid;

    use super::*;

    fn seen(number: u128, answered: bool) -> EmergencySeen {
        EmergencySeen {
            id: EmergencyId(Uuid::from_u128(number)),
            edition: 1,
            answered,
        }
    }

    #[test]
    fn one_that_is_answered_while_another_is_told_is_told_too() {
        let mut told = EmergencyReceipts::default();
        told.note(seen(1, false));
        told.note(seen(2, false));
        assert_eq!(told.all(), [seen(1, false), seen(2, false)]);
        told.note(seen(1, true));
        told.told(&seen(1, false));
        told.told(&seen(2, false));
        assert_eq!(told.all(), [seen(1, true)]);
        told.told(&seen(1, true));
        assert!(told.is_empty());
    }
}
