//! What stands around every page of the console, and how it is sent.

use askama::Template;
use axum::{
    body::Body,
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use jiff::{Timestamp, tz::Offset};

use super::{queries::Person, rights::Right, tongue::Tongue};

/// What stands around a page.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The language.
    pub tongue: Tongue,
    /// The heading.
    pub title: &'static str,
    /// Who looks at it; nobody before the sign-in.
    pub person: Option<Person>,
    /// The path of the part of the console that it belongs to.
    pub part: &'static str,
}

impl Frame {
    /// The frame of a page before the sign-in.
    pub fn outside(tongue: Tongue, title: (&'static str, &'static str)) -> Self {
        Self {
            tongue,
            title: tongue.say(title.0, title.1),
            person: None,
            part: "",
        }
    }

    /// The one of the two that is in this language.
    pub fn say<'w>(&self, japanese: &'w str, english: &'w str) -> &'w str {
        self.tongue.say(japanese, english)
    }

    /// The parts of the console that this person may open: path, and name.
    pub fn parts(&self) -> Vec<(&'static str, &str)> {
        const PARTS: [(&str, Right, &str, &str); 9] = [
            ("/console/tiles", Right::EditTiles, "タイル", "Tiles"),
            (
                "/console/tiles",
                Right::EditOwnTiles,
                "自分のタイル",
                "Own tiles",
            ),
            (
                "/console/emergencies",
                Right::WriteEmergency,
                "緊急のお知らせ",
                "Emergencies",
            ),
            (
                "/console/tablets",
                Right::SeeTablets,
                "タブレット",
                "Tablets",
            ),
            (
                "/console/requests",
                Right::AnswerRequests,
                "電話のお願い",
                "Requests",
            ),
            (
                "/console/evaluation",
                Right::SeeFigures,
                "利用の報告",
                "Figures",
            ),
            (
                "/console/records",
                Right::ExportRecords,
                "記録の取り出し",
                "Records",
            ),
            ("/console/people", Right::ManagePeople, "使う人", "People"),
            ("/console/audit", Right::SeeAudit, "操作の記録", "Audit log"),
        ];
        let role = self.person.as_ref().map(|person| person.role);
        let open = PARTS
            .iter()
            .filter(|(_, right, ..)| role.is_some_and(|role| role.may(*right)));
        open.map(|(path, _, ja, en)| (*path, self.say(ja, en)))
            .collect()
    }

    /// What this person is there for.
    pub fn role(&self) -> &str {
        let words = self
            .person
            .as_ref()
            .map_or(("", ""), |person| person.role.words());
        self.say(words.0, words.1)
    }
}

/// A moment as it stands on a page: in Japan, to the minute.
pub fn in_japan(at: Timestamp) -> String {
    let there = Offset::constant(9).to_datetime(at);
    there.strftime("%Y-%m-%d %H:%M").to_string()
}

/// A file that the browser keeps instead of showing it.
pub fn kept_as(name: &str, media_type: &'static str, body: impl Into<Body>) -> Response {
    (
        [
            (header::CONTENT_TYPE, media_type.to_owned()),
            (
                header::CONTENT_DISPOSITION,
                format!("attachment; filename=\"{name}\""),
            ),
        ],
        body.into(),
    )
        .into_response()
}

/// A page as it is sent.
pub fn shown(page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
