//! Letting a tablet in: a code of eight digits that lives 30 minutes and works once.

use std::{net::SocketAddr, sync::PoisonError};

use axum::{
    Json,
    extract::{ConnectInfo, State},
    http::HeaderMap,
};
use jiff::Timestamp;
use kairan_contract::{
    Enrolled, EnrolmentCode, EnrolmentRequest, Participation, Problem, TabletId,
};
use kairan_text::{Message, message};
use uuid::Uuid;

use crate::{
    database::{Database, DatabaseError},
    notices::{Wording, queries::Notice},
    pages::Right,
    tablets::{
        guessing::Asker,
        queries::{CodeRefused, NetworkTrust},
        room::Room,
    },
    web::{asking::Network, refusal::Refusal},
};

/// Lets a tablet in that shows a good code, and gives it its token.
#[utoipa::path(
    post, path = "/api/v1/enrolment", tag = "fleet",
    request_body = EnrolmentRequest,
    responses(
        (status = 200, description = "The tablet is let in", body = Enrolled),
        (status = 403, description = "The code was never made, is used up, or older than 30 minutes", body = Problem),
        (status = 429, description = "Too many codes were tried from here; `Retry-After` says how long to wait", body = Problem),
    )
)]
pub async fn enrol(
    State(backend): State<Room>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Json(request): Json<EnrolmentRequest>,
) -> Result<Json<Enrolled>, Refusal> {
    let network = Network::of(backend.proxies.asking(peer.ip(), &headers));
    let now = Timestamp::now();
    let (asker, trust) = asker(&backend, network, request.tablet, now).await?;
    let asked = guessing(&backend).ask(asker, now);
    if let Err(wait) = asked {
        in_vain(&backend, asker, now).await;
        tracing::debug!(%network, seconds = wait.as_secs(), "somebody who tries codes is kept waiting");
        return Err(Refusal::TooManyGuesses(wait));
    }
    // 244 random bits.
    let token = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    let entered = backend
        .store
        .enrol_from(trust, &request.code, request.tablet, &token, now)
        .await;
    let tablet = match entered {
        Ok(tablet) => tablet,
        Err(CodeRefused::NotValid) => {
            // So many of these a day at the most; the code itself belongs in no log.
            tracing::warn!(%network, "a code that opens nothing was entered");
            in_vain(&backend, asker, now).await;
            return Err(Refusal::CodeNotValid);
        }
        Err(CodeRefused::Database(error)) => {
            guessing(&backend).undecided(asker);
            return Err(error.into());
        }
    };
    guessing(&backend).opened(asker);
    if let Err(error) = backend.store.put_counter(&network.to_string(), now).await {
        tracing::warn!(%error, "it could not be noted where a tablet was let in");
    }
    backend.tablet_cache.forget();
    tracing::info!(tablet = %tablet.tablet, "a tablet is enrolled");
    Ok(Json(Enrolled {
        token,
        participation: tablet.participation,
    }))
}

/// What we know of whoever tries a code, and of the network from which they do.
async fn asker(
    backend: &Room,
    network: Network,
    tablet: TabletId,
    now: Timestamp,
) -> Result<(Asker, NetworkTrust), DatabaseError> {
    let trust = if backend.store.is_counter(&network.to_string(), now).await? {
        NetworkTrust::Known
    } else {
        NetworkTrust::Strange
    };
    // What is lent comes first: whoever empties the counter's pace does not hold it up.
    let asker = if backend.tablet_cache.is_lent(tablet) {
        Asker::Lent(tablet, network)
    } else if trust == NetworkTrust::Known {
        Asker::Known(network)
    } else {
        Asker::Stranger(network)
    };
    Ok((asker, trust))
}

/// Whoever panicked while they held it left nothing half-done: every change of it is whole.
fn guessing(backend: &Room) -> std::sync::MutexGuard<'_, crate::tablets::guessing::Guessing> {
    backend
        .guessing
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
}

/// What is told of many tries.
const TRIED: Message = message("だれかが、貸し出しの番号をためしています");

/// Counts a try in vain; when there are many, the log says so, and whoever hands tablets over is told, once an hour.
async fn in_vain(backend: &Room, asker: Asker, now: Timestamp) {
    let Some(tries) = guessing(backend).in_vain(asker, now) else {
        return;
    };
    tracing::error!(
        tries = tries.count,
        networks = tries.networks,
        "somebody is trying codes: so many in vain within an hour, from so many networks"
    );
    let notice = Notice {
        about: format!("codes-tried:{now}"),
        kind: "enrolment-codes-tried".to_owned(),
        wording: Wording::of(|language| TRIED.tr(language).to_owned()),
        path: "/console/tablets".to_owned(),
    };
    let told = backend
        .notices
        .tell(&backend.store, &notice, Right::HandleTablets);
    if let Err(error) = told.await {
        tracing::error!(%error, "nobody could be told that somebody is trying codes");
    }
}

/// The tries in vain within the last hour, if they are many.
pub fn tries(backend: &Room, now: Timestamp) -> Option<crate::tablets::guessing::Tries> {
    guessing(backend).last_hour(now)
}

/// Makes a code for a new loan.
pub async fn new_code(store: &Database) -> Result<EnrolmentCode, DatabaseError> {
    let loan = Participation(Uuid::new_v4());
    loop {
        let code = any_code();
        if store.add_code(&code, loan, Timestamp::now()).await? {
            return Ok(code);
        }
    }
}

/// A code by chance. Nearly fifty million codes, a hundred alive at most: the first that is drawn is free.
pub fn any_code() -> EnrolmentCode {
    loop {
        let code = EnrolmentCode::from_number(rand::random_range(0..EnrolmentCode::NUMBERS));
        if !has_a_digit_twice_in_a_row(&code) {
            return code;
        }
    }
}

/// The tablet takes the same digit again, so soon, for a trembling hand.
fn has_a_digit_twice_in_a_row(code: &EnrolmentCode) -> bool {
    let digits = code.as_str().as_bytes();
    digits.windows(2).any(|pair| pair[0] == pair[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn no_code_asks_for_a_digit_twice_in_a_row() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Database::open(folder.path(), None).await.expect("opens");
        for _ in 0..50 {
            let code = new_code(&store).await.expect("a code");
            assert!(!has_a_digit_twice_in_a_row(&code), "{}", code.as_str());
        }
    }

    #[tokio::test]
    async fn no_more_codes_are_open_at_once_than_the_odds_are_worked_out_for() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let store = Database::open(folder.path(), None).await.expect("opens");
        let mut codes = Vec::new();
        for _ in 0..crate::tablets::guessing::OPEN_AT_MOST {
            codes.push(new_code(&store).await.expect("a code"));
        }
        assert!(matches!(
            new_code(&store).await,
            Err(DatabaseError::TooManyCodes)
        ));
        // One that is used makes room.
        let tablet = TabletId(Uuid::new_v4());
        store
            .enrol(&codes[0], tablet, "token", Timestamp::now())
            .await
            .expect("enrols");
        new_code(&store).await.expect("a code");
    }
}
