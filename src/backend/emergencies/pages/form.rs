//! The form of an emergency, a drill or a correction.

use kairan_text::{language_name, languages, message, tr};
use std::collections::HashSet;

use askama::Template;
use axum::{
    Form,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::Timestamp;
use kairan_contract::{Emergency, EmergencyId, Language, TabletId};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    list::overtaken,
    texts::{GAP, Text, texts_in},
    which::{Which, author, found},
};
use crate::{
    emergencies::{
        queries::{Kept, Written},
        room::Room,
    },
    pages::{Faults, Frame, May, PageError, Right, SignedIn, rights::WriteEmergency, shown},
    tablets::queries::LentTablet,
};

/// For how many hours something may hold before it goes by itself.
pub const HOURS: [u32; 6] = [1, 3, 6, 12, 24, 48];

/// What is typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Typed {
    /// The emergency that is corrected or ended.
    #[serde(default)]
    pub id: String,
    /// The id that a new one gets: a form that is sent twice writes one.
    #[serde(default)]
    new_id: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    hours: String,
    /// Not empty for a drill.
    #[serde(default)]
    drill: String,
    /// The tablets of a drill: `trial`, `everyone`, or a cohort.
    #[serde(default)]
    to: String,
    /// The tablets of a drill by what stands on their backs.
    #[serde(default)]
    labels: String,
}

impl Typed {
    /// The same with the headline and the hours of what is known already.
    pub fn about(self, title: String, hours: u32) -> Self {
        Self {
            title,
            hours: hours.to_string(),
            ..self
        }
    }

    /// The text that was typed, without what is neither letter nor line.
    pub fn plain_text(&self) -> String {
        plain(&self.text)
    }
}

#[derive(Template)]
#[template(path = "emergencies/pages/emergency.html")]
struct FormPage {
    frame: Frame,
    typed: Typed,
    faults: Faults,
    cohorts: Vec<String>,
    /// It corrects one that was sent.
    is_correction: bool,
    /// Texts to begin from, in each language in which there are some.
    texts: Vec<TextsIn>,
}

/// Texts to begin from in one language.
struct TextsIn {
    language: Language,
    /// What the language is called by those who speak it; nothing for Japanese, in which residents are told.
    heading: Option<&'static str>,
    /// What each is called in an address, and what it is for.
    texts: Vec<(&'static str, &'static str)>,
}

impl TextsIn {
    /// Every language in which there are some. What those in Japanese are for is told in the reader's language.
    fn each_for(reader: Language) -> Vec<Self> {
        let each = languages().map(|language| {
            let is_japanese = language == Language::JAPANESE;
            let names_in = if is_japanese { reader } else { language };
            Self {
                language,
                heading: (!is_japanese).then(|| language_name(language)),
                texts: texts_in(language)
                    .map(|text| (text.id.as_str(), text.name(names_in)))
                    .collect(),
            }
        });
        each.filter(|it| !it.texts.is_empty()).collect()
    }
}

impl FormPage {
    fn is_drill(&self) -> bool {
        !self.typed.drill.is_empty()
    }
}

/// The form: a new one, a drill, or a correction of one that was sent.
pub async fn form(
    signed_in: May<WriteEmergency>,
    State(backend): State<Room>,
    Query(which): Query<Which>,
) -> Result<Response, PageError> {
    let mut typed = Typed {
        drill: which.drill,
        to: "trial".to_owned(),
        hours: "6".to_owned(),
        ..Typed::default()
    };
    if let Some(text) = Text::named(&which.text) {
        let language = which.language.parse().unwrap_or_default();
        if let Some(words) = text.words(language) {
            typed.title.clone_from(&words.title);
            typed.text.clone_from(&words.text);
        }
        typed.hours = text.hours.to_string();
    }
    if !which.id.is_empty() {
        let known = found(&backend, &which.id).await?;
        typed = Typed {
            id: which.id,
            title: known.title,
            text: known.text,
            hours: known.hours.to_string(),
            drill: if known.drill { "1" } else { "" }.to_owned(),
            ..typed
        };
    }
    Ok(shown(
        &form_page(&backend, &signed_in, typed, Faults::default()).await?,
    ))
}

async fn form_page(
    backend: &Room,
    signed_in: &SignedIn,
    mut typed: Typed,
    faults: Faults,
) -> Result<FormPage, PageError> {
    if typed.new_id.is_empty() {
        typed.new_id = Uuid::new_v4().to_string();
    }
    let title = match (typed.id.is_empty(), typed.drill.is_empty()) {
        (false, _) => message("訂正を書く"),
        (true, false) => message("訓練を書く"),
        (true, true) => message("緊急のお知らせを書く"),
    };
    Ok(FormPage {
        frame: Frame::of(signed_in, "/console/emergencies", title),
        is_correction: !typed.id.is_empty(),
        typed,
        faults,
        cohorts: backend.store.cohorts().await?,
        texts: TextsIn::each_for(signed_in.language),
    })
}

