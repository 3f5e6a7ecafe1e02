//! Connections as an administrator sees them: made, given another token, revoked; where their webhooks go, and what
//! became of those. A token or a secret is shown once, on the page that answers its making.

use std::fmt;

use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::Timestamp;
use kairan_contract::ProviderId;
use kairan_sources::fetch::check_address;
use kairan_text::{Message, message, tr};
use serde::Deserialize;
use url::Url;
use uuid::Uuid;

use super::{
    queries::{Connection, MessageRow},
    room::Room,
};
use crate::pages::{Faults, Frame, May, PageError, SignedIn, rights::ManageConnections, shown};

/// Letters of a name.
const NAME_LIMIT: usize = 40;
/// Letters of an address.
const URL_LIMIT: usize = 500;
const PATH: &str = "/console/connections";

/// Something that is shown once.
struct ShownOnce(String);

impl fmt::Debug for ShownOnce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[derive(Template)]
#[template(path = "connections/connections.html")]
struct ConnectionsPage {
    frame: Frame,
    connections: Vec<Connection>,
    providers: Vec<String>,
    made: Made,
    faults: Faults,
}

#[derive(Template)]
#[template(path = "connections/connection.html")]
struct ConnectionPage {
    frame: Frame,
    connection: Connection,
    messages: Vec<MessageRow>,
    token: Option<ShownOnce>,
    secret: Option<ShownOnce>,
    url: String,
    faults: Faults,
}

impl ConnectionPage {
    /// What became of a message.
    fn standing(&self, row: &MessageRow) -> &'static str {
        let words: Message = if row.delivered_at.is_some() {
            message("届きました")
        } else if row.is_given_up {
            message("届きませんでした")
        } else if row.attempts == 0 {
            message("これから送ります")
        } else {
            message("もう一度送ります")
        };
        self.frame.say(words)
    }
}

/// What somebody new is called.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Made {
    #[serde(default)]
    provider: String,
    #[serde(default)]
    name: String,
}

/// Which connection.
#[derive(Debug, Deserialize)]
pub struct Which {
    #[serde(default)]
    id: String,
}

impl Which {
    fn id(&self) -> Result<Uuid, PageError> {
        self.id.parse().map_err(|_| PageError::Unreadable)
    }
}

/// Where webhooks are to go.
#[derive(Debug, Deserialize)]
pub struct Going {
    #[serde(default)]
    id: String,
    #[serde(default)]
    url: String,
}

/// Which message is sent again.
#[derive(Debug, Deserialize)]
pub struct Again {
    #[serde(default)]
    id: String,
    #[serde(default)]
    message: String,
}

/// The connections.
pub async fn list(
    signed_in: May<ManageConnections>,
    State(room): State<Room>,
) -> Result<Response, PageError> {
    connections(&room, &signed_in, Made::default(), Faults::default()).await
}

async fn connections(
    room: &Room,
    signed_in: &SignedIn,
    made: Made,
    faults: Faults,
) -> Result<Response, PageError> {
    let status = status_of(&faults);
    let page = ConnectionsPage {
        frame: Frame::of(signed_in, PATH, message("システムの接続")),
        connections: room.store.connections(None).await?,
        providers: (room.providers)()?,
        made,
        faults,
    };
    Ok((status, shown(&page)).into_response())
}

fn status_of(faults: &Faults) -> StatusCode {
    if faults.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    }
}

/// Makes one, and shows its token.
pub async fn make(
    signed_in: May<ManageConnections>,
    State(room): State<Room>,
    Form(made): Form<Made>,
) -> Result<Response, PageError> {
    let mut faults = Faults::default();
    let provider: Option<ProviderId> = made.provider.trim().parse().ok();
    let providers = (room.providers)()?;
    let provider = provider.filter(|it| providers.iter().any(|known| known == it.as_str()));
    if provider.is_none() {
        let words = tr(signed_in.language, "提供者を選んでください");
        faults.add("provider", words);
    }
    let name = made.name.trim();
    let is_name =
        (1..=NAME_LIMIT).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if !is_name {
        let words = tr(signed_in.language, "名前を40文字までで入れてください");
        faults.add("name", words);
    }
    let Some(provider) = provider.filter(|_| is_name) else {
        return connections(&room, &signed_in, made, faults).await;
    };
    let by = &signed_in.person.name;
    let new = room
        .store
        .make_connection(&provider, name, by, Timestamp::now())
        .await?;
    let shown = Shown {
        token: Some(ShownOnce(new.token)),
        ..Shown::default()
    };
    page(&room, &signed_in, new.connection, shown).await
}

