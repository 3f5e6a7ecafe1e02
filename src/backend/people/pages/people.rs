//! Who may use the console: added, barred, and given another password by an administrator.

use kairan_text::{message, message_in, tr};
use std::collections::HashMap;

use askama::Template;
use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::Timestamp;
use kairan_contract::{Language, ProviderId};
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    database::{Database, DatabaseError},
    notices,
    pages::{
        Faults, Frame, May, PageError, Role, SignedIn, queries::Person, rights::ManagePeople, shown,
    },
    people::{
        password::{self, Weakness},
        room::Room,
    },
};

/// Letters of a name.
const NAME_LIMIT: usize = 60;

/// Somebody new, as an administrator wrote it.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Added {
    /// The name to sign in with.
    #[serde(default)]
    pub name: String,
    /// As [`Role`] is written.
    #[serde(default)]
    pub role: String,
    /// The id of a provider in the catalogue, for those of a provider.
    #[serde(default)]
    pub provider: String,
    /// The first password.
    #[serde(default)]
    pub password: String,
}

/// Why somebody is not added.
#[derive(Debug, thiserror::Error)]
pub enum NotAdded {
    /// No name, or one that is too long or holds what cannot be seen.
    #[error("write a name of up to {NAME_LIMIT} letters")]
    Name,
    /// Somebody has the name already.
    #[error("somebody has this name already; write another")]
    NameTaken,
    /// No such role.
    #[error("choose a role")]
    Role,
    /// No provider for somebody of a provider.
    #[error("write the id of the provider as it stands in services.toml")]
    Provider,
    /// What stands there is no address for mail.
    #[error("write an address such as name@example.jp, or leave it empty")]
    Mail,
    /// The password is not good enough.
    #[error(transparent)]
    Password(#[from] Weakness),
    /// It could not be hashed.
    #[error("the password could not be kept; try again")]
    Hash,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl NotAdded {
    /// The field that it is about, and what is wrong.
    fn at(&self, language: Language) -> (&'static str, String) {
        let (field, words) = match self {
            Self::Name => {
                let words = tr!(
                    language,
                    "名前を{limit}文字までで入れてください",
                    limit = NAME_LIMIT
                );
                return ("name", words);
            }
            Self::NameTaken => (
                "name",
                message("この名前の人がもういます。ほかの名前にしてください"),
            ),
            Self::Role => ("role", message("役割を選んでください")),
            Self::Provider => (
                "provider",
                message("services.toml にある提供者の id を入れてください"),
            ),
            Self::Mail => (
                "mailed",
                message_in(
                    "a refusal",
                    "name@example.jp のように書いてください。使わないときは空けてください",
                ),
            ),
            Self::Password(weakness) => return ("password", weakness.in_words(language)),
            Self::Hash => (
                "name",
                message("いまは保存できません。もう一度ためしてください"),
            ),
            Self::Database(why) => {
                let words = tr!(
                    language,
                    "with why" => "いまは保存できません。もう一度ためしてください",
                    why
                );
                return ("name", words);
            }
        };
        (field, words.tr(language).to_owned())
    }
}

/// Adds somebody. `by` is who does it.
pub async fn add(store: &Database, added: &Added, by: &str) -> Result<(), NotAdded> {
    let name = added.name.trim();
    let is_name = !name.is_empty()
        && name.chars().count() <= NAME_LIMIT
        && !name.chars().any(char::is_control);
    if !is_name {
        return Err(NotAdded::Name);
    }
    let (role, provider) = standing(&added.role, &added.provider)?;
    password::judge(&added.password, name)?;
    let hash = hashed(added.password.clone()).await?;
    let person = Person {
        id: Uuid::new_v4(),
        name: name.to_owned(),
        role,
        provider,
        has_second_factor: false,
        is_barred: false,
    };
    if store
        .add_person(&person, &hash, by, Timestamp::now())
        .await?
    {
        Ok(())
    } else {
        Err(NotAdded::NameTaken)
    }
}

/// A role, and for a provider's people whose.
fn standing(role: &str, provider: &str) -> Result<(Role, Option<ProviderId>), NotAdded> {
    let role = Role::named(role).ok_or(NotAdded::Role)?;
    if !role.is_of_a_provider() {
        return Ok((role, None));
    }
    let provider = provider.trim().parse();
    Ok((role, Some(provider.map_err(|_| NotAdded::Provider)?)))
}

/// The hash of a password, made away from the threads that answer.
pub async fn hashed(password: String) -> Result<String, NotAdded> {
    let hashed = tokio::task::spawn_blocking(move || password::hash(&password)).await;
    hashed
        .map_err(|_| NotAdded::Hash)?
        .map_err(|_| NotAdded::Hash)
}

#[derive(Template)]
#[template(path = "people/pages/people.html")]
struct PeoplePage {
    frame: Frame,
    people: Vec<Person>,
    added: Added,
    /// What is wrong.
    faults: Faults,
    me: String,
    /// Whose password or role was to be changed, when something is wrong with it.
    changing: String,
    /// The ids of the catalogue's providers.
    providers: Vec<String>,
    /// Where people are told by e-mail.
    mail: HashMap<String, String>,
}

impl PeoplePage {
    fn fault(&self, field: &str) -> Option<&str> {
        self.faults.of(field)
    }

    /// The address of somebody; nothing without one.
    fn mail(&self, person: &Person) -> &str {
        self.mail.get(&person.name).map_or("", String::as_str)
    }
}

async fn page(
    backend: &Room,
    signed_in: &SignedIn,
    added: Added,
    changing: Option<(String, &'static str)>,
    fault: Option<NotAdded>,
) -> Result<Response, PageError> {
    let faults = fault.map_or_else(Faults::default, |fault| {
        let (field, words) = fault.at(signed_in.language);
        let field = changing.as_ref().map_or(field, |(_, form)| form);
        Faults::at(field, words)
    });
    let status = if faults.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let page = PeoplePage {
        frame: Frame::of(signed_in, "/console/people", message("使う人")),
        people: backend.store.people().await?,
        added,
        faults,
        me: signed_in.person.name.clone(),
        changing: changing.map_or_else(String::new, |(name, _)| name),
        providers: providers(backend)?,
        mail: backend.store.mail_addresses().await?,
    };
    Ok((status, shown(&page)).into_response())
}

/// The providers of the catalogue, to choose from; none while it cannot be read.
fn providers(backend: &Room) -> Result<Vec<String>, PageError> {
    Ok((backend.providers)()?)
}

/// The page.
pub async fn list(
    signed_in: May<ManagePeople>,
    State(backend): State<Room>,
) -> Result<Response, PageError> {
    page(&backend, &signed_in, Added::default(), None, None).await
}

/// Adds somebody, or gives the form back with what is wrong.
pub async fn add_one(
    signed_in: May<ManagePeople>,
    State(backend): State<Room>,
    Form(added): Form<Added>,
) -> Result<Response, PageError> {
    match add(&backend.store, &added, &signed_in.person.name).await {
        Ok(()) => Ok(Redirect::to("/console/people").into_response()),
        Err(NotAdded::Database(error)) => Err(error.into()),
        Err(fault) => page(&backend, &signed_in, added, None, Some(fault)).await,
    }
}

/// Whom to bar, or to let in again.
#[derive(Debug, Deserialize)]
pub struct Barred {
    #[serde(default)]
    name: String,
    #[serde(default)]
    unbar: String,
    /// What a page of a version of before calls it.
    #[serde(default)]
    let_in: String,
}

/// Bars somebody at once, or lets them in again. Nobody bars themselves: somebody must be left.
pub async fn bar(
    signed_in: May<ManagePeople>,
    State(backend): State<Room>,
    Form(barred): Form<Barred>,
) -> Result<Response, PageError> {
    let by = &signed_in.person.name;
    if &barred.name != by {
        let now = Timestamp::now();
        let is_barred = barred.unbar.is_empty() && barred.let_in.is_empty();
        backend
            .store
            .bar_person(&barred.name, is_barred, by, now)
            .await?;
    }
    Ok(Redirect::to("/console/people").into_response())
}

/// What somebody is there for from now on.
#[derive(Debug, Deserialize)]
pub struct Placed {
    #[serde(default)]
    name: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    provider: String,
}

/// Gives somebody another role. Nobody does that to themselves: an administrator must be left.
pub async fn place(
    signed_in: May<ManagePeople>,
    State(backend): State<Room>,
    Form(placed): Form<Placed>,
) -> Result<Response, PageError> {
    let (by, now) = (&signed_in.person.name, Timestamp::now());
    if &placed.name == by {
        return Err(PageError::NotAllowed);
    }
    let (role, provider) = match standing(&placed.role, &placed.provider) {
        Ok(standing) => standing,
        Err(fault) => {
            let changing = Some((placed.name, "placed"));
            let added = Added::default();
            return page(&backend, &signed_in, added, changing, Some(fault)).await;
        }
    };
    let done = backend
        .store
        .put_role(&placed.name, role, provider.as_ref(), by, now)
        .await?;
    if done {
        Ok(Redirect::to("/console/people").into_response())
    } else {
        Err(PageError::NotFound)
    }
}

/// Where somebody is told by e-mail.
#[derive(Debug, Deserialize)]
pub struct Mailed {
    #[serde(default)]
    name: String,
    #[serde(default)]
    mail: String,
}

/// The address that was typed: none where nothing was.
pub fn mail_of(typed: &str) -> Result<Option<String>, NotAdded> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    let address = notices::checked(typed).ok_or(NotAdded::Mail)?;
    Ok(Some(address.to_string()))
}

/// Tells somebody by e-mail at another address.
pub async fn mail(
    signed_in: May<ManagePeople>,
    State(backend): State<Room>,
    Form(mailed): Form<Mailed>,
) -> Result<Response, PageError> {
    let mail = match mail_of(&mailed.mail) {
        Ok(mail) => mail,
        Err(fault) => {
            let changing = Some((mailed.name, "mailed"));
            let added = Added::default();
            return page(&backend, &signed_in, added, changing, Some(fault)).await;
        }
    };
    let (by, now) = (&signed_in.person.name, Timestamp::now());
    let done = backend
        .store
        .put_mail(&mailed.name, mail.as_deref(), by, now)
        .await?;
    if done {
        Ok(Redirect::to("/console/people").into_response())
    } else {
        Err(PageError::NotFound)
    }
}

/// A new password for somebody.
#[derive(Debug, Deserialize)]
pub struct Renewed {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
}

/// Gives somebody another password; they set their second factor up anew.
pub async fn renew(
    signed_in: May<ManagePeople>,
    State(backend): State<Room>,
    Form(renewed): Form<Renewed>,
) -> Result<Response, PageError> {
    let back = |fault| {
        let changing = Some((renewed.name.clone(), "renewed"));
        page(
            &backend,
            &signed_in,
            Added::default(),
            changing,
            Some(fault),
        )
    };
    if let Err(weakness) = password::judge(&renewed.password, &renewed.name) {
        return back(weakness.into()).await;
    }
    let hash = match hashed(renewed.password.clone()).await {
        Ok(hash) => hash,
        Err(fault) => return back(fault).await,
    };
    let (by, now) = (&signed_in.person.name, Timestamp::now());
    if backend
        .store
        .put_password(&renewed.name, &hash, by, now)
        .await?
    {
        Ok(Redirect::to("/console/people").into_response())
    } else {
        Err(PageError::NotFound)
    }
}
