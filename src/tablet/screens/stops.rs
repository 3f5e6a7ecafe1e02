//! The stops of a timetable, from which a resident chooses their own.

use kairan_contract::ScreenName;
use kairan_text::tr;
use kairan_ui::{ChoiceView, QuestionView};

use super::{
    choices::{Choices, ChoicesScreen},
    scene::{Scene, at, tile},
};
use crate::session::{
    Command, Connection, Route, Session,
    stops::{STOPS_ROW, names},
};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("stops");

/// The stops, from which one's own is chosen.
pub static SCREEN: ChoicesScreen = ChoicesScreen {
    name: NAME,
    is_at: |route| matches!(route, Route::Stops(_)),
    view,
    choose: Session::choose_stop,
    scenes,
};

fn scenes() -> Vec<Scene> {
    let touches = [tile("bus"), Command::OpenRow(STOPS_ROW.to_owned())];
    vec![Scene::of("stops", at(Connection::Online, &touches))]
}

/// Each stop as an answer; the one that is shown stands first.
fn view(session: &Session) -> Choices {
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
