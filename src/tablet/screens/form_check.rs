//! All answers together, before they are sent.

use std::rc::Rc;

use kairan_contract::{Language, ScreenName};
use kairan_text::tr;
use kairan_ui::{CheckRowView, FormCheckFace, FormCheckView, TabletWindow};
use slint::{ComponentHandle as _, ModelRc, SharedString, VecModel};

use super::{
    about_me,
    form_intro::terms,
    form_scenes::{check_of, form_steps},
    form_words::{answer, notice, yen},
    model::refilled,
    scene::Scene,
    screen::{Given, Pictures, Screen, ScreenContext, spoken},
};
use crate::{
    dates::in_japan,
    form_draft::{FormDraft, FormPlace},
    session::{Command, Effect, Route, Session},
    speech::Passage,
};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("form_check");

/// All answers together.
pub struct FormCheck;

/// One row, before it is put on the face.
struct Row {
    command: &'static str,
    id: String,
    question: String,
    answers: Vec<String>,
}

/// Everything on the screen.
struct Page {
    title: String,
    notice: String,
    rows: Vec<Row>,
    totals: Vec<String>,
    total: String,
    terms: Vec<String>,
    send: String,
}

impl Screen for FormCheck {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        matches!(session.uncovered(), Some(Route::Form(_, FormPlace::Check)))
    }

    fn show(&self, window: &TabletWindow, context: &ScreenContext, _: Pictures) {
        let Some(page) = page(context) else {
            return;
        };
        let language = context.language();
        let face = window.global::<FormCheckFace>();
        face.set_view(FormCheckView {
            title: page.title.into(),
            notice: page.notice.into(),
            totals: lines(page.totals),
            total: page.total.into(),
            terms: lines(page.terms),
            unsent: unsent(language).into(),
            send: page.send.into(),
        });
        let rows = page.rows.into_iter().map(|row| {
            let question = &row.question;
            CheckRowView {
                command: row.command.into(),
                id: row.id.into(),
                mend: tr!(language, "直す：{question}", question).into(),
                question: row.question.into(),
                answers: lines(row.answers),
            }
        });
        face.set_rows(refilled(&face.get_rows(), rows.collect()));
    }

    fn describe(&self, context: &ScreenContext) -> Vec<Passage> {
        let Some(page) = page(context) else {
            return Vec::new();
        };
        let mut said = spoken([page.title, page.notice]);
        for row in page.rows {
            said.extend(spoken(std::iter::once(row.question).chain(row.answers)));
        }
        said.extend(spoken(page.totals));
        said.extend(spoken([page.total]));
        said.extend(spoken(page.terms));
        said.extend(spoken([unsent(context.language()).to_owned(), page.send]));
        said
    }

    fn own_commands(&self) -> &'static [&'static str] {
        &["form-mend", "form-mend-person", "form-send"]
    }

    fn update(
        &self,
        session: &mut Session,
        command: &Command,
        given: Given,
    ) -> Option<Vec<Effect>> {
        let Command::Own(name, question) = command else {
            return None;
        };
        match name.as_str() {
            "form-mend" => Some(session.mend_in_form(question)),
            "form-mend-person" => Some(session.mend_person()),
            "form-send" => Some(session.send_form(given.now, given.now_ms)),
            _ => None,
        }
    }

    fn purpose(&self, language: Language) -> &'static str {
        tr(
            language,
            "まだ たのんでいません。ちがうところは「直す」を 押してください。よければ、いちばん下の ボタンを 押してください。",
        )
    }

    fn scenes(&self) -> Vec<Scene> {
        vec![
            Scene::of("form-check", form_steps("shopping", 8)),
            Scene::of("form-check-changed", check_of("changed")),
            Scene::of("form-check-provisional", check_of("bulky")),
        ]
    }
}

fn unsent(language: Language) -> &'static str {
    tr(
        language,
        "下の ボタンを 押すまで、だれにも つたわりません。",
    )
}

fn lines(lines: Vec<String>) -> ModelRc<SharedString> {
    let lines: Vec<SharedString> = lines.into_iter().map(Into::into).collect();
    Rc::new(VecModel::from(lines)).into()
}

fn page(context: &ScreenContext) -> Option<Page> {
    let (session, language) = (context.session, context.language());
    let (draft, _) = session.form_on_screen()?;
    let form = &draft.form;
    let today = in_japan(context.now).date();
    let mut rows: Vec<Row> = form
        .path(&draft.answers)
        .into_iter()
        .map(|question| Row {
            command: "form-mend",
            id: question.id.to_string(),
            question: question.words.clone(),
            answers: answer(language, form, question, &draft.answers, today),
        })
        .collect();
    if !form.needs.is_empty() {
        let to = about_me::told_to(session, &draft.service);
        let told = about_me::lines(language, &session.personal.about, &form.needs);
        let told = told.into_iter();
        rows.push(Row {
            command: "form-mend-person",
            id: String::new(),
            question: tr!(language, "これを {to}に つたえます", to),
            answers: told
                .map(|(field, value)| format!("{field}：{value}"))
                .collect(),
        });
    }
    let (totals, total) = sums(language, draft);
    let provisional = form.is_provisional.then(|| {
        tr(
            language,
            "これは 仮の うけつけです。お返事が 来るまでは 決まりません。",
        )
        .to_owned()
    });
    let terms = terms(form, language).into_iter().chain(provisional);
    Some(Page {
        title: tr(language, "これで よいか たしかめてください").to_owned(),
        notice: draft
            .notice
            .map_or_else(String::new, |it| notice(language, it).to_owned()),
        rows,
        totals,
        total,
        terms: terms.collect(),
        send: form.send.clone(),
    })
}

/// What the goods and bringing them come to; nothing where nothing has a price.
fn sums(language: Language, draft: &FormDraft) -> (Vec<String>, String) {
    let Some(total) = draft.total() else {
        return (Vec::new(), String::new());
    };
    let fee = draft.form.delivery_fee;
    let lines = fee.map(|fee| {
        let goods = total.amount().saturating_sub(fee.amount());
        let goods = goods.try_into().map(|goods| yen(language, goods));
        let (goods, fee) = (goods.unwrap_or_default(), yen(language, fee));
        vec![
            tr!(language, "品物 {goods}", goods),
            tr!(language, "お届け料 {fee}", fee),
        ]
    });
    let total = yen(language, total);
    (
        lines.unwrap_or_default(),
        tr!(language, "あわせて 税込 {total}", total),
    )
}
