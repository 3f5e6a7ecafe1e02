//! A step that somebody takes at the desk: read whole, or given back with what is wrong. Whoever comes second is shown how
//! the request stands now.

use axum::{
    Form,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
};
use kairan_contract::{Appointment, Proposal, Yen};
use kairan_text::message;
use strum::IntoEnumIterator as _;

use super::{
    one::{Answers, WITH_WORDS, actor_of, own, page_of},
    typed::Typed,
};
use crate::{
    pages::{Faults, May, PageError, SignedIn},
    requests::{
        offered::council_zone,
        queries::steps::{NotTaken, StepTaken},
        room::Room,
        rules::machine::Step,
    },
};

/// Letters of what is said with a step.
const WORDS: usize = 200;

/// Takes the step.
pub async fn answer(
    signed_in: May<Answers>,
    State(backend): State<Room>,
    Path(id): Path<String>,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let now = Timestamp::now();
    let (desk, request) = own(&signed_in, &backend, &id).await?;
    // What is for who rings, or comes with places in time, has no button here.
    let mut steps = Step::iter().filter(|it| !matches!(it, Step::RingBack | Step::Wait));
    let step = steps.find(|it| <&str>::from(*it) == typed.step);
    let step = step.ok_or(PageError::Unreadable)?;
    let revision: u32 = typed.revision.parse().map_err(|_| PageError::Unreadable)?;
    let proposal = match read(&signed_in, &typed, step, now) {
        Ok(proposal) => proposal,
        Err(faults) => {
            return page_of(&signed_in, &backend, (desk, request), (typed, faults), now).await;
        }
    };
    let taken = StepTaken {
        who: &signed_in.person.name,
        words: Some(typed.words.trim()),
        reason: None,
        proposal,
    };
    let by = (step, actor_of(&desk));
    let done = backend
        .store
        .answer_request((request.id, revision), by, &taken, now)
        .await?;
    backend.news.look();
    let (present, sentence) = match done {
        Ok(_) => {
            let address = format!("/console/requests/{}", request.id);
            return Ok(Redirect::to(&address).into_response());
        }
        Err(NotTaken::Unknown) => return Err(PageError::NotFound),
        Err(NotTaken::Changed(present)) => (
            present,
            message("見ているあいだに、ほかの人か本人が先に進めました。いまはこうなっています。"),
        ),
        Err(NotTaken::Refused(present, _)) => (
            present,
            message("いまの状態では、それはできません。いまはこうなっています。"),
        ),
    };
    let mut faults = Faults::default();
    faults.add_elsewhere(sentence.tr(signed_in.language));
    let page = (Typed::default(), faults);
    page_of(&signed_in, &backend, (desk, *present), page, now).await
}

/// What is proposed, if it is; or what is wrong.
fn read(
    signed_in: &SignedIn,
    typed: &Typed,
    step: Step,
    now: Timestamp,
) -> Result<Option<Proposal>, Faults> {
    let mut faults = Faults::default();
    let words = typed.words.trim();
    let say = |words: kairan_text::Message| words.tr(signed_in.language);
    if WITH_WORDS.contains(&step) && words.is_empty() {
        faults.add("words", say(message("本人に伝えるわけを書いてください")));
    }
    let is_sign = |it: char| it.is_control() && !matches!(it, '\n' | '\r');
    if words.chars().count() > WORDS || words.chars().any(is_sign) {
        faults.add("words", say(message("200文字までで書いてください")));
    }
    if step != Step::Propose {
        return faults.unless(|| Some(None));
    }
    let at = |day: Date, time: Time| council_zone().to_timestamp(day.to_datetime(time)).ok();
    let has_time = [&typed.day, &typed.from, &typed.to]
        .iter()
        .any(|it| !it.is_empty());
    let appointment = has_time.then(|| {
        let day: Date = typed.day.parse().ok()?;
        let time = |text: &str| text.parse::<Time>().ok();
        Some(Appointment {
            begins_at: at(day, time(&typed.from)?)?,
            ends_at: at(day, time(&typed.to)?)?,
        })
    });
    let appointment = match appointment {
        None => None,
        Some(Some(it)) if it.begins_at < it.ends_at && now < it.begins_at => Some(it),
        Some(_) => {
            let wrong = message("これからの日と、はじめと終わりの時刻を入れてください");
            faults.add("day", say(wrong));
            None
        }
    };
    let total = typed.total.trim();
    let price = total.parse::<u32>().ok();
    let price = price.and_then(|it| Yen::try_from(it).ok());
    if !total.is_empty() && price.is_none() {
        faults.add("total", say(message("値段を数字で入れてください")));
    }
    if appointment.is_none() && price.is_none() && faults.is_empty() {
        faults.add("day", say(message("別の時間か、別の値段を入れてください")));
    }
    let until: Option<DateTime> = typed.until.parse().ok();
    let until = until.and_then(|it| council_zone().to_timestamp(it).ok());
    let is_in_time =
        |until: &Timestamp| now < *until && appointment.is_none_or(|it| *until <= it.begins_at);
    let until = until.filter(is_in_time);
    if until.is_none() {
        let wrong = message("返事を待つ期限を、これからで、はじまりより前の時刻にしてください");
        faults.add("until", say(wrong));
    }
    faults.unless(|| {
        Some(Some(Proposal {
            appointment,
            total: price,
            until: until?,
        }))
    })
}
