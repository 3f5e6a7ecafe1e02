//! The stops of a timetable, from which a resident chooses their own.

use kairan_text::tr;
use kairan_ui::{ChoiceView, QuestionView};

use crate::session::{Session, stops::names};

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
