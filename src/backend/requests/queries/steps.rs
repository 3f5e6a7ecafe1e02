//! The steps of a request: each is one row that is only ever added, and the request stands as its last one says.

use jiff::Timestamp;
use kairan_contract::{Appointment, Proposal, Reason, RequestId, RequestStatus};
use sqlx::AnyConnection;

use super::{
    counter::{begin_change, count_up},
    stock,
    stored::{StoredKind, StoredRequest, damaged, stored, time, word},
};
use crate::{
    audit::queries::{Act, Deed, write_down},
    connections::{
        self,
        event::{EventType, RequestEvent},
    },
    database::{Database, DatabaseError, signed},
    requests::rules::{
        machine::{self, Actor, Refusal, Step},
        times::mend_until,
    },
};

/// A step that somebody takes.
#[derive(Debug, Clone, Default)]
pub struct StepTaken<'a> {
    /// The name of whoever does it at the desk.
    pub who: &'a str,
    /// What is said with it.
    pub words: Option<&'a str>,
    /// Why, where the backend itself says so.
    pub reason: Option<Reason>,
    /// What is proposed.
    pub proposal: Option<Proposal>,
}

/// Why somebody's step was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// There is no such request.
    #[error("there is no such request")]
    Unknown,
    /// Somebody else was faster: it stands otherwise than they saw.
    #[error("it has changed since it was looked at")]
    Changed(Box<StoredRequest>),
    /// It takes no such step.
    #[error("{1}")]
    Refused(Box<StoredRequest>, Refusal),
}

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// The revision that came of it.
    pub revision: u32,
    /// How it stands since.
    pub to: RequestStatus,
    /// The word of the step; `ask` for the first.
    pub step: String,
    /// The word of who took it.
    pub actor: String,
    /// Their name, if they did it at the desk.
    pub who: String,
    /// When.
    pub happened_at: Timestamp,
    /// Why, where the backend itself said so.
    pub reason: Option<Reason>,
}

impl Database {
    /// Somebody at the desk takes a step with a request that they have seen in this revision. Whoever comes second is told how
    /// it stands.
    pub async fn answer_request(
        &self,
        (id, seen): (RequestId, u32),
        (step, by): (Step, Actor),
        taken: &StepTaken<'_>,
        now: Timestamp,
    ) -> Result<Result<StoredRequest, NotTaken>, DatabaseError> {
        self.in_transaction(async |connection| {
            begin_change(connection).await?;
            let Some(mut request) = stored(connection, id).await? else {
                return Ok(Err(NotTaken::Unknown));
            };
            self.expire_if_due(connection, &mut request, now).await?;
            if request.revision != seen {
                return Ok(Err(NotTaken::Changed(Box::new(request))));
            }
            if let Err(refusal) = self
                .take_step(connection, &mut request, (step, by), taken, now)
                .await?
            {
                return Ok(Err(NotTaken::Refused(Box::new(request), refusal)));
            }
            let deed = Deed {
                who: taken.who.to_owned(),
                deed: Act::RequestAnswered,
                subject: id.to_string(),
                was: String::new(),
                is_now: <&str>::from(request.status).to_owned(),
            };
            write_down(connection, &deed, now).await?;
            Ok(Ok(request))
        })
        .await
    }

