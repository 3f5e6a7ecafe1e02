//! First use: a touch to practise.

use kairan_contract::Language;
use kairan_text::{message, tr};
use kairan_ui::{PracticeStep, PracticeView};

use crate::session::{Practice, Route, first_use};

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
