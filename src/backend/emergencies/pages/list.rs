//! What is on the tablets now, what waits for a second person, and what is past.

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use kairan_contract::EmergencyStage;
use kairan_text::{message, tr};

use super::reach::Reach;
use crate::{
    emergencies::{queries::Edition, room::Room},
    pages::{Frame, May, PageError, Right, SignedIn, in_japan, rights::WriteEmergency, shown},
};

/// An emergency as it stands.
struct Card {
    edition: Edition,
    reach: Reach,
    until: String,
    is_own: bool,
}

#[derive(Template)]
#[template(path = "emergencies/pages/emergencies.html")]
pub struct EmergenciesPage {
    frame: Frame,
    live: Vec<Card>,
    waiting: Vec<Card>,
    past: Vec<Edition>,
    told: Option<String>,
    may_release: bool,
}

impl EmergenciesPage {
    fn kind(&self, edition: &Edition) -> &str {
        match (edition.stage, edition.drill) {
            (EmergencyStage::Over, _) => self.frame.tr("終わりの お知らせ"),
            (EmergencyStage::Corrected, false) => self.frame.tr("訂正"),
            (EmergencyStage::Corrected, true) => self.frame.tr("訓練の訂正"),
            (EmergencyStage::Released, true) => self.frame.tr("訓練"),
            (EmergencyStage::Released, false) => self.frame.tr("緊急"),
        }
    }

    /// What became of one that is past, in a line.
    fn became(&self, edition: &Edition) -> String {
        let written = format!("{} {}", edition.writer, in_japan(edition.written_at));
        match &edition.released {
            Some((releaser, at, _)) => tr!(
                self.frame.language,
                "書いた人：{written}、送った人：{releaser} {at}",
                written,
                releaser,
                at = in_japan(*at)
            ),
            None => tr!(
                self.frame.language,
                "書いた人：{written}、送りませんでした",
                written
            ),
        }
    }

    /// The words with which it is told that it is over, to begin with.
    fn over_text(&self) -> &str {
        self.frame
            .tr("この お知らせは 終わりました。いつもどおりで だいじょうぶです。")
    }
}

/// The page.
pub async fn list(
    signed_in: May<WriteEmergency>,
    State(backend): State<Room>,
) -> Result<Response, PageError> {
    Ok(shown(&page(&backend, &signed_in, None).await?))
}

pub async fn page(
    backend: &Room,
    signed_in: &SignedIn,
    told: Option<&str>,
) -> Result<EmergenciesPage, PageError> {
    let now = Timestamp::now();
    let store = &backend.store;
    let tablets = store.lent_tablets().await?;
    let mut cards = Vec::new();
    let editions = [
        store.live_editions(now).await?,
        store.waiting_editions().await?,
    ];
    for edition in editions.into_iter().flatten() {
        let to = if edition.drill {
            Some(store.tablets_of(edition.id).await?)
        } else {
            None
        };
        let seen = store.seen_of(&edition).await?;
        cards.push(Card {
            reach: Reach::of(&edition, to.as_ref(), &tablets, &seen, now),
            until: edition
                .released
                .as_ref()
                .map_or_else(String::new, |(.., until)| in_japan(*until)),
            is_own: edition.written_by == signed_in.person.id,
            edition,
        });
    }
    let stands_above = |edition: &Edition| {
        let mut above = cards.iter().map(|card| &card.edition);
        above.any(|it| (it.id, it.edition) == (edition.id, edition.edition))
    };
    let mut past = store.editions().await?;
    past.retain(|edition| !stands_above(edition));
    let (waiting, live) = cards.into_iter().partition(|card| card.edition.waits());
    Ok(EmergenciesPage {
        frame: Frame::of(signed_in, "/console/emergencies", message("緊急のお知らせ")),
        live,
        waiting,
        past,
        told: told.map(str::to_owned),
        may_release: signed_in.person.role.may(Right::ReleaseEmergency),
    })
}

/// The page, with the word that somebody else was faster.
pub async fn overtaken(backend: &Room, signed_in: &SignedIn) -> Result<Response, PageError> {
    let told = tr(
        signed_in.language,
        "ほかの人が先に進めました。いまのようすは下のとおりです。",
    );
    let page = page(backend, signed_in, Some(told)).await?;
    Ok((StatusCode::CONFLICT, shown(&page)).into_response())
}
