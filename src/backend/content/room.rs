//! What the handlers of this room share.

use std::sync::Arc;

use axum::extract::FromRef;

use super::{answers::AnswerNews, listeners::Listeners, repository::ContentRepository};
use crate::{database::Database, tablets::TabletCache};

/// What this room needs.
#[derive(Clone)]
pub struct Room {
    /// The database.
    pub store: Database,
    /// Which tablets have shown a good token, what each is told, and when it was heard of.
    pub tablet_cache: TabletCache,
    /// What tablets fetch.
    pub repository: Arc<ContentRepository>,
    /// The tablets that listen to changes.
    pub listeners: Arc<Listeners>,
    /// Those that wait for what becomes of their requests.
    pub news: Arc<AnswerNews>,
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
