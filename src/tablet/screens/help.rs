//! 困ったとき: what a screen is for, and whom to ring.

use kairan_contract::ScreenName;
use kairan_ui::HelpView;

use crate::session::{Connection, Session};

/// Help for the screen from which it was asked.
pub fn view(session: &Session, from: ScreenName) -> HelpView {
    let council = session.held.as_ref().map(|held| &held.manifest.council);
    let connection = match session.connection {
        Connection::Online => "つながっています",
        Connection::Offline(_) => "つながっていません",
        Connection::Unknown => "たしかめています",
        Connection::NotKept => "つながっています（しまう場所が ありません）",
        Connection::NotLetIn => "登録が終わっています",
    };
    let revision = session
        .held
        .as_ref()
        .map_or(0, |held| held.manifest.catalogue);
    HelpView {
        purpose: purpose(from).into(),
        may_enrol: session.connection == Connection::NotLetIn,
        telephone: council
            .map(|council| council.helper_telephone.as_str())
            .unwrap_or_default()
            .into(),
        council: council
            .map(|council| council.name.as_str())
            .unwrap_or_default()
            .into(),
        about: format!(
            "係の方へ: Kairan {} ／ 内容 第{revision}版 ／ {connection}",
            env!("CARGO_PKG_VERSION")
        )
        .into(),
    }
}

fn purpose(screen: ScreenName) -> &'static str {
    match screen {
        ScreenName::Home => {
            "見たいものの 四角を 1回 押してください。右下の「つぎ」を押すと、ほかの四角も 出ます。"
        }
        ScreenName::List => {
            "読みたい お知らせを 1回 押すと、くわしく 読めます。「つぎ」を押すと、下のほうが 見えます。"
        }
        ScreenName::Article => {
            "「つぎ」を押すと つづきが 読めます。「もどる」を押すと 前の画面に もどります。"
        }
        ScreenName::Weather => {
            "きょうと あすの 天気です。「つぎ」を押すと、その先の 天気も 見られます。"
        }
        ScreenName::TextSize => "読みやすい 文字の大きさを 押してください。いつでも 変えられます。",
        ScreenName::Alert => "警報を 知らせる画面です。読んだら「わかりました」を 押してください。",
        ScreenName::Help | ScreenName::Enrolment | ScreenName::Waiting => {
            "内容が 届くのを 待っています。しばらく このままに しておいてください。"
        }
    }
}
