//! What became of the wish to be called back.

use kairan_contract::RequestKind;
use kairan_ui::CallBackView;

use crate::{
    language::pick,
    session::{RequestState, Session},
};

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
