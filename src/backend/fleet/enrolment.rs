//! Letting a tablet in: a code of six digits that lives 30 minutes and works once.

use std::{
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
};

use axum::{
    Json,
    extract::{ConnectInfo, State},
    http::HeaderMap,
};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use jiff::Timestamp;
use kairan_contract::{Enrolled, EnrolmentCode, EnrolmentRequest, Participation, Problem};
use uuid::Uuid;

use crate::{
    http::{Backend, Refusal, asking},
    store::{CodeRefused, Store, StoreError},
};

/// How many codes may be tried: ten a minute from one address, sixty a minute from all together.
/// So a hundred codes that live at once are found by chance once in five months of trying.
pub struct Guesses {
    by_address: DefaultKeyedRateLimiter<IpAddr>,
    of_all: DefaultDirectRateLimiter,
}

impl Default for Guesses {
    fn default() -> Self {
        Self::a_minute(10, 60)
    }
}

impl Guesses {
    /// So many a minute from one address, and so many from all together.
    pub fn a_minute(by_address: u32, of_all: u32) -> Self {
        let a_minute =
            |number: u32| Quota::per_minute(NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN));
        Self {
            by_address: RateLimiter::keyed(a_minute(by_address)),
            of_all: RateLimiter::direct(a_minute(of_all)),
        }
    }

    /// Whether `address` may try once more now.
    pub fn allow(&self, address: IpAddr) -> bool {
        // Addresses that have not tried for a while are forgotten, so the table stays small.
        if self.by_address.len() > 1_000 {
            self.by_address.retain_recent();
        }
        self.by_address.check_key(&address).is_ok() && self.of_all.check().is_ok()
    }
}

/// Lets a tablet in that shows a good code, and gives it its token.
#[utoipa::path(
    post, path = "/api/v1/enrolment", tag = "fleet",
    request_body = EnrolmentRequest,
    responses(
        (status = 200, description = "The tablet is let in", body = Enrolled),
        (status = 403, description = "The code was never made, is used up, or older than 30 minutes", body = Problem),
        (status = 429, description = "Too many codes were tried; wait a minute", body = Problem),
    )
)]
pub async fn enrol(
    State(backend): State<Backend>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Json(request): Json<EnrolmentRequest>,
) -> Result<Json<Enrolled>, Refusal> {
    if !backend.guesses.allow(asking(peer.ip(), &headers)) {
        return Err(Refusal::TooManyGuesses);
    }
    // 128 bits and six more: two random UUIDs without their fixed bits.
    let token = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
    let entered = backend
        .store
        .enrol(&request.code, request.tablet, &token, Timestamp::now())
        .await;
    let tablet = entered.map_err(|error| match error {
        CodeRefused::NotValid => Refusal::CodeNotValid,
        CodeRefused::Store(error) => error.into(),
    })?;
    backend.known.forget();
    tracing::info!(tablet = %tablet.tablet, "a tablet is enrolled");
    Ok(Json(Enrolled {
        token,
        participation: tablet.participation,
    }))
}

/// Makes a code for a new loan.
pub async fn new_code(store: &Store) -> Result<EnrolmentCode, StoreError> {
    let loan = Participation(Uuid::new_v4());
    loop {
        let code = any_code();
        if store.add_code(&code, loan, Timestamp::now()).await? {
            return Ok(code);
        }
    }
}

/// A code by chance. Half a million codes, a handful alive: a few tries find one that is free.
pub fn any_code() -> EnrolmentCode {
    loop {
        let code = EnrolmentCode::from_number(rand::random_range(0..1_000_000));
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
        let store = Store::open(folder.path(), None).await.expect("opens");
        for _ in 0..50 {
            let code = new_code(&store).await.expect("a code");
            assert!(!has_a_digit_twice_in_a_row(&code), "{}", code.as_str());
        }
    }

    #[test]
    fn behind_a_proxy_each_tablet_has_its_own_limit() {
        let address = |text: &str| text.parse::<IpAddr>().expect("an address");
        for (peer, forwarded, expected) in [
            ("127.0.0.1", None, "127.0.0.1"),
            ("127.0.0.1", Some("203.0.113.7"), "203.0.113.7"),
            ("::1", Some("10.9.9.9, 2001:db8::7"), "2001:db8::7"),
            ("127.0.0.1", Some("somebody"), "127.0.0.1"),
            // Who comes straight can say what they like.
            ("198.51.100.4", Some("203.0.113.7"), "198.51.100.4"),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(names) = forwarded {
                headers.insert("x-forwarded-for", names.parse().expect("a header"));
            }
            assert_eq!(asking(address(peer), &headers), address(expected));
        }
    }
}
