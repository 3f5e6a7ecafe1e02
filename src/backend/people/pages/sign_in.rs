//! Signing in and out: a name, a password, and for most a code of six digits.

use kairan_contract::Language;
use kairan_text::{message, tr};
use std::{net::SocketAddr, sync::PoisonError};

use askama::Template;
use axum::{
    Form,
    extract::{ConnectInfo, Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Redirect, Response},
};
use axum_extra::extract::CookieJar;
use jiff::{SignedDuration, Timestamp};
use qrcode::{QrCode, render::svg};
use serde::Deserialize;

use crate::{
    audit::queries::{Act, Deed},
    pages::paths::path_of_ours,
    pages::{
        Anybody, Frame, PageError, PageLanguage,
        queries::{Person, SecondFactor, Session},
        session::{begin, end, session, token},
        shown,
    },
    people::{
        devices::{device, know},
        password,
        queries::Wait,
        room::Room,
        second_factor::{address, new_secret, step_of},
        waiting::{self, Arrival, Cause},
    },
    web::{asking::Network, limits::Whence},
};

#[derive(Template)]
#[template(path = "people/pages/sign_in.html")]
struct SignInPage {
    frame: Frame,
    name: String,
    next: String,
    fault: Option<String>,
}

#[derive(Template)]
#[template(path = "people/pages/second_factor.html")]
struct SecondFactorPage {
    frame: Frame,
    /// The picture and the letters of a secret that is being set up.
    new: Option<(String, String)>,
    next: String,
    fault: Option<String>,
}

/// Where somebody wanted to go.
#[derive(Deserialize)]
pub struct Wanted {
    #[serde(default)]
    next: String,
}

impl Wanted {
    fn path(&self) -> &str {
        path_of_ours(&self.next)
    }
}

/// What is sent to sign in.
#[derive(Deserialize)]
pub struct SignIn {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
    #[serde(flatten)]
    wanted: Wanted,
}

/// What is sent as the second factor.
#[derive(Deserialize)]
pub struct Code {
    #[serde(default)]
    code: String,
    #[serde(flatten)]
    wanted: Wanted,
}

/// The form.
pub async fn form(
    _: Anybody,
    PageLanguage(language): PageLanguage,
    Query(wanted): Query<Wanted>,
) -> Response {
    let page = sign_in_page(language, String::new(), &wanted, None);
    shown(&page)
}

fn sign_in_page(
    language: Language,
    name: String,
    wanted: &Wanted,
    fault: Option<String>,
) -> SignInPage {
    SignInPage {
        frame: Frame::outside(language, message("サインイン")),
        name,
        next: wanted.path().to_owned(),
        fault,
    }
}

/// Looks at name and password.
pub async fn sign_in(
    _: Anybody,
    State(backend): State<Room>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    PageLanguage(language): PageLanguage,
    headers: HeaderMap,
    jar: CookieJar,
    Form(sent): Form<SignIn>,
) -> Result<Response, PageError> {
    let (name, now) = (sent.name.trim().to_owned(), Timestamp::now());
    let network = Network::of(backend.proxies.asking(peer.ip(), &headers));
    let arrival = Arrival::of(&backend, &name, network, device(&jar), now).await?;
    let refused = |status: StatusCode, fault: String| {
        let page = sign_in_page(language, name.clone(), &sent.wanted, Some(fault));
        Ok((status, shown(&page)).into_response())
    };
    let kept_waiting = |cause: Cause, wait: SignedDuration| {
        refused(
            StatusCode::TOO_MANY_REQUESTS,
            waiting::told(language, cause, wait),
        )
    };
    if let Err(wait) = in_time(&backend, arrival.whence(), now) {
        return kept_waiting(Cause::Pace, wait);
    }
    let counted = arrival.subjects();
    let subjects: Vec<(String, Wait)> = counted
        .iter()
        .map(|(subject, wait, _)| (subject.clone(), *wait))
        .collect();
    let known = backend.store.secrets_of(&name).await?;
    if let Some(kept) = backend.store.attempt(&subjects, now).await? {
        let cause = counted[kept.subject].2;
        let account = known.as_ref().map(|it| it.person.name.as_str());
        note_waiting(account, network, cause, kept.wait);
        return kept_waiting(cause, kept.wait);
    }
    let kept = known.as_ref().map(|it| it.password_hash.clone());
    if !is_right(&backend, sent.password, kept).await? {
        let account = known.as_ref().map(|it| it.person.name.as_str());
        // A name that nobody has may be a password in the wrong field: it is not written down.
        tracing::warn!(account = account.unwrap_or("(unknown)"), %network, "a sign-in with a wrong name or password");
        return refused(StatusCode::FORBIDDEN, not_right(language));
    }
    let Some(person) = known.map(|it| it.person).filter(|it| !it.is_barred) else {
        return refused(StatusCode::FORBIDDEN, not_right(language));
    };
    for (subject, _, cause) in &counted {
        match cause {
            // Many people sign in from one office; only those in vain count.
            Cause::Network => backend.store.take_back_attempt(subject).await?,
            _ => backend.store.forget_attempts(subject).await?,
        }
    }
    let is_whole = !person.role.needs_second_factor() && !person.has_second_factor;
    let mut jar = begin(jar, &backend.store, person.id, is_whole).await?;
    if is_whole {
        note(&backend, &person, network).await?;
        jar = know(jar, &backend.store, person.id, network).await?;
    }
    let path = sent.wanted.path();
    if is_whole {
        return Ok((jar, Redirect::to(path)).into_response());
    }
    let next: String = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
    Ok((
        jar,
        Redirect::to(&format!("/console/second-factor?next={next}")),
    )
        .into_response())
}

