//! What the handlers of this room share.

use std::sync::Arc;

use axum::extract::FromRef;

use super::{answers::AnswerNews, listeners::Listeners, shelf::Shelf};
use crate::{database::Database, tablets::Known};

/// What this room needs.
#[derive(Clone)]
pub struct Room {
    /// The database.
    pub store: Database,
    /// Who has shown a good token.
    pub known: Known,
    /// What tablets fetch.
    pub shelf: Arc<Shelf>,
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

impl FromRef<Room> for Known {
    fn from_ref(room: &Room) -> Self {
        room.known.clone()
    }
}
