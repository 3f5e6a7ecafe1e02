//! 電話で たのむ: whom to ring in place of filling in a form.

use kairan_contract::{Language, ScreenName};
use kairan_text::tr;
use kairan_ui::{FormTelephoneFace, FormTelephoneView, TabletWindow};
use slint::ComponentHandle as _;

use super::{
    about_me,
    form_scenes::with_telephone,
    scene::Scene,
    screen::{Pictures, Screen, ScreenContext, spoken},
};
use crate::{
    session::{Route, Session},
    speech::Passage,
};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("form_telephone");

/// Whom to ring in place of filling in a form.
pub struct FormTelephone;

impl Screen for FormTelephone {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        matches!(session.uncovered(), Some(Route::FormTelephone(_)))
    }

    fn show(&self, window: &TabletWindow, context: &ScreenContext, _: Pictures) {
        window
            .global::<FormTelephoneFace>()
            .set_view(view(context.session));
    }

    fn describe(&self, context: &ScreenContext) -> Vec<Passage> {
        let view = view(context.session);
        spoken([view.title, view.words, view.name, view.telephone])
    }

    fn purpose(&self, language: Language) -> &'static str {
        tr(
            language,
            "この番号へ お電話ください。「もどる」を押すと、つづきに もどります。",
        )
    }

    fn scenes(&self) -> Vec<Scene> {
        vec![Scene::of("form-telephone", with_telephone())]
    }
}

fn view(session: &Session) -> FormTelephoneView {
    let language = session.profile.language;
    let Some(service) = session.form_service() else {
        return FormTelephoneView::default();
    };
    let (name, telephone) = about_me::whom_to_ring(session, service);
    FormTelephoneView {
        title: tr(language, "お電話でも たのめます").into(),
        words: tr(
            language,
            "この番号へ お電話ください。ここまでの 答えは 消えません。",
        )
        .into(),
        name: name.into(),
        telephone: telephone.into(),
    }
}
