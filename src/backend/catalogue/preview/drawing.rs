//! Having the tablet's own program draw: what it is told, and the program itself.

use std::{path::PathBuf, process::Stdio, time::Duration};

use anyhow::{Context as _, bail};
use jiff::Timestamp;
use kairan_contract::{Emergency, Language, PreviewOrder, TextSize};
use tokio::{io::AsyncWriteExt as _, process::Command};

use super::looked::{Looked, PROFILES, SIZES};
use crate::{
    catalogue::{
        pages::{drafting::draft, scope::Scope},
        room::Room,
    },
    content::asking::ask_once,
    pages::{PageError, SignedIn},
    tablets::queries::Standing,
};
use kairan_catalogue::Catalogue;

/// How long the program may draw.
const PATIENCE: Duration = Duration::from_secs(20);
/// Sources that are asked for one picture, and how long each may take.
const CAUGHT_UP: usize = 8;
const SOURCE_PATIENCE: Duration = Duration::from_secs(3);
/// What the program is to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// A PNG file.
    Picture,
    /// What stands on it, as JSON.
    Words,
}

/// What the program is told of a draft or a revision.
pub async fn order(
    backend: &Room,
    signed_in: &SignedIn,
    looked: &Looked,
) -> Result<PreviewOrder, PageError> {
    let text = text_of(backend, signed_in, looked).await?;
    let catalogue = backend
        .desk
        .check(&text)
        .map_err(|_| PageError::Unreadable)?;
    catch_up(backend, &catalogue).await;
    let size = SIZES.iter().find(|(word, ..)| *word == looked.size);
    Ok(PreviewOrder {
        manifest: backend
            .repository
            .manifest_with(&catalogue, &looked.standing(), Vec::new()),
        profile: looked.profile().0.to_owned(),
        text_size: size.map_or(TextSize::Standard, |(_, size, ..)| *size),
        language: looked.language.parse().unwrap_or_default(),
        touches: looked.touches(),
        now: Timestamp::now().as_millisecond(),
        battery_percent: None,
    })
}

/// What is looked at: this person's draft, or a revision.
async fn text_of(
    backend: &Room,
    signed_in: &SignedIn,
    looked: &Looked,
) -> Result<String, PageError> {
    let Some(revision) = looked.revision else {
        return Ok(draft(backend, signed_in).await?.1.text);
    };
    if !Scope::of(signed_in)?.is_all() {
        return Err(PageError::NotAllowed);
    }
    let text = backend.store.text_of_revision(revision).await?;
    text.ok_or(PageError::NotFound)
}

/// Asks the sources of tiles of which nothing is here yet, so that a draft is seen as it would be. What does not answer
/// soon is seen as a tile without content.
async fn catch_up(backend: &Room, catalogue: &Catalogue) {
    let missing = catalogue
        .services
        .iter()
        .filter(|(service, source)| !backend.repository.has(&service.id, &source.key()))
        .take(CAUGHT_UP);
    let asked = missing.map(async |(service, source)| {
        let asking = ask_once(&backend.gathering, service, source);
        match tokio::time::timeout(SOURCE_PATIENCE, asking).await {
            Ok(Ok(reference)) => backend
                .repository
                .put(&service.id, &source.key(), reference),
            Ok(Err(error)) => tracing::info!(%error, "a tile of a draft has no content yet"),
            Err(_) => tracing::info!(service = %service.id, "a source is slow"),
        }
    });
    futures_util::future::join_all(asked).await;
}

/// What a tablet shows of the catalogue in force while it is told of these.
pub async fn drawn_with(backend: &Room, emergencies: Vec<Emergency>) -> Result<Vec<u8>, PageError> {
    let text = backend.desk.text().map_err(anyhow::Error::from)?;
    let catalogue = backend.desk.check(&text).map_err(|_| PageError::Failed)?;
    let order = PreviewOrder {
        manifest: backend
            .repository
            .manifest_with(&catalogue, &Standing::default(), emergencies),
        profile: PROFILES[0].0.to_owned(),
        text_size: TextSize::Standard,
        language: Language::JAPANESE,
        touches: Vec::new(),
        now: Timestamp::now().as_millisecond(),
        battery_percent: None,
    };
    drawn(backend, &order, Wanted::Picture).await
}

/// What the program gives.
pub async fn drawn(
    backend: &Room,
    order: &PreviewOrder,
    wanted: Wanted,
) -> Result<Vec<u8>, PageError> {
    // Each draws on a core of its own; whoever comes third waits for a turn.
    let _turn = backend
        .drawing
        .acquire()
        .await
        .map_err(|_| PageError::Failed)?;
    let drawn =
        tokio::time::timeout(PATIENCE, draw(order, backend.repository.folder(), wanted)).await;
    Ok(drawn.context("the preview took too long")??)
}

async fn draw(order: &PreviewOrder, blobs: PathBuf, wanted: Wanted) -> anyhow::Result<Vec<u8>> {
    let mut child = Command::new(program())
        .arg("preview")
        .arg("--blobs")
        .arg(blobs)
        .args((wanted == Wanted::Words).then_some("--words"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("kairan-tablet cannot be started — install it beside kairan, so that drafts can be seen")?;
    let json = serde_json::to_vec(order)?;
    let mut into = child.stdin.take().context("it takes no order")?;
    let sending = tokio::spawn(async move { into.write_all(&json).await });
    let output = child.wait_with_output().await?;
    sending.await??;
    if !output.status.success() {
        bail!(
            "the preview failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(output.stdout)
}

/// The tablet's program: beside this one, or wherever the system finds it.
fn program() -> PathBuf {
    let beside = std::env::current_exe()
        .ok()
        .map(|it| it.with_file_name("kairan-tablet"));
    beside
        .filter(|it| it.exists())
        .unwrap_or_else(|| "kairan-tablet".into())
}
