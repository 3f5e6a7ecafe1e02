//! What the handlers of this room share.

use std::sync::Arc;

use axum::extract::FromRef;

use crate::{
    content::{answers::AnswerNews, shelf::Shelf},
    database::Database,
    tablets::Known,
};

/// What this room needs.
#[derive(Clone)]
pub struct Room {
    /// The database.
    pub store: Database,
    /// Who has shown a good token.
    pub known: Known,
    /// What is offered, and to whom.
    pub shelf: Arc<Shelf>,
    /// Hears at once of what has changed here.
    pub news: Arc<AnswerNews>,
}

impl FromRef<Room> for Database {
    fn from_ref(room: &Room) -> Self {
        room.store.clone()
    }
}

impl FromRef<Room> for Known {
    fn from_ref(room: &Room) -> Self {
        room.known.clone()
    }
}
