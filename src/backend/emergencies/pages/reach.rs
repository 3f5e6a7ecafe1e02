//! How many tablets something is for, and what they have confirmed. Pure.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use kairan_contract::TabletId;

use crate::{emergencies::queries::Edition, tablets::queries::LentTablet};

/// A tablet that was heard of within so long will very likely show it.
const LATELY: SignedDuration = SignedDuration::from_hours(1);

/// How many tablets have heard of it, and may.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Reach {
    /// It is for so many.
    pub addressed: usize,
    /// Of these, so many were heard of in the last hour.
    pub here: usize,
    /// So many have shown it.
    pub shown: usize,
    /// So many were answered.
    pub answered: usize,
}

impl Reach {
    /// Of an edition for these tablets; for all where there is no choice. These have shown it, and it was answered there
    /// or not.
    pub fn of(
        edition: &Edition,
        to: Option<&HashSet<TabletId>>,
        tablets: &[LentTablet],
        seen: &HashMap<TabletId, bool>,
        now: Timestamp,
    ) -> Self {
        let mut reach = Self::default();
        for tablet in tablets {
            let is_lent = tablet.wipe[2].is_none();
            if !is_lent || to.is_some_and(|to| !to.contains(&tablet.tablet)) {
                continue;
            }
            reach.addressed += 1;
            let is_here = |seen| now.duration_since(seen) <= LATELY;
            reach.here += usize::from(tablet.seen_at.is_some_and(is_here));
            // A version of before, beside this one or until a moment ago, kept only what was shown last.
            let last = tablet.status.as_ref().and_then(|status| status.emergency);
            let last = last.filter(|last| (last.id, last.edition) == (edition.id, edition.edition));
            let known = seen.get(&tablet.tablet).copied();
            if let Some(answered) = known.max(last.map(|last| last.answered)) {
                reach.shown += 1;
                reach.answered += usize::from(answered);
            }
        }
        reach
    }
}
