//! What became of the wish to be called back.

use kairan_contract::RequestKind;
use kairan_text::message;
use kairan_ui::CallBackView;

use crate::session::{RequestState, Session};

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
    let council = session.content.as_ref().map(|held| &held.manifest.council);
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
