//! One's own password: whoever was given one by somebody else takes another.

use askama::Template;
use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use axum_extra::extract::CookieJar;
use jiff::Timestamp;
use serde::Deserialize;

use super::{
    page::{Frame, PageError, shown},
    password::{self, Weakness},
    people::hashed,
    session::{SignedIn, begin},
    sign_in::is_right,
};
use crate::http::Backend;

#[derive(Template)]
#[template(path = "me.html")]
struct MePage {
    frame: Frame,
    before_fault: Option<&'static str>,
    after_fault: Option<String>,
    is_done: bool,
}

fn page(signed_in: &SignedIn) -> MePage {
    MePage {
        frame: Frame::of(
            signed_in,
            "/console/me",
            ("自分のパスワード", "My password"),
        ),
        before_fault: None,
        after_fault: None,
        is_done: false,
    }
}

/// What is sent.
#[derive(Deserialize)]
pub struct Renewed {
    #[serde(default)]
    before: String,
    #[serde(default)]
    after: String,
}

/// The form.
pub async fn form(signed_in: SignedIn) -> Response {
    shown(&page(&signed_in))
}

/// Takes another password; whoever else is signed in under this name is not any more.
pub async fn renew(
    State(backend): State<Backend>,
    signed_in: SignedIn,
    jar: CookieJar,
    Form(sent): Form<Renewed>,
) -> Result<Response, PageError> {
    let mut page = page(&signed_in);
    let (name, now) = (&signed_in.person.name, Timestamp::now());
    let known = backend.store.secrets_of(name).await?;
    let kept = known.map(|it| it.password_hash);
    if !is_right(&backend, sent.before, kept).await? {
        page.before_fault = Some(signed_in.tongue.say(
            "いまのパスワードがちがいます。もう一度入れてください",
            "This is not your password. Try again",
        ));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&page)).into_response());
    }
    if let Err(weakness) = password::judge(&sent.after, name) {
        page.after_fault = Some(told(&signed_in, weakness));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&page)).into_response());
    }
    let hash = hashed(sent.after).await.map_err(|_| PageError::Failed)?;
    backend
        .store
        .take_password(signed_in.person.id, name, &hash, now)
        .await?;
    let jar = begin(jar, &backend, signed_in.person.id, true).await?;
    page.is_done = true;
    Ok((jar, shown(&page)).into_response())
}

fn told(signed_in: &SignedIn, weakness: Weakness) -> String {
    let (japanese, english) = (weakness.in_japanese(), weakness.to_string());
    signed_in.tongue.say(&japanese, &english).to_owned()
}
