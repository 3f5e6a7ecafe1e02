//! A title and large answers below it, one of which is chosen: how every screen that asks shows it, reads it and
//! explains it.

use kairan_contract::{Language, ScreenName};
use kairan_text::tr;
use kairan_ui::{ChoiceView, QuestionFace, QuestionView, TabletWindow};
use slint::ComponentHandle as _;

use super::{
    model::refilled,
    scene::Scene,
    screen::{Given, Pictures, Screen, ScreenContext, spoken},
};
use crate::{
    session::{Command, Effect, Route, Session},
    speech::Passage,
};

/// What is asked, with its answers.
pub type Choices = (QuestionView, Vec<ChoiceView>);

/// A screen of which the content of a tile asks, and the session takes the answer.
pub struct ChoicesScreen {
    /// Its name in records, and on the face.
    pub name: ScreenName,
    /// Whether it is asked here.
    pub is_at: fn(&Route) -> bool,
    /// What is asked, with its answers.
    pub view: fn(&Session) -> Choices,
    /// Takes an answer by its place, at a time of the program's own clock in milliseconds.
    pub choose: fn(&mut Session, usize, u64) -> Vec<Effect>,
    /// The scenes in which it is drawn and tested.
    pub scenes: fn() -> Vec<Scene>,
}

impl Screen for ChoicesScreen {
    fn name(&self) -> ScreenName {
        self.name
    }

    fn stands(&self, session: &Session) -> bool {
        session.uncovered_content().is_some_and(self.is_at)
    }

    fn show(&self, window: &TabletWindow, context: &ScreenContext, _: Pictures) {
        show(window, (self.view)(context.session));
    }

    fn describe(&self, context: &ScreenContext) -> Vec<Passage> {
        describe(&(self.view)(context.session))
    }

    fn update(
        &self,
        session: &mut Session,
        command: &Command,
        given: Given,
    ) -> Option<Vec<Effect>> {
        match command {
            Command::Choose(index) if (self.is_at)(session.route()) => {
                Some((self.choose)(session, *index, given.now_ms))
            }
            _ => None,
        }
    }

    fn purpose(&self, language: Language) -> &'static str {
        purpose(language)
    }

    fn scenes(&self) -> Vec<Scene> {
        (self.scenes)()
    }
}

/// Puts a question on the face.
pub fn show(window: &TabletWindow, (question, answers): Choices) {
    let face = window.global::<QuestionFace>();
    face.set_view(question);
    face.set_choices(refilled(&face.get_choices(), answers));
}

/// What is read of a question.
pub fn describe((question, answers): &Choices) -> Vec<Passage> {
    let answers = answers.iter().map(|answer| answer.words.as_str());
    spoken(
        [question.title.as_str(), question.explanation.as_str()]
            .into_iter()
            .chain(answers),
    )
}

/// What a screen with large answers is for, to somebody who asks for help there.
pub fn purpose(language: Language) -> &'static str {
    tr(
        language,
        "あてはまる 答えを 1回 押してください。まちがえたら「もどる」を 押してください。",
    )
}
