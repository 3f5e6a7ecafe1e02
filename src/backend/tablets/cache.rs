//! Tablets: how they are let in, and how they show who they are.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{header, request::Parts},
};
use jiff::Timestamp;
use kairan_contract::{Sha256, TabletId};
use tokio::sync::watch;

use super::queries::{EnrolledTablet, Standing};
use crate::{
    database::{Database, DatabaseError},
    web::refusal::Refusal,
};

/// The tablets that have shown a good token, by the token's hash, so that a tablet which asks
/// every minute costs no query. Bounded by the number of tablets, because only good tokens stay.
#[derive(Clone, Default)]
pub struct TabletCache {
    tokens: Arc<RwLock<Tokens>>,
    /// Says when tablets stand otherwise than before.
    changes: watch::Sender<()>,
}

#[derive(Default)]
struct Tokens {
    good: HashMap<Sha256, EnrolledTablet>,
    /// What decides what tablets are told: looked up for all at once, so that no tablet waits for it.
    standings: HashMap<TabletId, Standing>,
    /// Tablets that were heard of since that was last written down. Bounded by the number of tablets.
    seen: HashMap<TabletId, Timestamp>,
    /// Counts how often everybody was forgotten: what was asked of the database before must not be
    /// remembered after.
    forgotten: u64,
}

impl TabletCache {
    /// Forgets everybody: somebody's token has changed.
    pub fn forget(&self) {
        let mut tokens = self.tokens.write().unwrap_or_else(PoisonError::into_inner);
        tokens.good.clear();
        tokens.forgotten += 1;
    }

    /// Whether a tablet is lent. Its id is told to nobody but itself and those who may see the tablets.
    pub fn is_lent(&self, tablet: TabletId) -> bool {
        let tokens = self.tokens.read().unwrap_or_else(PoisonError::into_inner);
        tokens.standings.contains_key(&tablet)
    }

    /// What decides what a tablet is told.
    pub fn standing_of(&self, tablet: TabletId) -> Standing {
        let tokens = self.tokens.read().unwrap_or_else(PoisonError::into_inner);
        tokens.standings.get(&tablet).cloned().unwrap_or_default()
    }

    /// These stand so, and no others; says whether that is news.
    pub fn put_standings(&self, standings: HashMap<TabletId, Standing>) -> bool {
        let mut tokens = self.tokens.write().unwrap_or_else(PoisonError::into_inner);
        let is_news = tokens.standings != standings;
        tokens.standings = standings;
        drop(tokens);
        if is_news {
            self.changes.send_replace(());
        }
        is_news
    }

    /// Hears when tablets stand otherwise than before.
    pub fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    /// A tablet was heard of.
    fn see(&self, tablet: TabletId, now: Timestamp) {
        let mut tokens = self.tokens.write().unwrap_or_else(PoisonError::into_inner);
        tokens.seen.insert(tablet, now);
    }

    /// Who was heard of since this was last asked.
    pub fn take_seen(&self) -> HashMap<TabletId, Timestamp> {
        let mut tokens = self.tokens.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut tokens.seen)
    }

    async fn tablet_with(
        &self,
        store: &Database,
        token: &str,
    ) -> Result<Option<EnrolledTablet>, DatabaseError> {
        let hash = Sha256::of(token.as_bytes());
        let (known, asked_at) = {
            let tokens = self.tokens.read().unwrap_or_else(PoisonError::into_inner);
            (tokens.good.get(&hash).copied(), tokens.forgotten)
        };
        if known.is_some() {
            return Ok(known);
        }
        let found = store.tablet_with(token).await?;
        if let Some(tablet) = found {
            let mut tokens = self.tokens.write().unwrap_or_else(PoisonError::into_inner);
            if tokens.forgotten == asked_at {
                tokens.good.insert(hash, tablet);
            }
        }
        Ok(found)
    }
}

/// The tablet that asks. A handler that takes one answers nobody else.
#[derive(Debug, Clone, Copy)]
pub struct Tablet(pub EnrolledTablet);

impl<S> FromRequestParts<S> for Tablet
where
    S: Send + Sync,
    Database: FromRef<S>,
    TabletCache: FromRef<S>,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let (store, tablets) = (Database::from_ref(state), TabletCache::from_ref(state));
        let token = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "))
            .filter(|token| token.len() <= 128)
            .ok_or(Refusal::UnknownTablet)?;
        let found = tablets.tablet_with(&store, token).await?;
        let found = found.ok_or(Refusal::UnknownTablet)?;
        tablets.see(found.tablet, Timestamp::now());
        Ok(Self(found))
    }
}
