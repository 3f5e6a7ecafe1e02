//! What residents would see of a draft: drawn by the tablet's own program, touched through the page.

use std::{path::PathBuf, process::Stdio, time::Duration};

use anyhow::{Context as _, bail};
use askama::Template;
use axum::{
    extract::{Query, State},
    http::header,
    response::{IntoResponse, Redirect, Response},
};
use jiff::Timestamp;
use kairan_contract::{AgeBand, Emergency, Language, PreviewOrder, TextSize};
use serde::Deserialize;
use tokio::{io::AsyncWriteExt as _, process::Command};

use super::{
    page::{Frame, PageError, shown},
    session::SignedIn,
    tiles::{draft, scope::Scope},
};
use crate::{
    catalogue::Catalogue, http::Backend, rights::Right, sources::gather::ask_once, store::Standing,
};

/// How long the program may draw.
const PATIENCE: Duration = Duration::from_secs(20);
/// Sources that are asked for one picture, and how long each may take.
const CAUGHT_UP: usize = 8;
const SOURCE_PATIENCE: Duration = Duration::from_secs(3);
/// The screens: name, pixels across and down, how wide the picture stands in the page, and the words for it.
const PROFILES: [(&str, u32, u32, u32, &str, &str); 5] = [
    (
        "tablet-10",
        1280,
        800,
        640,
        "10インチ（横）",
        "10 inches, lying",
    ),
    (
        "tablet-10-portrait",
        800,
        1280,
        320,
        "10インチ（縦）",
        "10 inches, upright",
    ),
    ("tablet-8", 1280, 800, 640, "8インチ", "8 inches"),
    (
        "tablet-11-sharp",
        1920,
        1200,
        640,
        "11インチ（細かい）",
        "11 inches, sharp",
    ),
    ("kiosk-21", 1920, 1080, 640, "21インチ", "21 inches"),
];
const SIZES: [(&str, TextSize, &str, &str); 3] = [
    ("standard", TextSize::Standard, "ふつう", "Standard"),
    ("large", TextSize::Large, "大きい", "Large"),
    ("largest", TextSize::Largest, "いちばん大きい", "Largest"),
];

/// What is looked at.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Looked {
    #[serde(default)]
    profile: String,
    #[serde(default)]
    size: String,
    #[serde(default)]
    language: String,
    /// Whose tablet it is: the period of the loan, the municipality, the age.
    #[serde(default)]
    cohort: String,
    #[serde(default)]
    area: String,
    #[serde(default)]
    age_band: String,
    /// An earlier revision instead of the draft.
    revision: Option<u64>,
    /// Touches as `ACROSS-DOWN`, parted by points.
    #[serde(default)]
    touches: String,
    /// How wide the picture stood in the page.
    shown: Option<u32>,
    /// Where it was touched there.
    #[serde(rename = "at.x")]
    across: Option<u32>,
    #[serde(rename = "at.y")]
    down: Option<u32>,
}

#[derive(Template)]
#[template(path = "preview.html")]
struct PreviewPage {
    frame: Frame,
    looked: Looked,
    address: String,
    width: u32,
    cohorts: Vec<String>,
    areas: Vec<String>,
}

impl Looked {
    fn profile(&self) -> (&'static str, u32, u32, u32) {
        let known = PROFILES
            .iter()
            .find(|it| it.0 == self.profile)
            .unwrap_or(&PROFILES[0]);
        (known.0, known.1, known.2, known.3)
    }

    /// Of the tablet that is imagined.
    fn standing(&self) -> Standing {
        let known = AgeBand::ALL.iter().find(|(word, _)| *word == self.age_band);
        Standing {
            cohort: Some(self.cohort.clone()).filter(|it| !it.is_empty()),
            area: self.area.clone().try_into().ok(),
            age_band: known.map(|(_, band)| *band),
            ..Standing::default()
        }
    }

    fn touches(&self) -> Vec<[u32; 2]> {
        let pairs = self.touches.split('.').filter_map(|pair| {
            let (across, down) = pair.split_once('-')?;
            Some([across.parse().ok()?, down.parse().ok()?])
        });
        pairs.take(PreviewOrder::TOUCHES).collect()
    }

    fn address(&self, path: &str, touches: &[[u32; 2]]) -> String {
        let touches: Vec<String> = touches
            .iter()
            .map(|[across, down]| format!("{across}-{down}"))
            .collect();
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query
            .append_pair("profile", self.profile().0)
            .append_pair("size", &self.size)
            .append_pair("language", &self.language)
            .append_pair("cohort", &self.cohort)
            .append_pair("area", &self.area)
            .append_pair("age_band", &self.age_band)
            .append_pair("touches", &touches.join("."));
        if let Some(revision) = self.revision {
            query.append_pair("revision", &revision.to_string());
        }
        format!("{path}?{}", query.finish())
    }
}

