//! The clock of the night.

use kairan_contract::ScreenName;

use super::{
    scene::{Scene, night, resting},
    screen::Screen,
};
use crate::session::{IdleState, Session};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("night");

/// A dim clock.
pub struct Night;

impl Screen for Night {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        session.rest() == IdleState::Night
    }

    fn scenes(&self) -> Vec<Scene> {
        vec![Scene::of("night", resting(night())).when(night())]
    }
}
