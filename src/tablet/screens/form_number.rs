//! A number, set with ＋ and －.

use kairan_contract::{AnswerType, Language, ScreenName};
use kairan_text::tr;
use kairan_ui::{ChoiceView, FormNumberFace, FormNumberView, TabletWindow};
use slint::ComponentHandle as _;

use super::{
    form_question::{choice, heading},
    form_scenes::form_steps,
    model::refilled,
    scene::Scene,
    screen::{Given, Pictures, Screen, ScreenContext, spoken},
};
use crate::{
    session::{Command, Effect, Session},
    speech::Passage,
};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("form_number");

/// A number to be set.
pub struct FormNumber;

impl Screen for FormNumber {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        let is_uncovered = session.uncovered().is_some();
        let question = session.form_question().filter(|_| is_uncovered);
        question.is_some_and(|(_, it, _)| matches!(it.answer, AnswerType::Number { .. }))
    }

    fn show(&self, window: &TabletWindow, context: &ScreenContext, _: Pictures) {
        let (view, choices) = view(context);
        let face = window.global::<FormNumberFace>();
        face.set_view(view);
        face.set_choices(refilled(&face.get_choices(), choices));
    }

    fn describe(&self, context: &ScreenContext) -> Vec<Passage> {
        let (view, choices) = view(context);
        let mut said = spoken([view.title, view.explanation, view.figure]);
        said.extend(spoken(choices.into_iter().map(|it| it.words)));
        said
    }

    fn own_commands(&self) -> &'static [&'static str] {
        &["form-less", "form-more"]
    }

    fn update(
        &self,
        session: &mut Session,
        command: &Command,
        given: Given,
    ) -> Option<Vec<Effect>> {
        match command {
            Command::Choose(index) if given.screen == NAME => {
                Some(session.choose_in_form(*index, given.now, given.now_ms))
            }
            Command::Own(name, good) if name == "form-less" || name == "form-more" => {
                Some(session.change_in_form(good, name == "form-more", given.now_ms))
            }
            _ => None,
        }
    }

    fn purpose(&self, language: Language) -> &'static str {
        tr(
            language,
            "右の しるしを 押すと ふえ、左の しるしを 押すと へります。よければ「これで よい」を 押してください。",
        )
    }

    fn scenes(&self) -> Vec<Scene> {
        vec![Scene::of("form-number", form_steps("consultation", 4))]
    }
}

fn view(context: &ScreenContext) -> (FormNumberView, Vec<ChoiceView>) {
    let session = context.session;
    let Some((draft, question, _)) = session.form_question() else {
        return Default::default();
    };
    let AnswerType::Number { least, most, unit } = &question.answer else {
        return Default::default();
    };
    let number = draft.number(&question.id);
    let heading = heading(session);
    let view = FormNumberView {
        progress: heading.progress,
        title: heading.title,
        explanation: heading.explanation,
        figure: number.to_string().into(),
        unit: unit.as_str().into(),
        may_be_less: number > *least,
        may_be_more: number < *most,
    };
    let offered = session.form_offered(context.now).into_iter();
    let choices = offered.map(|it| choice(context.language(), draft, question, &it, context.now));
    (view, choices.collect())
}
