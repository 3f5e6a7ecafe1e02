//! わたしのこと: what may have to be told of the resident, and to whom it is told.

use kairan_contract::{Language, PersonalData, PersonalField, Provider, ScreenName, ServiceId};
use kairan_text::{message, tr};
use kairan_ui::{AboutMeFace, AboutRowView, TabletWindow};
use slint::ComponentHandle as _;

use super::{
    form_scenes::about_me,
    model::refilled,
    scene::Scene,
    screen::{Given, Pictures, Screen, ScreenContext, spoken},
};
use crate::{
    session::{Command, Effect, Route, Session},
    speech::Passage,
};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("about_me");

/// What may have to be told of the resident.
pub struct AboutMe;

impl Screen for AboutMe {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        matches!(session.uncovered(), Some(Route::AboutMe))
    }

    fn show(&self, window: &TabletWindow, context: &ScreenContext, _: Pictures) {
        let face = window.global::<AboutMeFace>();
        face.set_words(explanation(context.language()).into());
        face.set_rows(refilled(&face.get_rows(), rows(context.session)));
        face.set_next(next(context.session).into());
    }

    fn describe(&self, context: &ScreenContext) -> Vec<Passage> {
        let language = context.language();
        let mut said = spoken([tr(language, "わたしのこと"), explanation(language)]);
        let rows = rows(context.session).into_iter();
        said.extend(spoken(rows.flat_map(|row| [row.field, row.value])));
        said.extend(spoken([next(context.session)]));
        said
    }

    fn own_commands(&self) -> &'static [&'static str] {
        &["about-me", "about-me-done"]
    }

    fn update(
        &self,
        session: &mut Session,
        command: &Command,
        given: Given,
    ) -> Option<Vec<Effect>> {
        match command {
            Command::Choose(index) if given.screen == NAME => Some(session.choose_about(*index)),
            Command::Own(name, _) if name == "about-me" => Some(session.open_about_me()),
            Command::Own(name, _) if name == "about-me-done" => Some(session.leave_about_me()),
            _ => None,
        }
    }

    fn purpose(&self, language: Language) -> &'static str {
        tr(
            language,
            "お名前や 電話番号を 書いておく ところです。押すと 書きなおせます。",
        )
    }

    fn scenes(&self) -> Vec<Scene> {
        vec![
            Scene::of("about-me", about_me(true)),
            Scene::of("about-me-empty", about_me(false)),
        ]
    }
}

fn explanation(language: Language) -> &'static str {
    tr(
        language,
        "このタブレットの 中だけに しまいます。なにかを たのむときだけ、その相手に つたえます。",
    )
}

fn next(session: &Session) -> &'static str {
    if session.may_go_on_from_about_me() {
        tr(session.profile.language, "これで よい")
    } else {
        ""
    }
}

fn rows(session: &Session) -> Vec<AboutRowView> {
    let language = session.profile.language;
    let about = &session.personal.about;
    let fields = session.about_fields();
    let lines = lines(language, about, &fields);
    let fields = fields.iter().zip(lines);
    fields
        .map(|(field, (name, value))| AboutRowView {
            field: name.into(),
            value: value.into(),
            is_missing: !about.tells(*field),
        })
        .collect()
}

/// The fields that are told, each with its name.
pub fn lines(
    language: Language,
    about: &PersonalData,
    fields: &[PersonalField],
) -> Vec<(&'static str, String)> {
    let missing = || tr(language, "まだ 書いていません").to_owned();
    let line = |field: &PersonalField| match field {
        PersonalField::Name => (
            message("お名前").tr(language),
            about.name.as_ref().map(|it| it.as_str().to_owned()),
        ),
        PersonalField::Telephone => (
            message("電話番号").tr(language),
            about.telephone.as_ref().map(|it| it.as_str().to_owned()),
        ),
        PersonalField::Address => (
            message("住所").tr(language),
            about
                .address
                .as_ref()
                .map(kairan_contract::Address::in_one_line),
        ),
    };
    let all = fields.iter().map(line);
    all.map(|(name, value)| (name, value.unwrap_or_else(missing)))
        .collect()
}

/// Who stands behind a tile.
fn provider<'s>(session: &'s Session, service: &ServiceId) -> Option<&'s Provider> {
    let held = session.content.as_ref()?;
    let (entry, _) = held.service(service)?;
    let mut providers = held.manifest.providers.iter();
    providers.find(|it| it.id == entry.service.provider)
}

/// To whom the answers of a form go, as residents know them.
pub fn told_to(session: &Session, service: &ServiceId) -> String {
    let known = provider(session, service).map(|it| it.name.clone());
    known.unwrap_or_else(|| tr(session.profile.language, "係").to_owned())
}

/// Who can be rung in place of filling in a form, and where: its provider, or else the council's helper.
pub fn whom_to_ring(session: &Session, service: &ServiceId) -> (String, String) {
    let provider = provider(session, service);
    if let Some(Provider {
        name,
        telephone: Some(telephone),
        ..
    }) = provider
    {
        return (name.clone(), telephone.as_str().to_owned());
    }
    let council = session.content.as_ref().map(|held| &held.manifest.council);
    council.map_or_else(Default::default, |it| {
        (it.name.clone(), it.helper_telephone.as_str().to_owned())
    })
}