/// What a page of one connection shows besides it.
#[derive(Default)]
struct Shown {
    token: Option<ShownOnce>,
    secret: Option<ShownOnce>,
    url: Option<String>,
    faults: Faults,
}

async fn page(
    room: &Room,
    signed_in: &SignedIn,
    id: Uuid,
    shown_once: Shown,
) -> Result<Response, PageError> {
    let all = room.store.connections(None).await?;
    let connection = all.into_iter().find(|it| it.id == id);
    let connection = connection.ok_or(PageError::NotFound)?;
    let status = status_of(&shown_once.faults);
    let kept = connection.endpoint.as_ref().map(ToString::to_string);
    let page = ConnectionPage {
        frame: Frame::of(signed_in, PATH, message("システムの接続")),
        messages: room.store.messages_of(id).await?,
        connection,
        token: shown_once.token,
        secret: shown_once.secret,
        url: shown_once.url.or(kept).unwrap_or_default(),
        faults: shown_once.faults,
    };
    Ok((status, shown(&page)).into_response())
}

/// One connection.
pub async fn one(
    signed_in: May<ManageConnections>,
    State(room): State<Room>,
    Query(which): Query<Which>,
) -> Result<Response, PageError> {
    page(&room, &signed_in, which.id()?, Shown::default()).await
}

/// Gives it another token, and shows that.
pub async fn renew(
    signed_in: May<ManageConnections>,
    State(room): State<Room>,
    Form(which): Form<Which>,
) -> Result<Response, PageError> {
    let id = which.id()?;
    let by = &signed_in.person.name;
    let new = room.store.renew_token(id, by, Timestamp::now()).await?;
    let shown = Shown {
        token: new.map(|new| ShownOnce(new.token)),
        ..Shown::default()
    };
    page(&room, &signed_in, id, shown).await
}

/// Ends it.
pub async fn revoke(
    signed_in: May<ManageConnections>,
    State(room): State<Room>,
    Form(which): Form<Which>,
) -> Result<Response, PageError> {
    let by = &signed_in.person.name;
    room.store
        .revoke_connection(which.id()?, by, Timestamp::now())
        .await?;
    Ok(Redirect::to(PATH).into_response())
}

/// Sends its webhooks elsewhere or nowhere, and shows the secret.
pub async fn endpoint(
    signed_in: May<ManageConnections>,
    State(room): State<Room>,
    Form(going): Form<Going>,
) -> Result<Response, PageError> {
    let id: Uuid = going.id.parse().map_err(|_| PageError::Unreadable)?;
    let written = going.url.trim();
    let url: Option<Url> = written.parse().ok();
    let url = url.filter(|_| written.len() <= URL_LIMIT);
    let mut shown = Shown::default();
    let fault = match (&url, written.is_empty()) {
        (None, true) => None,
        (None, false) => Some(message("https:// で始まるアドレスを入れてください")),
        (Some(url), _) => check_address(url, &room.allowed).err().map(|_| {
            message(
                "このアドレスには送れません。https:// で始まり、外から見えるアドレスにしてください",
            )
        }),
    };
    if let Some(fault) = fault {
        shown.faults = Faults::at("url", fault.tr(signed_in.language));
        shown.url = Some(going.url);
        return page(&room, &signed_in, id, shown).await;
    }
    let by = &signed_in.person.name;
    let secret = room
        .store
        .put_endpoint(id, url.as_ref(), by, Timestamp::now())
        .await?;
    shown.secret = secret.map(|secret| ShownOnce(secret.written()));
    page(&room, &signed_in, id, shown).await
}

/// Tries whether its endpoint hears.
pub async fn ping(
    _: May<ManageConnections>,
    State(room): State<Room>,
    Form(which): Form<Which>,
) -> Result<Response, PageError> {
    let id = which.id()?;
    room.store.ping(id, Timestamp::now()).await?;
    Ok(back_to(id))
}

/// Sends a message once more.
pub async fn again(
    _: May<ManageConnections>,
    State(room): State<Room>,
    Form(again): Form<Again>,
) -> Result<Response, PageError> {
    let id: Uuid = again.id.parse().map_err(|_| PageError::Unreadable)?;
    room.store
        .send_message_again(id, &again.message, Timestamp::now())
        .await?;
    Ok(back_to(id))
}

fn back_to(id: Uuid) -> Response {
    Redirect::to(&format!("{PATH}/one?id={id}")).into_response()
}
