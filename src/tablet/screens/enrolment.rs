//! First use: the code.

use kairan_contract::ScreenName;
use kairan_ui::{PadFace, PadView, TabletWindow};
use slint::ComponentHandle as _;

use super::{
    pad,
    scene::{Scene, at},
    screen::{Given, Pictures, Screen, ScreenContext, spoken},
};
use crate::{
    demonstration::now,
    profile::Profile,
    session::{Command, Connection, Effect, EnrolmentRefused, Route, Session},
    speech::Passage,
};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("enrolment");

/// The number pad for the code.
pub struct EnrolmentScreen;

impl Screen for EnrolmentScreen {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        matches!(session.uncovered(), Some(Route::Enrolment))
    }

    fn show(&self, window: &TabletWindow, context: &ScreenContext, _: Pictures) {
        let view = pad_of(context.session);
        window.global::<PadFace>().set_view(view);
    }

    fn describe(&self, context: &ScreenContext) -> Vec<Passage> {
        let view = pad_of(context.session);
        spoken([view.title, view.message])
    }

    fn has_standard_letters(&self) -> bool {
        // Before the tablet is let in nobody has chosen a size, and the number pad needs the room.
        true
    }

    fn update(&self, session: &mut Session, command: &Command, _: Given) -> Option<Vec<Effect>> {
        let effect = match command {
            Command::Digit(digit) => session.enrolment.take_digit(*digit),
            Command::Correct => {
                session.enrolment.correct();
                None
            }
            Command::SendShort => session.enrolment.send_short(),
            Command::EnrolAgain => {
                session.enrol_again();
                None
            }
            _ => return None,
        };
        Some(effect.into_iter().collect())
    }

    fn scenes(&self) -> Vec<Scene> {
        vec![
            Scene::of("enrolment-again", unauthorized()),
            Scene::of("enrolment", enrolling()),
            Scene::of("enrolment-refused", refused()),
            Scene::of("enrolment-six", six_digits()),
        ]
    }
}

fn unauthorized() -> Session {
    let mut session = at(Connection::Unauthorized, &[]);
    session.update(Command::Help, now(), 0);
    session.update(Command::EnrolAgain, now(), 0);
    session
}

fn enrolling() -> Session {
    let mut session = Session::new(None, Profile::default(), false);
    "472".clone_into(&mut session.enrolment.digits);
    session
}

fn six_digits() -> Session {
    let mut session = enrolling();
    "472913".clone_into(&mut session.enrolment.digits);
    session
}

fn refused() -> Session {
    let mut session = Session::new(None, Profile::default(), false);
    session.enrolment_refused(EnrolmentRefused::NotValid);
    session
}

fn pad_of(session: &Session) -> PadView {
    let behind = session.may_go_back();
    pad::enrolment(&session.enrolment, behind, session.profile.language)
}
