//! What the handlers of this room share.

use std::sync::Arc;

use axum::extract::FromRef;

use crate::{
    catalogue, content::repository::ContentRepository, database::Database, notices::Notices,
};

/// What this room needs.
#[derive(Clone)]
pub struct Room {
    /// The database.
    pub store: Database,
    /// What tablets fetch.
    pub repository: Arc<ContentRepository>,
    /// Whom staff are told by.
    pub notices: Notices,
    /// Where it is drawn what a tablet would show.
    pub catalogue: catalogue::Room,
}

impl FromRef<Room> for Database {
    fn from_ref(room: &Room) -> Self {
        room.store.clone()
    }
}
