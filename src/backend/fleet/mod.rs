//! Tablets: how they are let in, and how they show who they are.

mod enrolment;

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use kairan_contract::Sha256;

pub use enrolment::{__path_enrol, Guesses, enrol, new_code};

use crate::{
    http::{Backend, Refusal},
    store::{EnrolledTablet, Store, StoreError},
};

/// The tablets that have shown a good token, by the token's hash, so that a tablet which asks
/// every minute costs no query. Bounded by the number of tablets, because only good tokens stay.
#[derive(Clone, Default)]
pub struct Known(Arc<RwLock<Tokens>>);

/// How long the database is not asked again: a tablet that is locked by `kairan lock` beside the
/// running server notices it after so long at the latest.
const REMEMBERED: Duration = Duration::from_secs(20);

#[derive(Default)]
struct Tokens {
    good: HashMap<Sha256, (EnrolledTablet, Instant)>,
    /// Counts how often everybody was forgotten: what was asked of the database before must not be
    /// remembered after.
    forgotten: u64,
}

impl Known {
    /// Forgets everybody: somebody's token has changed.
    pub fn forget(&self) {
        let mut tokens = self.0.write().unwrap_or_else(PoisonError::into_inner);
        tokens.good.clear();
        tokens.forgotten += 1;
    }

    async fn tablet_with(
        &self,
        store: &Store,
        token: &str,
    ) -> Result<Option<EnrolledTablet>, StoreError> {
        let hash = Sha256::of(token.as_bytes());
        let (known, asked_at) = {
            let tokens = self.0.read().unwrap_or_else(PoisonError::into_inner);
            (tokens.good.get(&hash).copied(), tokens.forgotten)
        };
        if let Some((tablet, since)) = known
            && since.elapsed() < REMEMBERED
        {
            return Ok(Some(tablet));
        }
        let found = store.tablet_with(token).await?;
        if let Some(tablet) = found {
            let mut tokens = self.0.write().unwrap_or_else(PoisonError::into_inner);
            if tokens.forgotten == asked_at {
                tokens.good.insert(hash, (tablet, Instant::now()));
            }
        }
        Ok(found)
    }
}

/// The tablet that asks. A handler that takes one answers nobody else.
#[derive(Debug, Clone, Copy)]
pub struct Tablet(pub EnrolledTablet);

impl FromRequestParts<Backend> for Tablet {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, backend: &Backend) -> Result<Self, Refusal> {
        let token = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "))
            .filter(|token| token.len() <= 128)
            .ok_or(Refusal::UnknownTablet)?;
        let found = backend.known.tablet_with(&backend.store, token).await?;
        found.map(Self).ok_or(Refusal::UnknownTablet)
    }
}
