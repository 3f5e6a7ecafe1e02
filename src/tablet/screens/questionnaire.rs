//! A question of a questionnaire, or the thanks behind the last one.

use kairan_contract::{Language, Questionnaire, ScreenName};
use kairan_text::tr;
use kairan_ui::{ChoiceView, QuestionView};

use super::{
    choices::{Choices, ChoicesScreen},
    scene::{Scene, at, tile},
};
use crate::session::{Command, Connection, Route, Session};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("questionnaire");

/// A question of a questionnaire.
pub static SCREEN: ChoicesScreen = ChoicesScreen {
    name: NAME,
    is_at: |route| matches!(route, Route::Survey(..)),
    view,
    choose: Session::answer_survey,
    scenes,
};

fn scenes() -> Vec<Scene> {
    let answered = [
        tile("survey"),
        Command::Choose(0),
        Command::Choose(1),
        Command::Choose(4),
    ];
    vec![
        Scene::of("questionnaire", at(Connection::Online, &[tile("survey")])),
        Scene::of("questionnaire-thanks", at(Connection::Online, &answered)),
    ]
}

/// The question on the screen with its answers; nothing where the questionnaire is gone.
fn view(session: &Session) -> Choices {
    let language = session.profile.language;
    let Some((questionnaire, number)) = session.survey() else {
        return (QuestionView::default(), Vec::new());
    };
    let Some(question) = questionnaire.questions.get(number) else {
        return thanks(questionnaire, language);
    };
    let (at, of) = (number + 1, questionnaire.questions.len());
    let title = &questionnaire.title;
    // What becomes of the answers is said once, before the first of them.
    let purpose = if number == 0 {
        let later = tr(language, "とちゅうで やめても、あとで つづけられます。");
        format!("{}{later}", questionnaire.purpose)
    } else {
        String::new()
    };
    let view = QuestionView {
        progress: format!("{title} {at}／{of}").into(),
        title: question.words.as_str().into(),
        explanation: purpose.into(),
        short: 0,
    };
    let choices = question.choices.iter().map(|words| ChoiceView {
        words: words.as_str().into(),
        ..ChoiceView::default()
    });
    (view, choices.collect())
}

fn thanks(questionnaire: &Questionnaire, language: Language) -> Choices {
    let view = QuestionView {
        progress: questionnaire.title.as_str().into(),
        title: tr(language, "ありがとう ございました").into(),
        explanation: tr(language, "お答えは ぜんぶ 書きとめました。").into(),
        short: 0,
    };
    let home = ChoiceView {
        words: tr(language, "はじめの 画面へ").into(),
        strong: true,
        ..ChoiceView::default()
    };
    (view, vec![home])
}

/// The second line of its tile, and whether it is to be noticed.
pub fn tile_line(
    questionnaire: &Questionnaire,
    answered: usize,
    language: Language,
) -> (String, bool) {
    match questionnaire.questions.len().saturating_sub(answered) {
        0 => (tr(language, "ありがとう ございました").to_owned(), false),
        left => (tr!(language, "あと {left}問", left), true),
    }
}
