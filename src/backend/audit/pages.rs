//! The audit log as a page and as a file.

use askama::Template;
use axum::{
    extract::{Query, State},
    response::Response,
};
use kairan_text::{Message, languages, message};
use serde::Deserialize;

use super::queries::{Act, AuditEntry, AuditQuestion};
use crate::{
    audit::room::Room,
    pages::{Frame, May, PageError, kept_as, rights::SeeAudit, shown},
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
            |act| words(act).tr(self.frame.language).to_owned(),
        )
    }
}

/// What is asked of the log: the words for what was done are found as they stand on the page.
fn question(text: &str, below: Option<u64>, limit: u32) -> AuditQuestion {
    let typed = text.trim().to_lowercase();
    let means = |act: &Act| {
        let mut said = languages().map(|it| words(*act).tr(it).to_lowercase());
        !typed.is_empty() && said.any(|it| it.contains(&typed))
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
    signed_in: May<SeeAudit>,
    State(backend): State<Room>,
    Query(looked): Query<Looked>,
) -> Result<Response, PageError> {
    let question = question(&looked.text, looked.below, ON_A_PAGE);
    let entries = backend.store.audit(&question).await?;
    let is_full = entries.len() == ON_A_PAGE as usize;
    Ok(shown(&AuditPage {
        frame: Frame::of(&signed_in, "/console/audit", message("操作の記録")),
        text: looked.text,
        older: entries.last().filter(|_| is_full).map(|it| it.number),
        entries,
        broken_at: backend.store.audit_is_broken_at().await?,
    }))
}

/// The log as CSV.
pub async fn csv(
    _: May<SeeAudit>,
    State(backend): State<Room>,
    Query(looked): Query<Looked>,
) -> Result<Response, PageError> {
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
const fn words(act: Act) -> Message {
    match act {
        Act::CataloguePublished => message("カタログを公開した"),
        Act::CataloguePlanned => message("公開を予定した、またはためし始めた"),
        Act::CataloguePlanDropped => message("予定・ためしをやめた"),
        Act::DraftTakenOver => message("提供者の変更を受け取った"),
        Act::DraftSentBack => message("提供者の変更を返した"),
        Act::EmergencyWritten => message("緊急のお知らせを書いた"),
        Act::EmergencyReleased => message("緊急のお知らせを送った"),
        Act::EmergencyEnded => message("緊急のお知らせを終わらせた"),
        Act::EmergencyDropped => message("送る前の緊急のお知らせをやめた"),
        Act::LoanBegun => message("貸し出しを始めた"),
        Act::LoanEnded => message("貸し出しを終えた"),
        Act::TabletReplaced => message("タブレットを取りかえた"),
        Act::TabletLabelled => message("タブレットに札をつけた"),
        Act::TabletLocked => message("タブレットをロックした"),
        Act::TabletOpened => message("ロックをといた"),
        Act::TabletWiped => message("タブレットを消すよう伝えた"),
        Act::TabletOnTrial => message("ためし用にした"),
        Act::TabletNotOnTrial => message("ためし用をやめた"),
        Act::TabletRegistered => message("タブレットを台帳に加えた"),
        Act::TabletPutAway => message("タブレットを使えないことにした"),
        Act::TabletTakenUp => message("タブレットをまた使うことにした"),
        Act::RequestSettled => message("電話の依頼に答えた"),
        Act::RequestSeen => message("お願いの内容を見た"),
        Act::RequestAnswered => message("お願いに答えた"),
        Act::SignedIn => message("サインインした"),
        Act::PersonAdded => message("使う人を加えた"),
        Act::PersonBarred => message("使う人を止めた"),
        Act::PersonLetIn => message("使う人をまた入れるようにした"),
        Act::RoleChanged => message("役割を変えた"),
        Act::PasswordRenewed => message("パスワードを新しくした"),
        Act::PasswordChanged => message("自分のパスワードを変えた"),
        Act::MailChanged => message("メールアドレスを変えた"),
        Act::RecordsExported => message("利用記録を持ち出した"),
        Act::ConnectionMade => message("提供者のシステムをつないだ"),
        Act::ConnectionRenewed => message("接続の合言葉を新しくした"),
        Act::ConnectionRevoked => message("接続をやめた"),
        Act::EndpointChanged => message("接続の通知先を変えた"),
    }
}
