//! What is one's own: the password, because whoever was given one by somebody else takes another; and the address at which
//! one is told by e-mail.

use askama::Template;
use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use axum_extra::extract::CookieJar;
use jiff::Timestamp;
use kairan_text::{message, tr};
use serde::Deserialize;

use super::{
    people::{hashed, mail_of},
    sign_in::is_right,
};
use crate::{
    pages::{Faults, Frame, May, PageError, SignedIn, rights::AnyRole, session::begin, shown},
    people::{
        password::{self, Weakness},
        queries::{Wait, own_password_subject},
        room::Room,
        waiting::{self, Cause},
    },
};

#[derive(Template)]
#[template(path = "people/pages/me.html")]
struct MePage {
    frame: Frame,
    faults: Faults,
    is_done: bool,
    mail: String,
    mail_is_done: bool,
}

async fn page(backend: &Room, signed_in: &SignedIn) -> Result<MePage, PageError> {
    let mut mail = backend.store.mail_addresses().await?;
    Ok(MePage {
        frame: Frame::of(signed_in, "/console/me", message("自分の設定")),
        faults: Faults::default(),
        is_done: false,
        mail: mail.remove(&signed_in.person.name).unwrap_or_default(),
        mail_is_done: false,
    })
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
pub async fn form(
    signed_in: May<AnyRole>,
    State(backend): State<Room>,
) -> Result<Response, PageError> {
    Ok(shown(&page(&backend, &signed_in).await?))
}

/// An address.
#[derive(Deserialize)]
pub struct Mailed {
    #[serde(default)]
    mail: String,
}

/// Is told by e-mail at another address.
pub async fn mail(
    signed_in: May<AnyRole>,
    State(backend): State<Room>,
    Form(sent): Form<Mailed>,
) -> Result<Response, PageError> {
    let name = &signed_in.person.name;
    let Ok(mail) = mail_of(&sent.mail) else {
        let mut page = page(&backend, &signed_in).await?;
        page.mail = sent.mail;
        page.faults.add(
            "mail",
            tr(
                signed_in.language,
                "name@example.jp のように書いてください。使わないときは空けてください",
            ),
        );
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&page)).into_response());
    };
    let now = Timestamp::now();
    backend
        .store
        .put_mail(name, mail.as_deref(), name, now)
        .await?;
    let mut page = page(&backend, &signed_in).await?;
    page.mail_is_done = true;
    Ok(shown(&page))
}

/// Takes another password; whoever else is signed in under this name is not any more.
pub async fn renew(
    signed_in: May<AnyRole>,
    State(backend): State<Room>,
    jar: CookieJar,
    Form(sent): Form<Renewed>,
) -> Result<Response, PageError> {
    let mut page = page(&backend, &signed_in).await?;
    let (name, now) = (&signed_in.person.name, Timestamp::now());
    // Whoever sits down before an open page guesses no faster than at the sign-in.
    let subject = own_password_subject(name);
    let subjects = [(subject.clone(), waiting::wait_of_guess as Wait)];
    if let Some(kept) = backend.store.attempt(&subjects, now).await? {
        tracing::warn!(
            account = name,
            seconds = kept.wait.as_secs(),
            "somebody is kept waiting at another password of their own"
        );
        page.faults.add(
            "before",
            waiting::told(signed_in.language, Cause::Own, kept.wait),
        );
        return Ok((StatusCode::TOO_MANY_REQUESTS, shown(&page)).into_response());
    }
    let known = backend.store.secrets_of(name).await?;
    let kept = known.map(|it| it.password_hash);
    if !is_right(&backend, sent.before, kept).await? {
        let fault = tr(
            signed_in.language,
            "いまのパスワードがちがいます。もう一度入れてください",
        );
        page.faults.add("before", fault);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&page)).into_response());
    }
    backend.store.forget_attempts(&subject).await?;
    if let Err(weakness) = password::judge(&sent.after, name) {
        page.faults.add("after", told(&signed_in, weakness));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&page)).into_response());
    }
    let hash = hashed(sent.after).await.map_err(|_| PageError::Failed)?;
    backend
        .store
        .take_password(signed_in.person.id, name, &hash, now)
        .await?;
    let jar = begin(jar, &backend.store, signed_in.person.id, true).await?;
    page.is_done = true;
    Ok((jar, shown(&page)).into_response())
}

fn told(signed_in: &SignedIn, weakness: Weakness) -> String {
    weakness.in_words(signed_in.language)
}
