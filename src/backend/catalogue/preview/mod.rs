//! What residents would see of a draft: drawn by the tablet's own program, touched through the page, and read in
//! words.

mod drawing;
mod looked;

use askama::Template;
use axum::{
    extract::{Query, State},
    http::header,
    response::{IntoResponse, Redirect, Response},
};
use kairan_contract::{AgeBand, OnScreen, PreviewOrder, Touch};
use kairan_text::{language_name, languages, message};

use super::pages::scope::{EditSomeTiles, Scope};
use crate::{
    catalogue::room::Room,
    pages::{Frame, May, PageError, shown},
};

use drawing::{Wanted, drawn, order};
use looked::{Looked, PROFILES, SIZES};

pub use drawing::drawn_with;

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

impl PreviewPage {
    /// The languages to choose from, with their names; which of them was chosen. The first is shown unasked.
    fn languages(&self) -> Vec<(String, &'static str, bool)> {
        let all = languages().map(|it| (it.to_string(), language_name(it)));
        let chosen = |tag: &str| tag == self.looked.language;
        let mut all: Vec<_> = all
            .map(|(tag, name)| {
                let is_chosen = chosen(&tag);
                (tag, name, is_chosen)
            })
            .collect();
        if let Some((_, _, is_chosen)) = all.first_mut() {
            *is_chosen = false;
        }
        all
    }
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

/// The page. A touch of the picture leads to the page after that touch.
pub async fn page(
    signed_in: May<EditSomeTiles>,
    State(backend): State<Room>,
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
        frame: Frame::of(&signed_in, "/console/tiles", message("タブレットで見る")),
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
    signed_in: May<EditSomeTiles>,
    State(backend): State<Room>,
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
    signed_in: May<EditSomeTiles>,
    State(backend): State<Room>,
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
        frame: Frame::of(&signed_in, "/console/tiles", message("画面をことばで")),
        lines: lines.collect(),
        picture: looked.address("/console/tiles/preview", &touches),
        first: looked.address("/console/tiles/preview/words", &[]),
    }))
}
