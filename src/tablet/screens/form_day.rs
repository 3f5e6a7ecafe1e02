//! A day to be chosen, of the next fourteen or of a month, or a time of the day.

use std::rc::Rc;

use jiff::civil::{Date, Time, Weekday};
use kairan_contract::{AnswerType, AnswerValue, Language, ScreenName};
use kairan_text::tr;
use kairan_ui::{ChoiceView, DayKeyView, FormDayFace, FormDayView, TabletWindow};
use slint::{Color, ComponentHandle as _, VecModel};

use super::{
    form_question::{choice, heading},
    form_scenes::form_steps,
    model::refilled,
    scene::Scene,
    screen::{Given, Pictures, Screen, ScreenContext, spoken},
};
use crate::{
    dates::{half, month, weekday},
    form_draft::{AnswerPart, Offered},
    session::{Command, Effect, Session},
    speech::Passage,
};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("form_day");

const INK: Color = Color::from_rgb_u8(0x1c, 0x1b, 0x19);
const SATURDAY: Color = Color::from_rgb_u8(0x1f, 0x4e, 0x9c);
const SUNDAY: Color = Color::from_rgb_u8(0xab, 0x1f, 0x17);

/// A day to be chosen.
pub struct FormDay;

impl Screen for FormDay {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        let is_uncovered = session.uncovered().is_some();
        let question = session.form_question().filter(|_| is_uncovered);
        question.is_some_and(|(_, question, part)| match question.answer {
            AnswerType::Day { .. } => *part != AnswerPart::Months,
            AnswerType::Time { .. } => true,
            _ => false,
        })
    }

    fn show(&self, window: &TabletWindow, context: &ScreenContext, _: Pictures) {
        let (view, days, others) = view(context);
        let face = window.global::<FormDayFace>();
        face.set_view(view);
        face.set_days(Rc::new(VecModel::from(days)).into());
        face.set_others(refilled(&face.get_others(), others));
    }

    fn describe(&self, context: &ScreenContext) -> Vec<Passage> {
        let (view, days, others) = view(context);
        let days = days
            .iter()
            .map(|day| format!("{}{} {}", day.month, day.day, day.weekday));
        let mut said = spoken([view.title, view.explanation]);
        said.extend(spoken(days));
        said.extend(spoken(others.into_iter().map(|it| it.words)));
        said
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
            Scene::of("form-day", form_steps("consultation", 5)),
            Scene::of("form-time", form_steps("visit", 0)),
            Scene::of("form-day-month", form_steps("bulky", 4)),
        ]
    }
}

fn view(context: &ScreenContext) -> (FormDayView, Vec<DayKeyView>, Vec<ChoiceView>) {
    let (session, language) = (context.session, context.language());
    let Some((draft, question, _)) = session.form_question() else {
        return Default::default();
    };
    let known = match draft.value(&question.id) {
        Some(AnswerValue::Day { day }) => Some(*day),
        _ => None,
    };
    let (mut days, mut others) = (Vec::new(), Vec::new());
    for offered in session.form_offered(context.now) {
        match offered {
            Offered::Day(day) => days.push(key(language, day, known)),
            Offered::Time(time) => {
                let is_known = draft.value(&question.id) == Some(&AnswerValue::Time { time });
                days.push(time_key(language, time, is_known));
            }
            other => others.push(choice(language, draft, question, &other, context.now)),
        }
    }
    let heading = heading(session);
    let view = FormDayView {
        progress: heading.progress,
        title: heading.title,
        explanation: heading.explanation,
    };
    (view, days, others)
}

fn key(language: Language, day: Date, known: Option<Date>) -> DayKeyView {
    let number = day.day();
    DayKeyView {
        month: month(language, day).into(),
        day: tr!(language, "a day of a month" => "{number}日", number).into(),
        weekday: weekday(language, day).into(),
        current: known == Some(day),
        colour: match day.weekday() {
            Weekday::Saturday => SATURDAY,
            Weekday::Sunday => SUNDAY,
            _ => INK,
        },
    }
}

/// 午前 10時 30分, on three lines.
fn time_key(language: Language, time: Time, is_known: bool) -> DayKeyView {
    let minute = time.minute();
    let minutes = tr!(language, "under an hour, on a key" => "{minute}分", minute);
    DayKeyView {
        month: half(language, time.hour()).into(),
        day: hour_on_key(language, time.hour()).into(),
        weekday: if minute == 0 {
            slint::SharedString::default()
        } else {
            minutes.into()
        },
        current: is_known,
        colour: INK,
    }
}

fn hour_on_key(language: Language, hour: i8) -> String {
    let from_twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
    tr!(
        language,
        "an hour, on a key" => "{hour}時",
        hour = hour % 12,
        hour_from_twelve = from_twelve
    )
}
