//! The dangers that nobody has answered yet: in what order they are told, and what waits behind the one on
//! the screen. Pure.

use super::subject::AlertSubject;

/// Every danger that holds and was not answered, the newest last.
#[derive(Debug, Clone, Default)]
pub(super) struct Unanswered(Vec<UnansweredAlert>);

#[derive(Debug, Clone)]
struct UnansweredAlert {
    danger: AlertSubject,
    /// It takes over at this hour.
    is_due: bool,
    /// When it came on the screen for the first time, if it did.
    shown_ms: Option<u64>,
}

impl Unanswered {
    /// Takes in what is `due` now and lets go of what does not hold any more. What is new here, or graver or
    /// said otherwise than before, stands last; what has become less keeps its place and is told anew.
    /// Gives what is new.
    pub(super) fn take_in(
        &mut self,
        mut due: Vec<AlertSubject>,
        holds: impl Fn(&AlertSubject) -> bool,
    ) -> Vec<AlertSubject> {
        self.0.retain_mut(|known| {
            let Some(at) = due.iter().position(|danger| danger.is_of(&known.danger)) else {
                // A warning of level 3 that came by day stays known through the night.
                known.is_due = false;
                return holds(&known.danger);
            };
            if due[at].edition() > known.danger.edition() {
                return false;
            }
            known.take_in(due.remove(at));
            true
        });
        due.sort_by_key(AlertSubject::since);
        self.0
            .extend(due.iter().cloned().map(|danger| UnansweredAlert {
                danger,
                is_due: true,
                shown_ms: None,
            }));
        due
    }

    /// The one that belongs on the screen: the newest of the gravest. `shown` is there already, and stays
    /// there by night, too.
    pub(super) fn first(&self, shown: Option<&AlertSubject>) -> Option<&AlertSubject> {
        let is_shown = |known: &UnansweredAlert| {
            shown.is_some_and(|shown| known.danger.is_same_edition(shown))
        };
        let told = self
            .0
            .iter()
            .filter(|known| known.is_due || is_shown(known));
        // Of equals the last is the newest.
        told.max_by_key(|known| known.danger.rank())
            .map(|known| &known.danger)
    }

    /// How many wait behind `shown`.
    pub(super) fn others(&self, shown: &AlertSubject) -> usize {
        let others = self
            .0
            .iter()
            .filter(|known| known.is_due && !known.danger.is_same_edition(shown));
        others.count()
    }

    /// It is on the screen now. Says since when it has been there, for the first time, and whether that is
    /// now.
    pub(super) fn show(&mut self, danger: &AlertSubject, now_ms: u64) -> (u64, bool) {
        let known = self
            .0
            .iter_mut()
            .find(|known| known.danger.is_same_edition(danger));
        let Some(known) = known else {
            return (now_ms, true);
        };
        let is_first = known.shown_ms.is_none();
        (*known.shown_ms.get_or_insert(now_ms), is_first)
    }

    /// It is answered.
    pub(super) fn answer(&mut self, danger: &AlertSubject) {
        self.0.retain(|known| !known.danger.is_same_edition(danger));
    }
}

impl UnansweredAlert {
    /// The same or less is said of it now.
    fn take_in(&mut self, mut danger: AlertSubject) {
        if danger.edition() < self.danger.edition() {
            self.shown_ms = None;
        } else if let (
            AlertSubject::Emergency { was_said, .. },
            AlertSubject::Emergency {
                was_said: was_said_before,
                ..
            },
        ) = (&mut danger, &self.danger)
        {
            // It corrects what was said, however often it was shown since.
            *was_said |= *was_said_before;
        }
        self.danger = danger;
        self.is_due = true;
    }
}
