//! First use: the code from the helper's paper.

use kairan_contract::Language;
use kairan_ui::EnrolmentView;

use crate::{
    language::pick,
    session::{Enrolment, EnrolmentRefused},
};

/// The digits so far and what to do next. `may_go_back`: there is something behind the pad.
pub fn view(enrolment: &Enrolment, may_go_back: bool, language: Language) -> EnrolmentView {
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
            "1分 待ってから、もう一度 おためしください。",
            "Please wait a minute and try again.",
        ),
        (false, Some(EnrolmentRefused::NotKept)) => (
            "タブレットに 書きこめませんでした。係の者に 見せてください。",
            "The tablet could not write it down. Please show it to your helper.",
        ),
    };
    EnrolmentView {
        digits: enrolment.digits.as_str().into(),
        message: pick(language, japanese, english).into(),
        busy: enrolment.busy,
        may_go_back,
    }
}
