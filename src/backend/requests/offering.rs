//! What is on offer becomes content that tablets fetch: whenever the catalogue changes, a window fills or a place comes free, a
//! good sells out, or the clock passes a time until which one can ask.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use kairan_contract::{
    Content, ContentKind, ContentReference, Form, FormId, Freshness, ServiceId, Sha256,
};
use tokio_util::sync::CancellationToken;

use super::{
    offered::{Offered, Offers},
    queries::stock::CountedStock,
};
use crate::{
    content::{answers::AnswerNews, repository::ContentRepository},
    database::{Database, DatabaseError},
};

/// How often it is looked what the clock and other servers have changed.
const PACE: Duration = Duration::from_secs(1);

/// Why what is on offer could not be shown.
#[derive(Debug, thiserror::Error)]
pub enum NotOffered {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The disk failed.
    #[error("it could not be laid down: {0}")]
    NotLaid(#[from] std::io::Error),
    /// It could not be written.
    #[error("it could not be written: {0}")]
    NotWritten(#[from] serde_json::Error),
}

/// Keeps what tablets are shown as it is on offer.
pub struct Offering {
    store: Database,
    repository: Arc<ContentRepository>,
    /// What lies on the repository, by tile and source.
    shown: HashMap<(ServiceId, String), Form>,
    /// What is left, by this revision of the counter.
    stock: Option<(u64, BTreeMap<FormId, CountedStock>)>,
}

impl Offering {
    /// With nothing shown yet.
    pub fn new(store: Database, repository: Arc<ContentRepository>) -> Self {
        Self {
            store,
            repository,
            shown: HashMap::new(),
            stock: None,
        }
    }

    /// Puts on the repository whatever is on offer by this moment, for everybody and for trial.
    ///
    /// # Errors
    /// Where it could not be kept; what was shown before stays.
    pub async fn renew(&mut self, now: Timestamp) -> Result<(), NotOffered> {
        let revision = self.store.request_revision().await?;
        if self
            .stock
            .as_ref()
            .is_none_or(|(known, _)| *known != revision)
        {
            self.stock = Some((revision, self.store.counted_stock().await?));
        }
        let mut tiles: Vec<Offered> = Vec::new();
        for is_trial in [false, true] {
            let offers = self.repository.with_catalogue(is_trial, Offers::of);
            for tile in offers.tiles {
                let is_known =
                    |it: &Offered| it.service.id == tile.service.id && it.source == tile.source;
                if !tiles.iter().any(is_known) {
                    tiles.push(tile);
                }
            }
        }
        self.shown.retain(|(service, source), _| {
            let is_it = |it: &Offered| it.service.id == *service && it.source == *source;
            tiles.iter().any(is_it)
        });
        for tile in &tiles {
            self.show(tile, now).await?;
        }
        Ok(())
    }

    async fn show(&mut self, tile: &Offered, now: Timestamp) -> Result<(), NotOffered> {
        let nothing = CountedStock::default();
        let counted = self
            .stock
            .as_ref()
            .and_then(|(_, stock)| stock.get(&tile.definition.form.id))
            .unwrap_or(&nothing);
        let form = tile.on_offer(&counted.of(&tile.definition), now);
        let which = (tile.service.id.clone(), tile.source.clone());
        let is_shown = self.shown.get(&which) == Some(&form);
        if is_shown && self.repository.has(&which.0, &which.1) {
            return Ok(());
        }
        let json = serde_json::to_string(&Content::Form(form.clone()))?;
        // Noted before any tablet can fetch it, so that no answer to it is one to a form that nobody knows.
        let sha256 = Sha256::of(json.as_bytes());
        self.store.keep_form_version(sha256, &json, now).await?;
        let blob = self.repository.lay(json.into_bytes()).await?;
        let reference = ContentReference {
            kind: ContentKind::Form,
            blob,
            pictures: Vec::new(),
            sounds: Vec::new(),
            freshness: Freshness::Current,
        };
        self.repository.put(&which.0, &which.1, reference);
        self.shown.insert(which, form);
        Ok(())
    }
}

/// Keeps it so until `stop` is cancelled.
pub async fn keep_offers(mut offering: Offering, news: Arc<AnswerNews>, stop: CancellationToken) {
    let (mut changes, mut catalogues) = (news.changes(), offering.repository.changes());
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = changes.changed() => {}
            changed = catalogues.changed() => {
                if changed.is_err() {
                    return;
                }
            }
            () = tokio::time::sleep(PACE) => {}
        }
        if let Err(error) = offering.renew(Timestamp::now()).await {
            tracing::error!(%error, "what is on offer could not be shown; what was stays, and it is tried again");
        }
    }
}
