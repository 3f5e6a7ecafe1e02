//! One thing that was asked for: how it stands, its number, what happens next, and what can be done with it.

use jiff::Timestamp;
use kairan_contract::{Language, RequestId, ScreenName};
use kairan_text::{message, tr};
use kairan_ui::{
    ChoiceView, ReminderView, RequestFace, RequestLineView, RequestView, TabletWindow,
};
use slint::{Color, ComponentHandle as _};

use super::{
    form_scenes::request_scene,
    form_words::answer,
    icons::icon,
    model::refilled,
    request_words::{mark, next, proposal, state, telephone, title},
    scene::Scene,
    screen::{Given, Pictures, Screen, ScreenContext, spoken},
};
use crate::{
    asked::{Asked, RequestAction},
    dates::in_japan,
    reminders::PromptKind,
    session::{Command, Effect, Route, Session},
    speech::Passage,
};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("request");

const GREEN: Color = Color::from_rgb_u8(0x0b, 0x4f, 0x4a);
const AMBER: Color = Color::from_rgb_u8(0x8a, 0x5a, 0x00);

/// One thing that was asked for.
pub struct RequestScreen;

impl Screen for RequestScreen {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        matches!(session.uncovered(), Some(Route::Request(_)))
    }

    fn show(&self, window: &TabletWindow, context: &ScreenContext, _: Pictures) {
        let Some(asked) = context.session.asked_on_screen() else {
            return;
        };
        let face = window.global::<RequestFace>();
        face.set_view(view(context, &asked));
        face.set_actions(refilled(&face.get_actions(), actions(context)));
        face.set_lines(refilled(&face.get_lines(), lines(context, &asked)));
    }

    fn describe(&self, context: &ScreenContext) -> Vec<Passage> {
        let Some(asked) = context.session.asked_on_screen() else {
            return Vec::new();
        };
        let view = view(context, &asked);
        let mut said = spoken([view.title, view.state, view.proposal]);
        said.extend(spoken(next(context.session, &asked, context.now)));
        let leading = usize::try_from(view.leading).unwrap_or(0);
        let actions = actions(context);
        let (first, last) = actions.split_at(leading.min(actions.len()));
        said.extend(spoken(first.iter().map(|it| &it.words)));
        if !view.number.is_empty() {
            said.extend(spoken([view.number_words, view.number]));
        }
        let lines = lines(context, &asked).into_iter();
        said.extend(spoken(lines.flat_map(|it| [it.question, it.answer])));
        said.extend(spoken(last.iter().map(|it| &it.words)));
        said.extend(spoken([view.telephone_words, view.telephone]));
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
                Some(session.act_on_request(*index, given.now, given.now_ms))
            }
            _ => None,
        }
    }

    fn purpose(&self, language: Language) -> &'static str {
        tr(
            language,
            "たのんだことが、どうなったかが わかります。わからないときは、下の番号へ お電話ください。",
        )
    }

    fn scenes(&self) -> Vec<Scene> {
        let names = [
            ("request-waits", "waits"),
            ("request-arrived", "arrived"),
            ("request-noted", "noted"),
            ("request-proposed", "proposed"),
            ("request-confirmed", "confirmed"),
            ("request-returned", "returned"),
            ("request-expired", "expired"),
            ("request-done", "done"),
            ("request-withdrawing", "withdrawing"),
            ("request-bulky", "bulky"),
        ];
        names
            .into_iter()
            .map(|(name, which)| Scene::of(name, request_scene(which)))
            .collect()
    }
}

/// The card with which an answer, or a time that is near, comes forward.
pub fn due(session: &Session, id: RequestId, now: Timestamp) -> Option<ReminderView> {
    let language = session.profile.language;
    let all = session.asked();
    let asked = all.iter().find(|it| it.id == id)?;
    let is_answer = matches!(session.due()?.kind, PromptKind::Answer(..));
    let (title, state) = (title(session, asked), state(session, asked, now));
    Some(ReminderView {
        icon: icon(if is_answer {
            "chat-circle-text"
        } else {
            "calendar-check"
        }),
        title: if is_answer {
            tr!(language, "「{title}」の お返事です", title).into()
        } else {
            tr!(language, "「{title}」の 時間が 近づきました", title).into()
        },
        words: state.into(),
        done: tr(language, "見る").into(),
    })
}

fn view(context: &ScreenContext, asked: &Asked) -> RequestView {
    let (session, language) = (context.session, context.language());
    let (name, is_notice) = mark(asked);
    let (who, telephone) = telephone(session, asked);
    let number = asked.answer.map(|it| it.number.to_string());
    let ends =
        |action: &RequestAction| matches!(action, RequestAction::Withdraw | RequestAction::Cancel);
    let actions = session.request_actions(context.now);
    let leading = actions.iter().filter(|action| !ends(action)).count();
    let proposal = asked.answer.map(|it| proposal(language, it, context.now));
    RequestView {
        title: title(session, asked).into(),
        state: state(session, asked, context.now).into(),
        next: std::rc::Rc::new(slint::VecModel::from(
            next(session, asked, context.now)
                .into_iter()
                .map(Into::into)
                .collect::<Vec<slint::SharedString>>(),
        ))
        .into(),
        proposal: proposal.unwrap_or_default().into(),
        icon: icon(name),
        colour: if is_notice { AMBER } else { GREEN },
        is_notice,
        number: number.unwrap_or_default().into(),
        number_words: tr(language, "番号（お電話のときに つたえてください）").into(),
        telephone: telephone.into(),
        telephone_words: tr!(language, "わからないときは {who}へ 電話を", who).into(),
        leading: i32::try_from(leading).unwrap_or(0),
    }
}

fn actions(context: &ScreenContext) -> Vec<ChoiceView> {
    let language = context.language();
    let actions = context.session.request_actions(context.now).into_iter();
    actions
        .map(|action| {
            let words = match action {
                RequestAction::Accept => message("それで いいです"),
                RequestAction::Refuse => message("いいえ"),
                RequestAction::Mend => message("直して もういちど たのむ"),
                RequestAction::Again => message("まえと おなじものを たのむ"),
                RequestAction::Withdraw | RequestAction::Cancel => message("取り消す"),
            };
            let strong = matches!(
                action,
                RequestAction::Accept | RequestAction::Mend | RequestAction::Again
            );
            ChoiceView {
                words: words.tr(language).into(),
                strong,
                ..ChoiceView::default()
            }
        })
        .collect()
}

/// What was asked for, question by question: as this tablet asked, or as the backend tells it.
fn lines(context: &ScreenContext, asked: &Asked) -> Vec<RequestLineView> {
    let language = context.language();
    if let Some(answer) = asked.answer.filter(|it| !it.lines.is_empty()) {
        return answer
            .lines
            .iter()
            .map(|line| RequestLineView {
                question: line.question.as_str().into(),
                answer: line.answer.as_str().into(),
            })
            .collect();
    }
    let Some(kairan_contract::RequestKind::Form(made)) = asked.kept.map(|it| &it.request.what)
    else {
        return Vec::new();
    };
    let delivered = context.session.delivered_form(&made.service);
    // Of another version its questions are not known here.
    let Some((form, _)) = delivered.filter(|(_, version)| *version == made.version) else {
        return Vec::new();
    };
    let today = in_japan(context.now).date();
    let questions = form.path(&made.answers).into_iter();
    questions
        .map(|question| {
            let said = answer(language, form, question, &made.answers, today);
            RequestLineView {
                question: question.words.as_str().into(),
                answer: said.join("\n").into(),
            }
        })
        .collect()
}
