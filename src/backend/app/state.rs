//! What all rooms are put together from, and what each of them gets.

use std::sync::{Arc, Mutex};

use kairan_sources::fetch::AllowedHosts;
use tokio::sync::Semaphore;

use super::home;
use crate::{
    audit,
    catalogue::{self, publishing::Desk},
    connections,
    content::{
        self, answers::AnswerNews, gathering::Gathering, listeners::Listeners,
        repository::ContentRepository,
    },
    database::Database,
    emergencies,
    notices::Notices,
    people, requests,
    tablets::{self, TabletCache, guessing::Guessing},
    usage::{self, closing::Archive},
    web::{TrustedProxies, limits::SignIns},
};

/// What the rooms share.
pub struct State {
    /// The database.
    pub store: Database,
    /// What tablets fetch.
    pub repository: Arc<ContentRepository>,
    /// The tablets that listen to changes.
    pub listeners: Arc<Listeners>,
    /// Those that wait for what becomes of their requests.
    pub news: Arc<AnswerNews>,
    /// Which tablets have shown a good token, what each is told, and when it was heard of.
    pub tablet_cache: TabletCache,
    /// Whose word is taken for who asks.
    pub proxies: Arc<TrustedProxies>,
    /// How often codes were tried.
    pub guessing: Arc<Mutex<Guessing>>,
    /// How often somebody tried to sign in.
    pub sign_ins: Arc<Mutex<SignIns>>,
    /// Turns at hashing passwords, which takes memory.
    pub hashing: Arc<Semaphore>,
    /// Turns at drawing previews.
    pub drawing: Arc<Semaphore>,
    /// Where the catalogue is changed.
    pub desk: Arc<Desk>,
    /// Asks sources, for who looks at a draft.
    pub gathering: Arc<Gathering>,
    /// Whom staff are told by.
    pub notices: Notices,
    /// The files of the days' records.
    pub archive: Archive,
    /// Into which private networks webhooks of providers may go.
    pub endpoints: AllowedHosts,
}

impl State {
    /// What the first page gets.
    pub fn home(&self) -> home::Room {
        home::Room {
            store: self.store.clone(),
            tablets: self.tablets(),
        }
    }

    /// What the room of the audit log gets.
    pub fn audit(&self) -> audit::Room {
        audit::Room {
            store: self.store.clone(),
        }
    }

    /// What the room of the catalogue gets.
    pub fn catalogue(&self) -> catalogue::Room {
        catalogue::Room {
            store: self.store.clone(),
            desk: Arc::clone(&self.desk),
            repository: Arc::clone(&self.repository),
            gathering: Arc::clone(&self.gathering),
            drawing: Arc::clone(&self.drawing),
        }
    }

    /// What the room of connections gets.
    pub fn connections(&self) -> connections::Room {
        let desk = Arc::clone(&self.desk);
        connections::Room {
            store: self.store.clone(),
            providers: Arc::new(move || Ok(desk.providers()?)),
            allowed: self.endpoints.clone(),
        }
    }

    /// What the room of the content gets.
    pub fn content(&self) -> content::Room {
        content::Room {
            store: self.store.clone(),
            tablet_cache: self.tablet_cache.clone(),
            repository: Arc::clone(&self.repository),
            listeners: Arc::clone(&self.listeners),
            news: Arc::clone(&self.news),
        }
    }

    /// What the room of emergencies gets.
    pub fn emergencies(&self) -> emergencies::Room {
        emergencies::Room {
            store: self.store.clone(),
            repository: Arc::clone(&self.repository),
            notices: self.notices.clone(),
            catalogue: self.catalogue(),
        }
    }

    /// What the room of people gets.
    pub fn people(&self) -> people::Room {
        let desk = Arc::clone(&self.desk);
        people::Room {
            store: self.store.clone(),
            proxies: Arc::clone(&self.proxies),
            sign_ins: Arc::clone(&self.sign_ins),
            hashing: Arc::clone(&self.hashing),
            providers: Arc::new(move || Ok(desk.providers()?)),
        }
    }

    /// What the room of requests gets.
    pub fn requests(&self) -> requests::Room {
        requests::Room {
            store: self.store.clone(),
            tablet_cache: self.tablet_cache.clone(),
            repository: Arc::clone(&self.repository),
            news: Arc::clone(&self.news),
        }
    }

    /// What the room of tablets gets.
    pub fn tablets(&self) -> tablets::Room {
        tablets::Room {
            store: self.store.clone(),
            tablet_cache: self.tablet_cache.clone(),
            proxies: Arc::clone(&self.proxies),
            guessing: Arc::clone(&self.guessing),
            notices: self.notices.clone(),
        }
    }

    /// What the room of usage records gets.
    pub fn usage(&self) -> usage::Room {
        usage::Room {
            store: self.store.clone(),
            tablet_cache: self.tablet_cache.clone(),
            archive: self.archive.clone(),
        }
    }
}
