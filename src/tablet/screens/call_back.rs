//! What became of the wish to be called back.

use kairan_contract::{Language, Request, RequestId, RequestKind, ScreenName};
use kairan_ui::{CallBackFace, CallBackView, TabletWindow};
use slint::ComponentHandle as _;
use uuid::Uuid;

use super::{
    scene::{Scene, at},
    screen::{Pictures, Screen, Seen, spoken},
};
use crate::{
    demonstration::now,
    language::pick,
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

    fn show(&self, window: &TabletWindow, seen: &Seen, _: Pictures) {
        window.global::<CallBackFace>().set_view(view(seen.session));
    }

    fn describe(&self, seen: &Seen) -> Vec<Passage> {
        let view = view(seen.session);
        spoken([view.title, view.words, view.telephone])
    }

    fn purpose(&self, language: Language) -> &'static str {
        let (japanese, english) = (
            "係の者に 電話を たのんだ 画面です。届いたかどうかが わかります。",
            "You asked to be rung. This screen tells whether that has arrived.",
        );
        pick(language, japanese, english)
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
            ("書きとめて います", "Writing it down"),
            ("このまま 少し お待ちください。", "Please wait a moment."),
        ),
        RequestState::NotWritten => (
            ("今は お伝え できません", "It cannot be passed on now"),
            (
                "このタブレットが いっぱいです。お手数ですが、電話を してください。",
                "This tablet is full. Please ring us instead.",
            ),
        ),
        RequestState::Waiting => (
            ("まだ 届いて いません", "It has not arrived yet"),
            (
                "書きとめました。つながると、ひとりでに 届きます。もう一度 押さなくても だいじょうぶです。",
                "It is written down, and goes by itself as soon as there is a connection. You need not ask again.",
            ),
        ),
        RequestState::Received => (
            ("届きました", "It has arrived"),
            (
                "係の者から お電話します。お待ちください。",
                "A helper will ring you. Please wait for the call.",
            ),
        ),
    };
    let council = session.content.as_ref().map(|held| &held.manifest.council);
    CallBackView {
        title: pick(language, title.0, title.1).into(),
        words: pick(language, words.0, words.1).into(),
        received: state == RequestState::Received,
        telephone: council
            .map(|council| council.helper_telephone.as_str())
            .unwrap_or_default()
            .into(),
    }
}
