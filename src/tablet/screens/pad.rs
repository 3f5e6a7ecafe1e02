//! The number pads: the code of first use, and the number before the helper's page.

use kairan_contract::Language;
use kairan_text::{message, tr};
use kairan_ui::PadView;

use crate::session::{Enrolment, EnrolmentRefused};

/// The code of first use: the digits so far and what to do next. `may_go_back`: there is something
/// behind the pad.
pub fn enrolment(enrolment: &Enrolment, may_go_back: bool, language: Language) -> PadView {
    let words = match (enrolment.busy, enrolment.refused) {
        (true, _) => message("たしかめています。少し お待ちください。"),
        (false, None) => message("貸し出しの紙に 書いてある 数字です。"),
        (false, Some(EnrolmentRefused::NotValid)) => message(
            "はじめられませんでした。もう一度 押してください。だめなときは、新しい紙を もらってください。",
        ),
        (false, Some(EnrolmentRefused::Unreachable)) => {
            message("今は つながりません。電波の とどくところで、もう一度 おためしください。")
        }
        (false, Some(EnrolmentRefused::TooMany)) => {
            message("しばらく 待ってから、もう一度 おためしください。")
        }
        (false, Some(EnrolmentRefused::NotKept)) => {
            message("タブレットに 書きこめませんでした。係の者に 見せてください。")
        }
    };
    PadView {
        title: tr(language, "8つの数字を 押してください").into(),
        length: 8,
        digits: enrolment.digits.as_str().into(),
        message: words.tr(language).into(),
        busy: enrolment.busy,
        may_go_back,
        send: if enrolment.may_be_whole() {
            tr(language, "6つだけの 紙は、ここ").into()
        } else {
            "".into()
        },
    }
}

/// The helper's number.
pub fn pin(digits: &str, was_wrong: bool, language: Language) -> PadView {
    let words = if was_wrong {
        message("ちがう数字でした。もう一度 おためしください。")
    } else {
        message("係の方の 電話番号の、終わりの 4けたです。")
    };
    PadView {
        title: tr(language, "係の方の ページ").into(),
        length: 4,
        digits: digits.into(),
        message: words.tr(language).into(),
        busy: false,
        may_go_back: true,
        send: "".into(),
    }
}
