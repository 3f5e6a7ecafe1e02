//! Asking a source: what it gives is understood, and lies on the disk.

use jiff::Timestamp;
use kairan_contract::{ContentReference, Freshness, Service};
use kairan_sources::{
    Gleaned, SourceError,
    beside::Role,
    fetch::{Answer, Validators, document_limit, headers_for},
    reading::{Circumstances, read},
    source::{ContentSource, Location},
};

use super::{gathering::Gathering, placing::place, queries::KeptContent};

/// What a question led to.
pub(super) enum ContentUpdate {
    /// It is as it was.
    Unchanged,
    /// New content, already on disk.
    New {
        reference: ContentReference,
        validators: Validators,
    },
}

impl ContentUpdate {
    /// Whether this is what was kept before.
    pub(super) fn is_what(&self, kept: &KeptContent) -> bool {
        match self {
            Self::Unchanged => true,
            Self::New {
                reference,
                validators,
            } => *reference == kept.reference && *validators == kept.validators,
        }
    }
}

/// Asks a source once, for somebody who looks before it counts. Nothing of it is kept but the blobs.
///
/// # Errors
/// Says why it gave nothing.
pub async fn ask_once(
    gathering: &Gathering,
    service: &Service,
    source: &ContentSource,
) -> Result<ContentReference, SourceError> {
    match ask(gathering, service, source, Validators::default()).await? {
        ContentUpdate::New { reference, .. } => Ok(reference),
        ContentUpdate::Unchanged => Err(SourceError::NotUnderstood(
            "it says that it has not changed, though nobody had asked before".to_owned(),
        )),
    }
}

pub(super) async fn ask(
    gathering: &Gathering,
    service: &Service,
    source: &ContentSource,
    since: Validators,
) -> Result<ContentUpdate, SourceError> {
    let base = address_of(&source.location);
    let limit = document_limit(&source.kind);
    let (bytes, validators) = match &source.location {
        Location::Web(url) => {
            let headers = headers_for(source, url, &gathering.beside).await?;
            match gathering.fetcher.get(url, &since, headers, limit).await? {
                Answer::NotModified => return Ok(ContentUpdate::Unchanged),
                Answer::Body { bytes, validators } => (bytes, validators),
            }
        }
        Location::File(file) => {
            let (beside, role) = (&gathering.beside, Role::of(&source.kind));
            let stamp = Some(beside.stamp(file, role).await?);
            if stamp == since.last_modified {
                return Ok(ContentUpdate::Unchanged);
            }
            let bytes = beside.read(file, role, limit).await?;
            (
                bytes,
                Validators {
                    etag: None,
                    last_modified: stamp,
                },
            )
        }
    };
    let gleaned = understand(source, service, bytes, base.clone()).await?;
    if let Some(first) = gleaned.skipped.first() {
        tracing::info!(service = %service.id, skipped = gleaned.skipped.len(), %first, "parts of a source are left out");
    }
    let placed = place(gathering, gleaned.draft, &base, Freshness::Current).await?;
    Ok(ContentUpdate::New {
        reference: placed.reference,
        // A picture that did not come is asked for again, though the text stays as it is.
        validators: if placed.lacks_pictures {
            Validators::default()
        } else {
            validators
        },
    })
}

/// Parsing takes time, so it does not stand in the way of what waits for the network.
async fn understand(
    source: &ContentSource,
    service: &Service,
    bytes: Vec<u8>,
    base: String,
) -> Result<Gleaned, SourceError> {
    let kind = source.kind.clone();
    let circumstances = Circumstances {
        now: Timestamp::now(),
        all: false,
        address: base,
        id: service.id.to_string(),
        title: service.title.clone(),
    };
    let parsed = tokio::task::spawn_blocking(move || read(&kind, &bytes, &circumstances));
    parsed.await.unwrap_or_else(|panic| {
        Err(SourceError::NotUnderstood(format!(
            "the parser gave up: {panic}"
        )))
    })
}

fn address_of(location: &Location) -> String {
    match location {
        Location::Web(url) => url.to_string(),
        Location::File(_) => String::new(),
    }
}
