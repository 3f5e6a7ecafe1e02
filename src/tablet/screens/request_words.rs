//! How something that was asked for stands, in plain sentences: one for every status.

use jiff::Timestamp;
use kairan_contract::{Language, Reason, RequestAnswer, RequestKind, RequestStatus};
use kairan_text::{message, tr};

use super::{
    about_me::{told_to, whom_to_ring},
    form_words::{span, until, yen},
};
use crate::{
    asked::{Asked, FollowUpKind},
    dates::in_japan,
    kept_request::RequestState,
    session::{Session, requests_made::service_of},
};

/// What was asked for.
pub fn title(session: &Session, asked: &Asked) -> String {
    let language = session.profile.language;
    if let Some(answer) = asked.answer.filter(|it| it.form.is_some()) {
        return answer.title.clone();
    }
    let service = service_of(asked);
    let Some(service) = service else {
        return tr(language, "係の者からの 電話").to_owned();
    };
    if let Some((form, _)) = session.delivered_form(service) {
        return form.title.clone();
    }
    let held = session.content.as_ref();
    let entry = held.and_then(|held| Some(held.service(service)?.0));
    entry.map_or_else(
        || tr(language, "お願い").to_owned(),
        |entry| entry.service.title.clone(),
    )
}

/// Who answers.
pub fn provider(session: &Session, asked: &Asked) -> String {
    match (asked.answer, service_of(asked)) {
        (Some(answer), _) => answer.provider.clone(),
        (None, Some(service)) => told_to(session, service),
        (None, None) => tr(session.profile.language, "係").to_owned(),
    }
}

/// Whom to ring about it.
pub fn telephone(session: &Session, asked: &Asked) -> (String, String) {
    let told = asked.answer.and_then(|answer| {
        let number = answer.telephone.as_ref()?.as_str().to_owned();
        Some((answer.provider.clone(), number))
    });
    if let Some(told) = told {
        return told;
    }
    if let Some(service) = service_of(asked) {
        return whom_to_ring(session, service);
    }
    let council = session.content.as_ref().map(|held| &held.manifest.council);
    council.map_or_else(Default::default, |it| {
        (it.name.clone(), it.helper_telephone.as_str().to_owned())
    })
}

/// How it stands, in a sentence.
pub fn state(session: &Session, asked: &Asked, now: Timestamp) -> String {
    let language = session.profile.language;
    if let Some(since) = asked.since {
        let words = match (since.kind, since.state) {
            (_, RequestState::Writing) => message("書きとめて います"),
            (_, RequestState::NotWritten) => message("今は お伝え できません"),
            (FollowUpKind::Withdraw | FollowUpKind::Cancel, RequestState::Waiting) => {
                message("取り消しは まだ 届いて いません")
            }
            (FollowUpKind::Withdraw | FollowUpKind::Cancel, RequestState::Received) => {
                message("取り消しを つたえました")
            }
            (_, RequestState::Waiting) => message("お返事は まだ 届いて いません"),
            (FollowUpKind::Mend, RequestState::Received) => message("直したものを つたえました"),
            (_, RequestState::Received) => message("お返事を つたえました"),
        };
        return words.tr(language).to_owned();
    }
    match asked.answer {
        Some(answer) => answered(language, answer, now),
        None => unanswered(language, asked),
    }
}

fn unanswered(language: Language, asked: &Asked) -> String {
    let state = asked.kept.map_or(RequestState::Received, |it| it.state);
    let words = match state {
        RequestState::Writing => message("書きとめて います"),
        RequestState::NotWritten => message("今は お伝え できません"),
        RequestState::Waiting => message("まだ 届いて いません"),
        RequestState::Received => message("届きました"),
    };
    words.tr(language).to_owned()
}

fn answered(language: Language, answer: &RequestAnswer, now: Timestamp) -> String {
    let today = in_japan(now).date();
    let is_call = answer.form.is_none();
    let words = match answer.status {
        RequestStatus::Requested if is_call => message("届きました"),
        RequestStatus::Requested => message("うけつけました"),
        RequestStatus::Proposed => message("別の 案が 来ました"),
        RequestStatus::Returned => message("直すところが あります"),
        RequestStatus::WaitingList => message("いっぱいなので、空くのを 待っています"),
        RequestStatus::Drawn => message("抽選に 当たりました"),
        RequestStatus::NotDrawn => message("抽選に はずれました"),
        RequestStatus::Confirmed => {
            let words = answer.appointment.map(|it| {
                let when = span(language, it.begins_at, it.ends_at, today);
                tr!(language, "{when}　決まりました", when)
            });
            return words.unwrap_or_else(|| tr(language, "決まりました").to_owned());
        }
        RequestStatus::Done => message("終わりました"),
        RequestStatus::NoShow => message("おいでに ならなかったので、終わりました"),
        RequestStatus::Declined => message("ことわられました"),
        RequestStatus::Expired => message("時間までに お返事が ありませんでした"),
        RequestStatus::Withdrawn => message("取り消しました"),
        RequestStatus::Cancelled => message("取り消しに なりました"),
        RequestStatus::LateCancelAsked => message("取り消せるか、たしかめています"),
        RequestStatus::Unknown => message("くわしいことは、お電話で 聞いてください"),
    };
    words.tr(language).to_owned()
}

