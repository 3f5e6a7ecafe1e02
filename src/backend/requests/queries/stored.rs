//! A request as it stands in the database.

use jiff::Timestamp;
use kairan_contract::{
    Appointment, FormId, Proposal, ProviderId, Reason, RequestId, RequestNumber, RequestStatus,
    ServiceId, Sha256, TelephoneNumber, WindowId, Yen,
};
use serde::de::{DeserializeOwned, IntoDeserializer as _, value::StrDeserializer};
use sqlx::AnyConnection;

use crate::database::{Database, DatabaseError, from_row};

/// A request as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRequest {
    /// Which.
    pub id: RequestId,
    /// Under which number people speak of it.
    pub number: RequestNumber,
    /// What kind of request it is.
    pub kind: StoredKind,
    /// What was asked for, as residents were told it.
    pub title: String,
    /// Who answers, as residents know it.
    pub provider_name: String,
    /// Where they can be rung.
    pub telephone: Option<TelephoneNumber>,
    /// Whether the town itself answers.
    pub is_town: bool,
    /// When it arrived.
    pub asked_at: Timestamp,
    /// How it stands.
    pub status: RequestStatus,
    /// Since when.
    pub since: Timestamp,
    /// How many steps it has taken; the first is that it was asked.
    pub revision: u32,
    /// The revision of the counter with its last step.
    pub change: u64,
    /// Until when somebody answers.
    pub answer_by: Option<Timestamp>,
    /// When the clock alone ends how it stands.
    pub due_at: Option<Timestamp>,
    /// Until when it can be cancelled freely.
    pub cancel_until: Option<Timestamp>,
    /// When it takes place.
    pub appointment: Option<Appointment>,
    /// What it comes to.
    pub total: Option<Yen>,
    /// What is proposed instead.
    pub proposal: Option<Proposal>,
    /// Why the backend itself sent it back, or ended it.
    pub reason: Option<Reason>,
    /// Whether it keeps goods and a place from others.
    pub holds: bool,
    /// The window it asks for.
    pub window: Option<WindowId>,
    /// What is sealed of it; none once it was erased.
    pub sealed: Option<String>,
    /// Under which name its loan's requests are found; none once it was erased.
    pub loan: Option<String>,
    /// For how many days after its end that is kept.
    pub keep_days: u16,
}

/// What kind of request it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredKind {
    /// That somebody rings.
    CallBack {
        /// The pseudonym of the loan.
        participation: String,
        /// The screen from which it was asked.
        screen: String,
    },
    /// What a form asks for.
    Form {
        /// The tile.
        service: ServiceId,
        /// The form.
        form: FormId,
        /// Which version of it.
        version: Sha256,
        /// Who answers; none where its tile was gone when it arrived.
        provider: Option<ProviderId>,
    },
}

/// A row of the table, as far as it is read.
pub(super) struct Row {
    id: String,
    number: i64,
    kind: String,
    participation: Option<String>,
    loan: Option<String>,
    screen: Option<String>,
    service: Option<String>,
    form: Option<String>,
    form_version: Option<String>,
    title: String,
    provider: Option<String>,
    provider_name: String,
    telephone: Option<String>,
    is_town: i64,
    asked_at: i64,
    status: String,
    since: i64,
    revision: i64,
    change: i64,
    answer_by: Option<i64>,
    due_at: Option<i64>,
    cancel_until: Option<i64>,
    begins_at: Option<i64>,
    ends_at: Option<i64>,
    total: Option<i64>,
    new_begins_at: Option<i64>,
    new_ends_at: Option<i64>,
    new_total: Option<i64>,
    reason: Option<String>,
    holds: i64,
    window_id: Option<String>,
    sealed: Option<String>,
    keep_days: i64,
}

from_row!(Row {
    id,
    number,
    kind,
    participation,
    loan,
    screen,
    service,
    form,
    form_version,
    title,
    provider,
    provider_name,
    telephone,
    is_town,
    asked_at,
    status,
    since,
    revision,
    change,
    answer_by,
    due_at,
    cancel_until,
    begins_at,
    ends_at,
    total,
    new_begins_at,
    new_ends_at,
    new_total,
    reason,
    holds,
    window_id,
    sealed,
    keep_days,
});

impl TryFrom<Row> for StoredRequest {
    type Error = DatabaseError;