/// The page. A touch of the picture leads to the page after that touch.
pub async fn page(
    State(backend): State<Backend>,
    signed_in: SignedIn,
    Query(looked): Query<Looked>,
) -> Result<Response, PageError> {
    Scope::of(&signed_in)?;
    let (_, wide, _, shown_as) = looked.profile();
    let mut touches = looked.touches();
    if let (Some(across), Some(down)) = (looked.across, looked.down) {
        if touches.len() < PreviewOrder::TOUCHES {
            let shown_as = looked.shown.filter(|it| *it > 0).unwrap_or(shown_as);
            let true_to_size = |at: u32| at.saturating_mul(wide) / shown_as;
            touches.push([true_to_size(across), true_to_size(down)]);
        }
        return Ok(
            Redirect::to(&looked.address("/console/tiles/preview", &touches)).into_response(),
        );
    }
    Ok(shown(&PreviewPage {
        frame: Frame::of(
            &signed_in,
            "/console/tiles",
            ("タブレットで見る", "As on the tablet"),
        ),
        address: looked.address("/console/tiles/preview.png", &touches),
        width: shown_as,
        cohorts: backend.store.cohorts().await?,
        areas: areas(&backend)?,
        looked,
    }))
}

/// The municipalities of the council.
fn areas(backend: &Backend) -> Result<Vec<String>, PageError> {
    let text = backend.desk.text().map_err(anyhow::Error::from)?;
    let catalogue = backend.desk.check(&text).ok();
    let areas = catalogue.map(|it| it.council.areas).unwrap_or_default();
    Ok(areas.into_iter().map(String::from).collect())
}

/// The picture.
pub async fn picture(
    State(backend): State<Backend>,
    signed_in: SignedIn,
    Query(looked): Query<Looked>,
) -> Result<Response, PageError> {
    Scope::of(&signed_in)?;
    let text = text_of(&backend, &signed_in, &looked).await?;
    let catalogue = backend
        .desk
        .check(&text)
        .map_err(|_| PageError::Unreadable)?;
    catch_up(&backend, &catalogue).await;
    let size = SIZES.iter().find(|(word, ..)| *word == looked.size);
    let order = PreviewOrder {
        manifest: backend
            .shelf
            .manifest_with(&catalogue, &looked.standing(), Vec::new()),
        profile: looked.profile().0.to_owned(),
        text_size: size.map_or(TextSize::Standard, |(_, size, ..)| *size),
        language: match looked.language.as_str() {
            "en" => Language::English,
            _ => Language::Japanese,
        },
        touches: looked.touches(),
        now: Timestamp::now().as_millisecond(),
        battery_percent: None,
    };
    let png = drawn(&backend, &order).await?;
    Ok(([(header::CONTENT_TYPE, "image/png")], png).into_response())
}

/// What is looked at: this person's draft, or a revision.
async fn text_of(
    backend: &Backend,
    signed_in: &SignedIn,
    looked: &Looked,
) -> Result<String, PageError> {
    let Some(revision) = looked.revision else {
        return Ok(draft(backend, signed_in).await?.1.text);
    };
    signed_in.must(Right::EditTiles)?;
    let text = backend.store.text_of_revision(revision).await?;
    text.ok_or(PageError::NotFound)
}

/// Asks the sources of tiles of which nothing is here yet, so that a draft is seen as it would be. What does not answer
/// soon is seen as a tile without content.
async fn catch_up(backend: &Backend, catalogue: &Catalogue) {
    let missing = catalogue
        .services
        .iter()
        .filter(|(service, source)| !backend.shelf.has(&service.id, &source.key()))
        .take(CAUGHT_UP);
    let asked = missing.map(async |(service, source)| {
        let asking = ask_once(&backend.gathering, service, source);
        match tokio::time::timeout(SOURCE_PATIENCE, asking).await {
            Ok(Ok(reference)) => backend.shelf.put(&service.id, &source.key(), reference),
            Ok(Err(error)) => tracing::info!(%error, "a tile of a draft has no content yet"),
            Err(_) => tracing::info!(service = %service.id, "a source is slow"),
        }
    });
    futures_util::future::join_all(asked).await;
}

/// What a tablet shows of the catalogue in force while it is told of these.
pub async fn drawn_with(
    backend: &Backend,
    emergencies: Vec<Emergency>,
) -> Result<Vec<u8>, PageError> {
    let text = backend.desk.text().map_err(anyhow::Error::from)?;
    let catalogue = backend.desk.check(&text).map_err(|_| PageError::Failed)?;
    let order = PreviewOrder {
        manifest: backend
            .shelf
            .manifest_with(&catalogue, &Standing::default(), emergencies),
        profile: PROFILES[0].0.to_owned(),
        text_size: TextSize::Standard,
        language: Language::Japanese,
        touches: Vec::new(),
        now: Timestamp::now().as_millisecond(),
        battery_percent: None,
    };
    drawn(backend, &order).await
}

async fn drawn(backend: &Backend, order: &PreviewOrder) -> Result<Vec<u8>, PageError> {
    // Each draws on a core of its own; whoever comes third waits for a turn.
    let _turn = backend
        .drawing
        .acquire()
        .await
        .map_err(|_| PageError::Failed)?;
    let drawn = tokio::time::timeout(PATIENCE, draw(order, backend.shelf.folder())).await;
    Ok(drawn.context("the preview took too long")??)
}

async fn draw(order: &PreviewOrder, blobs: PathBuf) -> anyhow::Result<Vec<u8>> {
    let mut child = Command::new(program())
        .arg("preview")
        .arg("--blobs")
        .arg(blobs)
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
