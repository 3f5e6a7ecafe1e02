//! A question of a questionnaire, or the thanks behind the last one.

use kairan_contract::{Language, Questionnaire, ScreenName};
use kairan_text::tr;
use kairan_ui::{ChoiceView, QuestionView, TabletWindow};

use super::{
    question::{describe_question, show_question},
    scene::{Scene, at, tile},
    screen::{Given, Pictures, Screen, ScreenContext},
};
use crate::{
    session::{Command, Connection, Effect, Route, Session},
    speech::Passage,
};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("questionnaire");

/// A question of a questionnaire.
pub struct QuestionnaireScreen;

impl Screen for QuestionnaireScreen {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        matches!(session.uncovered_content(), Some(Route::Survey(..)))
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
            (Command::Choose(index), Route::Survey(..)) => {
                Some(session.answer_survey(*index, given.now_ms))
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
        vec![
            Scene::of("questionnaire", at(Connection::Online, &[tile("survey")])),
            Scene::of(
                "questionnaire-thanks",
                at(
                    Connection::Online,
                    &[
                        tile("survey"),
                        Command::Choose(0),
                        Command::Choose(1),
                        Command::Choose(4),
                    ],
                ),
            ),
        ]
    }
}

/// The question on the screen with its answers; nothing where the questionnaire is gone.
pub fn view(session: &Session) -> (QuestionView, Vec<ChoiceView>) {
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

fn thanks(questionnaire: &Questionnaire, language: Language) -> (QuestionView, Vec<ChoiceView>) {
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
