//! The figures of use, for the period and the cohort that an evaluator chooses; up to yesterday.

use kairan_contract::Language;
use kairan_text::{Message, message, message_in};
use std::io::{Cursor, Write as _};

use anyhow::Context as _;
use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use jiff::{Timestamp, ToSpan as _, civil::Date};
use kairan_evaluation::{
    evidence::Period,
    loans::{date_of, day_number},
    report::{Report, page},
    row::day_of,
};
use serde::Deserialize;
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::{
    pages::{Faults, Frame, May, PageError, kept_as, rights::SeeFigures, shown},
    usage::{
        reporting::{self, Ordered},
        room::Room,
    },
};

/// Days that are shown where none are chosen.
const USUAL_DAYS: i64 = 28;
/// Days of the longest period: ten years.
const LONGEST: i64 = 3_660;

/// What is asked for, as it was typed.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    /// The first day.
    #[serde(default)]
    pub from: String,
    /// The last day.
    #[serde(default)]
    pub to: String,
    /// The period of loans; all where it is empty.
    #[serde(default)]
    pub cohort: String,
}

#[derive(Template)]
#[template(path = "usage/pages/evaluation.html")]
struct EvaluationPage {
    frame: Frame,
    asked: Asked,
    cohorts: Vec<String>,
    latest: Date,
    faults: Faults,
    /// The report as HTML, and its charts' options.
    report: Option<(String, String)>,
}

/// The page.
pub async fn figures(
    signed_in: May<SeeFigures>,
    State(backend): State<Room>,
    Query(mut asked): Query<Asked>,
) -> Result<Response, PageError> {
    let latest = yesterday();
    if asked.from.is_empty() && asked.to.is_empty() {
        asked.to = latest.to_string();
        asked.from = latest.saturating_sub((USUAL_DAYS - 1).days()).to_string();
    }
    let cohorts = backend.store.cohorts().await?;
    let (report, faults) = match read(&asked, signed_in.language) {
        Ok(ordered) => {
            let report = reporting::computed(&backend.store, &ordered).await?;
            (
                Some((page::fragment(&report), page::charts(&report))),
                Faults::default(),
            )
        }
        Err(faults) => (None, faults),
    };
    Ok(shown(&EvaluationPage {
        frame: Frame::of(
            &signed_in,
            "/console/evaluation",
            message_in("a page", "利用の報告"),
        ),
        asked,
        cohorts,
        latest,
        faults,
        report,
    }))
}

/// The same figures as files: the page, a table for each, the dictionary, and JSON.
pub async fn figures_zip(
    signed_in: May<SeeFigures>,
    State(backend): State<Room>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let ordered = read(&asked, signed_in.language).map_err(|_| PageError::Unreadable)?;
    let report = reporting::computed(&backend.store, &ordered).await?;
    let name = format!("kairan-figures-{}-{}.zip", report.from, report.to);
    let packed = tokio::task::spawn_blocking(move || packed(&report)).await;
    let packed = packed.context("the files could not be packed")??;
    Ok(kept_as(&name, "application/zip", packed))
}

fn packed(report: &Report) -> anyhow::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in reporting::files(report)? {
        zip.start_file(name, SimpleFileOptions::default())?;
        zip.write_all(&bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// What is asked for, or what is wrong with it.
pub fn read(asked: &Asked, language: Language) -> Result<Ordered, Faults> {
    let wrong = |words: Message| Err(Faults::at("period", words.tr(language)));
    let day = |text: &str| text.trim().parse::<Date>().ok().map(day_number);
    let (Some(from), Some(to)) = (day(&asked.from), day(&asked.to)) else {
        return wrong(message("日付を 2026-04-01 のように入れてください。"));
    };
    if to < from {
        return wrong(message(
            "終わりの日が、はじめの日より前です。どちらかを直してください。",
        ));
    }
    if to - from > LONGEST {
        return wrong(message("期間が長すぎます。10年までにしてください。"));
    }
    let cohort = asked.cohort.trim();
    Ok(Ordered {
        period: Period { from, to },
        cohort: (!cohort.is_empty()).then(|| cohort.to_owned()),
        threshold: None,
    })
}

fn yesterday() -> Date {
    date_of(day_of(Timestamp::now().as_millisecond()) - 1)
}
