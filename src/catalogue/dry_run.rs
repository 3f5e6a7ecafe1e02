//! `kairan try`: what a source would give, before anything is saved.

use std::path::Path;

use jiff::{Timestamp, civil::DateTime};
use kairan_contract::Language;
use kairan_text::{tr, way_in_words};
use serde_json::{Value, json};
use url::Url;

use crate::{fault::Fault, loading::source_settings};
use kairan_sources::{
    DraftContent, Gleaned, Skipped, SourceError,
    beside::{Beside, Role, read_anywhere},
    fetch::{AllowedHosts, Answer, Fetcher, Validators, document_limit, headers_for},
    japan::{JAPAN, day_in_japan},
    reading::{Circumstances, read},
    source::ContentSource,
    timetable,
};

/// What to try, as it stands on the command line.
#[derive(Debug, Clone)]
pub struct DryRun {
    /// The kind, as in the catalogue.
    pub kind: String,
    /// A file or an address.
    pub source: String,
    /// Settings, each `KEY=VALUE`.
    pub settings: Vec<String>,
    /// The moment from which one looks.
    pub now: Timestamp,
    /// Whether what is past, expired or too old is shown as well.
    pub all: bool,
    /// The files beside a catalogue, and the hosts inside private networks that it allows; any file and no such host
    /// where somebody tries on the command line.
    pub catalogue: Option<(Beside, Vec<String>)>,
}

/// Why nothing could be tried.
#[derive(Debug, thiserror::Error)]
pub enum DryRunError {
    /// A setting that is none.
    #[error("`{0}` is no setting — write KEY=VALUE, such as --set area=2710000")]
    NoSetting(String),
    /// Settings that the kind does not understand.
    #[error("{}", in_lines(.0))]
    Settings(Vec<String>),
    /// The source gave nothing.
    #[error("{name}: {why}")]
    Source {
        /// The source, as it was named.
        name: String,
        /// Why.
        why: SourceError,
    },
}

fn in_lines(faults: &[String]) -> String {
    faults.join("\n")
}

/// What came of it.
#[derive(Debug)]
pub struct DryRunReport {
    /// The items.
    pub items: Vec<Value>,
    /// What was left out, and what the operator should know.
    pub skipped: Vec<Skipped>,
    /// Whether residents would be shown something: that no warning is in force is worth showing.
    pub usable: bool,
}

/// A moment on the command line: `2026-12-02T10:00` in Japan, or a day, or with a zone of its own.
pub fn moment(text: &str) -> Result<Timestamp, String> {
    let local: Option<DateTime> = text.parse().ok();
    text.parse::<Timestamp>()
        .ok()
        .or_else(|| JAPAN.to_timestamp(local?).ok())
        .ok_or_else(|| format!("`{text}` is no moment such as 2026-12-02T10:00"))
}

/// Tries a source.
pub async fn attempt(trial: &DryRun, language: Language) -> Result<DryRunReport, DryRunError> {
    let settings = settings_text(trial)?;
    let lists_stops = trial.kind == "timetable" && !names(&trial.settings, "stop");
    let settings = if lists_stops {
        format!("{settings}stop = \"?\"\n")
    } else {
        settings
    };
    let source = source_settings(&settings).map_err(|faults| {
        let told = |fault: &Fault| fault.in_words(language);
        DryRunError::Settings(faults.iter().map(told).collect())
    })?;
    let (bytes, address) = fetched(trial, &source)
        .await
        .map_err(|why| told(trial, why))?;
    let circumstances = Circumstances {
        now: trial.now,
        all: trial.all,
        address,
        id: "try".to_owned(),
        title: "try".to_owned(),
    };
    // Reading takes long for a large timetable: not on a thread that answers others.
    let (kind, of) = (source.kind, trial.clone());
    let reading = tokio::task::spawn_blocking(move || {
        if lists_stops {
            return stops(&bytes);
        }
        let gleaned = read(&kind, &bytes, &circumstances)?;
        Ok(report_of(gleaned, &of))
    });
    let done = reading
        .await
        .unwrap_or_else(|panic| Err(SourceError::NotUnderstood(panic.to_string())));
    done.map_err(|why| told(trial, why))
}

fn told(trial: &DryRun, why: SourceError) -> DryRunError {
    DryRunError::Source {
        name: trial.source.clone(),
        why,
    }
}

/// The stops of a timetable, for an operator who does not know their names yet.
fn stops(bytes: &[u8]) -> Result<DryRunReport, SourceError> {
    let (feed, mut skipped) = timetable::Feed::read(bytes)?;
    skipped.push(Skipped::told(
        "these are the stops; name one of them with --set stop=NAME".to_owned(),
    ));
    let items: Vec<Value> = feed.names().iter().map(|stop| json!(stop)).collect();
    Ok(DryRunReport {
        usable: !items.is_empty(),
        items,
        skipped,
    })
}

fn names(settings: &[String], key: &str) -> bool {
    settings.iter().any(|setting| {
        let name = setting.split_once('=').map(|(name, _)| name.trim());
        name == Some(key)
    })
}

