//! First use: a touch to practise.

use kairan_contract::Language;
use kairan_ui::{PracticeStep, PracticeView};

use crate::{
    language::pick,
    say,
    session::{Practice, Route, first_use},
};

/// What to touch, and why nothing can go wrong.
pub fn view(practice: Practice, language: Language) -> PracticeView {
    let (step, title, words) = match practice {
        Practice::Tap => (
            PracticeStep::Tap,
            (
                "下の 四角を 1回 押してみましょう",
                "Touch the field below once",
            ),
            (
                "指が ふるえても だいじょうぶです。ゆっくり 押しても かまいません。",
                "It does not kind if your hand trembles, or if you press for long.",
            ),
        ),
        Practice::GoOn => (
            PracticeStep::GoOn,
            (
                "じょうずです。つぎは「つぎ」を 押してみましょう",
                "Well done. Now press “Down”",
            ),
            (
                "いちばん下に ならんだ ボタンの 中に あります。つづきが あるときに 押します。",
                "It is one of the keys at the bottom. Press it when there is more to see.",
            ),
        ),
        Practice::GoBack => (
            PracticeStep::GoBack,
            ("こんどは「もどる」を 押してみましょう", "Now press “Back”"),
            ("ひとつ 前の 画面に もどります。", "It leads one step back."),
        ),
        Practice::GoHome => (
            PracticeStep::GoHome,
            (
                "さいごに「はじめ」を 押してみましょう",
                "Last of all, press “Home”",
            ),
            (
                "どこに いても、最初の 画面に もどれます。まよったら「はじめ」です。",
                "Wherever you are, it leads to the first screen. If you are lost, press “Home”.",
            ),
        ),
    };
    let progress = first_use::progress(&Route::Practice(practice)).map(|(number, of)| {
        say!(
            language,
            "さいしょの 説明 {number} ／ {of}",
            "Getting started {number} of {of}"
        )
    });
    PracticeView {
        progress: progress.unwrap_or_default().into(),
        step,
        title: pick(language, title.0, title.1).into(),
        words: pick(language, words.0, words.1).into(),
    }
}
