//! Nobody has touched the tablet for a while.

use kairan_contract::ScreenName;

use super::{
    scene::{Scene, resting},
    screen::Screen,
};
use crate::{
    demonstration::now,
    session::{IdleState, Session},
};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("idle");

/// The tablet is about to go home.
pub struct Idle;

impl Screen for Idle {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        session.rest() == IdleState::Prompting
    }

    fn scenes(&self) -> Vec<Scene> {
        vec![Scene::of("idle", resting(now()))]
    }
}
