//! The stops of a timetable, from which a resident chooses their own.

use kairan_contract::{Language, ScreenName};
use kairan_text::tr;
use kairan_ui::{ChoiceView, QuestionView, TabletWindow};

use super::{
    question::{describe_question, show_question},
    scene::{Scene, at, tile},
    screen::{Given, Pictures, Screen, ScreenContext},
};
use crate::{
    session::{
        Command, Connection, Effect, Route, Session,
        stops::{STOPS_ROW, names},
    },
    speech::Passage,
};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("stops");

/// The stops, from which one's own is chosen.
pub struct Stops;

impl Screen for Stops {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        matches!(session.uncovered_content(), Some(Route::Stops(_)))
    }

    fn show(&self, window: &TabletWindow, context: &ScreenContext, _: Pictures) {
        show_question(window, view(context.session));
    }

    fn describe(&self, context: &ScreenContext) -> Vec<Passage> {
        describe_question(&view(context.session))
    }

    fn update(
        &self,
        session: &mut Session,
        command: &Command,
        given: Given,
    ) -> Option<Vec<Effect>> {
        match (command, session.route()) {
            (Command::Choose(index), Route::Stops(_)) => {
                Some(session.choose_stop(*index, given.now_ms))
            }
            _ => None,
        }
    }

    fn purpose(&self, language: Language) -> &'static str {
        tr(
            language,
            "あてはまる 答えを 1回 押してください。まちがえたら「もどる」を 押してください。",
        )
    }

    fn scenes(&self) -> Vec<Scene> {
        vec![Scene::of(
            "stops",
            at(
                Connection::Online,
                &[tile("bus"), Command::OpenRow(STOPS_ROW.to_owned())],
            ),
        )]
    }
}

/// Each stop as an answer; the one that is shown stands first.
pub fn view(session: &Session) -> (QuestionView, Vec<ChoiceView>) {
    let language = session.profile.language;
    let title = tr(language, "どの 停留所から 乗りますか");
    let explanation = tr(
        language,
        "押すと、その停留所の 時刻が いつも 出ます。あとから いつでも 変えられます。",
    );
    let choices = session.stops().map(|board| {
        let stops = names(board).enumerate();
        stops
            .map(|(index, stop)| ChoiceView {
                words: stop.into(),
                current: index == 0,
                ..ChoiceView::default()
            })
            .collect()
    });
    let view = QuestionView {
        progress: slint::SharedString::default(),
        title: title.into(),
        explanation: explanation.into(),
        short: 0,
    };
    (view, choices.unwrap_or_default())
}
