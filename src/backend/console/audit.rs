//! The audit log as a page and as a file.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use serde::Deserialize;

use super::{
    page::{Frame, PageError, kept_as, shown},
    session::SignedIn,
};
use crate::{
    http::Backend,
    rights::Right,
    store::{AuditEntry, AuditQuestion},
};

/// Entries on one page, and in one file.
const ON_A_PAGE: u32 = 100;
const IN_A_FILE: u32 = 100_000;

/// What is looked for.
#[derive(Debug, Deserialize)]
pub struct Looked {
    #[serde(default)]
    text: String,
    below: Option<u64>,
}

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    frame: Frame,
    text: String,
    entries: Vec<AuditEntry>,
    /// Where older entries go on.
    older: Option<u64>,
    broken_at: Option<u64>,
}

/// The page.
pub async fn list(
    State(backend): State<Backend>,
    signed_in: SignedIn,
    Query(looked): Query<Looked>,
) -> Result<Response, PageError> {
    signed_in.must(Right::SeeAudit)?;
    let question = AuditQuestion {
        text: looked.text.clone(),
        below: looked.below,
        limit: ON_A_PAGE,
    };
    let entries = backend.store.audit(&question).await?;
    let is_full = entries.len() == ON_A_PAGE as usize;
    Ok(shown(&AuditPage {
        frame: Frame::of(&signed_in, "/console/audit", ("操作の記録", "Audit log")),
        text: looked.text,
        older: entries.last().filter(|_| is_full).map(|it| it.number),
        entries,
        broken_at: backend.store.audit_is_broken_at().await?,
    }))
}

/// The log as CSV.
pub async fn csv(
    State(backend): State<Backend>,
    signed_in: SignedIn,
    Query(looked): Query<Looked>,
) -> Result<Response, PageError> {
    signed_in.must(Right::SeeAudit)?;
    let question = AuditQuestion {
        text: looked.text,
        below: None,
        limit: IN_A_FILE,
    };
    let entries = backend.store.audit(&question).await?;
    let written = written(&entries).map_err(anyhow::Error::from)?;
    Ok(kept_as(
        "kairan-audit.csv",
        "text/csv; charset=utf-8",
        written,
    ))
}

fn written(entries: &[AuditEntry]) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record([
        "number",
        "happened_at",
        "who",
        "deed",
        "subject",
        "was",
        "is_now",
    ])?;
    for entry in entries {
        let plain = super::plain_in_a_spreadsheet;
        out.write_record([
            entry.number.to_string(),
            entry.happened_at.to_string(),
            plain(&entry.who),
            plain(&entry.deed),
            plain(&entry.subject),
            plain(&entry.was),
            plain(&entry.is_now),
        ])?;
    }
    out.into_inner().map_err(|error| error.into_error().into())
}
