//! 困ったとき: what a screen is for, and whom to ring.

use kairan_contract::{Language, ScreenName};
use kairan_text::{language_name, message, next_language, tr};
use kairan_ui::{HelpFace, HelpView, TabletWindow};
use slint::ComponentHandle as _;

use super::{
    scene::{Scene, at},
    screen::{Given, Pictures, Screen, ScreenContext, spoken},
};
use crate::{
    session::{Command, Connection, Effect, Route, Session},
    speech::Passage,
};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("help");

/// What a screen is for, and whom to ring.
pub struct Help;

impl Screen for Help {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        matches!(session.uncovered(), Some(Route::Help(_)))
    }

    fn show(&self, window: &TabletWindow, context: &ScreenContext, _: Pictures) {
        if let Some(view) = view_of(context) {
            window.global::<HelpFace>().set_view(view);
        }
    }

    fn describe(&self, context: &ScreenContext) -> Vec<Passage> {
        let view = view_of(context);
        spoken(
            view.into_iter()
                .flat_map(|view| [view.purpose, view.telephone]),
        )
    }

    fn update(
        &self,
        session: &mut Session,
        command: &Command,
        given: Given,
    ) -> Option<Vec<Effect>> {
        let Given {
            now,
            now_ms,
            screen,
        } = given;
        match command {
            Command::Help => {
                let mut effects = session.stop_programme();
                effects.extend(session.open_help(screen));
                Some(effects)
            }
            Command::CallBack => {
                session.offer_call_back(screen);
                Some(Vec::new())
            }
            Command::PractiseWarning => Some(session.practise_warning(now, now_ms)),
            Command::RepeatFirstUse => Some(session.repeat_first_use(now_ms)),
            Command::SwitchLanguage => {
                let other = next_language(session.profile.language);
                Some(session.set_language(other))
            }
            _ => None,
        }
    }

    fn scenes(&self) -> Vec<Scene> {
        vec![
            Scene::of("help", at(Connection::Online, &[Command::Help])),
            Scene::of(
                "help-not-let-in",
                at(Connection::Unauthorized, &[Command::Help]),
            ),
        ]
    }
}

fn view_of(context: &ScreenContext) -> Option<HelpView> {
    match context.session.route() {
        Route::Help(_) => Some(view(context.session, context.purpose)),
        _ => None,
    }
}

/// The program's version.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Help for the screen from which it was asked.
pub fn view(session: &Session, purpose: &str) -> HelpView {
    let council = session
        .content
        .as_ref()
        .map(|snapshot| &snapshot.manifest.council);
    let language = session.profile.language;
    let connection = connection_in_words(session.connection, language);
    let revision = session
        .content
        .as_ref()
        .map_or(0, |snapshot| snapshot.manifest.catalogue);
    HelpView {
        purpose: purpose.into(),
        may_enrol: session.connection == Connection::Unauthorized,
        may_ask: session.content.is_some() && session.connection != Connection::Unauthorized,
        other_language: language_name(next_language(language)).into(),
        telephone: council
            .map(|council| council.helper_telephone.as_str())
            .unwrap_or_default()
            .into(),
        council: council
            .map(|council| council.name.as_str())
            .unwrap_or_default()
            .into(),
        about: tr!(
            language,
            "係の方へ: Kairan {version} ／ 内容 第{revision}版 ／ {connection}",
            version = VERSION,
            revision,
            connection
        )
        .into(),
    }
}

/// How it stands with the backend, for helpers.
pub fn connection_in_words(connection: Connection, language: Language) -> &'static str {
    let words = match connection {
        Connection::Online => message("つながっています"),
        Connection::Offline(_) => message("つながっていません"),
        Connection::Unknown => message("たしかめています"),
        Connection::NotKept => message("つながっています（しまう場所が ありません）"),
        Connection::Unauthorized => message("登録が終わっています"),
    };
    words.tr(language)
}
