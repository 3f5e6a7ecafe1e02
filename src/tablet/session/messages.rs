//! What the council says to everybody: it is brought to the resident once, and stays on a tile of the
//! tablet's own until its day is over. Pure.

use std::ops::Range;

use jiff::{Timestamp, civil::Date};
use kairan_contract::{ItemHash, Manifest, Message};

use super::{Effect, Place, Session, reminders::Matter};
use crate::{screens::words::in_japan, settings::Choices};

/// The hours in which a message comes forward.
const DAY: Range<i8> = 8..20;

/// The messages that hold on a day.
pub fn shown(manifest: &Manifest, day: Date) -> impl Iterator<Item = &Message> {
    let messages = manifest.messages.iter();
    messages.filter(move |message| message.is_shown_on(day))
}

/// Whether the resident has not opened it. What was changed is new again.
pub fn is_new(message: &Message, choices: &Choices) -> bool {
    !choices.read.contains(&hash(message))
}

fn hash(message: &Message) -> ItemHash {
    let Message {
        id, title, text, ..
    } = message;
    ItemHash::of(&format!("message {id} {title} {text}"))
}

impl Session {
    /// The tablet's own tile of messages: all of them, one below the other.
    pub(super) fn open_messages(&mut self, now: Timestamp) -> Vec<Effect> {
        let Some(held) = self.held.clone() else {
            return Vec::new();
        };
        self.path = vec![Place::Home, Place::Messages];
        for message in shown(&held.manifest, in_japan(now).date()) {
            self.choices.mark_read(hash(message));
        }
        vec![Effect::KeepChoices]
    }

    /// Whether something holds today that was not opened.
    pub(super) fn has_unread_messages(&self, today: Date) -> bool {
        let held = self.held.as_ref();
        held.is_some_and(|held| {
            shown(&held.manifest, today).any(|message| is_new(message, &self.choices))
        })
    }

    /// Messages come forward by day, and never while somebody is at something else.
    pub(super) fn unread_messages(&self, now: Timestamp, now_ms: u64) -> Option<Matter> {
        let here = in_japan(now);
        if *self.place() != Place::Home || !DAY.contains(&here.hour()) {
            return None;
        }
        let matter = Matter::Messages(here.date());
        (self.has_unread_messages(here.date()) && self.put_offs.lets(matter, now_ms))
            .then_some(matter)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::ToSpan as _;
    use kairan_contract::ScreenName;

    use super::*;
    use crate::{demonstration, session::Action};

    #[test]
    fn a_message_comes_forward_once_and_can_be_put_off() {
        let held = Some(Arc::new(demonstration::held()));
        let mut session = Session::new(held, Choices::practised(), true);
        let now = demonstration::now();
        session.watch(now, 1_000);
        assert_eq!(session.screen(), ScreenName::Reminder);
        session.act(Action::DueLater, now, 2_000);
        session.watch(now, 60_000);
        assert_eq!(session.screen(), ScreenName::Home);
        session.watch(now + 11.minutes(), 11 * 60_000);
        assert_eq!(session.screen(), ScreenName::Reminder);
        session.act(Action::DueDone, now, 12 * 60_000);
        assert_eq!(session.screen(), ScreenName::Message);
        session.act(Action::Home, now, 13 * 60_000);
        session.watch(now + 2.hours(), 120 * 60_000);
        assert_eq!(session.screen(), ScreenName::Home);
    }

    #[test]
    fn no_message_disturbs_the_night_or_somebody_at_something_else() {
        let held = Some(Arc::new(demonstration::held()));
        let mut session = Session::new(held, Choices::practised(), true);
        let now = demonstration::now();
        session.watch(now + 14.hours(), 1_000);
        assert_ne!(session.screen(), ScreenName::Reminder);
        session.act(Action::Wake, now, 2_000);
        session.act(Action::Reminders, now, 3_000);
        session.watch(now, 4_000);
        assert_eq!(session.screen(), ScreenName::Reminders);
    }
}
