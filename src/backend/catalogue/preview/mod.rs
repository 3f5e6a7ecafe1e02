//! What residents would see of a draft: drawn by the tablet's own program, touched through the page, and read in
//! words.

mod drawing;

use askama::Template;
use axum::{
    extract::{Query, State},
    http::header,
    response::{IntoResponse, Redirect, Response},
};
use kairan_catalogue::Recipient;
use kairan_contract::{AgeBand, OnScreen, PreviewOrder, TextSize, Touch};
use serde::Deserialize;

use super::pages::scope::Scope;
use crate::{
    catalogue::room::Room,
    pages::{Frame, PageError, SignedIn, shown},
    tablets::queries::Standing,
};

use drawing::{Wanted, drawn, order};

pub use drawing::drawn_with;

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
    /// Touches as `ACROSS-DOWN`, or `c` and the number of a control; parted by points.
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
#[template(path = "catalogue/preview/preview.html")]
struct PreviewPage {
    frame: Frame,
    looked: Looked,
    address: String,
    /// The same screen in words.
    words: String,
    width: u32,
    cohorts: Vec<String>,
    areas: Vec<String>,
}

/// Something on the screen.
#[derive(Default)]
struct Line {
    words: String,
    /// What else stands on a control.
    more: String,
    /// The page after a touch; nothing where nothing can be touched.
    leads_to: Option<String>,
}

#[derive(Template)]
#[template(path = "catalogue/preview/preview_words.html")]
struct WordsPage {
    frame: Frame,
    lines: Vec<Line>,
    /// The same screen as a picture.
    picture: String,
    first: String,
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
            recipient: Recipient {
                cohort: Some(self.cohort.clone()).filter(|it| !it.is_empty()),
                area: self.area.clone().try_into().ok(),
                age_band: known.map(|(_, band)| *band),
            },
            ..Standing::default()
        }
    }

    fn touches(&self) -> Vec<Touch> {
        let touches = self.touches.split('.').filter_map(touch);
        touches.take(PreviewOrder::TOUCHES).collect()
    }

    fn address(&self, path: &str, touches: &[Touch]) -> String {
        let touches: Vec<String> = touches
            .iter()
            .map(|touch| match touch {
                Touch::Place([across, down]) => format!("{across}-{down}"),
                Touch::Control(number) => format!("c{number}"),
            })
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

/// A touch as it stands in an address.
fn touch(word: &str) -> Option<Touch> {
    if let Some(number) = word.strip_prefix('c') {
        return Some(Touch::Control(number.parse().ok()?));
    }
    let (across, down) = word.split_once('-')?;
    Some(Touch::Place([across.parse().ok()?, down.parse().ok()?]))
}

/// The page. A touch of the picture leads to the page after that touch.
pub async fn page(
    State(backend): State<Room>,
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
            touches.push(Touch::Place([true_to_size(across), true_to_size(down)]));
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
        words: looked.address("/console/tiles/preview/words", &touches),
        width: shown_as,
        cohorts: backend.store.cohorts().await?,
        areas: areas(&backend)?,
        looked,
    }))
}

/// The municipalities of the council.
fn areas(backend: &Room) -> Result<Vec<String>, PageError> {
    let text = backend.desk.text().map_err(anyhow::Error::from)?;
    let catalogue = backend.desk.check(&text).ok();
    let areas = catalogue.map(|it| it.council.areas).unwrap_or_default();
    Ok(areas.into_iter().map(String::from).collect())
}

/// The picture.
pub async fn picture(
    State(backend): State<Room>,
    signed_in: SignedIn,
    Query(looked): Query<Looked>,
) -> Result<Response, PageError> {
    Scope::of(&signed_in)?;
    let order = order(&backend, &signed_in, &looked).await?;
    let png = drawn(&backend, &order, Wanted::Picture).await?;
    Ok(([(header::CONTENT_TYPE, "image/png")], png).into_response())
}

/// What stands on the picture, in words: for whoever hears it, and for whoever has no pointer. Each control is a link to
/// the screen after it.
pub async fn words(
    State(backend): State<Room>,
    signed_in: SignedIn,
    Query(looked): Query<Looked>,
) -> Result<Response, PageError> {
    Scope::of(&signed_in)?;
    let order = order(&backend, &signed_in, &looked).await?;
    let json = drawn(&backend, &order, Wanted::Words).await?;
    let on_screen: Vec<OnScreen> = serde_json::from_slice(&json).map_err(anyhow::Error::from)?;
    let touches = looked.touches();
    let mut controls = 0..;
    let lines = on_screen.into_iter().map(|it| match it {
        OnScreen::Words(words) => Line {
            words,
            ..Line::default()
        },
        OnScreen::Control(words, more) => {
            let mut after = touches.clone();
            after.extend(controls.next().map(Touch::Control));
            let leads_to = (after.len() <= PreviewOrder::TOUCHES)
                .then(|| looked.address("/console/tiles/preview/words", &after));
            Line {
                words,
                more: more.join("　"),
                leads_to,
            }
        }
    });
    Ok(shown(&WordsPage {
        frame: Frame::of(
            &signed_in,
            "/console/tiles",
            ("画面をことばで", "The screen in words"),
        ),
        lines: lines.collect(),
        picture: looked.address("/console/tiles/preview", &touches),
        first: looked.address("/console/tiles/preview/words", &[]),
    }))
}