/// Whether somebody may try now, so far as the pace goes.
fn in_time(backend: &Room, whence: Whence, now: Timestamp) -> Result<(), SignedDuration> {
    // Whoever panicked while they held it left nothing half-done: every change of it is whole.
    let sign_ins = backend.sign_ins.lock();
    let mut sign_ins = sign_ins.unwrap_or_else(PoisonError::into_inner);
    sign_ins.ask(whence, now)
}

/// Says in the log who is kept waiting, and why. A name that nobody has may be a password in the wrong field.
fn note_waiting(account: Option<&str>, network: Network, cause: Cause, wait: SignedDuration) {
    tracing::warn!(
        account = account.unwrap_or("(unknown)"),
        %network,
        because_of = cause.as_str(),
        seconds = wait.as_secs(),
        "somebody is kept waiting at the sign-in"
    );
}

/// Writes down who came in, and from where.
async fn note(backend: &Room, person: &Person, network: Network) -> Result<(), PageError> {
    let deed = Deed {
        who: person.name.clone(),
        deed: Act::SignedIn,
        subject: network.to_string(),
        was: String::new(),
        is_now: String::new(),
    };
    Ok(backend.store.write_down(&deed, Timestamp::now()).await?)
}

/// One sentence for a wrong name and for a wrong password: who guesses learns nothing.
fn not_right(language: Language) -> String {
    tr(
        language,
        "名前かパスワードがちがいます。大文字と小文字に気をつけて、もう一度入れてください。",
    )
    .to_owned()
}

/// Looks at a password away from the threads that answer, a few at a time: each takes 19 MiB.
pub async fn is_right(
    backend: &Room,
    password: String,
    kept: Option<String>,
) -> Result<bool, PageError> {
    let _turn = backend
        .hashing
        .acquire()
        .await
        .map_err(|_| PageError::Failed)?;
    tokio::task::spawn_blocking(move || password::is_right(&password, kept.as_deref()))
        .await
        .map_err(|_| PageError::Failed)
}

/// Somebody who has shown a password and nothing more.
async fn half(jar: &CookieJar, backend: &Room) -> Result<(Session, String), PageError> {
    let token = token(jar).map(str::to_owned);
    let session = session(jar, &backend.store)
        .await?
        .filter(|it| !it.is_whole);
    session.zip(token).ok_or(PageError::SignInFirst(None))
}

/// Asks for the code; before the first time, shows what an authenticator needs.
pub async fn second_factor_form(
    _: Anybody,
    State(backend): State<Room>,
    PageLanguage(language): PageLanguage,
    jar: CookieJar,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let (mut session, token) = half(&jar, &backend).await?;
    if session.second_factor == SecondFactor::None && session.new_secret.is_none() {
        let secret = new_secret();
        backend.store.put_new_secret(&token, &secret).await?;
        session.new_secret = Some(secret);
    }
    Ok(shown(&second_factor_page(
        language, &session, &wanted, None,
    )))
}

fn second_factor_page(
    language: Language,
    session: &Session,
    wanted: &Wanted,
    fault: Option<String>,
) -> SecondFactorPage {
    let new = match (&session.second_factor, &session.new_secret) {
        (SecondFactor::None, Some(secret)) => {
            Some((picture(secret, &session.person), in_groups(secret)))
        }
        _ => None,
    };
    SecondFactorPage {
        frame: Frame::outside(language, message("確認の番号")),
        new,
        next: wanted.path().to_owned(),
        fault: match session.second_factor {
            SecondFactor::Lost => Some(key_is_lost(language)),
            _ => fault,
        },
    }
}

