//! Who asks to be rung: the oldest first, until somebody has.

use askama::Template;
use axum::{
    Form,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use jiff::Timestamp;
use kairan_contract::RequestId;
use kairan_text::message;
use serde::Deserialize;

use super::queries::call_backs::OpenRequest;
use crate::{
    pages::{Frame, May, PageError, rights::AnswerRequests, shown},
    requests::room::Room,
};

#[derive(Template)]
#[template(path = "requests/requests.html")]
struct RequestsPage {
    frame: Frame,
    requests: Vec<OpenRequest>,
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
}

/// The page.
pub async fn list(
    signed_in: May<AnswerRequests>,
    State(backend): State<Room>,
) -> Result<Response, PageError> {
    Ok(shown(&RequestsPage {
        frame: Frame::of(&signed_in, "/console/requests", message("電話のお願い")),
        requests: backend.store.open_requests().await?,
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
    Ok(Redirect::to("/console/requests").into_response())
}
