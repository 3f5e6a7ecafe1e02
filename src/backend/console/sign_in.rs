//! Signing in and out: a name, a password, and for most a code of six digits.

use std::net::{IpAddr, SocketAddr};

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

use super::{
    page::{Frame, PageError, shown},
    password,
    second_factor::{address, new_secret, step_of},
    session::{begin, end, session, token},
    tongue::Tongue,
};
use crate::{
    http::{Backend, asking},
    store::{
        Act, Deed, Person, SecondFactor, Session, Wait, account_subject, second_factor_subject,
    },
};

/// Where somebody goes who wanted nothing else.
const HOME: &str = "/console";

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    frame: Frame,
    name: String,
    next: String,
    fault: Option<String>,
}

#[derive(Template)]
#[template(path = "second_factor.html")]
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

/// A path of the console, and nothing that leads elsewhere.
pub fn path_of_ours(path: &str) -> &str {
    let is_ours = path == HOME || path.starts_with("/console/") || path.starts_with("/console?");
    let is_plain = path.len() < 500 && path.chars().all(|it| it.is_ascii_graphic() && it != '\\');
    if is_ours && is_plain { path } else { HOME }
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
pub async fn form(tongue: Tongue, Query(wanted): Query<Wanted>) -> Response {
    let page = sign_in_page(tongue, String::new(), &wanted, None);
    shown(&page)
}

fn sign_in_page(
    tongue: Tongue,
    name: String,
    wanted: &Wanted,
    fault: Option<String>,
) -> SignInPage {
    SignInPage {
        frame: Frame::outside(tongue, ("サインイン", "Sign in")),
        name,
        next: wanted.path().to_owned(),
        fault,
    }
}

/// Looks at name and password.
pub async fn sign_in(
    State(backend): State<Backend>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    tongue: Tongue,
    headers: HeaderMap,
    jar: CookieJar,
    Form(sent): Form<SignIn>,
) -> Result<Response, PageError> {
    let name = sent.name.trim().to_owned();
    let network = network_of(asking(peer.ip(), &headers));
    let (account, address) = (account_subject(&name), format!("address {network}"));
    let from_here = format!("{account} from {network}");
    // Whoever knows a name can keep nobody else out with it for long: the long wait is for one network.
    let subjects = [
        (from_here.clone(), wait_of_guess as Wait),
        (account.clone(), wait_of_account),
        (address.clone(), wait_of_address),
    ];
    let refused = |status: StatusCode, fault: String| {
        let page = sign_in_page(tongue, name.clone(), &sent.wanted, Some(fault));
        Ok((status, shown(&page)).into_response())
    };
    if !backend.sign_ins.allow(network) {
        let wait = SignedDuration::from_secs(30);
        return refused(StatusCode::TOO_MANY_REQUESTS, told_to_wait(tongue, wait));
    }
    if let Some(wait) = backend.store.attempt(&subjects, Timestamp::now()).await? {
        return refused(StatusCode::TOO_MANY_REQUESTS, told_to_wait(tongue, wait));
    }
    let known = backend.store.secrets_of(&name).await?;
    let kept = known.as_ref().map(|it| it.password_hash.clone());
    if !is_right(&backend, sent.password, kept).await? {
        return refused(StatusCode::FORBIDDEN, not_right(tongue));
    }
    let Some(person) = known.map(|it| it.person).filter(|it| !it.is_barred) else {
        return refused(StatusCode::FORBIDDEN, not_right(tongue));
    };
    for subject in [&account, &from_here] {
        backend.store.forget_attempts(subject).await?;
    }
    // Many people sign in from one office; only those in vain count.
    backend.store.take_back_attempt(&address).await?;
    let is_whole = !person.role.needs_second_factor() && !person.has_second_factor;
    if is_whole {
        note(&backend, &person, network).await?;
    }
    let jar = begin(jar, &backend, person.id, is_whole).await?;
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

/// Writes down who came in, and from where.
async fn note(backend: &Backend, person: &Person, network: IpAddr) -> Result<(), PageError> {
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
fn not_right(tongue: Tongue) -> String {
    tongue
        .say(
            "名前かパスワードがちがいます。大文字と小文字に気をつけて、もう一度入れてください。",
            "The name or the password is not right. Mind capital letters, and try again.",
        )
        .to_owned()
}

fn told_to_wait(tongue: Tongue, wait: SignedDuration) -> String {
    let minutes = wait.as_secs().div_euclid(60) + 1;
    match tongue {
        Tongue::Japanese => {
            format!("まちがいがつづいたので、{minutes}分ほど待ってから、もう一度ためしてください。")
        }
        Tongue::English => {
            format!("There were too many mistakes. Wait about {minutes} min, then try again.")
        }
    }
}

/// Looks at a password away from the threads that answer, a few at a time: each takes 19 MiB.
pub async fn is_right(
    backend: &Backend,
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

/// The network that somebody asks from: one house has as many IPv6 addresses as it likes.
fn network_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(address) => {
            let mut parts = address.segments();
            parts[4..].fill(0);
            IpAddr::from(parts)
        }
        IpAddr::V4(_) => address,
    }
}

/// Five mistakes are free; then the wait doubles from half a minute up to an hour.
fn wait_of_guess(attempts: u64, ago: SignedDuration) -> Option<SignedDuration> {
    growing(attempts, 5, SignedDuration::from_hours(1), ago)
}

/// From everywhere together: some 1,400 guesses a day, of which a good password takes no notice.
fn wait_of_account(attempts: u64, ago: SignedDuration) -> Option<SignedDuration> {
    growing(attempts, 20, SignedDuration::from_mins(1), ago)
}

/// Many people may stand behind one address.
fn wait_of_address(attempts: u64, ago: SignedDuration) -> Option<SignedDuration> {
    growing(attempts, 50, SignedDuration::from_hours(1), ago)
}

fn growing(
    attempts: u64,
    free: u64,
    longest: SignedDuration,
    ago: SignedDuration,
) -> Option<SignedDuration> {
    let more = u32::try_from(attempts.checked_sub(free)?)
        .unwrap_or(u32::MAX)
        .min(7);
    let wait = SignedDuration::from_secs(30_i64 << more).min(longest);
    (ago < wait).then(|| wait - ago)
}

/// Somebody who has shown a password and nothing more.
async fn half(jar: &CookieJar, backend: &Backend) -> Result<(Session, String), PageError> {
    let token = token(jar).map(str::to_owned);
    let session = session(jar, backend).await?.filter(|it| !it.is_whole);
    session.zip(token).ok_or(PageError::SignInFirst(None))
}

/// Asks for the code; before the first time, shows what an authenticator needs.
pub async fn second_factor_form(
    State(backend): State<Backend>,
    tongue: Tongue,
    jar: CookieJar,
    Query(wanted): Query<Wanted>,
) -> Result<Response, PageError> {
    let (mut session, token) = half(&jar, &backend).await?;
    if session.second_factor == SecondFactor::None && session.new_secret.is_none() {
        let secret = new_secret();
        backend.store.put_new_secret(&token, &secret).await?;
        session.new_secret = Some(secret);
    }
    Ok(shown(&second_factor_page(tongue, &session, &wanted, None)))
}

fn second_factor_page(
    tongue: Tongue,
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
        frame: Frame::outside(tongue, ("確認の番号", "Code")),
        new,
        next: wanted.path().to_owned(),
        fault: match session.second_factor {
            SecondFactor::Lost => Some(key_is_lost(tongue)),
            _ => fault,
        },
    }
}

/// What somebody is told whose code cannot be looked at.
fn key_is_lost(tongue: Tongue) -> String {
    tongue
        .say(
            "サーバーの鍵がなくなったので、番号を確かめられません。管理する人に、パスワードを新しくしてもらってください。管理する人もこうなったときは、サーバーで kairan people renew を使います。",
            "The server's key is lost, so no code can be looked at. Ask an administrator to renew your password; if that is you, use `kairan people renew` on the server.",
        )
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
    State(backend): State<Backend>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    tongue: Tongue,
    headers: HeaderMap,
    jar: CookieJar,
    Form(sent): Form<Code>,
) -> Result<Response, PageError> {
    let (session, _) = half(&jar, &backend).await?;
    let now = Timestamp::now();
    // Who comes here has shown the password, so the long wait keeps nobody else out.
    let subject = second_factor_subject(&session.person.name);
    let subjects = [(subject.clone(), wait_of_guess as Wait)];
    let refused = |status: StatusCode, fault: String| {
        let page = second_factor_page(tongue, &session, &sent.wanted, Some(fault));
        Ok((status, shown(&page)).into_response())
    };
    if let Some(wait) = backend.store.attempt(&subjects, now).await? {
        return refused(StatusCode::TOO_MANY_REQUESTS, told_to_wait(tongue, wait));
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
        let fault = tongue.say(
            "番号がちがうか、もう使われました。アプリに次の番号が出たら、それを入れてください。",
            "The code is not right, or was used already. Enter the next one that the app shows.",
        );
        return refused(StatusCode::FORBIDDEN, fault.to_owned());
    }
    backend.store.forget_attempts(&subject).await?;
    let network = network_of(asking(peer.ip(), &headers));
    note(&backend, &session.person, network).await?;
    let jar = begin(jar, &backend, session.person.id, true).await?;
    Ok((jar, Redirect::to(sent.wanted.path())).into_response())
}

/// Ends the session.
pub async fn sign_out(
    State(backend): State<Backend>,
    jar: CookieJar,
) -> Result<Response, PageError> {
    let jar = end(jar, &backend).await?;
    Ok((jar, Redirect::to("/console/sign-in")).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_and_ends() {
        let second = SignedDuration::from_secs;
        for (attempts, ago, wait) in [
            (4, 0, None),
            (5, 0, Some(30)),
            (5, 20, Some(10)),
            (5, 30, None),
            (6, 0, Some(60)),
            (12, 0, Some(3_600)),
            (1_000_000, 0, Some(3_600)),
            (1_000_000, 3_600, None),
        ] {
            assert_eq!(
                wait_of_guess(attempts, second(ago)),
                wait.map(second),
                "{attempts} {ago}"
            );
        }
        assert_eq!(wait_of_account(1_000_000, second(0)), Some(second(60)));
        assert_eq!(wait_of_address(49, second(0)), None);
        assert_eq!(wait_of_address(50, second(0)), Some(second(30)));
    }

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
