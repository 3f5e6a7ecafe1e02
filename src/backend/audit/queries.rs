//! The audit log: who did what, when, from what to what. Entries are only ever added, each with the hash of
//! the one before it.

use jiff::Timestamp;
use kairan_contract::Sha256;
use sqlx::AnyConnection;

use crate::database::{Database, DatabaseError, from_row, signed, unsigned};

/// Letters that are kept of what was and of what is now: the whole of a catalogue stands in its revision.
const LONGEST: usize = 2_000;

/// Who has done what is done on the command line.
pub const COMMAND_LINE: &str = "command line";

/// What can be done that is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// A revision of the catalogue came into force.
    CataloguePublished,
    /// A draft waits for its date, or is tried on some tablets.
    CataloguePlanned,
    /// It no longer does.
    CataloguePlanDropped,
    /// An operator took over what a provider had changed.
    DraftTakenOver,
    /// An operator gave it back, and said why.
    DraftSentBack,
    /// An emergency, a drill or a correction was written.
    EmergencyWritten,
    /// Another person sent it.
    EmergencyReleased,
    /// It was told that it is over.
    EmergencyEnded,
    /// It was let go before it was sent.
    EmergencyDropped,
    /// A loan was begun.
    LoanBegun,
    /// A loan was ended.
    LoanEnded,
    /// A loan went on with another tablet.
    TabletReplaced,
    /// A tablet got its label.
    TabletLabelled,
    /// A tablet was told to lock.
    TabletLocked,
    /// A tablet was told to open.
    TabletOpened,
    /// A tablet was told to forget its loan.
    TabletWiped,
    /// A tablet gets first what is tried.
    TabletOnTrial,
    /// A tablet gets everything with the others.
    TabletNotOnTrial,
    /// A tablet that the council owns was registered.
    TabletRegistered,
    /// It is not lent for now.
    TabletPutAway,
    /// It is lent again.
    TabletTakenUp,
    /// A request was settled.
    RequestSettled,
    /// Somebody looked at what a resident tells with a request.
    RequestSeen,
    /// Somebody took a step with a request.
    RequestAnswered,
    /// Somebody came in.
    SignedIn,
    /// Somebody was added.
    PersonAdded,
    /// Somebody was barred.
    PersonBarred,
    /// Somebody was let in again.
    PersonLetIn,
    /// Somebody is there for something else now.
    RoleChanged,
    /// Somebody got another password.
    PasswordRenewed,
    /// Somebody took another password.
    PasswordChanged,
    /// Somebody is told by e-mail at another address, or none.
    MailChanged,
    /// Records were taken out.
    RecordsExported,
    /// A provider's machine was let in.
    ConnectionMade,
    /// It got another token.
    ConnectionRenewed,
    /// It is let in no more.
    ConnectionRevoked,
    /// Its webhooks go elsewhere, or nowhere.
    EndpointChanged,
}

impl Act {
    /// Every one.
    pub const ALL: [Self; 37] = [
        Self::CataloguePublished,
        Self::CataloguePlanned,
        Self::CataloguePlanDropped,
        Self::DraftTakenOver,
        Self::DraftSentBack,
        Self::EmergencyWritten,
        Self::EmergencyReleased,
        Self::EmergencyEnded,
        Self::EmergencyDropped,
        Self::LoanBegun,
        Self::LoanEnded,
        Self::TabletReplaced,
        Self::TabletLabelled,
        Self::TabletLocked,
        Self::TabletOpened,
        Self::TabletWiped,
        Self::TabletOnTrial,
        Self::TabletNotOnTrial,
        Self::TabletRegistered,
        Self::TabletPutAway,
        Self::TabletTakenUp,
        Self::RequestSettled,
        Self::RequestSeen,
        Self::RequestAnswered,
        Self::SignedIn,
        Self::PersonAdded,
        Self::PersonBarred,
        Self::PersonLetIn,
        Self::RoleChanged,
        Self::PasswordRenewed,
        Self::PasswordChanged,
        Self::MailChanged,
        Self::RecordsExported,
        Self::ConnectionMade,
        Self::ConnectionRenewed,
        Self::ConnectionRevoked,
        Self::EndpointChanged,
    ];

