//! What the handlers of this room share.

use std::sync::{Arc, Mutex};

use axum::extract::FromRef;
use tokio::sync::Semaphore;

use crate::{
    database::Database,
    web::{TrustedProxies, limits::SignIns},
};

/// Says the ids of the providers; whoever keeps the catalogue knows them.
pub type Providers = Arc<dyn Fn() -> anyhow::Result<Vec<String>> + Send + Sync>;

/// What this room needs.
#[derive(Clone)]
pub struct Room {
    /// The database.
    pub store: Database,
    /// Whose word is taken for who asks.
    pub proxies: Arc<TrustedProxies>,
    /// How often somebody tried to sign in.
    pub sign_ins: Arc<Mutex<SignIns>>,
    /// Turns at hashing passwords, which takes memory.
    pub hashing: Arc<Semaphore>,
    /// The providers whose people may be let in.
    pub providers: Providers,
}

impl FromRef<Room> for Database {
    fn from_ref(room: &Room) -> Self {
        room.store.clone()
    }
}
