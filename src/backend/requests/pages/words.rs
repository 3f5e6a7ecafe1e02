//! How a request stands, what became of it and why, in the words of whoever answers.

use kairan_contract::{Reason, RequestStatus};
use kairan_text::{Message, message};

/// How a request stands.
pub const fn status(status: RequestStatus) -> Message {
    match status {
        RequestStatus::Requested => message("返事を待っている"),
        RequestStatus::Proposed => message("提案に返事を待っている"),
        RequestStatus::Returned => message("直すよう返した"),
        RequestStatus::WaitingList => message("空きを待っている"),
        RequestStatus::Drawn => message("当選した"),
        RequestStatus::NotDrawn => message("落選した"),
        RequestStatus::Confirmed => message("決まった"),
        RequestStatus::Done => message("すんだ"),
        RequestStatus::NoShow => message("だれもいなかった"),
        RequestStatus::Declined => message("断った"),
        RequestStatus::Expired => message("返事がないまま期限が過ぎた"),
        RequestStatus::Withdrawn => message("本人が取り下げた"),
        RequestStatus::Cancelled => message("取り消した"),
        RequestStatus::LateCancelAsked => message("おそい取り消しの相談"),
        RequestStatus::Unknown => message("分からない"),
    }
}

/// Why the backend itself sent it back, or ended it.
pub const fn reason(reason: Reason) -> Message {
    match reason {
        Reason::Closed => message("受け付けの時期ではありません"),
        Reason::SoldOut => message("品切れです"),
        Reason::Full => message("その時間はいっぱいです"),
        Reason::TooLate => message("その時間にはもう間に合いません"),
        Reason::PriceChanged => message("値段が変わりました"),
        Reason::FormChanged => message("書かれたものが、いまの書式に合いません"),
        Reason::TooMany => message("同じお願いが、すでにあります"),
        Reason::NotForYou => message("この地区や年齢の人のものではありません"),
        Reason::Unknown => message("分からない"),
    }
}

/// What was done, by the word of the step.
pub fn step(word: &str) -> Message {
    match word {
        "ask" => message("頼んだ"),
        "accept" => message("引き受けた"),
        "propose" => message("別の時間や値段を提案した"),
        "decline" => message("断った"),
        "return" => message("直すよう返した"),
        "wait" => message("空きを待つことにした"),
        "expire" => message("返事の期限が過ぎた"),
        "send_again" => message("直して、もう一度送った"),
        "accept_proposal" => message("提案でよいと答えた"),
        "refuse_proposal" => message("提案を断った"),
        "withdraw" => message("取り下げた"),
        "cancel" | "call_off" => message("取り消した"),
        "cancel_late" => message("おそい取り消しを相談した"),
        "grant_cancel" => message("おそい取り消しを認めた"),
        "deny_cancel" => message("おそい取り消しを認めなかった"),
        "finish" => message("すんだ"),
        "miss_person" => message("だれもいなかった"),
        "ring_back" => message("電話をした"),
        _ => message("分からない"),
    }
}

/// Who did it, by the word of the actor.
pub fn actor(word: &str) -> Message {
    match word {
        "resident" => message("本人"),
        "helper" => message("窓口"),
        "clerk" => message("市の担当"),
        "provider" => message("提供者"),
        "api" => message("提供者のプログラム"),
        "system" => message("自動"),
        _ => message("分からない"),
    }
}
