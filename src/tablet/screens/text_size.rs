//! 文字の大きさ.

use kairan_contract::{Language, ScreenName, TextSize};
use kairan_text::tr;
use kairan_ui::{TabletWindow, TextSizeFace};
use slint::ComponentHandle as _;

use super::{
    scene::{Scene, at},
    screen::{Given, Pictures, Screen, ScreenContext, spoken},
};
use crate::{
    session::{Command, Connection, Effect, Route, Session},
    speech::Passage,
};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("text_size");

/// The sizes of the letters.
pub struct TextSizes;

impl Screen for TextSizes {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        matches!(session.uncovered(), Some(Route::TextSize))
    }

    fn show(&self, window: &TabletWindow, context: &ScreenContext, _: Pictures) {
        let current = match context.session.profile.text_size {
            TextSize::Standard => "standard",
            TextSize::Large => "large",
            TextSize::Largest => "largest",
        };
        window.global::<TextSizeFace>().set_current(current.into());
    }

    fn describe(&self, context: &ScreenContext) -> Vec<Passage> {
        spoken([tr(
            context.language(),
            "読みやすい 文字の大きさを 押してください。",
        )])
    }

    fn update(&self, session: &mut Session, command: &Command, _: Given) -> Option<Vec<Effect>> {
        match command {
            Command::TextSizes => {
                let mut effects = session.stop_programme();
                effects.extend(session.open_text_sizes());
                Some(effects)
            }
            Command::ChooseTextSize(size) => Some(session.choose_text_size(*size)),
            _ => None,
        }
    }

    fn purpose(&self, language: Language) -> &'static str {
        tr(
            language,
            "読みやすい 文字の大きさを 押してください。いつでも 変えられます。",
        )
    }

    fn scenes(&self) -> Vec<Scene> {
        vec![Scene::of(
            "text-size",
            at(Connection::Online, &[Command::TextSizes]),
        )]
    }
}
