//! Goods with their prices, and how many of each.

use kairan_contract::{AnswerType, Language, ScreenName};
use kairan_text::{tr, tr_in};
use kairan_ui::{FormGoodsFace, FormGoodsView, GoodRowView, TabletWindow};
use slint::ComponentHandle as _;

use super::{
    form_question::{heading, sum},
    form_scenes::form_steps,
    form_words::yen,
    model::refilled,
    scene::Scene,
    screen::{Given, Pictures, Screen, ScreenContext, spoken},
};
use crate::{
    form_draft::{AnswerPart, Offered},
    session::{Command, Effect, Session},
    speech::Passage,
};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("form_goods");

/// Goods to be chosen.
pub struct FormGoods;

impl Screen for FormGoods {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        let is_uncovered = session.uncovered().is_some();
        let question = session.form_question().filter(|_| is_uncovered);
        question.is_some_and(|(draft, question, part)| {
            let is_goods = matches!(question.answer, AnswerType::Goods { .. });
            let is_list = matches!(part, AnswerPart::Group(_)) || draft.groups().len() < 2;
            is_goods && is_list
        })
    }

    fn show(&self, window: &TabletWindow, context: &ScreenContext, _: Pictures) {
        let (view, goods) = view(context);
        let face = window.global::<FormGoodsFace>();
        face.set_view(view);
        face.set_goods(refilled(&face.get_goods(), goods));
    }

    fn describe(&self, context: &ScreenContext) -> Vec<Passage> {
        let (view, goods) = view(context);
        let mut said = spoken([view.title.as_str(), view.explanation.as_str()]);
        let readings = context.session.form_question();
        for row in goods {
            let good = readings.and_then(|(draft, _, _)| {
                let mut goods = draft.form.goods.iter();
                goods.find(|it| it.id.as_str() == row.id.as_str())
            });
            said.push(match good.and_then(|it| it.reading.as_deref()) {
                Some(reading) => Passage::with_reading(row.name.as_str(), reading),
                None => Passage::of(row.name.as_str()),
            });
            said.extend(spoken([row.price, row.sold_out, row.amount]));
        }
        said.extend(spoken([view.total, view.next]));
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
            "右の しるしを 押すと ふえ、左の しるしを 押すと へります。よければ「これで よい」を 押してください。",
        )
    }

    fn scenes(&self) -> Vec<Scene> {
        vec![
            Scene::of("form-goods", form_steps("shopping", 1)),
            Scene::of("form-goods-all", form_steps("bulky", 0)),
        ]
    }
}

fn view(context: &ScreenContext) -> (FormGoodsView, Vec<GoodRowView>) {
    let (session, language) = (context.session, context.language());
    let Some((draft, question, part)) = session.form_question() else {
        return Default::default();
    };
    let (group, name) = match part {
        AnswerPart::Group(group) => (*group, draft.groups().get(*group).copied()),
        _ => (0, None),
    };
    let rows = draft.goods_of(group).into_iter().map(|good| {
        let amount = draft.amount(&question.id, &good.id);
        let name = &good.name;
        GoodRowView {
            id: good.id.as_str().into(),
            name: name.as_str().into(),
            unit: good.unit.as_deref().unwrap_or_default().into(),
            price: yen(language, good.price).into(),
            amount: if good.is_sold_out {
                slint::SharedString::default()
            } else {
                amount.to_string().into()
            },
            sold_out: if good.is_sold_out {
                tr(language, "売り切れです").into()
            } else {
                slint::SharedString::default()
            },
            may_be_less: amount > 0,
            may_be_more: draft.may_have_more(&question.id, good),
            less: tr!(language, "{name}を ひとつ へらす", name).into(),
            more: tr!(language, "{name}を ひとつ ふやす", name).into(),
        }
    });
    let offered = session.form_offered(context.now);
    let next = offered.iter().position(|it| *it == Offered::Next);
    let next_words = match next {
        None => "",
        Some(_) => tr_in(language, "of goods", "これで よい"),
    };
    let heading = heading(session);
    let view = FormGoodsView {
        progress: heading.progress,
        title: name
            .filter(|it| !it.is_empty())
            .map_or(heading.title, Into::into),
        explanation: heading.explanation,
        total: sum(language, draft, question).into(),
        next: next_words.into(),
        next_place: next.and_then(|at| i32::try_from(at).ok()).unwrap_or(0),
    };
    (view, rows.collect())
}