    /// Its word in the log, which never changes.
    pub const fn word(self) -> &'static str {
        match self {
            Self::CataloguePublished => "catalogue_published",
            Self::CataloguePlanned => "catalogue_planned",
            Self::CataloguePlanDropped => "catalogue_plan_dropped",
            Self::DraftTakenOver => "draft_taken_over",
            Self::DraftSentBack => "draft_sent_back",
            Self::EmergencyWritten => "emergency_written",
            Self::EmergencyReleased => "emergency_released",
            Self::EmergencyEnded => "emergency_ended",
            Self::EmergencyDropped => "emergency_dropped",
            Self::LoanBegun => "loan_begun",
            Self::LoanEnded => "loan_ended",
            Self::TabletReplaced => "tablet_replaced",
            Self::TabletLabelled => "tablet_labelled",
            Self::TabletLocked => "tablet_locked",
            Self::TabletOpened => "tablet_opened",
            Self::TabletWiped => "tablet_wiped",
            Self::TabletOnTrial => "tablet_on_trial",
            Self::TabletNotOnTrial => "tablet_not_on_trial",
            Self::TabletRegistered => "tablet_registered",
            Self::TabletPutAway => "tablet_put_away",
            Self::TabletTakenUp => "tablet_taken_up",
            Self::RequestSettled => "request_settled",
            Self::RequestSeen => "request_seen",
            Self::RequestAnswered => "request_answered",
            Self::SignedIn => "signed_in",
            Self::PersonAdded => "person_added",
            Self::PersonBarred => "person_barred",
            Self::PersonLetIn => "person_let_in",
            Self::RoleChanged => "role_changed",
            Self::PasswordRenewed => "password_renewed",
            Self::PasswordChanged => "password_changed",
            Self::MailChanged => "mail_changed",
            Self::RecordsExported => "records_exported",
            Self::ConnectionMade => "connection_made",
            Self::ConnectionRenewed => "connection_renewed",
            Self::ConnectionRevoked => "connection_revoked",
            Self::EndpointChanged => "endpoint_changed",
        }
    }
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    /// Who: the name of a person, or `command line`.
    pub who: String,
    /// What.
    pub deed: Act,
    /// To what.
    pub subject: String,
    /// What was before.
    pub was: String,
    /// What is now.
    pub is_now: String,
}

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// 1, 2, 3 … without gaps.
    pub number: u64,
    /// When.
    pub happened_at: Timestamp,
    /// Who.
    pub who: String,
    /// What: the word of an [`Act`].
    pub deed: String,
    /// To what.
    pub subject: String,
    /// What was before.
    pub was: String,
    /// What is now.
    pub is_now: String,
}

/// What is looked for in the log.
#[derive(Debug, Clone, Default)]
pub struct AuditQuestion {
    /// A part of who, what, or to what; everything where it is empty.
    pub text: String,
    /// Entries of these as well.
    pub acts: Vec<Act>,
    /// Only entries below this number; the newest where it is absent.
    pub below: Option<u64>,
    /// At most so many.
    pub limit: u32,
}

struct Read {
    number: i64,
    happened_at: i64,
    who: String,
    deed: String,
    subject: String,
    was: String,
    is_now: String,
    sha256: String,
}

from_row!(Read {
    number,
    happened_at,
    who,
    deed,
    subject,
    was,
    is_now,
    sha256,
});

impl Database {
    /// Writes down what was done.
    pub async fn write_down(&self, deed: &Deed, now: Timestamp) -> Result<(), DatabaseError> {
        self.in_transaction(async |connection| write_down(connection, deed, now).await)
            .await
    }

