//! The first page of a form: what becomes of it, and how it begins.

use kairan_contract::{Form, Language, ScreenName, ServiceId};
use kairan_text::{message, tr};
use kairan_ui::{ChoiceView, Face, FormIntroFace, FormIntroView, TabletWindow};
use slint::{Color, ComponentHandle as _, ModelRc, VecModel};

use super::{
    form_scenes::{form_begun, form_closed, with_forms},
    form_words::{until, yen},
    head::open_service,
    model::refilled,
    scene::Scene,
    screen::{Given, Pictures, Screen, ScreenContext, spoken},
};
use crate::{
    dates::in_japan,
    form_draft::FormDraft,
    screens::icons::icon,
    session::{Command, Effect, Route, Session},
    speech::Passage,
};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("form_intro");

/// The colour of the telephone beside a key.
pub const TELEPHONE: Color = Color::from_rgb_u8(0x0b, 0x4f, 0x4a);

/// The first page of a form.
pub struct FormIntro;

/// What its keys do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Begin,
    GoOn,
    Anew,
    Telephone,
}

impl Screen for FormIntro {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        let Some(Route::Service(service)) = session.uncovered_content() else {
            return false;
        };
        session.delivered_form(service).is_some()
    }

    fn show(&self, window: &TabletWindow, context: &ScreenContext, _: Pictures) {
        if let Some(opened) = open_service(context.session) {
            window.global::<Face>().set_head(opened.head(context));
        }
        let Some((service, form)) = shown(context.session) else {
            return;
        };
        let face = window.global::<FormIntroFace>();
        face.set_view(view(form, context));
        let choices = keys(context, service, form).into_iter();
        let choices = choices.map(|key| choice(key, context.language())).collect();
        face.set_choices(refilled(&face.get_choices(), choices));
    }

    fn describe(&self, context: &ScreenContext) -> Vec<Passage> {
        let Some((service, form)) = shown(context.session) else {
            return Vec::new();
        };
        let mut said =
            open_service(context.session).map_or_else(Vec::new, |it| it.passages(context));
        let view = view(form, context);
        said.extend(spoken([view.purpose, view.closed]));
        let keys = keys(context, service, form).into_iter();
        said.extend(spoken(
            keys.map(|key| choice(key, context.language()).words),
        ));
        said.extend(spoken(terms(form, context.language())));
        said
    }

    fn own_commands(&self) -> &'static [&'static str] {
        &["form-intro"]
    }

    fn update(
        &self,
        session: &mut Session,
        command: &Command,
        given: Given,
    ) -> Option<Vec<Effect>> {
        let Command::Own(name, index) = command else {
            return None;
        };
        if name != "form-intro" || given.screen != NAME {
            return None;
        }
        let index: usize = index.parse().ok()?;
        let (service, form) = shown(session)?;
        let key = keys_of(session, service, form, given.now)
            .get(index)
            .copied()?;
        Some(match key {
            Key::Begin | Key::GoOn => session.begin_form(false, given.now),
            Key::Anew => session.begin_form(true, given.now),
            Key::Telephone => session.open_form_telephone(),
        })
    }

    fn purpose(&self, language: Language) -> &'static str {
        tr(
            language,
            "ここから たのむことが できます。さいごに たしかめる画面が あるので、まちがえても だいじょうぶです。",
        )
    }

    fn scenes(&self) -> Vec<Scene> {
        vec![
            Scene::of("form-intro", with_forms("shopping", &[])),
            Scene::of("form-intro-begun", form_begun()),
            Scene::of("form-intro-closed", form_closed()),
        ]
    }
}

fn shown(session: &Session) -> Option<(&ServiceId, &Form)> {
    let service = session.form_service()?;
    Some((service, session.delivered_form(service)?.0))
}

fn keys(context: &ScreenContext, service: &ServiceId, form: &Form) -> Vec<Key> {
    keys_of(context.session, service, form, context.now)
}

fn keys_of(session: &Session, service: &ServiceId, form: &Form, now: jiff::Timestamp) -> Vec<Key> {
    if !form.is_open_at(now) || !FormDraft::can_ask(form) {
        return vec![Key::Telephone];
    }
    match session.personal.draft(service) {
        Some(_) => vec![Key::GoOn, Key::Anew, Key::Telephone],
        None => vec![Key::Begin, Key::Telephone],
    }
}

fn choice(key: Key, language: Language) -> ChoiceView {
    let words = match key {
        Key::Begin => message("はじめる"),
        Key::GoOn => message("つづきから"),
        Key::Anew => message("さいしょから"),
        Key::Telephone => return telephone_choice(language),
    };
    ChoiceView {
        words: words.tr(language).into(),
        strong: key != Key::Anew,
        ..ChoiceView::default()
    }
}

/// 電話で たのむ, which stands on every screen of a form.
pub fn telephone_choice(language: Language) -> ChoiceView {
    ChoiceView {
        words: tr(language, "電話で たのむ").into(),
        icon: icon("phone"),
        colour: TELEPHONE,
        ..ChoiceView::default()
    }
}

fn view(form: &Form, context: &ScreenContext) -> FormIntroView {
    let language = context.language();
    let today = in_japan(context.now).date();
    let closed = match form.opens_at {
        _ if !FormDraft::can_ask(form) => tr(
            language,
            "このタブレットでは できません。お電話で おねがいします。",
        )
        .to_owned(),
        _ if form.is_open_at(context.now) => String::new(),
        Some(opens) if context.now < opens => {
            let at = until(language, opens, today);
            tr!(language, "{at}から たのめます。", at)
        }
        _ => tr(language, "うけつけは 終わりました。").to_owned(),
    };
    let terms = terms(form, language).into_iter().map(Into::into);
    FormIntroView {
        purpose: form.purpose.as_str().into(),
        closed: closed.into(),
        terms: ModelRc::new(VecModel::from(terms.collect::<Vec<_>>())),
    }
}

/// What bringing it costs, how it is paid, and what it costs to cancel late.
pub fn terms(form: &Form, language: Language) -> Vec<String> {
    let fee = form.delivery_fee.map(|fee| {
        let fee = yen(language, fee);
        tr!(language, "お届け料は 税込 {fee}です。", fee)
    });
    let sentences = [form.payment.clone(), form.late_cancel.clone()];
    fee.into_iter()
        .chain(sentences.into_iter().flatten())
        .collect()
}