/// What somebody is told whose code cannot be looked at.
fn key_is_lost(language: Language) -> String {
    tr(language, "サーバーの鍵がなくなったので、番号を確かめられません。管理する人に、パスワードを新しくしてもらってください。管理する人もこうなったときは、サーバーで kairan people renew を使います。")
        .to_owned()
}

fn picture(secret: &str, person: &Person) -> String {
    let address = address(secret, &person.name).unwrap_or_default();
    let code = QrCode::new(address.as_bytes()).map(|code| {
        let mut drawn = code.render::<svg::Color<'_>>();
        drawn.min_dimensions(200, 200).quiet_zone(true).build()
    });
    let drawn = code.unwrap_or_default();
    // Without the declaration that stands before a file of its own.
    drawn
        .find("<svg")
        .map_or_else(String::new, |at| drawn[at..].to_owned())
}

/// Four letters at a time, as they are typed by hand.
fn in_groups(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    let groups = letters
        .chunks(4)
        .map(|group| group.iter().collect::<String>());
    groups.collect::<Vec<_>>().join(" ")
}

/// Looks at the code.
pub async fn second_factor(
    _: Anybody,
    State(backend): State<Room>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    PageLanguage(language): PageLanguage,
    headers: HeaderMap,
    jar: CookieJar,
    Form(sent): Form<Code>,
) -> Result<Response, PageError> {
    let (session, _) = half(&jar, &backend).await?;
    let now = Timestamp::now();
    // Who comes here has shown the password, so the long wait keeps nobody else out.
    let network = Network::of(backend.proxies.asking(peer.ip(), &headers));
    let arrival = Arrival::of(&backend, &session.person.name, network, device(&jar), now).await?;
    let subject = arrival.second_factor();
    let subjects = [(subject.clone(), waiting::wait_of_guess as Wait)];
    let refused = |status: StatusCode, fault: String| {
        let page = second_factor_page(language, &session, &sent.wanted, Some(fault));
        Ok((status, shown(&page)).into_response())
    };
    if let Some(kept) = backend.store.attempt(&subjects, now).await? {
        let account = Some(session.person.name.as_str());
        note_waiting(account, network, Cause::Own, kept.wait);
        let fault = waiting::told(language, Cause::Own, kept.wait);
        return refused(StatusCode::TOO_MANY_REQUESTS, fault);
    }
    let secret = match &session.second_factor {
        SecondFactor::Known(secret) => Some(secret),
        SecondFactor::None => session.new_secret.as_ref(),
        SecondFactor::Lost => None,
    };
    let seconds = u64::try_from(now.as_second()).unwrap_or(0);
    let used = match secret.and_then(|secret| Some((secret, step_of(&sent.code, secret, seconds)?)))
    {
        Some((secret, step)) => {
            backend
                .store
                .use_step(session.person.id, secret, step)
                .await?
        }
        None => false,
    };
    if !used {
        tracing::warn!(account = session.person.name, %network, "a code of the second factor that is not right");
        let fault = tr(
            language,
            "番号がちがうか、もう使われました。アプリに次の番号が出たら、それを入れてください。",
        );
        return refused(StatusCode::FORBIDDEN, fault.to_owned());
    }
    backend.store.forget_attempts(&subject).await?;
    note(&backend, &session.person, network).await?;
    let jar = begin(jar, &backend.store, session.person.id, true).await?;
    let jar = know(jar, &backend.store, session.person.id, network).await?;
    Ok((jar, Redirect::to(sent.wanted.path())).into_response())
}

/// Ends the session.
pub async fn sign_out(
    _: Anybody,
    State(backend): State<Room>,
    jar: CookieJar,
) -> Result<Response, PageError> {
    let jar = end(jar, &backend.store).await?;
    Ok((jar, Redirect::to("/console/sign-in")).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::paths::HOME;

    #[test]
    fn nobody_is_sent_elsewhere() {
        for (next, path) in [
            (
                "/console/evaluation?from=2026-04-01",
                "/console/evaluation?from=2026-04-01",
            ),
            ("https://example.com/", HOME),
            ("//example.com", HOME),
            ("/console/\r\nset-cookie: a=b", HOME),
            ("/consoles", HOME),
            ("", HOME),
        ] {
            assert_eq!(
                Wanted {
                    next: next.to_owned()
                }
                .path(),
                path
            );
        }
    }
}
