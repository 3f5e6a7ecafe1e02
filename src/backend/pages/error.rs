//! How a page says no.

use askama::Template;
use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use kairan_contract::Language;
use kairan_text::{Message, message};
use url::form_urlencoded;

use super::frame::{Frame, shown};
use crate::database::DatabaseError;

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
    words: Message,
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let (status, words) = match self {
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
                message(
                    "このページは、あなたの役割では開けません。必要なときは管理者に相談してください。",
                ),
            ),
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                message(
                    "このページはありません。下のボタンから、はじめのページにもどってください。",
                ),
            ),
            Self::Unreadable => (
                StatusCode::BAD_REQUEST,
                message(
                    "送られた内容を読めませんでした。前のページにもどって、もう一度ためしてください。",
                ),
            ),
            Self::TooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                message(
                    "送られたものが大きすぎます。前のページにもどって、小さくしてからためしてください。",
                ),
            ),
            Self::CatalogueDamaged => (
                StatusCode::SERVICE_UNAVAILABLE,
                message(
                    "services.toml に書きまちがいがあり、読めません。管理者に「kairan check services.toml」で調べて、直してもらってください。直るまで、タブレットは前の内容を見せつづけます。",
                ),
            ),
            Self::TooManyCodes => (
                StatusCode::CONFLICT,
                message(
                    "まだ使われていない番号が100あります。番号は30分で使えなくなります。少し待って、もう一度つくってください。",
                ),
            ),
            Self::Failed => (
                StatusCode::SERVICE_UNAVAILABLE,
                message("いま、うまくいきませんでした。少し待って、もう一度ためしてください。"),
            ),
        };
        let page = Refused {
            // Whoever sees it may read either.
            frame: Frame::outside(Language::JAPANESE, message("開けません")),
            words,
        };
        (status, shown(&page)).into_response()
    }
}