    /// Takes a step within a transaction that has begun with [`begin_change`].
    pub(super) async fn take_step(
        &self,
        connection: &mut AnyConnection,
        request: &mut StoredRequest,
        (step, by): (Step, Actor),
        taken: &StepTaken<'_>,
        now: Timestamp,
    ) -> Result<Result<(), Refusal>, DatabaseError> {
        let from = request.status;
        let next = match machine::after(from, step, by) {
            Ok(next) => next,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let mut after = request.clone();
        after.status = next;
        after.revision += 1;
        after.since = now;
        after.reason = taken.reason;
        after.change = u64::try_from(count_up(connection).await?).map_err(|_| damaged())?;
        if step == Step::AcceptProposal {
            self.put_what_was_proposed(connection, &mut after).await?;
        }
        after.proposal = taken.proposal.clone();
        after.due_at = due_at(&after, now);
        if after.holds && !machine::holds_its_place(next) {
            stock::give_back(connection, &after).await?;
            after.holds = false;
        }
        if let Some(words) = taken.words.filter(|words| !words.trim().is_empty()) {
            self.put_words(&mut after, words)?;
        }
        put(connection, &after, request.revision, now).await?;
        note(connection, &after, from, (step.into(), by), taken.who).await?;
        *request = after;
        Ok(Ok(()))
    }

    /// The time and price that the resident has accepted take the place of what they asked for; the window that they do not
    /// need any more is given back.
    async fn put_what_was_proposed(
        &self,
        connection: &mut AnyConnection,
        request: &mut StoredRequest,
    ) -> Result<(), DatabaseError> {
        let Some(proposal) = request.proposal.take() else {
            return Ok(());
        };
        request.total = proposal.total.or(request.total);
        let Some(new) = proposal.appointment else {
            return Ok(());
        };
        // As long before it as before.
        let before = request.appointment.zip(request.cancel_until);
        let before = before.map(|(old, until)| until.duration_until(old.begins_at));
        let until = before.and_then(|before| new.begins_at.checked_sub(before).ok());
        request.cancel_until = Some(until.unwrap_or(new.begins_at));
        request.appointment = Some(new);
        if let (true, StoredKind::Form { form, .. }, Some(window)) =
            (request.holds, &request.kind, request.window.take())
        {
            stock::give_back_place(connection, form, &window).await?;
        }
        Ok(())
    }

    fn put_words(&self, request: &mut StoredRequest, words: &str) -> Result<(), DatabaseError> {
        let opened = self.open_details(request.id, request.sealed.as_deref());
        // What is sealed with a key that is lost just now is not overwritten.
        let mut details = opened.ok_or_else(|| {
            DatabaseError::Damaged("what was told with a request; look for its key".to_owned())
        })?;
        details.words.insert(request.revision, words.to_owned());
        request.sealed = Some(self.seal_details(request.id, &details)?);
        Ok(())
    }

    /// Ends how a request stands if its time is over. It is judged whenever somebody looks, so that nobody sees otherwise.
    pub(super) async fn expire_if_due(
        &self,
        connection: &mut AnyConnection,
        request: &mut StoredRequest,
        now: Timestamp,
    ) -> Result<bool, DatabaseError> {
        if request.due_at.is_none_or(|due| now < due) {
            return Ok(false);
        }
        let step = (Step::Expire, Actor::System);
        let nothing = StepTaken::default();
        let done = self
            .take_step(connection, request, step, &nothing, now)
            .await?;
        Ok(done.is_ok())
    }

    /// What became of a request, step by step.
    pub async fn transitions_of(&self, id: RequestId) -> Result<Vec<Transition>, DatabaseError> {
        type Row = (i64, String, String, String, String, i64, Option<String>);
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT revision, to_status, step, actor, who, happened_at, reason
             FROM request_transitions WHERE request = $1 ORDER BY revision",
        )
        .bind(id.to_string())
        .fetch_all(&self.readers)
        .await?;
        let read = |(revision, to, step, actor, who, at, reason): Row| {
            Ok(Transition {
                revision: u32::try_from(revision).map_err(|_| damaged())?,
                to: word(&to)?,
                step,
                actor,
                who,
                happened_at: time(at)?,
                reason: reason.as_deref().map(word).transpose()?,
            })
        };
        rows.into_iter().map(read).collect()
    }
}

/// When the clock alone ends how a request stands from now on.
fn due_at(request: &StoredRequest, now: Timestamp) -> Option<Timestamp> {
    let begins_at = request.appointment.map(|it| it.begins_at);
    match request.status {
        // Whoever asks to be rung is rung, however late.
        RequestStatus::Requested => request.answer_by,
        RequestStatus::Proposed => request.proposal.as_ref().map(|it| it.until),
        RequestStatus::Returned => Some(mend_until(now)),
        RequestStatus::WaitingList | RequestStatus::Drawn => begins_at,
        _ => None,
    }
}

