//! The council has locked the tablet.

use std::sync::Arc;

use kairan_contract::ScreenName;
use kairan_ui::{Face, TabletWindow};
use slint::ComponentHandle as _;

use super::{
    scene::{Scene, at, tile},
    screen::{Pictures, Screen, ScreenContext, spoken},
};
use crate::{
    demonstration::snapshot,
    session::{Connection, Session},
    speech::Passage,
};

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

    fn show(&self, window: &TabletWindow, context: &ScreenContext, _: Pictures) {
        let council = context
            .session
            .content
            .as_ref()
            .map(|snapshot| &snapshot.manifest.council);
        let number = council.map(|council| council.helper_telephone.as_str());
        window
            .global::<Face>()
            .set_telephone(number.unwrap_or_default().into());
    }

    fn describe(&self, context: &ScreenContext) -> Vec<Passage> {
        let council = context
            .session
            .content
            .as_ref()
            .map(|snapshot| &snapshot.manifest.council);
        spoken(council.map(|council| council.helper_telephone.as_str()))
    }

    fn scenes(&self) -> Vec<Scene> {
        vec![Scene::of("locked", locked())]
    }
}

fn locked() -> Session {
    let mut session = at(Connection::Online, &[tile("city-news")]);
    let mut snapshot = snapshot();
    snapshot.manifest.locked = true;
    session.set_content(Arc::new(snapshot), 60_000);
    session
}
