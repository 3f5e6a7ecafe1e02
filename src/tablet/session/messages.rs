//! What the council says to everybody: it is brought to the resident once, and stays on a tile of the
//! tablet's own until its day is over. Pure.

use std::ops::Range;

use jiff::{Timestamp, civil::Date};
use kairan_contract::{CouncilMessage, ItemHash, Manifest};

use super::{Effect, Route, Session};
use crate::{dates::in_japan, profile::Profile, reminders::PromptKind};

/// The hours in which a message comes forward.
const DAY: Range<i8> = 8..20;

/// The messages that hold on a day.
pub fn shown(manifest: &Manifest, day: Date) -> impl Iterator<Item = &CouncilMessage> {
    let messages = manifest.messages.iter();
    messages.filter(move |message| message.is_shown_on(day))
}

/// Whether the resident has not opened it. What was changed is new again.
pub fn is_new(message: &CouncilMessage, choices: &Profile) -> bool {
    !choices.read.contains(&hash(message))
}

fn hash(message: &CouncilMessage) -> ItemHash {
    let CouncilMessage {
        id, title, text, ..
    } = message;
    ItemHash::of(&format!("message {id} {title} {text}"))
}

impl Session {
    /// The tablet's own tile of messages: all of them, one below the other.
    pub(crate) fn open_messages(&mut self, now: Timestamp) -> Vec<Effect> {
        let Some(held) = self.content.clone() else {
            return Vec::new();
        };
        self.path = vec![Route::Home, Route::Messages];
        for message in shown(&held.manifest, in_japan(now).date()) {
            self.profile.mark_read(hash(message));
        }
        vec![Effect::SaveProfile]
    }

    /// Whether something holds today that was not opened.
    pub(super) fn has_unread_messages(&self, today: Date) -> bool {
        let held = self.content.as_ref();
        held.is_some_and(|held| {
            shown(&held.manifest, today).any(|message| is_new(message, &self.profile))
        })
    }

    /// Messages come forward by day, and never while somebody is at something else.
    pub(super) fn unread_messages(&self, now: Timestamp, now_ms: u64) -> Option<PromptKind> {
        let here = in_japan(now);
        if *self.route() != Route::Home || !DAY.contains(&here.hour()) {
            return None;
        }
        let kind = PromptKind::Messages(here.date());
        (self.has_unread_messages(here.date()) && self.snoozes.allows(kind, now_ms)).then_some(kind)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::ToSpan as _;

    use super::*;
    use crate::{demonstration, session::Command};

    #[test]
    fn a_message_comes_forward_once_and_can_be_put_off() {
        let held = Some(Arc::new(demonstration::held()));
        let mut session = Session::new(held, Profile::practised(), true);
        let now = demonstration::now();
        session.tick(now, 1_000);
        assert_eq!(session.screen(), crate::screens::reminder::NAME);
        session.update(Command::DueLater, now, 2_000);
        session.tick(now, 60_000);
        assert_eq!(session.screen(), crate::screens::home::NAME);
        session.tick(now + 11.minutes(), 11 * 60_000);
        assert_eq!(session.screen(), crate::screens::reminder::NAME);
        session.update(Command::DueDone, now, 12 * 60_000);
        assert_eq!(session.screen(), crate::screens::message::NAME);
        session.update(Command::Home, now, 13 * 60_000);
        session.tick(now + 2.hours(), 120 * 60_000);
        assert_eq!(session.screen(), crate::screens::home::NAME);
    }

    #[test]
    fn no_message_disturbs_the_night_or_somebody_at_something_else() {
        let held = Some(Arc::new(demonstration::held()));
        let mut session = Session::new(held, Profile::practised(), true);
        let now = demonstration::now();
        session.tick(now + 14.hours(), 1_000);
        assert_ne!(session.screen(), crate::screens::reminder::NAME);
        session.update(Command::Wake, now, 2_000);
        session.update(Command::Reminders, now, 3_000);
        session.tick(now, 4_000);
        assert_eq!(session.screen(), crate::screens::reminders::NAME);
    }
}
