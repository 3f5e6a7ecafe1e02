//! The council has locked the tablet.

use kairan_contract::ScreenName;
use kairan_ui::{Face, TabletWindow};
use slint::ComponentHandle as _;

use super::screen::{Pictures, Screen, Seen, spoken};
use crate::{session::Session, speech::Passage};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("locked");

/// The council has locked the tablet: whom to ring.
pub struct Locked;

impl Screen for Locked {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        session.is_locked()
    }

    fn show(&self, window: &TabletWindow, seen: &Seen, _: Pictures) {
        let council = seen
            .session
            .content
            .as_ref()
            .map(|held| &held.manifest.council);
        let number = council.map(|council| council.helper_telephone.as_str());
        window
            .global::<Face>()
            .set_telephone(number.unwrap_or_default().into());
    }

    fn describe(&self, seen: &Seen) -> Vec<Passage> {
        let council = seen
            .session
            .content
            .as_ref()
            .map(|held| &held.manifest.council);
        spoken(council.map(|council| council.helper_telephone.as_str()))
    }
}
