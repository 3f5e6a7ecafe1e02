//! Trying the source of a tile from its form, before anything is kept.

use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use kairan_contract::Language;
use kairan_text::tr;
use serde_json::Value;

use super::{
    content,
    form::{Tried, form_page, sent},
    scope::{EditSomeTiles, Scope},
};
use crate::{
    catalogue::room::Room,
    pages::{May, PageError, shown},
};
use kairan_catalogue::dry_run::{self, DryRun, DryRunError};
use kairan_catalogue::edit::{Part, Typed, settings_of};
use kairan_sources::SourceError;

/// Items of a source that are shown when it is tried, and letters of them.
const SHOWN_ITEMS: usize = 20;
const SHOWN_LETTERS: usize = 6_000;
/// Letters of what an item is called.
const NAME_LETTERS: usize = 80;

/// Shows what the source of a tile gives, before anything is kept.
pub async fn try_tile(
    signed_in: May<EditSomeTiles>,
    State(backend): State<Room>,
    Form(form): Form<Typed>,
) -> Result<Response, PageError> {
    // Whose tile it is, is judged with the form.
    Scope::of(&signed_in)?;
    let sent = sent(&backend, &signed_in, form).await?;
    if sent.part != Part::Tile {
        return Err(PageError::NotFound);
    }
    let in_force = backend.desk.text().map_err(anyhow::Error::from)?;
    let in_force = backend.desk.check(&in_force).ok();
    let allowed = in_force.map(|it| it.allowed_hosts).unwrap_or_default();
    let settings = settings_of(sent.typed.get("content").map_or("", String::as_str));
    let faults = sent.text.err().unwrap_or_default();
    let is_told = faults.of("content").is_some();
    let mut page = form_page(
        &backend,
        &signed_in,
        Part::Tile,
        sent.id,
        sent.typed,
        &sent.draft.text,
    )
    .await?;
    // Whatever else is still missing, a source can be tried when its settings are right.
    let (Ok(settings), false) = (settings, is_told) else {
        page.tell(faults);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&page)).into_response());
    };
    page.tried = Some(tried(&backend, signed_in.language, &settings, allowed).await);
    Ok(shown(&page))
}

async fn tried(
    backend: &Room,
    language: Language,
    settings: &[(String, String)],
    allowed: Vec<String>,
) -> Tried {
    let plain = |name: &str| {
        let value = settings.iter().find(|(key, _)| key == name);
        value
            .and_then(|(_, text)| content::plain(text))
            .unwrap_or_default()
    };
    let (url, file) = (plain("url"), plain("file"));
    let place = if url.is_empty() { file } else { url };
    let others = settings
        .iter()
        .filter(|(key, _)| !matches!(&**key, "kind" | "url" | "file"));
    let trial = DryRun {
        kind: plain("kind"),
        source: place,
        settings: others
            .map(|(key, value)| format!("{key}={value}"))
            .collect(),
        now: Timestamp::now(),
        all: false,
        catalogue: Some((backend.desk.beside().clone(), allowed)),
    };
    // Reading takes memory: no more at once than are drawn.
    let Ok(_turn) = backend.drawing.acquire().await else {
        return Tried::default();
    };
    match dry_run::attempt(&trial, language).await {
        Ok(report) => {
            let first: Vec<_> = report.items.iter().take(SHOWN_ITEMS).collect();
            let items = serde_json::to_string_pretty(&first).unwrap_or_default();
            Tried {
                said: dry_run::summary(content::name(&trial.kind, language), &report, language),
                skipped: report
                    .skipped
                    .iter()
                    .take(SHOWN_ITEMS)
                    .map(ToString::to_string)
                    .collect(),
                names: first.iter().filter_map(|item| name_of(item)).collect(),
                items: items.chars().take(SHOWN_LETTERS).collect(),
            }
        }
        Err(error) => Tried {
            said: in_words(language, &error),
            ..Tried::default()
        },
    }
}

/// What a resident would know an item by.
fn name_of(item: &Value) -> Option<String> {
    let named = ["title", "name", "words", "question", "date"];
    let found = named.iter().find_map(|key| item.get(key)?.as_str());
    found.map(|name| name.chars().take(NAME_LETTERS).collect())
}

/// Why a source gave nothing, and how to mend it.
fn in_words(language: Language, error: &DryRunError) -> String {
    let DryRunError::Source { why, .. } = error else {
        return error.to_string();
    };
    // What the error itself says is English.
    let said = error;
    match why {
        SourceError::Forbidden(address, _) => tr!(
            language,
            "{address} は読めません。インターネットにある https:// のアドレスか、カタログの横にあるファイルの名前を書いてください",
            address,
            said
        ),
        SourceError::Unreachable { address, why } => tr!(
            language,
            "{address} から返事がありません（{why}）。アドレスを確かめるか、しばらくしてからためしてください",
            address,
            why,
            said
        ),
        SourceError::Busy { address, wait } => tr!(
            language,
            "{address} はこみあっています。{seconds}秒たってから、ためしてください",
            address,
            seconds = wait.as_secs(),
            said
        ),
        SourceError::TooLarge { address, limit } => tr!(
            language,
            "{address} は大きすぎます。{limit} バイトまで読めます",
            address,
            limit,
            said
        ),
        SourceError::File { path, .. } => tr!(
            language,
            "{name} が読めません。カタログの横に、その名前のファイルを置いてください",
            name = path.file_name().unwrap_or_default().to_string_lossy(),
            said
        ),
        SourceError::NoContent { file, why } => tr!(
            language,
            "{file} はここでは使えません（{wrong}）。{mend}",
            file = file.display(),
            wrong = why.wrong(language),
            mend = why.mend(language),
            said
        ),
        SourceError::NotUnderstood(why) => tr!(
            language,
            "選んだ種類の内容としては読めませんでした（{why}）。「何を見せるか」と「どこから」を確かめてください",
            why,
            said
        ),
        SourceError::NotKept(why) => {
            tr!(
                language,
                "読めましたが、残せませんでした（{why}）",
                why,
                said
            )
        }
    }
}
