//! What the handlers of all rooms share.

use std::sync::{Arc, Mutex};

use tokio::sync::Semaphore;

use crate::{
    catalogue::publishing::Desk,
    content::{Gathering, listeners::Listeners, shelf::Shelf},
    database::Database,
    notices::Notices,
    tablets::{guessing::Guessing, known::Known},
    usage::closing::Archive,
    web::{TrustedProxies, limits::SignIns},
};

/// What all requests share.
pub struct Shared {
    /// The database.
    pub store: Database,
    /// What tablets fetch.
    pub shelf: Arc<Shelf>,
    /// The tablets that listen to changes.
    pub listeners: Arc<Listeners>,
    /// Who has shown a good token.
    pub known: Known,
    /// Whose word is taken for who asks.
    pub proxies: TrustedProxies,
    /// How often codes were tried.
    pub guessing: Mutex<Guessing>,
    /// How often somebody tried to sign in.
    pub sign_ins: Mutex<SignIns>,
    /// Turns at hashing passwords, which takes memory.
    pub hashing: Semaphore,
    /// Turns at drawing previews.
    pub drawing: Semaphore,
    /// Where the catalogue is changed.
    pub desk: Desk,
    /// Asks sources, for who looks at a draft.
    pub gathering: Arc<Gathering>,
    /// Whom staff are told by.
    pub notices: Notices,
    /// The files of the days' records.
    pub archive: Archive,
}

/// The same for every request.
pub type Backend = Arc<Shared>;
