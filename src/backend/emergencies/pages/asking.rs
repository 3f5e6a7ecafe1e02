//! The last question before something goes out: what, and to how many.

use kairan_text::{message, tr};
use std::collections::HashMap;

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use jiff::Timestamp;
use kairan_contract::EmergencyId;

use super::{list::overtaken, reach::Reach, which::Which};
use crate::{
    emergencies::{queries::Edition, room::Room},
    pages::{Frame, May, PageError, rights::ReleaseEmergency, shown},
};

#[derive(Template)]
#[template(path = "emergencies/pages/emergency_send.html")]
struct AskingPage {
    frame: Frame,
    edition: Edition,
    reach: Reach,
}

impl AskingPage {
    /// To how many it goes, in a sentence.
    fn reach_in_words(&self) -> String {
        let Reach {
            addressed, here, ..
        } = self.reach;
        tr!(
            self.frame.language,
            "{addressed}台のタブレットに出ます。そのうち {here}台は、この1時間に連絡がありました。",
            addressed,
            here
        )
    }

    /// The word on the button.
    fn send(&self) -> String {
        let addressed = self.reach.addressed;
        if self.edition.drill {
            tr!(
                self.frame.language,
                "{addressed}台に 訓練として送る",
                addressed
            )
        } else {
            tr!(self.frame.language, "{addressed}台に いま送る", addressed)
        }
    }
}

/// The question.
pub async fn ask(
    signed_in: May<ReleaseEmergency>,
    State(backend): State<Room>,
    Query(which): Query<Which>,
) -> Result<Response, PageError> {
    let id: EmergencyId = which.id.parse().map_err(|_| PageError::NotFound)?;
    let editions = backend.store.editions_of(id).await?;
    let mut waiting = editions.into_iter().filter(Edition::waits);
    let Some(edition) = waiting.find(|it| it.edition == which.edition) else {
        return overtaken(&backend, &signed_in).await;
    };
    let to = if edition.drill {
        Some(backend.store.tablets_of(id).await?)
    } else {
        None
    };
    let tablets = backend.store.lent_tablets().await?;
    // Nobody has shown what waits.
    let (seen, now) = (HashMap::new(), Timestamp::now());
    let reach = Reach::of(&edition, to.as_ref(), &tablets, &seen, now);
    let title = if edition.drill {
        message("訓練を送りますか")
    } else {
        message("緊急のお知らせを いま送りますか")
    };
    Ok(shown(&AskingPage {
        frame: Frame::of(&signed_in, "/console/emergencies", title),
        edition,
        reach,
    }))
}
