//! First use: the code from the helper's paper.

use kairan_ui::EnrolmentView;

use crate::session::{Enrolment, EnrolmentRefused};

/// The digits so far and what to do next. `may_go_back`: there is something behind the pad.
pub fn view(enrolment: &Enrolment, may_go_back: bool) -> EnrolmentView {
    let message = match (enrolment.busy, enrolment.refused) {
        (true, _) => "たしかめています。少し お待ちください。",
        (false, None) => "貸し出しの紙に 書いてある 数字です。",
        (false, Some(EnrolmentRefused::NotValid)) => {
            "はじめられませんでした。もう一度 押してください。だめなときは、新しい紙を もらってください。"
        }
        (false, Some(EnrolmentRefused::Unreachable)) => {
            "今は つながりません。電波の とどくところで、もう一度 おためしください。"
        }
        (false, Some(EnrolmentRefused::TooMany)) => "1分 待ってから、もう一度 おためしください。",
        (false, Some(EnrolmentRefused::NotKept)) => {
            "タブレットに 書きこめませんでした。係の者に 見せてください。"
        }
    };
    EnrolmentView {
        digits: enrolment.digits.as_str().into(),
        message: message.into(),
        busy: enrolment.busy,
        may_go_back,
    }
}
