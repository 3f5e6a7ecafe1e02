//! The first page: what waits in the rooms for whoever looks at it.

use askama::Template;
use axum::{
    Router,
    extract::{FromRef, State},
    response::Response,
};
use jiff::Timestamp;
use kairan_text::{message, tr};

use crate::{
    database::Database,
    notices::queries::{Undelivered, Way},
    pages::{Frame, May, PageError, Pages, Right, layers, rights::AnyRole, shown},
    tablets::{self, api::enrolment::tries, guessing::Tries},
};

/// What this page needs.
#[derive(Clone)]
pub struct Room {
    /// The database.
    pub store: Database,
    /// Where it is known whether somebody tries codes.
    pub tablets: tablets::Room,
}

impl FromRef<Room> for Database {
    fn from_ref(room: &Room) -> Self {
        room.store.clone()
    }
}

/// The first page.
pub fn router(room: Room) -> Router {
    let page = Pages::new().get("/console", home);
    layers::signed_in(page, &room.store).with_state(room)
}

#[derive(Template)]
#[template(path = "app/home.html")]
struct Home {
    frame: Frame,
    /// Emergencies that this person could send, and drafts of providers that they could take over.
    to_release: usize,
    to_take_over: usize,
    /// Changes of this person of a provider came back.
    came_back: bool,
    /// What staff should have been told by e-mail or webhook, and were not.
    undelivered: Vec<Undelivered>,
    /// Somebody is trying codes.
    tries: Option<Tries>,
}

impl Home {
    /// What does not arrive, in a sentence, and how to mend it.
    fn in_words(&self, it: &Undelivered) -> String {
        let way = match it.way {
            Way::Mail => message("メール"),
            Way::Webhook => message("Webhook"),
        };
        let why = match it.failed.as_str() {
            "refused" => message("相手がことわりました"),
            "forbidden" => {
                message("内部のネットワークあてです。[staff] の allowed_hosts に書くと送れます")
            }
            "no mail server" => message("設定ファイルに [mail] がありません"),
            "address" => message("あて先のかたちが正しくありません"),
            _ => message("相手につながりません。[mail] と [staff] の設定を確かめてください"),
        };
        let (language, count) = (self.frame.language, it.count);
        let (way, why) = (way.tr(language), why.tr(language));
        if it.is_given_up {
            tr!(
                language,
                "職員への{way}が {count}件 届かず、送るのをやめました（{why}）。",
                way,
                count,
                why
            )
        } else {
            tr!(
                language,
                "職員への{way}が {count}件 まだ届きません（{why}）。ためしつづけています。",
                way,
                count,
                why
            )
        }
    }
}

async fn home(signed_in: May<AnyRole>, State(backend): State<Room>) -> Result<Response, PageError> {
    let person = &signed_in.person;
    let (mut to_release, mut to_take_over) = (0, 0);
    if person.role.may(Right::ReleaseEmergency) {
        let editions = backend.store.waiting_editions().await?.into_iter();
        let waits = editions.filter(|it| it.written_by != person.id);
        to_release = waits.count();
    }
    if person.role.may(Right::EditTiles) {
        to_take_over = backend.store.drafts_of_providers().await?.len();
    }
    let mut undelivered = Vec::new();
    if person.role.may(Right::WriteEmergency) {
        undelivered = backend.store.undelivered(Timestamp::now()).await?;
    }
    let came_back = backend.store.sent_back(person.id).await?.is_some();
    let tries = tries(&backend.tablets, Timestamp::now());
    Ok(shown(&Home {
        frame: Frame::of(&signed_in, "", message("はじめに")),
        to_release,
        to_take_over,
        came_back: came_back && person.role.may(Right::EditOwnTiles),
        undelivered,
        tries: tries.filter(|_| person.role.may(Right::SeeTablets)),
    }))
}
