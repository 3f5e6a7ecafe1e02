//! The number pads: the code of first use, and the number before the helper's page.

use kairan_contract::Language;
use kairan_ui::PadView;

use crate::{
    language::pick,
    session::{Enrolment, EnrolmentRefused},
};

/// The code of first use: the digits so far and what to do next. `may_go_back`: there is something
/// behind the pad.
pub fn enrolment(enrolment: &Enrolment, may_go_back: bool, language: Language) -> PadView {
    let (japanese, english) = match (enrolment.busy, enrolment.refused) {
        (true, _) => (
            "たしかめています。少し お待ちください。",
            "Checking. Please wait a moment.",
        ),
        (false, None) => (
            "貸し出しの紙に 書いてある 数字です。",
            "They are on the paper that came with the tablet.",
        ),
        (false, Some(EnrolmentRefused::NotValid)) => (
            "はじめられませんでした。もう一度 押してください。だめなときは、新しい紙を もらってください。",
            "That did not work. Please press the digits once more. If it fails again, ask for a new paper.",
        ),
        (false, Some(EnrolmentRefused::Unreachable)) => (
            "今は つながりません。電波の とどくところで、もう一度 おためしください。",
            "There is no connection now. Please try again where there is one.",
        ),
        (false, Some(EnrolmentRefused::TooMany)) => (
            "しばらく 待ってから、もう一度 おためしください。",
            "Please wait a while and try again.",
        ),
        (false, Some(EnrolmentRefused::NotKept)) => (
            "タブレットに 書きこめませんでした。係の者に 見せてください。",
            "The tablet could not write it down. Please show it to your helper.",
        ),
    };
    PadView {
        title: pick(
            language,
            "8つの数字を 押してください",
            "Press the eight digits",
        )
        .into(),
        length: 8,
        digits: enrolment.digits.as_str().into(),
        message: pick(language, japanese, english).into(),
        busy: enrolment.busy,
        may_go_back,
        send: if enrolment.may_be_whole() {
            pick(language, "6つだけの 紙は、ここ", "Only six? Touch here").into()
        } else {
            "".into()
        },
    }
}

/// The helper's number.
pub fn pin(digits: &str, was_wrong: bool, language: Language) -> PadView {
    let (japanese, english) = if was_wrong {
        (
            "ちがう数字でした。もう一度 おためしください。",
            "That was another number. Please try again.",
        )
    } else {
        (
            "係の方の 電話番号の、終わりの 4けたです。",
            "The last four digits of the helper's telephone number.",
        )
    };
    PadView {
        title: pick(language, "係の方の ページ", "The helper's page").into(),
        length: 4,
        digits: digits.into(),
        message: pick(language, japanese, english).into(),
        busy: false,
        may_go_back: true,
        send: "".into(),
    }
}
