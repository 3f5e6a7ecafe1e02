//! What every page of the console has: its frame, and how it says no.

use askama::Template;
use axum::{
    body::Body,
    http::{StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use jiff::{Timestamp, tz::Offset};
use url::form_urlencoded;

use super::{rights::Right, session::SignedIn, tongue::Tongue};
use crate::{database::DatabaseError, people::queries::Person};

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
    /// The frame of a page for somebody who is signed in.
    pub fn of(
        signed_in: &SignedIn,
        part: &'static str,
        title: (&'static str, &'static str),
    ) -> Self {
        Self {
            tongue: signed_in.tongue,
            title: signed_in.tongue.say(title.0, title.1),
            person: Some(signed_in.person.clone()),
            part,
        }
    }

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

/// Why a page is not shown.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// Nobody is signed in, or not for this long; where they wanted to go.
    #[error("sign in first")]
    SignInFirst(Option<String>),
    /// This person may not.
    #[error("this is not for your role")]
    NotAllowed,
    /// There is no such page.
    #[error("there is no such page")]
    NotFound,
    /// What was sent cannot be understood.
    #[error("this could not be understood")]
    Unreadable,
    /// More was sent than is taken.
    #[error("this is too large")]
    TooLarge,
    /// The catalogue's file is damaged.
    #[error("the catalogue cannot be read")]
    CatalogueDamaged,
    /// As many codes are open as may be.
    #[error("too many codes are open")]
    TooManyCodes,
    /// The database failed, or the disk.
    #[error("something failed here")]
    Failed,
}

impl From<DatabaseError> for PageError {
    fn from(error: DatabaseError) -> Self {
        if matches!(error, DatabaseError::TooManyCodes) {
            return Self::TooManyCodes;
        }
        tracing::error!(%error, "a page of the console found the database unable");
        Self::Failed
    }
}

impl From<anyhow::Error> for PageError {
    fn from(error: anyhow::Error) -> Self {
        tracing::error!(error = %format!("{error:#}"), "a page of the console could not be made");
        Self::Failed
    }
}

#[derive(Template)]
#[template(path = "pages/refused.html")]
struct Refused {
    frame: Frame,
    japanese: &'static str,
    english: &'static str,
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let (status, japanese, english) = match self {
            Self::SignInFirst(wanted) => {
                let mut address = "/console/sign-in".to_owned();
                if let Some(wanted) = wanted {
                    let wanted: String =
                        form_urlencoded::byte_serialize(wanted.as_bytes()).collect();
                    address = format!("{address}?next={wanted}");
                }
                return Redirect::to(&address).into_response();
            }
            Self::NotAllowed => (
                StatusCode::FORBIDDEN,
                "このページは、あなたの役割では開けません。必要なときは管理者に相談してください。",
                "This page is not for your role. If you need it, ask an administrator.",
            ),
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "このページはありません。下のボタンから、はじめのページにもどってください。",
                "There is no such page. Go back to the first one.",
            ),
            Self::Unreadable => (
                StatusCode::BAD_REQUEST,
                "送られた内容を読めませんでした。前のページにもどって、もう一度ためしてください。",
                "What was sent could not be read. Go back and try again.",
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "送られたものが大きすぎます。前のページにもどって、小さくしてからためしてください。",
                "What was sent is too large. Go back and make it smaller.",
            ),
            Self::CatalogueDamaged => (
                StatusCode::SERVICE_UNAVAILABLE,
                "services.toml に書きまちがいがあり、読めません。管理者に「kairan check services.toml」で調べて、直してもらってください。直るまで、タブレットは前の内容を見せつづけます。",
                "services.toml cannot be read. Ask an administrator to mend it with `kairan check services.toml`. Until then tablets keep showing what they have.",
            ),
            Self::TooManyCodes => (
                StatusCode::CONFLICT,
                "まだ使われていない番号が100あります。番号は30分で使えなくなります。少し待って、もう一度つくってください。",
                "A hundred codes are not used yet. Each is over after 30 minutes. Wait a little, and make this one then.",
            ),
            Self::Failed => (
                StatusCode::SERVICE_UNAVAILABLE,
                "いま、うまくいきませんでした。少し待って、もう一度ためしてください。",
                "This did not work just now. Wait a moment and try again.",
            ),
        };
        let page = Refused {
            // Whoever sees it may read either.
            frame: Frame::outside(Tongue::Japanese, ("開けません", "Not shown")),
            japanese,
            english,
        };
        (status, shown(&page)).into_response()
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
