//! What the handlers of this room share.

use std::sync::{Arc, Mutex};

use axum::extract::FromRef;

use super::{cache::TabletCache, guessing::Guessing};
use crate::{database::Database, notices::Notices, web::TrustedProxies};

/// What this room needs.
#[derive(Clone)]
pub struct Room {
    /// The database.
    pub store: Database,
    /// Which tablets have shown a good token, what each is told, and when it was heard of.
    pub tablet_cache: TabletCache,
    /// Whose word is taken for who asks.
    pub proxies: Arc<TrustedProxies>,
    /// How often codes were tried.
    pub guessing: Arc<Mutex<Guessing>>,
    /// Whom staff are told by.
    pub notices: Notices,
}

impl FromRef<Room> for Database {
    fn from_ref(room: &Room) -> Self {
        room.store.clone()
    }
}

impl FromRef<Room> for TabletCache {
    fn from_ref(room: &Room) -> Self {
        room.tablet_cache.clone()
    }
}