    /// The entries that are asked for, the newest first.
    pub async fn audit(&self, question: &AuditQuestion) -> Result<Vec<AuditEntry>, DatabaseError> {
        let below = question.below.map_or(i64::MAX, signed);
        // What was typed is looked for as it is: its signs mean nothing.
        let typed = question.text.replace('!', "!!");
        let typed = typed.replace('%', "!%").replace('_', "!_");
        let acts: Vec<&str> = question.acts.iter().map(|it| it.word()).collect();
        let acts = acts.join(" ");
        let rows: Vec<Read> = sqlx::query_as(
            "SELECT number, happened_at, who, deed, subject, was, is_now, sha256 FROM audit
             WHERE number < $1 AND (LOWER(who || ' ' || deed || ' ' || subject) LIKE LOWER($2) ESCAPE '!'
                 OR $3 LIKE '% ' || deed || ' %')
             ORDER BY number DESC LIMIT $4",
        )
        .bind(below)
        .bind(format!("%{typed}%"))
        .bind(format!(" {acts} "))
        .bind(i64::from(question.limit))
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(entry).collect()
    }

    /// The number of the first entry that was changed, or after which one is missing; none if the log is whole.
    pub async fn audit_is_broken_at(&self) -> Result<Option<u64>, DatabaseError> {
        // What is written meanwhile is looked at the next time.
        let (number, sha256): (i64, String) =
            sqlx::query_as("SELECT number, sha256 FROM audit_head")
                .fetch_one(&self.readers)
                .await?;
        let rows: Vec<Read> = sqlx::query_as(
            "SELECT number, happened_at, who, deed, subject, was, is_now, sha256 FROM audit
             WHERE number <= $1 ORDER BY number",
        )
        .bind(number)
        .fetch_all(&self.readers)
        .await?;
        let mut before = String::new();
        for (number, row) in (1..).zip(&rows) {
            if row.number != number || row.sha256 != seal(&before, row) {
                return Ok(Some(unsigned(number)));
            }
            before.clone_from(&row.sha256);
        }
        let is_whole = sha256 == before && usize::try_from(number) == Ok(rows.len());
        Ok((!is_whole).then(|| rows.len() as u64 + 1))
    }
}

/// Writes down what was done, together with the doing of it.
pub(crate) async fn write_down(
    connection: &mut AnyConnection,
    deed: &Deed,
    now: Timestamp,
) -> Result<(), DatabaseError> {
    // The update comes first: whoever writes next waits for it.
    sqlx::query("UPDATE audit_head SET number = number + 1")
        .execute(&mut *connection)
        .await?;
    let (number, before): (i64, String) = sqlx::query_as("SELECT number, sha256 FROM audit_head")
        .fetch_one(&mut *connection)
        .await?;
    let mut row = Read {
        number,
        happened_at: now.as_millisecond(),
        who: shortened(&deed.who),
        deed: deed.deed.word().to_owned(),
        subject: shortened(&deed.subject),
        was: shortened(&deed.was),
        is_now: shortened(&deed.is_now),
        sha256: String::new(),
    };
    row.sha256 = seal(&before, &row);
    sqlx::query(
        "INSERT INTO audit (number, happened_at, who, deed, subject, was, is_now, sha256)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(row.number)
    .bind(row.happened_at)
    .bind(row.who)
    .bind(row.deed)
    .bind(row.subject)
    .bind(row.was)
    .bind(row.is_now)
    .bind(row.sha256.clone())
    .execute(&mut *connection)
    .await?;
    sqlx::query("UPDATE audit_head SET sha256 = $1")
        .bind(row.sha256)
        .execute(&mut *connection)
        .await?;
    Ok(())
}

fn shortened(text: &str) -> String {
    // PostgreSQL keeps no text with a NUL in it.
    text.chars()
        .filter(|it| *it != '\0')
        .take(LONGEST)
        .collect()
}

/// The hash over an entry and the one before it.
fn seal(before: &str, row: &Read) -> String {
    let sealed = serde_json::json!([
        before,
        row.number,
        row.happened_at,
        row.who,
        row.deed,
        row.subject,
        row.was,
        row.is_now
    ]);
    Sha256::of(sealed.to_string().as_bytes()).to_string()
}

fn entry(row: Read) -> Result<AuditEntry, DatabaseError> {
    let damaged = |_| DatabaseError::Damaged("an entry of the audit log".to_owned());
    Ok(AuditEntry {
        number: unsigned(row.number),
        happened_at: Timestamp::from_millisecond(row.happened_at).map_err(damaged)?,
        who: row.who,
        deed: row.deed,
        subject: row.subject,
        was: row.was,
        is_now: row.is_now,
    })
}
