//! What became of the wish to be called back.

use kairan_contract::{Language, Request, RequestId, RequestKind, ScreenName};
use kairan_text::{message, tr};
use kairan_ui::{CallBackFace, CallBackView, TabletWindow};
use slint::ComponentHandle as _;
use uuid::Uuid;

use super::{
    scene::{Scene, at},
    screen::{Pictures, Screen, ScreenContext, spoken},
};
use crate::{
    demonstration::now,
    session::{Command, Connection, KeptRequest, RequestState, Route, Session},
    speech::Passage,
};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("call_back");

/// What became of a request to be rung.
pub struct CallBack;

impl Screen for CallBack {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        matches!(session.uncovered(), Some(Route::CallBack))
    }

    fn show(&self, window: &TabletWindow, context: &ScreenContext, _: Pictures) {
        window
            .global::<CallBackFace>()
            .set_view(view(context.session));
    }

    fn describe(&self, context: &ScreenContext) -> Vec<Passage> {
        let view = view(context.session);
        spoken([view.title, view.words, view.telephone])
    }

    fn purpose(&self, language: Language) -> &'static str {
        tr(
            language,
            "係の者に 電話を たのんだ 画面です。届いたかどうかが わかります。",
        )
    }

    fn scenes(&self) -> Vec<Scene> {
        vec![
            Scene::of("call-back-waits", called_back(RequestState::Waiting)),
            Scene::of(
                "call-back-not-written",
                called_back(RequestState::NotWritten),
            ),
            Scene::of("call-back-arrived", called_back(RequestState::Received)),
        ]
    }
}

fn called_back(state: RequestState) -> Session {
    let mut session = at(
        Connection::Online,
        &[Command::Help, Command::CallBack, Command::Choose(0)],
    );
    session.requests = vec![KeptRequest {
        request: Request {
            id: RequestId(Uuid::nil()),
            made_at: now().as_millisecond(),
            what: RequestKind::CallBack {
                screen: ScreenName::named("home"),
            },
        },
        state,
    }];
    session
}

/// Whether the request has arrived, in plain words, and the number to ring meanwhile.
pub fn view(session: &Session) -> CallBackView {
    let language = session.profile.language;
    let state = session
        .requests
        .iter()
        .rfind(|it| matches!(it.request.what, RequestKind::CallBack { .. }))
        .map_or(RequestState::Writing, |it| it.state);
    let (title, words) = match state {
        RequestState::Writing => (
            message("書きとめて います"),
            message("このまま 少し お待ちください。"),
        ),
        RequestState::NotWritten => (
            message("今は お伝え できません"),
            message("このタブレットが いっぱいです。お手数ですが、電話を してください。"),
        ),
        RequestState::Waiting => (
            message("まだ 届いて いません"),
            message(
                "書きとめました。つながると、ひとりでに 届きます。もう一度 押さなくても だいじょうぶです。",
            ),
        ),
        RequestState::Received => (
            message("届きました"),
            message("係の者から お電話します。お待ちください。"),
        ),
    };
    let council = session
        .content
        .as_ref()
        .map(|snapshot| &snapshot.manifest.council);
    CallBackView {
        title: title.tr(language).into(),
        words: words.tr(language).into(),
        received: state == RequestState::Received,
        telephone: council
            .map(|council| council.helper_telephone.as_str())
            .unwrap_or_default()
            .into(),
    }
}
