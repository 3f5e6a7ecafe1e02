//! What is on the tablets now, what waits for a second person, and what is past.

use std::collections::HashSet;

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use kairan_contract::{EmergencyStage, TabletId};

use super::super::{
    page::{Frame, PageError, in_japan, shown},
    session::SignedIn,
    tongue::Tongue,
};
use crate::{
    http::Backend,
    rights::Right,
    store::{Edition, LentTablet},
};

/// How many tablets have heard of it.
#[derive(Debug, Default, Clone, Copy)]
struct Reach {
    addressed: usize,
    shown: usize,
    answered: usize,
}

/// An emergency as it stands.
struct Card {
    edition: Edition,
    reach: Reach,
    until: String,
    is_own: bool,
}

#[derive(Template)]
#[template(path = "emergencies.html")]
pub struct EmergenciesPage {
    frame: Frame,
    live: Vec<Card>,
    waiting: Vec<Card>,
    past: Vec<Edition>,
    told: Option<&'static str>,
    may_release: bool,
}

impl EmergenciesPage {
    fn kind(&self, edition: &Edition) -> &str {
        match (edition.stage, edition.drill) {
            (EmergencyStage::Over, _) => self.frame.say("終わりの お知らせ", "It is over"),
            (EmergencyStage::Corrected, false) => self.frame.say("訂正", "Correction"),
            (EmergencyStage::Corrected, true) => self.frame.say("訓練の訂正", "Drill, corrected"),
            (EmergencyStage::Released, true) => self.frame.say("訓練", "Drill"),
            (EmergencyStage::Released, false) => self.frame.say("緊急", "Emergency"),
        }
    }

    /// What became of one that is past, in a line.
    fn became(&self, edition: &Edition) -> String {
        let written = format!("{} {}", edition.writer, in_japan(edition.written_at));
        match &edition.released {
            Some((releaser, at, _)) => match self.frame.tongue {
                Tongue::Japanese => {
                    format!(
                        "書いた人：{written}、送った人：{releaser} {}",
                        in_japan(*at)
                    )
                }
                Tongue::English => {
                    format!("Written by {written}, sent by {releaser} {}", in_japan(*at))
                }
            },
            None => match self.frame.tongue {
                Tongue::Japanese => format!("書いた人：{written}、送りませんでした"),
                Tongue::English => format!("Written by {written}, never sent"),
            },
        }
    }

    /// The words with which it is told that it is over, to begin with.
    fn over_text(&self) -> &str {
        self.frame.say(
            "この お知らせは 終わりました。いつもどおりで だいじょうぶです。",
            "This is over. You can go on as usual.",
        )
    }
}

/// The page.
pub async fn list(
    State(backend): State<Backend>,
    signed_in: SignedIn,
) -> Result<Response, PageError> {
    signed_in.must(Right::WriteEmergency)?;
    Ok(shown(&page(&backend, &signed_in, None).await?))
}

pub async fn page(
    backend: &Backend,
    signed_in: &SignedIn,
    told: Option<&'static str>,
) -> Result<EmergenciesPage, PageError> {
    let now = Timestamp::now();
    let editions = backend.store.editions().await?;
    let tablets = backend.store.lent_tablets().await?;
    let in_force = backend.store.told_now(now).await?;
    let is_live = |edition: &Edition| {
        in_force.iter().any(|told| {
            let emergency = &told.emergency;
            (emergency.id, emergency.edition) == (edition.id, edition.edition)
        })
    };
    let (mut live, mut waiting, mut past) = (Vec::new(), Vec::new(), Vec::new());
    for edition in editions {
        let is_live = is_live(&edition);
        if !is_live && !edition.waits() {
            past.push(edition);
            continue;
        }
        let to = if edition.drill {
            Some(backend.store.tablets_of(edition.id).await?)
        } else {
            None
        };
        let card = Card {
            reach: reach(&edition, to.as_ref(), &tablets),
            until: edition
                .released
                .as_ref()
                .map_or_else(String::new, |(.., until)| in_japan(*until)),
            is_own: edition.written_by == signed_in.person.id,
            edition,
        };
        if is_live {
            live.push(card);
        } else {
            waiting.push(card);
        }
    }
    Ok(EmergenciesPage {
        frame: Frame::of(
            signed_in,
            "/console/emergencies",
            ("緊急のお知らせ", "Emergencies"),
        ),
        live,
        waiting,
        past,
        told,
        may_release: signed_in.person.role.may(Right::ReleaseEmergency),
    })
}

/// What the tablets have confirmed.
fn reach(edition: &Edition, to: Option<&HashSet<TabletId>>, tablets: &[LentTablet]) -> Reach {
    let mut reach = Reach::default();
    for tablet in tablets {
        let is_lent = tablet.wipe[2].is_none();
        if !is_lent || to.is_some_and(|to| !to.contains(&tablet.tablet)) {
            continue;
        }
        reach.addressed += 1;
        let seen = tablet.status.as_ref().and_then(|status| status.emergency);
        let seen = seen.filter(|seen| (seen.id, seen.edition) == (edition.id, edition.edition));
        if let Some(seen) = seen {
            reach.shown += 1;
            reach.answered += usize::from(seen.answered);
        }
    }
    reach
}

/// The page, with the word that somebody else was faster.
pub async fn overtaken(backend: &Backend, signed_in: &SignedIn) -> Result<Response, PageError> {
    let told = signed_in.tongue.say(
        "ほかの人が先に進めました。いまのようすは下のとおりです。",
        "Somebody else was faster. This is how it stands now.",
    );
    let page = page(backend, signed_in, Some(told)).await?;
    Ok((StatusCode::CONFLICT, shown(&page)).into_response())
}
