//! What the council says to everybody: it is brought to the resident once, and stays on a tile of the
//! tablet's own until its day is over. Pure.

use std::ops::Range;

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
};
use kairan_contract::{CouncilMessage, ItemHash, Manifest};

use super::{Effect, Route, Session};
use crate::{dates::in_japan, library::ContentSnapshot, profile::Profile};

/// The hours in which a message comes forward.
const DAY: Range<i8> = 8..20;

/// The messages that hold on a day.
pub fn shown(manifest: &Manifest, day: Date) -> impl Iterator<Item = &CouncilMessage> {
    let messages = manifest.messages.iter();
    messages.filter(move |message| message.is_shown_on(day))
}

/// Whether the resident has not opened it. What was changed is new again.
pub fn is_new(message: &CouncilMessage, profile: &Profile) -> bool {
    !profile.read.contains(&hash(message))
}

fn hash(message: &CouncilMessage) -> ItemHash {
    let CouncilMessage {
        id, title, text, ..
    } = message;
    ItemHash::of(&format!("message {id} {title} {text}"))
}

/// Whether something holds today that was not opened.
pub(super) fn are_unread(
    content: Option<&ContentSnapshot>,
    profile: &Profile,
    today: Date,
) -> bool {
    content.is_some_and(|content| {
        shown(&content.manifest, today).any(|message| is_new(message, profile))
    })
}

/// Messages come forward by day.
pub(super) fn may_come(now: DateTime) -> bool {
    DAY.contains(&now.hour())
}

impl Session {
    /// The tablet's own tile of messages: all of them, one below the other.
    pub(crate) fn open_messages(&mut self, now: Timestamp) -> Vec<Effect> {
        let Some(content) = self.content.clone() else {
            return Vec::new();
        };
        self.path = vec![Route::Home, Route::Messages];
        for message in shown(&content.manifest, in_japan(now).date()) {
            self.profile.mark_read(hash(message));
        }
        vec![Effect::SaveProfile]
    }
}
