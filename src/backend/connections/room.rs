//! What the handlers of this room share.

use axum::extract::FromRef;
use kairan_sources::fetch::AllowedHosts;

use crate::{database::Database, people::Providers};

/// What this room needs.
#[derive(Clone)]
pub struct Room {
    /// The database.
    pub store: Database,
    /// The providers whose machines may be let in.
    pub providers: Providers,
    /// The hosts inside private networks to which webhooks may go.
    pub allowed: AllowedHosts,
}

impl FromRef<Room> for Database {
    fn from_ref(room: &Room) -> Self {
        room.store.clone()
    }
}
