//! The inbox: who asks to be rung, what somebody has to answer, and what nobody has answered yet.

use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
};
use jiff::{SignedDuration, Timestamp};
use kairan_contract::{Language, RequestId, RequestStatus};
use kairan_text::{message, tr};
use serde::Deserialize;
use strum::IntoEnumIterator as _;
use url::form_urlencoded;

use super::{desk_of, words};
use crate::{
    pages::{
        Frame, May, PageError, Right, in_japan,
        rights::{AnswerRequests, SeeRequests},
        shown,
    },
    requests::{
        offered::council_zone,
        queries::{
            call_backs::OpenRequest,
            desk::{PAGE, Question},
            stored::StoredRequest,
        },
        room::Room,
        rules::lines::span,
    },
};

/// How long before its time an answer is near.
const NEAR: SignedDuration = SignedDuration::from_hours(2);

#[derive(Template)]
#[template(path = "requests/pages/requests.html")]
struct RequestsPage {
    frame: Frame,
    /// Who asks to be rung, for whoever rings.
    call_backs: Option<Vec<OpenRequest>>,
    /// What this person answers, if they answer anything.
    inbox: Option<Inbox>,
    /// What nobody has answered yet, for whoever sees to that.
    due: Option<Vec<Card>>,
}

/// A request in a line, without anything of who asks.
struct Card {
    id: RequestId,
    number: String,
    title: String,
    provider: String,
    telephone: String,
    status: &'static str,
    /// Until when somebody answers; nothing where nobody has to.
    answer_by: String,
    /// When it takes place; nothing where it has no time.
    takes_place: String,
    asked_at: String,
}

impl Card {
    fn of(request: StoredRequest, language: Language) -> Self {
        let is_awaited = request.status == RequestStatus::Requested;
        let answer_by = request.answer_by.filter(|_| is_awaited);
        Self {
            id: request.id,
            number: request.number.to_string(),
            title: request.title,
            provider: request.provider_name,
            telephone: request
                .telephone
                .map_or_else(String::new, |it| it.as_str().to_owned()),
            status: words::status(request.status).tr(language),
            answer_by: answer_by.map_or_else(String::new, |at| {
                tr!(language, "{at} までに返事", at = in_japan(at))
            }),
            takes_place: request.appointment.map_or_else(String::new, |it| {
                span(it.begins_at, it.ends_at, council_zone())
            }),
            asked_at: tr!(
                language,
                "{at} に届きました",
                at = in_japan(request.asked_at)
            ),
        }
    }
}

struct Inbox {
    question: Question,
    cards: Vec<Card>,
    count: u64,
    services: Vec<(String, String)>,
}

impl Inbox {
    fn pages(&self) -> u64 {
        self.count.div_ceil(PAGE.into()).max(1)
    }

    /// The address of a page of the same question.
    fn page(&self, page: u32) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("status", self.question.status.map_or("", <&str>::from));
        query.append_pair("service", &self.question.service);
        query.append_pair("page", &page.to_string());
        format!("/console/requests?{}", query.finish())
    }

    fn previous(&self) -> Option<String> {
        Some(self.page(self.question.page.checked_sub(1)?))
    }

    fn next(&self) -> Option<String> {
        let next = self.question.page.checked_add(1)?;
        (u64::from(next) < self.pages()).then(|| self.page(next))
    }

    fn is_looked_for(&self, word: &str) -> bool {
        self.question
            .status
            .is_some_and(|it| <&str>::from(it) == word)
    }
}

impl RequestsPage {
    /// What is asked for, in words.
    fn words(&self, request: &OpenRequest) -> &str {
        match (request.kind.as_str(), request.screen.as_str()) {
            ("report", _) => self.frame.tr("タブレットをみてほしい"),
            (_, "alert") => self.frame.tr("警報の画面から、電話がほしい"),
            _ => self.frame.tr("電話がほしい"),
        }
    }

    /// The statuses to look for, each with its word.
    fn statuses(&self) -> Vec<(&'static str, &'static str)> {
        let known = RequestStatus::iter().filter(|it| *it != RequestStatus::Unknown);
        known
            .map(|it| (it.into(), words::status(it).tr(self.frame.language)))
            .collect()
    }
}

/// What is looked for.
#[derive(Debug, Default, Deserialize)]
pub struct Looked {
    #[serde(default)]
    status: String,
    #[serde(default)]
    service: String,
    #[serde(default)]
    page: u32,
}

impl From<Looked> for Question {
    fn from(looked: Looked) -> Self {
        let status = RequestStatus::iter().find(|it| <&str>::from(*it) == looked.status);
        Self {
            status,
            service: looked.service,
            page: looked.page,
        }
    }
}

/// The page.
pub async fn list(
    signed_in: May<SeeRequests>,
    State(backend): State<Room>,
    Query(looked): Query<Looked>,
) -> Result<Response, PageError> {
    let (role, language, now) = (signed_in.person.role, signed_in.language, Timestamp::now());
    let store = &backend.store;
    // What is over by the clock is over on the page.
    if store.expire_requests(now).await? > 0 {
        backend.news.look();
    }
    let call_backs = if role.may(Right::AnswerRequests) {
        Some(store.open_requests().await?)
    } else {
        None
    };
    let inbox = match desk_of(&signed_in.person) {
        Some(desk) => {
            let question = Question::from(looked);
            let found = store.requests_of(&desk, &question).await?;
            let cards = found.requests.into_iter();
            Some(Inbox {
                cards: cards.map(|it| Card::of(it, language)).collect(),
                count: found.count,
                services: store.services_of(&desk).await?,
                question,
            })
        }
        None => None,
    };
    let due = if role.may(Right::SeeAllDue) {
        let due = store.requests_due(now + NEAR).await?.into_iter();
        Some(due.map(|it| Card::of(it, language)).collect())
    } else {
        None
    };
    Ok(shown(&RequestsPage {
        frame: Frame::of(&signed_in, "/console/requests", message("お願い")),
        call_backs,
        inbox,
        due,
    }))
}

/// Which one was dealt with.
#[derive(Debug, Deserialize)]
pub struct Settled {
    #[serde(default)]
    id: String,
}

/// Notes that somebody has rung.
pub async fn settle(
    signed_in: May<AnswerRequests>,
    State(backend): State<Room>,
    Form(settled): Form<Settled>,
) -> Result<Response, PageError> {
    let id: RequestId = settled.id.parse().map_err(|_| PageError::Unreadable)?;
    let now = Timestamp::now();
    // Two helpers may press at once: the second finds it done, which is what they wanted.
    let by = &signed_in.person.name;
    backend.store.settle_request(id, by, now).await?;
    backend.news.look();
    Ok(Redirect::to("/console/requests").into_response())
}
