//! One request: what was asked, what of the resident is told with it, what became of it, and what can be done.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use kairan_contract::{Form, Language, PersonalData, RequestId, RequestLine, RequestStatus};
use kairan_text::{message, tr};
use strum::IntoEnumIterator as _;

use super::{desk_of, typed::Typed, words};
use crate::{
    pages::{
        Faults, Frame, May, PageError, SignedIn, in_japan,
        rights::{AnswerOwnRequests, AnswerTownRequests, Either},
        shown,
    },
    requests::{
        details::Details,
        offered::council_zone,
        queries::{
            desk::Desk,
            steps::Transition,
            stored::{StoredKind, StoredRequest},
        },
        room::Room,
        rules::{
            lines::{lines, span},
            machine::{self, Actor, Step},
        },
    },
};

/// Whoever answers what a form asks for.
pub type Answers = Either<AnswerTownRequests, AnswerOwnRequests>;

/// Steps that cannot be taken without saying why.
pub(super) const WITH_WORDS: [Step; 3] = [Step::Decline, Step::Return, Step::CallOff];

#[derive(Template)]
#[template(path = "requests/pages/request.html")]
struct RequestPage {
    frame: Frame,
    request: StoredRequest,
    lines: Vec<RequestLine>,
    person: PersonalData,
    /// What was sealed cannot be opened, because its key is lost.
    is_lost: bool,
    history: Vec<Line>,
    steps: Vec<Step>,
    typed: Typed,
    faults: Faults,
}

/// What became of it, in a line.
struct Line {
    at: String,
    done: String,
    who: String,
    /// What was said with it.
    words: String,
}

impl Line {
    fn of(transition: Transition, words: String, language: Language) -> Self {
        let mut done = format!(
            "{} {}",
            words::actor(&transition.actor).tr(language),
            words::step(&transition.step).tr(language)
        );
        if let Some(reason) = transition.reason {
            done = format!("{done}（{}）", words::reason(reason).tr(language));
        }
        Self {
            at: in_japan(transition.happened_at),
            done,
            who: transition.who,
            words,
        }
    }
}

impl RequestPage {
    fn status(&self) -> &str {
        self.frame.say(words::status(self.request.status))
    }

    fn since(&self) -> String {
        in_japan(self.request.since)
    }

    /// Why the backend itself sent it back, or ended it; nothing where it did not.
    fn reason(&self) -> &str {
        let reason = self.request.reason.map(words::reason);
        reason.map_or("", |reason| self.frame.say(reason))
    }

    /// Until when somebody answers; nothing where nobody has to.
    fn answer_by(&self) -> String {
        let is_awaited = self.request.status == RequestStatus::Requested;
        let by = self.request.answer_by.filter(|_| is_awaited);
        by.map_or_else(String::new, |at| {
            tr!(self.frame.language, "{at} までに返事", at = in_japan(at))
        })
    }

    fn total(&self) -> String {
        self.request.total.map_or_else(String::new, |it| {
            tr!(self.frame.language, "{amount}円", amount = it.amount())
        })
    }

    fn takes_place(&self) -> String {
        let appointment = self.request.appointment;
        appointment.map_or_else(String::new, |it| {
            span(it.begins_at, it.ends_at, council_zone())
        })
    }

    /// What is proposed, in a line.
    fn proposed(&self) -> String {
        let Some(proposal) = &self.request.proposal else {
            return String::new();
        };
        let time = proposal.appointment;
        let time = time.map(|it| span(it.begins_at, it.ends_at, council_zone()));
        let total = proposal
            .total
            .map(|it| tr!(self.frame.language, "{amount}円", amount = it.amount()));
        let until = tr!(
            self.frame.language,
            "{at} まで返事を待ちます",
            at = in_japan(proposal.until)
        );
        let parts: Vec<String> = time.into_iter().chain(total).chain([until]).collect();
        parts.join("、")
    }

    fn may(&self, word: &str) -> bool {
        self.steps.iter().any(|step| <&str>::from(*step) == word)
    }
}

/// A request of one's own; none of anybody else's, whether it is there or not.
pub(super) async fn own(
    signed_in: &SignedIn,
    backend: &Room,
    id: &str,
) -> Result<(Desk, StoredRequest), PageError> {
    let desk = desk_of(&signed_in.person).ok_or(PageError::NotAllowed)?;
    let id: RequestId = id.parse().map_err(|_| PageError::NotFound)?;
    let found = backend.store.request(id).await?;
    let found = found.filter(|request| desk.answers(request));
    Ok((desk, found.ok_or(PageError::NotFound)?))
}

/// As whom somebody at a desk takes a step.
pub(super) fn actor_of(desk: &Desk) -> Actor {
    match desk {
        Desk::Town => Actor::Clerk,
        Desk::Provider(_) => Actor::Provider,
    }
}

/// The page.
pub async fn one(
    signed_in: May<Answers>,
    State(backend): State<Room>,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let now = Timestamp::now();
    if backend.store.expire_requests(now).await? > 0 {
        backend.news.look();
    }
    let (desk, request) = own(&signed_in, &backend, &id).await?;
    let page = (Typed::default(), Faults::default());
    page_of(&signed_in, &backend, (desk, request), page, now).await
}

/// A request as it is shown, with what was typed and what is wrong with it. That somebody has looked is written down.
pub(super) async fn page_of(
    signed_in: &SignedIn,
    backend: &Room,
    (desk, request): (Desk, StoredRequest),
    (typed, faults): (Typed, Faults),
    now: Timestamp,
) -> Result<Response, PageError> {
    let store = &backend.store;
    let form = match &request.kind {
        StoredKind::Form { version, .. } => store.form_version(*version).await?,
        StoredKind::CallBack { .. } => None,
    };
    let details = store.open_details(request.id, request.sealed.as_deref());
    if details.is_some() {
        let who = &signed_in.person.name;
        store.note_look(request.id, who, now).await?;
    }
    let is_lost = details.is_none() && request.sealed.is_some();
    let history = store.transitions_of(request.id).await?;
    let told = details.as_ref().map(|it| &it.words);
    let history = history.into_iter().map(|it| {
        let words = told.and_then(|words| words.get(&it.revision).cloned());
        Line::of(it, words.unwrap_or_default(), signed_in.language)
    });
    let history = history.collect();
    let status = if faults.is_empty() {
        StatusCode::OK
    } else if faults.elsewhere().is_empty() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::CONFLICT
    };
    let page = RequestPage {
        frame: Frame::of(signed_in, "/console/requests", message("お願い")),
        lines: in_words(form.as_ref(), details.as_ref(), signed_in),
        person: details.map(|it| it.person).unwrap_or_default(),
        is_lost,
        history,
        steps: steps(request.status, actor_of(&desk)),
        request,
        typed,
        faults,
    };
    Ok((status, shown(&page)).into_response())
}

fn in_words(
    form: Option<&Form>,
    details: Option<&Details>,
    signed_in: &SignedIn,
) -> Vec<RequestLine> {
    let Some((form, details)) = form.zip(details) else {
        return Vec::new();
    };
    lines(form, &details.answers, council_zone(), signed_in.language)
}

/// The steps that somebody can take at a desk.
fn steps(status: RequestStatus, by: Actor) -> Vec<Step> {
    let can = |step: &Step| *step != Step::Wait && machine::after(status, *step, by).is_ok();
    Step::iter().filter(can).collect()
}