/// What is proposed in place of what was asked for.
pub fn proposal(language: Language, answer: &RequestAnswer, now: Timestamp) -> String {
    let Some(proposal) = answer
        .proposal
        .as_ref()
        .filter(|_| answer.status == RequestStatus::Proposed)
    else {
        return String::new();
    };
    let today = in_japan(now).date();
    let when = proposal
        .appointment
        .map(|it| span(language, it.begins_at, it.ends_at, today));
    let price = proposal.total.map(|it| {
        let total = yen(language, it);
        tr!(language, "あわせて 税込 {total}", total)
    });
    let parts: Vec<String> = when.into_iter().chain(price).collect();
    parts.join("\n")
}

/// What happens next, and until when; what was said.
pub fn next(session: &Session, asked: &Asked, now: Timestamp) -> Vec<String> {
    let language = session.profile.language;
    let today = in_japan(now).date();
    let Some(answer) = asked.answer else {
        return unanswered_next(session, asked);
    };
    let by = |at: Timestamp| until(language, at, today);
    let mut told = Vec::new();
    if answer.reason.is_some() || answer.words.is_some() {
        told.extend(answer.reason.map(|it| reason(language, it).to_owned()));
        told.extend(answer.words.clone());
    }
    if let Some(asker) = &answer.asked_by {
        told.push(tr!(language, "{asker}が かわりに たのみました。", asker));
    }
    match answer.status {
        RequestStatus::Requested => {
            let form = service_of(asked).and_then(|it| session.delivered_form(it));
            told.extend(form.map(|(form, _)| form.next.clone()));
            if form.is_some_and(|(form, _)| form.is_provisional) {
                told.push(tr(language, "まだ 仮の うけつけです。").to_owned());
            }
            told.extend(answer.answer_by.map(|at| {
                let at = by(at);
                tr!(language, "{at}までに お返事します。", at)
            }));
        }
        RequestStatus::Proposed => {
            told.extend(answer.proposal.as_ref().map(|it| {
                let at = by(it.until);
                if it.until <= now {
                    tr!(language, "お返事は {at}まででした。", at)
                } else {
                    tr!(language, "{at}までに お返事ください。", at)
                }
            }));
        }
        RequestStatus::Confirmed => {
            told.extend(answer.cancel_until.map(|at| {
                let is_late = at <= now;
                let at = by(at);
                if is_late {
                    tr!(language, "取り消せるのは {at}まででした。", at)
                } else {
                    tr!(language, "{at}まで 取り消せます。", at)
                }
            }));
            told.extend(answer.total.map(|it| {
                let total = yen(language, it);
                tr!(language, "あわせて 税込 {total}です。", total)
            }));
        }
        RequestStatus::Expired => {
            told.push(tr(language, "ごめんなさい。下の番号へ お電話ください。").to_owned());
        }
        RequestStatus::WaitingList | RequestStatus::LateCancelAsked => {
            told.push(tr(language, "決まったら お知らせします。").to_owned());
        }
        _ => {}
    }
    if answer.number_is_written_on && !answer.status.is_over() {
        told.push(tr(language, "出すものに、下の番号を 書いてください。").to_owned());
    }
    told
}

fn unanswered_next(session: &Session, asked: &Asked) -> Vec<String> {
    let language = session.profile.language;
    let is_call = matches!(
        asked.kept.map(|it| &it.request.what),
        Some(RequestKind::CallBack { .. })
    );
    let words = match asked.kept.map(|it| it.state) {
        Some(RequestState::Writing) => message("このまま 少し お待ちください。"),
        Some(RequestState::NotWritten) => {
            message("このタブレットが いっぱいです。お手数ですが、電話を してください。")
        }
        Some(RequestState::Waiting) => message(
            "書きとめました。つながると、ひとりでに 届きます。もう一度 押さなくても だいじょうぶです。",
        ),
        Some(RequestState::Received) if is_call => {
            message("係の者から お電話します。お待ちください。")
        }
        Some(RequestState::Received) | None => message("番号は まもなく ここに 出ます。"),
    };
    vec![words.tr(language).to_owned()]
}

fn reason(language: Language, reason: Reason) -> &'static str {
    let words = match reason {
        Reason::Closed => message("うけつけは 終わりました。"),
        Reason::SoldOut => message("売り切れた ものが あります。"),
        Reason::Full => message("その時間は いっぱいでした。"),
        Reason::TooLate => message("その日時は もう まにあいません。"),
        Reason::PriceChanged => message("ねだんが かわりました。"),
        Reason::FormChanged => message("たのみかたが かわりました。"),
        Reason::TooMany => message("いちどに たのめる数を こえました。"),
        Reason::NotForYou => message("おすまいの地域などの ために、たのめません。"),
        Reason::Unknown => message("くわしいことは、お電話で 聞いてください。"),
    };
    words.tr(language)
}

/// The icon of how it stands, whether somebody has to do something, or it has not arrived.
pub fn mark(asked: &Asked) -> (&'static str, bool) {
    let is_on_its_way = match (asked.since, asked.answer, asked.kept) {
        (Some(since), _, _) => since.state != RequestState::Received,
        (None, None, Some(kept)) => kept.state != RequestState::Received,
        _ => false,
    };
    if is_on_its_way {
        return ("clock", true);
    }
    match asked.status() {
        Some(RequestStatus::Confirmed | RequestStatus::Drawn | RequestStatus::Done) => {
            ("check-circle", false)
        }
        Some(RequestStatus::Proposed | RequestStatus::Returned) => ("chat-circle-text", true),
        Some(
            RequestStatus::Declined
            | RequestStatus::Expired
            | RequestStatus::NotDrawn
            | RequestStatus::NoShow
            | RequestStatus::Cancelled
            | RequestStatus::Withdrawn,
        ) => ("info", false),
        _ => ("clock", false),
    }
}