/// Keeps what was written; another person releases it.
pub async fn write(
    signed_in: May<WriteEmergency>,
    State(backend): State<Room>,
    Form(typed): Form<Typed>,
) -> Result<Response, PageError> {
    let written = read(&typed, signed_in.language);
    let mut faults = written.as_ref().err().cloned().unwrap_or_default();
    let is_drill = !typed.drill.is_empty();
    let mut to = Vec::new();
    if typed.id.is_empty() && is_drill {
        let labels = labels_of(&typed);
        let tablets = backend.store.lent_tablets().await?;
        let unknown = labels.iter().any(|label| !is_known(label, &tablets));
        if unknown {
            faults.add("labels", tr(signed_in.language, "ないラベルがあります。タブレットの裏に書いてあるとおりに、コンマで分けて書いてください"));
        }
        to = addressed(&typed, &labels, &tablets);
        if to.is_empty() && !unknown {
            faults.add("to", tr(signed_in.language, "あてはまるタブレットがありません。ためし用のタブレットは「タブレット」のページで決めます"));
        }
    }
    let written = match faults.unless(|| written.ok()) {
        Ok(written) => written,
        Err(faults) => {
            let page = form_page(&backend, &signed_in, typed, faults).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&page)).into_response());
        }
    };
    let by = author(&signed_in);
    let now = Timestamp::now();
    let releasers = backend
        .notices
        .audience(Right::ReleaseEmergency, Some(by.id));
    if typed.id.is_empty() {
        let drill = is_drill.then_some(&*to);
        let id = typed.new_id.parse();
        let id = id.unwrap_or_else(|_| EmergencyId(Uuid::new_v4()));
        let kept = backend
            .store
            .write_emergency(id, &written, drill, by, Some(&releasers), now)
            .await?;
        if kept == Kept::Taken {
            return overtaken(&backend, &signed_in).await;
        }
    } else {
        let id = typed.id.parse().map_err(|_| PageError::NotFound)?;
        if !backend
            .store
            .correct_emergency(id, &written, by, Some(&releasers), now)
            .await?
        {
            return overtaken(&backend, &signed_in).await;
        }
    }
    Ok(Redirect::to("/console/emergencies").into_response())
}

/// What was typed, or what is wrong with it, each beside its field.
pub fn read(typed: &Typed, language: Language) -> Result<Written, Faults> {
    let mut faults = Faults::default();
    let title = plain(&typed.title).replace('\n', " ");
    let text = plain(&typed.text);
    let fits = |text: &str, limit: usize| (1..=limit).contains(&text.chars().count());
    if !fits(&title, Emergency::TITLE) {
        faults.add("title", tr(language, "1文字から24文字までで書いてください"));
    }
    if !fits(&text, Emergency::TEXT) {
        faults.add("text", tr(language, "1文字から200文字までで書いてください"));
    }
    for (field, words) in [("title", &title), ("text", &text)] {
        if words.contains(GAP) {
            faults.add(
                field,
                tr(language, "「○○」のところを、書きかえるか消してください"),
            );
        }
    }
    let hours = typed.hours.parse().ok().filter(|it| HOURS.contains(it));
    if hours.is_none() {
        faults.add("hours", tr(language, "一覧から選んでください"));
    }
    faults.unless(|| {
        Some(Written {
            title,
            text,
            hours: hours?,
        })
    })
}

/// A text without what is neither letter nor line.
fn plain(text: &str) -> String {
    let text = text.trim().replace("\r\n", "\n");
    text.chars()
        .filter(|it| *it == '\n' || !it.is_control())
        .collect()
}

/// What stands on the backs of the tablets that were named.
fn labels_of(typed: &Typed) -> HashSet<&str> {
    let labels = typed.labels.split([',', '、', '\n']).map(str::trim);
    labels.filter(|label| !label.is_empty()).collect()
}

/// Whether a tablet that is lent bears this label.
fn is_known(label: &str, tablets: &[LentTablet]) -> bool {
    let mut lent = tablets.iter().filter(|tablet| tablet.wipe[2].is_none());
    lent.any(|tablet| tablet.label.as_deref() == Some(label))
}

/// The tablets of a drill.
fn addressed(typed: &Typed, labels: &HashSet<&str>, tablets: &[LentTablet]) -> Vec<TabletId> {
    let is_meant = |tablet: &LentTablet| {
        let label = tablet.label.as_deref();
        label.is_some_and(|it| labels.contains(it))
            || match typed.to.as_str() {
                "everyone" => true,
                "trial" => tablet.trial_at.is_some() && labels.is_empty(),
                "labels" | "" => false,
                cohort => tablet.cohort.as_deref() == Some(cohort),
            }
    };
    let lent = tablets
        .iter()
        .filter(|tablet| tablet.wipe[2].is_none() && is_meant(tablet));
    lent.map(|tablet| tablet.tablet).collect()
}
