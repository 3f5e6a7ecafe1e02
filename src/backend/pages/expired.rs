//! A form that is sent after its session has ended: what was typed is given back, and can be sent again after signing in.

use askama::Template;
use axum::{
    Form,
    extract::{DefaultBodyLimit, FromRequest as _, Multipart, OriginalUri, Request, State},
    http::{Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use axum_extra::extract::CookieJar;
use kairan_text::message;

use super::{
    error::PageError,
    frame::{Frame, shown},
    language::PageLanguage,
    session::{session, token},
    upload::{BODY_LIMIT, READ_LIMIT, bounded},
};
use crate::database::Database;

/// What does not come back in a page.
const SECRETS: [&str; 3] = ["password", "before", "after"];

#[derive(Template)]
#[template(path = "pages/expired.html")]
struct ExpiredPage {
    frame: Frame,
    path: String,
    typed: Typed,
}

/// What stood in a form.
struct Typed {
    fields: Vec<(String, String)>,
    /// With files, which are not given back.
    has_files: bool,
}

/// Answers with what was typed where the sign-in would have swallowed it. Who never had a session goes to the sign-in.
pub async fn give_back(
    State(store): State<Database>,
    PageLanguage(language): PageLanguage,
    jar: CookieJar,
    request: Request,
    next: Next,
) -> Result<Response, PageError> {
    if request.method() != Method::POST || token(&jar).is_none() {
        return Ok(next.run(request).await);
    }
    let session = session(&jar, &store).await?;
    if session.is_some_and(|it| it.is_whole) {
        return Ok(next.run(request).await);
    }
    let path = request.extensions().get::<OriginalUri>();
    let page = ExpiredPage {
        path: path.map_or_else(String::new, |uri| uri.path().to_owned()),
        frame: Frame::outside(language, message("サインインしなおしてください")),
        typed: typed(request).await?,
    };
    Ok((StatusCode::FORBIDDEN, shown(&page)).into_response())
}

async fn typed(mut request: Request) -> Result<Typed, PageError> {
    let kind = request.headers().get(header::CONTENT_TYPE);
    let has_files = kind.is_some_and(|it| it.as_bytes().starts_with(b"multipart/form-data"));
    let mut fields: Vec<(String, String)> = Vec::new();
    if has_files {
        DefaultBodyLimit::max(READ_LIMIT).apply(&mut request);
        let form = Multipart::from_request(request, &()).await;
        let mut form = form.map_err(|_| PageError::Unreadable)?;
        // All of it together is no longer than a form without files.
        let mut left = BODY_LIMIT;
        while let Some(field) = form.next_field().await.map_err(|_| PageError::Unreadable)? {
            let name = field.name().unwrap_or_default().to_owned();
            let is_file = field.file_name().is_some();
            let value = bounded(field, left).await?;
            if !is_file && let Some(value) = value {
                left -= value.len();
                fields.push((name, String::from_utf8_lossy(&value).into_owned()));
            }
        }
    } else {
        let form = Form::<Vec<(String, String)>>::from_request(request, &()).await;
        fields = form.map_err(|_| PageError::Unreadable)?.0;
    }
    fields.retain(|(name, _)| !SECRETS.contains(&name.as_str()));
    Ok(Typed { fields, has_files })
}
