//! The audit log as a page and as a file.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use serde::Deserialize;

use super::queries::{Act, AuditEntry, AuditQuestion};
use crate::{
    audit::room::Room,
    pages::{Frame, PageError, Right, SignedIn, kept_as, shown},
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
#[template(path = "audit/audit.html")]
struct AuditPage {
    frame: Frame,
    text: String,
    entries: Vec<AuditEntry>,
    /// Where older entries go on.
    older: Option<u64>,
    broken_at: Option<u64>,
}

impl AuditPage {
    fn words(&self, deed: &str) -> String {
        let known = Act::ALL.into_iter().find(|act| act.word() == deed);
        known.map_or_else(
            || deed.to_owned(),
            |act| self.frame.say(words(act).0, words(act).1).to_owned(),
        )
    }
}

/// What is asked of the log: the words for what was done are found as they stand on the page.
fn question(text: &str, below: Option<u64>, limit: u32) -> AuditQuestion {
    let typed = text.trim().to_lowercase();
    let means = |act: &Act| {
        let (japanese, english) = words(*act);
        !typed.is_empty() && (japanese.contains(&typed) || english.to_lowercase().contains(&typed))
    };
    AuditQuestion {
        text: text.trim().to_owned(),
        acts: Act::ALL.into_iter().filter(means).collect(),
        below,
        limit,
    }
}

/// The page.
pub async fn list(
    State(backend): State<Room>,
    signed_in: SignedIn,
    Query(looked): Query<Looked>,
) -> Result<Response, PageError> {
    signed_in.must(Right::SeeAudit)?;
    let question = question(&looked.text, looked.below, ON_A_PAGE);
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
    State(backend): State<Room>,
    signed_in: SignedIn,
    Query(looked): Query<Looked>,
) -> Result<Response, PageError> {
    signed_in.must(Right::SeeAudit)?;
    let question = question(&looked.text, None, IN_A_FILE);
    let entries = backend.store.audit(&question).await?;
    let written = written(&entries).map_err(anyhow::Error::from)?;
    Ok(kept_as(
        "kairan-audit.csv",
        "text/csv; charset=utf-8",
        written,
    ))
}

fn written(entries: &[AuditEntry]) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(crate::pages::spreadsheet::BYTE_ORDER_MARK.to_vec());
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
        let plain = crate::pages::spreadsheet::plain_in_a_spreadsheet;
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

/// What was done, in words.
const fn words(act: Act) -> (&'static str, &'static str) {
    match act {
        Act::CataloguePublished => ("カタログを公開した", "Published the catalogue"),
        Act::CataloguePlanned => (
            "公開を予定した、またはためし始めた",
            "Planned a publication or a trial",
        ),
        Act::CataloguePlanDropped => ("予定・ためしをやめた", "Dropped a plan or a trial"),
        Act::DraftTakenOver => ("提供者の変更を受け取った", "Took over a provider's changes"),
        Act::DraftSentBack => ("提供者の変更を返した", "Gave a provider's changes back"),
        Act::EmergencyWritten => ("緊急のお知らせを書いた", "Wrote an emergency"),
        Act::EmergencyReleased => ("緊急のお知らせを送った", "Sent an emergency"),
        Act::EmergencyEnded => ("緊急のお知らせを終わらせた", "Ended an emergency"),
        Act::EmergencyDropped => (
            "送る前の緊急のお知らせをやめた",
            "Dropped an unsent emergency",
        ),
        Act::LoanBegun => ("貸し出しを始めた", "Began a loan"),
        Act::LoanEnded => ("貸し出しを終えた", "Ended a loan"),
        Act::TabletReplaced => ("タブレットを取りかえた", "Replaced a tablet"),
        Act::TabletLabelled => ("タブレットに札をつけた", "Labelled a tablet"),
        Act::TabletLocked => ("タブレットをロックした", "Locked a tablet"),
        Act::TabletOpened => ("ロックをといた", "Unlocked a tablet"),
        Act::TabletWiped => ("タブレットを消すよう伝えた", "Told a tablet to be wiped"),
        Act::TabletOnTrial => ("ためし用にした", "Put a tablet on trial"),
        Act::TabletNotOnTrial => ("ためし用をやめた", "Took a tablet off trial"),
        Act::TabletRegistered => ("タブレットを台帳に加えた", "Registered a tablet"),
        Act::TabletPutAway => ("タブレットを使えないことにした", "Put a tablet away"),
        Act::TabletTakenUp => ("タブレットをまた使うことにした", "Took a tablet up again"),
        Act::RequestSettled => ("電話の依頼に答えた", "Settled a request"),
        Act::SignedIn => ("サインインした", "Signed in"),
        Act::PersonAdded => ("使う人を加えた", "Added a person"),
        Act::PersonBarred => ("使う人を止めた", "Barred a person"),
        Act::PersonLetIn => ("使う人をまた入れるようにした", "Let a person in again"),
        Act::RoleChanged => ("役割を変えた", "Changed a role"),
        Act::PasswordRenewed => ("パスワードを新しくした", "Renewed a password"),
        Act::PasswordChanged => ("自分のパスワードを変えた", "Changed their own password"),
        Act::MailChanged => ("メールアドレスを変えた", "Changed a mail address"),
        Act::RecordsExported => ("利用記録を持ち出した", "Exported records"),
    }
}
