//! The number pad before the helper's page.

use kairan_contract::{Language, ScreenName};
use kairan_text::tr;
use kairan_ui::{PadFace, TabletWindow};
use slint::ComponentHandle as _;

use super::{
    pad,
    scene::{Scene, at},
    screen::{Given, Pictures, Screen, ScreenContext, spoken},
};
use crate::{
    session::{Command, Connection, Effect, Route, Session},
    speech::Passage,
};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("pin");

/// The number pad for the helper's number.
pub struct Pin;

impl Screen for Pin {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        matches!(session.uncovered(), Some(Route::Pin { .. }))
    }

    fn show(&self, window: &TabletWindow, context: &ScreenContext, _: Pictures) {
        if let Route::Pin { digits, was_wrong } = context.session.route() {
            let view = pad::pin(digits, *was_wrong, context.language());
            window.global::<PadFace>().set_view(view);
        }
    }

    fn describe(&self, context: &ScreenContext) -> Vec<Passage> {
        match context.session.route() {
            Route::Pin { digits, was_wrong } => {
                spoken([pad::pin(digits, *was_wrong, context.language()).message])
            }
            _ => Vec::new(),
        }
    }

    fn has_standard_letters(&self) -> bool {
        // Before the tablet is let in nobody has chosen a size, and the number pad needs the room.
        true
    }

    fn update(&self, session: &mut Session, command: &Command, _: Given) -> Option<Vec<Effect>> {
        match (command, session.route()) {
            (Command::HelperPage, _) => session.open_pin(),
            (Command::Digit(digit), Route::Pin { .. }) => session.take_pin_digit(*digit),
            (Command::Correct, Route::Pin { .. }) => session.correct_pin(),
            _ => return None,
        }
        Some(Vec::new())
    }

    fn purpose(&self, language: Language) -> &'static str {
        tr(
            language,
            "係の方が 使う ページです。「はじめ」を押すと もどります。",
        )
    }

    fn scenes(&self) -> Vec<Scene> {
        vec![Scene::of(
            "pin",
            at(Connection::Online, &[Command::Help, Command::HelperPage]),
        )]
    }
}
