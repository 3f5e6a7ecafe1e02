//! Waiting for the first content.

use kairan_contract::ScreenName;
use kairan_ui::{TabletWindow, WaitingFace};
use slint::ComponentHandle as _;

use super::{
    scene::Scene,
    screen::{Pictures, Screen, ScreenContext, spoken},
    top,
};
use crate::{
    profile::Profile,
    session::{Connection, Session},
    speech::Passage,
};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("waiting");

/// What the tablet waits for.
pub struct Waiting;

impl Screen for Waiting {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        session.content.is_none()
    }

    fn show(&self, window: &TabletWindow, context: &ScreenContext, _: Pictures) {
        let message = top::waiting(context.session);
        window.global::<WaitingFace>().set_message(message.into());
    }

    fn describe(&self, context: &ScreenContext) -> Vec<Passage> {
        spoken([top::waiting(context.session)])
    }

    fn scenes(&self) -> Vec<Scene> {
        vec![Scene::of("waiting", waiting())]
    }
}

fn waiting() -> Session {
    let mut session = Session::new(None, Profile::practised(), true);
    session.connection = Connection::Offline(0);
    session
}
