//! 困ったとき: what a screen is for, and whom to ring.

use kairan_contract::{Language, ScreenName};
use kairan_ui::HelpView;

use crate::{
    language::pick,
    say,
    session::{Connection, Session},
};

/// The program's version.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Help for the screen from which it was asked.
pub fn view(session: &Session, from: ScreenName) -> HelpView {
    let council = session.content.as_ref().map(|held| &held.manifest.council);
    let language = session.profile.language;
    let connection = connection_in_words(session.connection, language);
    let revision = session
        .content
        .as_ref()
        .map_or(0, |held| held.manifest.catalogue);
    HelpView {
        purpose: purpose(from, language).into(),
        may_enrol: session.connection == Connection::Unauthorized,
        may_ask: session.content.is_some() && session.connection != Connection::Unauthorized,
        other_language: match language {
            Language::Japanese => "English",
            Language::English => "日本語",
        }
        .into(),
        telephone: council
            .map(|council| council.helper_telephone.as_str())
            .unwrap_or_default()
            .into(),
        council: council
            .map(|council| council.name.as_str())
            .unwrap_or_default()
            .into(),
        about: say!(
            language,
            "係の方へ: Kairan {VERSION} ／ 内容 第{revision}版 ／ {connection}",
            "For helpers: Kairan {VERSION}, content {revision}, {connection}"
        )
        .into(),
    }
}

/// How it stands with the backend, for helpers.
pub fn connection_in_words(connection: Connection, language: Language) -> &'static str {
    let (japanese, english) = match connection {
        Connection::Online => ("つながっています", "connected"),
        Connection::Offline(_) => ("つながっていません", "not connected"),
        Connection::Unknown => ("たしかめています", "connecting"),
        Connection::NotKept => (
            "つながっています（しまう場所が ありません）",
            "connected (no room left)",
        ),
        Connection::Unauthorized => ("登録が終わっています", "not registered"),
    };
    pick(language, japanese, english)
}

fn purpose(screen: ScreenName, language: Language) -> &'static str {
    let (japanese, english) = match screen {
        ScreenName::Home => (
            "見たいものの 四角を 1回 押してください。「つぎ」を押すと、ほかの四角も 出ます。",
            "Press the square of what you want to see, once. Next shows more squares.",
        ),
        ScreenName::List => (
            "読みたいものを 1回 押すと、くわしく 読めます。「つぎ」を押すと、下のほうが 見えます。",
            "Press what you want to read, once. Next shows what is further down.",
        ),
        ScreenName::Article | ScreenName::Message => (
            "「つぎ」を押すと つづきが 読めます。「もどる」を押すと 前の画面に もどります。",
            "Down shows the rest. Back leads to the screen before.",
        ),
        ScreenName::Weather => (
            "きょうと あすの 天気です。「つぎ」を押すと、その先の 天気も 見られます。",
            "The weather of today and tomorrow. Next shows the days after.",
        ),
        ScreenName::TextSize => (
            "読みやすい 文字の大きさを 押してください。いつでも 変えられます。",
            "Press the size of letters that you read best. You can change it at any time.",
        ),
        ScreenName::Alert => (
            "警報を 知らせる画面です。読んだら「わかりました」を 押してください。",
            "This screen tells of a warning. When you have read it, press “I understand”.",
        ),
        ScreenName::Programme => (
            "「はじめる」を押すと、声に 合わせて 進みます。とめたいときは、もう一度 押してください。",
            "Press Start and follow the voice. Press once more to pause.",
        ),
        ScreenName::Question | ScreenName::Time | ScreenName::Questionnaire | ScreenName::Stops => {
            (
                "あてはまる 答えを 1回 押してください。まちがえたら「もどる」を 押してください。",
                "Press the answer that is right, once. If it was the wrong one, press Back.",
            )
        }
        ScreenName::CallBack => (
            "係の者に 電話を たのんだ 画面です。届いたかどうかが わかります。",
            "You asked to be rung. This screen tells whether that has arrived.",
        ),
        ScreenName::Reminders | ScreenName::Reminder => (
            "くすりの時間などを お知らせします。丸に チェックが あれば、すんだ日です。",
            "The tablet reminds you of your medicine and more. A tick is a day on which it was done.",
        ),
        ScreenName::Practice => (
            "押しかたの れんしゅうです。画面に 書いてある ボタンを 押してみてください。",
            "This is practice. Try the key that the screen asks for.",
        ),
        ScreenName::Tablet | ScreenName::Pin => (
            "係の方が 使う ページです。「はじめ」を押すと もどります。",
            "This page is for helpers. Home leads back.",
        ),
        ScreenName::Help
        | ScreenName::Enrolment
        | ScreenName::Waiting
        | ScreenName::CouldNotStart
        | ScreenName::Locked
        | ScreenName::Idle
        | ScreenName::Night => (
            "内容が 届くのを 待っています。しばらく このままに しておいてください。",
            "The tablet waits for its content. Please leave it as it is for a while.",
        ),
    };
    pick(language, japanese, english)
}