/// The settings as they would stand in the catalogue.
fn settings_text(trial: &DryRun) -> Result<String, DryRunError> {
    let mut lines = vec![format!("kind = {}", toml::Value::from(trial.kind.as_str()))];
    let place = match trial.kind.as_str() {
        "page" | "audio" | "questionnaire" => "file",
        _ => "url",
    };
    lines.push(format!("{place} = \"source\""));
    for setting in &trial.settings {
        let no_setting = || DryRunError::NoSetting(setting.clone());
        let (key, value) = setting.split_once('=').ok_or_else(no_setting)?;
        let (key, value) = (key.trim(), value.trim());
        let is_key = !key.is_empty()
            && key
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
        if !is_key {
            return Err(no_setting());
        }
        let is_written_out = value.starts_with(['[', '{', '"']) || key == "every_minutes";
        let value = match key {
            _ if is_written_out => value.to_owned(),
            "include" | "exclude" => format!("[{}]", toml::Value::from(value)),
            _ => toml::Value::from(value).to_string(),
        };
        lines.push(format!("{key} = {value}"));
    }
    Ok(lines.join("\n") + "\n")
}

/// The bytes, and the address from which they came.
async fn fetched(trial: &DryRun, source: &ContentSource) -> Result<(Vec<u8>, String), SourceError> {
    let limit = document_limit(&source.kind);
    if !trial.source.contains("://") {
        let path = Path::new(&trial.source);
        let bytes = match &trial.catalogue {
            Some((beside, _)) => beside.read(path, Role::of(&source.kind), limit).await?,
            None => read_anywhere(path, limit).await?,
        };
        return Ok((bytes, String::new()));
    }
    let url = Url::parse(&trial.source)
        .map_err(|error| SourceError::NotUnderstood(format!("{}: {error}", trial.source)))?;
    let allowed = AllowedHosts::default();
    let (beside, hosts) = match &trial.catalogue {
        Some((beside, hosts)) => (beside.clone(), hosts.clone()),
        None => (Beside::at_a_terminal(), Vec::new()),
    };
    allowed.set(hosts);
    let fetcher =
        Fetcher::new(allowed).map_err(|error| SourceError::NotUnderstood(error.to_string()))?;
    let headers = headers_for(source, &url, &beside).await?;
    match fetcher
        .get(&url, &Validators::default(), headers, limit)
        .await?
    {
        Answer::Body { bytes, .. } => Ok((bytes, url.to_string())),
        Answer::NotModified => Ok((Vec::new(), url.to_string())),
    }
}

fn report_of(gleaned: Gleaned, trial: &DryRun) -> DryRunReport {
    let Gleaned { draft, mut skipped } = gleaned;
    let today = day_in_japan(trial.now);
    let is_answer = matches!(draft, DraftContent::Warnings(_));
    let items: Vec<Value> = match draft {
        DraftContent::Feed(articles) => articles.iter().map(|article| json!(article)).collect(),
        DraftContent::Weather(mut weather) => {
            skipped.push(Skipped::told(format!(
                "{} {}, reported at {}",
                weather.publishing_office, weather.area, weather.reported_at
            )));
            weather.days.retain(|day| trial.all || day.date >= today);
            weather.days.iter().map(|day| json!(day)).collect()
        }
        DraftContent::Warnings(warnings) => {
            skipped.push(Skipped::told(format!(
                "{}, as of {}{}",
                warnings.publishing_office,
                warnings.reported_at,
                warnings
                    .headline
                    .map(|text| format!(": {text}"))
                    .unwrap_or_default()
            )));
            warnings
                .in_force
                .iter()
                .map(|warning| json!(warning))
                .collect()
        }
        DraftContent::Places(places) => places
            .iter()
            .map(|place| {
                let mut item = json!(place);
                if let Some(metres) = place.metres {
                    item["way"] = way_in_words(Language::JAPANESE, metres).into();
                }
                item
            })
            .collect(),
        DraftContent::Events(occurrences) => occurrences.iter().map(|found| json!(found)).collect(),
        DraftContent::Timetable(board) => {
            board.departures.iter().map(|found| json!(found)).collect()
        }
        DraftContent::Measurements(values) => values.iter().map(|value| json!(value)).collect(),
        DraftContent::Audio(programme) => programme.steps.iter().map(|step| json!(step)).collect(),
        DraftContent::Questionnaire(questionnaire) => {
            let questions = questionnaire.questions.iter();
            questions.map(|question| json!(question)).collect()
        }
        DraftContent::Page(article) => vec![json!(article)],
    };
    DryRunReport {
        usable: is_answer || !items.is_empty(),
        items,
        skipped,
    }
}

/// How many things of which kind, in a person's words.
pub fn summary(kind: &str, report: &DryRunReport, language: Language) -> String {
    let (items, skipped) = (report.items.len(), report.skipped.iter());
    let left_out = skipped.filter(|skipped| skipped.line.is_some()).count();
    tr!(
        language,
        "{kind}: {items} 件、読めなかった行 {left_out} 件",
        kind,
        items,
        left_out
    )
}
