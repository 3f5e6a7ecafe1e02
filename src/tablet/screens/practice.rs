//! First use: a touch to practise.

use kairan_contract::{Language, ScreenName};
use kairan_text::{message, tr};
use kairan_ui::{PracticeFace, PracticeStep, PracticeView, TabletWindow};
use slint::ComponentHandle as _;

use super::{
    scene::{Scene, at_first_use, first_steps},
    screen::{Given, Pictures, Screen, ScreenContext, spoken},
};
use crate::{
    session::{Command, Effect, Practice, Route, Session, first_use},
    speech::Passage,
};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("practice");

/// A touch to practise.
pub struct PracticeScreen;

impl Screen for PracticeScreen {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        matches!(session.uncovered(), Some(Route::Practice(_)))
    }

    fn show(&self, window: &TabletWindow, context: &ScreenContext, _: Pictures) {
        if let Route::Practice(step) = context.session.route() {
            let view = view(*step, context.language());
            window.global::<PracticeFace>().set_view(view);
        }
    }

    fn describe(&self, context: &ScreenContext) -> Vec<Passage> {
        let Route::Practice(step) = context.session.route() else {
            return Vec::new();
        };
        let view = view(*step, context.language());
        spoken([view.title, view.words])
    }

    fn update(&self, session: &mut Session, command: &Command, _: Given) -> Option<Vec<Effect>> {
        let Route::Practice(step) = session.route() else {
            return None;
        };
        match (command, step) {
            (Command::Home, Practice::GoHome) => session.practise(Practice::GoHome),
            // Another key than the one that is practised does no harm.
            (Command::Home, _) if !session.profile.first_use_done => {}
            (Command::Back, Practice::GoBack) => session.practise(Practice::GoBack),
            (Command::Turned, _) => session.practise(Practice::GoOn),
            (Command::PractiseTap, _) => session.practise(Practice::Tap),
            _ => return None,
        }
        Some(Vec::new())
    }

    fn purpose(&self, language: Language) -> &'static str {
        tr(
            language,
            "押しかたの れんしゅうです。画面に 書いてある ボタンを 押してみてください。",
        )
    }

    fn scenes(&self) -> Vec<Scene> {
        vec![
            Scene::of("practice-tap", at_first_use(&first_steps(3))),
            Scene::of("practice-on", at_first_use(&first_steps(4))),
            Scene::of("practice-back", at_first_use(&first_steps(5))),
            Scene::of("practice-home", at_first_use(&first_steps(6))),
        ]
    }
}

/// What to touch, and why nothing can go wrong.
pub fn view(practice: Practice, language: Language) -> PracticeView {
    let (step, title, words) = match practice {
        Practice::Tap => (
            PracticeStep::Tap,
            message("下の 四角を 1回 押してみましょう"),
            message("指が ふるえても だいじょうぶです。ゆっくり 押しても かまいません。"),
        ),
        Practice::GoOn => (
            PracticeStep::GoOn,
            message("じょうずです。つぎは「つぎ」を 押してみましょう"),
            message("いちばん下に ならんだ ボタンの 中に あります。つづきが あるときに 押します。"),
        ),
        Practice::GoBack => (
            PracticeStep::GoBack,
            message("こんどは「もどる」を 押してみましょう"),
            message("ひとつ 前の 画面に もどります。"),
        ),
        Practice::GoHome => (
            PracticeStep::GoHome,
            message("さいごに「はじめ」を 押してみましょう"),
            message("どこに いても、最初の 画面に もどれます。まよったら「はじめ」です。"),
        ),
    };
    let progress = first_use::progress(&Route::Practice(practice))
        .map(|(number, of)| tr!(language, "さいしょの 説明 {number} ／ {of}", number, of));
    PracticeView {
        progress: progress.unwrap_or_default().into(),
        step,
        title: title.tr(language).into(),
        words: words.tr(language).into(),
    }
}