    fn try_from(row: Row) -> Result<Self, DatabaseError> {
        let proposal_until = row.due_at.filter(|_| row.status == "proposed");
        let proposal = proposal_until.map(|until| {
            Ok::<_, DatabaseError>(Proposal {
                appointment: appointment(row.new_begins_at, row.new_ends_at)?,
                total: row.new_total.map(yen).transpose()?,
                until: time(until)?,
            })
        });
        let kind = if row.kind == "call_back" {
            StoredKind::CallBack {
                participation: row.participation.unwrap_or_default(),
                screen: row.screen.unwrap_or_default(),
            }
        } else {
            StoredKind::Form {
                service: parsed(row.service)?,
                form: parsed(row.form)?,
                version: parsed(row.form_version)?,
                provider: row.provider.map(|it| parsed(Some(it))).transpose()?,
            }
        };
        Ok(Self {
            id: row.id.parse().map_err(|_| damaged())?,
            number: RequestNumber::from_number(small(row.number)?),
            kind,
            title: row.title,
            provider_name: row.provider_name,
            telephone: row
                .telephone
                .map(|it| TelephoneNumber::try_from(it).map_err(|_| damaged()))
                .transpose()?,
            is_town: row.is_town != 0,
            asked_at: time(row.asked_at)?,
            status: word(&row.status)?,
            since: time(row.since)?,
            revision: small(row.revision)?,
            change: u64::try_from(row.change).map_err(|_| damaged())?,
            answer_by: row.answer_by.map(time).transpose()?,
            due_at: row.due_at.map(time).transpose()?,
            cancel_until: row.cancel_until.map(time).transpose()?,
            appointment: appointment(row.begins_at, row.ends_at)?,
            total: row.total.map(yen).transpose()?,
            proposal: proposal.transpose()?,
            reason: row.reason.as_deref().map(word).transpose()?,
            holds: row.holds != 0,
            window: row.window_id.map(|it| parsed(Some(it))).transpose()?,
            sealed: row.sealed,
            loan: row.loan,
            keep_days: u16::try_from(row.keep_days).map_err(|_| damaged())?,
        })
    }
}

impl Database {
    /// One request; none if there is none with this id.
    pub async fn request(&self, id: RequestId) -> Result<Option<StoredRequest>, DatabaseError> {
        let row: Option<Row> = sqlx::query_as("SELECT * FROM requests WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(&self.readers)
            .await?;
        row.map(StoredRequest::try_from).transpose()
    }
}

/// One request as this transaction sees it.
pub(super) async fn stored(
    connection: &mut AnyConnection,
    id: RequestId,
) -> Result<Option<StoredRequest>, DatabaseError> {
    let row: Option<Row> = sqlx::query_as("SELECT * FROM requests WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(&mut *connection)
        .await?;
    row.map(StoredRequest::try_from).transpose()
}

/// A word as it travels and stands in the database.
pub(super) fn word<T: DeserializeOwned>(text: &str) -> Result<T, DatabaseError> {
    let text: StrDeserializer<'_, serde::de::value::Error> = text.into_deserializer();
    T::deserialize(text).map_err(|_| damaged())
}

pub(super) fn damaged() -> DatabaseError {
    DatabaseError::Damaged("a request".to_owned())
}

pub(super) fn time(at: i64) -> Result<Timestamp, DatabaseError> {
    Timestamp::from_millisecond(at).map_err(|_| damaged())
}

fn appointment(
    begins_at: Option<i64>,
    ends_at: Option<i64>,
) -> Result<Option<Appointment>, DatabaseError> {
    let (Some(begins_at), Some(ends_at)) = (begins_at, ends_at) else {
        return Ok(None);
    };
    Ok(Some(Appointment {
        begins_at: time(begins_at)?,
        ends_at: time(ends_at)?,
    }))
}

fn yen(amount: i64) -> Result<Yen, DatabaseError> {
    let yen = small(amount)?.try_into();
    yen.map_err(|_| damaged())
}

fn small(number: i64) -> Result<u32, DatabaseError> {
    u32::try_from(number).map_err(|_| damaged())
}

fn parsed<T: std::str::FromStr>(text: Option<String>) -> Result<T, DatabaseError> {
    text.and_then(|it| it.parse().ok()).ok_or_else(damaged)
}
