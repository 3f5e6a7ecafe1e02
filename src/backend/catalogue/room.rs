//! What the handlers of this room share.

use std::sync::Arc;

use axum::extract::FromRef;
use tokio::sync::Semaphore;

use super::publishing::Desk;
use crate::{
    content::{gathering::Gathering, repository::ContentRepository},
    database::Database,
};

/// What this room needs.
#[derive(Clone)]
pub struct Room {
    /// The database.
    pub store: Database,
    /// Where the catalogue is changed.
    pub desk: Arc<Desk>,
    /// What tablets fetch.
    pub repository: Arc<ContentRepository>,
    /// Asks sources, for who looks at a draft.
    pub gathering: Arc<Gathering>,
    /// Turns at drawing previews.
    pub drawing: Arc<Semaphore>,
}

impl FromRef<Room> for Database {
    fn from_ref(room: &Room) -> Self {
        room.store.clone()
    }
}