/// Writes a request as it stands over the revision before.
async fn put(
    connection: &mut AnyConnection,
    request: &StoredRequest,
    before: u32,
    now: Timestamp,
) -> Result<(), DatabaseError> {
    let kept = jiff::SignedDuration::from_hours(24 * i64::from(request.keep_days));
    let is_form = matches!(request.kind, StoredKind::Form { .. });
    let erase_at = now.checked_add(kept).ok();
    let erase_at = erase_at.filter(|_| request.status.is_over() && is_form);
    let proposed = request.proposal.as_ref();
    let new: Option<Appointment> = proposed.and_then(|it| it.appointment);
    let done = sqlx::query(
        "UPDATE requests SET status = $1, is_over = $2, since = $3, revision = $4, change = $5, due_at = $6,
             cancel_until = $7, begins_at = $8, ends_at = $9, total = $10, new_begins_at = $11, new_ends_at = $12,
             new_total = $13, reason = $14, holds = $15, window_id = $16, sealed = $17, erase_at = $18
         WHERE id = $19 AND revision = $20",
    )
    .bind(<&str>::from(request.status))
    .bind(i64::from(request.status.is_over()))
    .bind(request.since.as_millisecond())
    .bind(i64::from(request.revision))
    .bind(signed(request.change))
    .bind(request.due_at.map(Timestamp::as_millisecond))
    .bind(request.cancel_until.map(Timestamp::as_millisecond))
    .bind(request.appointment.map(|it| it.begins_at.as_millisecond()))
    .bind(request.appointment.map(|it| it.ends_at.as_millisecond()))
    .bind(request.total.map(|it| i64::from(it.amount())))
    .bind(new.map(|it| it.begins_at.as_millisecond()))
    .bind(new.map(|it| it.ends_at.as_millisecond()))
    .bind(
        proposed
            .and_then(|it| it.total)
            .map(|it| i64::from(it.amount())),
    )
    .bind(request.reason.map(<&str>::from))
    .bind(i64::from(request.holds))
    .bind(request.window.as_ref().map(ToString::to_string))
    .bind(request.sealed.clone())
    .bind(erase_at.map(Timestamp::as_millisecond))
    .bind(request.id.to_string())
    .bind(i64::from(before))
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 1 {
        Ok(())
    } else {
        Err(damaged())
    }
}

/// Notes what became of a request.
pub(super) async fn note(
    connection: &mut AnyConnection,
    request: &StoredRequest,
    from: RequestStatus,
    (step, by): (&'static str, Actor),
    who: &str,
) -> Result<(), DatabaseError> {
    sqlx::query(
        "INSERT INTO request_transitions (request, revision, from_status, to_status, step, actor, who, happened_at, reason)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(request.id.to_string())
    .bind(i64::from(request.revision))
    .bind(if request.revision == 1 { "" } else { from.into() })
    .bind(<&str>::from(request.status))
    .bind(step)
    .bind(<&str>::from(by))
    .bind(who.to_owned())
    .bind(request.since.as_millisecond())
    .bind(request.reason.map(<&str>::from))
    .execute(&mut *connection)
    .await?;
    tell_machines(connection, request, step, by).await
}

/// Tells the endpoints of its provider, but for what was refused before anybody was asked.
async fn tell_machines(
    connection: &mut AnyConnection,
    request: &StoredRequest,
    step: &str,
    by: Actor,
) -> Result<(), DatabaseError> {
    let StoredKind::Form {
        service,
        provider: Some(provider),
        ..
    } = &request.kind
    else {
        return Ok(());
    };
    let kind = match (by, request.status) {
        (_, RequestStatus::Expired) => EventType::Expired,
        (
            Actor::Resident | Actor::Helper,
            RequestStatus::Withdrawn | RequestStatus::Cancelled | RequestStatus::LateCancelAsked,
        ) => EventType::Withdrawn,
        _ if step == "ask" => EventType::Created,
        _ => EventType::Changed,
    };
    let event = RequestEvent {
        request_id: request.id,
        revision: request.revision,
        service_id: Some(service.clone()),
        answer_by: request.answer_by,
    };
    let until = request
        .answer_by
        .filter(|_| request.status == RequestStatus::Requested);
    connections::queries::tell(connection, provider, kind, &event, until, request.since).await
}
