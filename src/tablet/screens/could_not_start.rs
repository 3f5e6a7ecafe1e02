//! The tablet cannot start.

use kairan_contract::ScreenName;
use kairan_ui::{Face, TabletWindow};
use slint::ComponentHandle as _;

use super::{
    scene::{Scene, at},
    screen::{Pictures, Screen, ScreenContext},
};
use crate::session::{Connection, Session};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("could_not_start");

/// The tablet cannot start: whom to ring.
pub struct CouldNotStart;

impl Screen for CouldNotStart {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        session.could_not_start
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

    fn scenes(&self) -> Vec<Scene> {
        vec![Scene::of("could-not-start", could_not_start())]
    }
}

fn could_not_start() -> Session {
    let mut session = at(Connection::Unknown, &[]);
    session.could_not_start = true;
    session
}
