//! Trying the source of a tile from its form, before anything is kept.

use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;

use super::{
    super::{
        page::{PageError, shown},
        session::SignedIn,
        tongue::Tongue,
    },
    form::{form_page, sent},
    language,
    scope::Scope,
};
use crate::{
    catalogue::edit::{Part, Typed, settings_of},
    http::Backend,
    trial::{self, Trial},
};

/// Items of a source that are shown when it is tried, and letters of them.
const SHOWN_ITEMS: usize = 20;
const SHOWN_LETTERS: usize = 6_000;

/// Shows what the source of a tile gives, before anything is kept.
pub async fn try_tile(
    State(backend): State<Backend>,
    signed_in: SignedIn,
    Form(form): Form<Typed>,
) -> Result<Response, PageError> {
    // Whose tile it is, is judged with the form.
    Scope::of(&signed_in)?;
    let sent = sent(&backend, &signed_in, form).await?;
    let settings = settings_of(sent.typed.get("content").map_or("", String::as_str));
    let faults = sent.text.err().unwrap_or_default();
    let is_told = faults.0.contains_key("content");
    let mut page = form_page(
        &signed_in,
        Part::Tile,
        sent.id,
        sent.typed,
        &sent.draft.text,
    )?;
    // Whatever else is still missing, a source can be tried when its settings are right.
    let (Ok(settings), false) = (settings, is_told) else {
        page.tell(faults);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&page)).into_response());
    };
    page.tried = Some(tried(&backend, signed_in.tongue, &settings).await);
    Ok(shown(&page))
}

/// What a trial found: a sentence, what was left out, and the items.
pub struct Tried {
    pub said: String,
    pub skipped: Vec<String>,
    pub items: String,
}

async fn tried(backend: &Backend, tongue: Tongue, settings: &[(String, String)]) -> Tried {
    let plain = |name: &str| {
        let value = settings.iter().find(|(key, _)| key == name);
        let parsed =
            value.and_then(|(_, text)| toml::from_str::<toml::Table>(&format!("it = {text}")).ok());
        parsed
            .and_then(|it| Some(it.get("it")?.as_str()?.to_owned()))
            .unwrap_or_default()
    };
    let (url, file) = (plain("url"), plain("file"));
    let place = if url.is_empty() { file } else { url };
    let source = if place.contains("://") {
        place
    } else {
        backend.desk.beside(&place).display().to_string()
    };
    let others = settings
        .iter()
        .filter(|(key, _)| !matches!(&**key, "kind" | "url" | "file"));
    let trial = Trial {
        kind: plain("kind"),
        source,
        settings: others
            .map(|(key, value)| format!("{key}={value}"))
            .collect(),
        now: Timestamp::now(),
        all: false,
    };
    let language = language(tongue);
    match trial::attempt(&trial, language).await {
        Ok(outcome) => {
            let first: Vec<_> = outcome.items.iter().take(SHOWN_ITEMS).collect();
            let items = serde_json::to_string_pretty(&first).unwrap_or_default();
            Tried {
                said: trial::summary(&trial.kind, &outcome, language),
                skipped: outcome
                    .skipped
                    .iter()
                    .take(SHOWN_ITEMS)
                    .map(ToString::to_string)
                    .collect(),
                items: items.chars().take(SHOWN_LETTERS).collect(),
            }
        }
        Err(error) => Tried {
            said: error.to_string(),
            skipped: Vec::new(),
            items: String::new(),
        },
    }
}
