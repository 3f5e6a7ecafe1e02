//! What the handlers of this room share.

use std::sync::Arc;

use axum::extract::FromRef;

use crate::{
    content::{answers::AnswerNews, repository::ContentRepository},
    database::Database,
    tablets::TabletCache,
};

/// What this room needs.
#[derive(Clone)]
pub struct Room {
    /// The database.
    pub store: Database,
    /// Which tablets have shown a good token, what each is told, and when it was heard of.
    pub tablet_cache: TabletCache,
    /// What is offered, and to whom.
    pub repository: Arc<ContentRepository>,
    /// Hears at once of what has changed here.
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
