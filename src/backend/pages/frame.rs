//! What stands around every page of the console, and how it is sent.

use std::fmt::Display;

use askama::Template;
use axum::{
    body::Body,
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use jiff::{Timestamp, tz::Offset};
use kairan_contract::Language;
use kairan_text::{Message, language_name, languages, message, message_in, tr, tr_in};

use super::{queries::Person, rights::Right};

/// What stands around a page.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The language.
    pub language: Language,
    /// The heading.
    pub title: &'static str,
    /// Who looks at it; nobody before the sign-in.
    pub person: Option<Person>,
    /// The path of the part of the console that it belongs to.
    pub part: &'static str,
}

impl Frame {
    /// The frame of a page before the sign-in.
    pub fn outside(language: Language, title: Message) -> Self {
        Self {
            language,
            title: title.tr(language),
            person: None,
            part: "",
        }
    }

    /// What is said, in this language.
    pub fn say(&self, message: Message) -> &'static str {
        message.tr(self.language)
    }

    /// A message in this language.
    pub fn tr(&self, japanese: &'static str) -> &'static str {
        tr(self.language, japanese)
    }

    /// A message whose Japanese means something else in another connection.
    pub fn tr_in(&self, context: &'static str, japanese: &'static str) -> &'static str {
        tr_in(self.language, context, japanese)
    }

    /// A message with something in its places.
    pub fn tr_with<const N: usize>(
        &self,
        japanese: &'static str,
        places: &[(&str, impl Display); N],
    ) -> String {
        let places = places
            .each_ref()
            .map(|(name, value)| (*name, value as &dyn Display));
        message(japanese).tr_with(self.language, &places)
    }

    /// The other languages to choose from, with their names.
    pub fn other_languages(&self) -> Vec<(Language, &'static str)> {
        let others = languages().filter(|it| *it != self.language);
        others.map(|it| (it, language_name(it))).collect()
    }

    /// The parts of the console that this person may open: path, and name.
    pub fn parts(&self) -> Vec<(&'static str, &'static str)> {
        const PARTS: [(&str, Right, Message); 10] = [
            ("/console/tiles", Right::EditTiles, message("タイル")),
            (
                "/console/tiles",
                Right::EditOwnTiles,
                message("自分のタイル"),
            ),
            (
                "/console/emergencies",
                Right::WriteEmergency,
                message("緊急のお知らせ"),
            ),
            ("/console/tablets", Right::SeeTablets, message("タブレット")),
            ("/console/requests", Right::SeeRequests, message("お願い")),
            (
                "/console/evaluation",
                Right::SeeFigures,
                message_in("a page", "利用の報告"),
            ),
            (
                "/console/records",
                Right::ExportRecords,
                message("記録の取り出し"),
            ),
            ("/console/people", Right::ManagePeople, message("使う人")),
            (
                "/console/connections",
                Right::ManageConnections,
                message("システムの接続"),
            ),
            ("/console/audit", Right::SeeAudit, message("操作の記録")),
        ];
        let role = self.person.as_ref().map(|person| person.role);
        let open = PARTS
            .iter()
            .filter(|(_, right, ..)| role.is_some_and(|role| role.may(*right)));
        open.map(|(path, _, name)| (*path, name.tr(self.language)))
            .collect()
    }

    /// What this person is there for.
    pub fn role(&self) -> &'static str {
        let words = self
            .person
            .as_ref()
            .map_or(Message::default(), |person| person.role.words());
        words.tr(self.language)
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
