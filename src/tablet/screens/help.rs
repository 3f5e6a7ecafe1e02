//! 困ったとき: what a screen is for, and whom to ring.

use kairan_contract::{Language, ScreenName};
use kairan_text::{language_name, message, next_language, tr};
use kairan_ui::HelpView;

use crate::session::{Connection, Session};

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

fn purpose(screen: ScreenName, language: Language) -> &'static str {
    let words = match screen {
        ScreenName::Home => message(
            "見たいものの 四角を 1回 押してください。「つぎ」を押すと、ほかの四角も 出ます。",
        ),
        ScreenName::List => message(
            "読みたいものを 1回 押すと、くわしく 読めます。「つぎ」を押すと、下のほうが 見えます。",
        ),
        ScreenName::Article | ScreenName::Message => message(
            "「つぎ」を押すと つづきが 読めます。「もどる」を押すと 前の画面に もどります。",
        ),
        ScreenName::Weather => {
            message("きょうと あすの 天気です。「つぎ」を押すと、その先の 天気も 見られます。")
        }
        ScreenName::TextSize => {
            message("読みやすい 文字の大きさを 押してください。いつでも 変えられます。")
        }
        ScreenName::Alert => {
            message("警報を 知らせる画面です。読んだら「わかりました」を 押してください。")
        }
        ScreenName::Programme => message(
            "「はじめる」を押すと、声に 合わせて 進みます。とめたいときは、もう一度 押してください。",
        ),
        ScreenName::Question | ScreenName::Time | ScreenName::Questionnaire | ScreenName::Stops => {
            message(
                "あてはまる 答えを 1回 押してください。まちがえたら「もどる」を 押してください。",
            )
        }
        ScreenName::CallBack => {
            message("係の者に 電話を たのんだ 画面です。届いたかどうかが わかります。")
        }
        ScreenName::Reminders | ScreenName::Reminder => {
            message("くすりの時間などを お知らせします。丸に チェックが あれば、すんだ日です。")
        }
        ScreenName::Practice => {
            message("押しかたの れんしゅうです。画面に 書いてある ボタンを 押してみてください。")
        }
        ScreenName::Tablet | ScreenName::Pin => {
            message("係の方が 使う ページです。「はじめ」を押すと もどります。")
        }
        ScreenName::Help
        | ScreenName::Enrolment
        | ScreenName::Waiting
        | ScreenName::CouldNotStart
        | ScreenName::Locked
        | ScreenName::Idle
        | ScreenName::Night => {
            message("内容が 届くのを 待っています。しばらく このままに しておいてください。")
        }
    };
    words.tr(language)
}
