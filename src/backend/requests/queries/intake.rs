//! What tablets send: each message once, judged by the clock and by what is on offer, and answered whatever it is.

use jiff::Timestamp;
use kairan_catalogue::{Recipient, form::Confirms};
use kairan_contract::{Form, Reason, Request, RequestForm, RequestId, RequestKind, RequestStatus};
use sqlx::AnyConnection;

use super::{
    call_backs::{keep_call_back, keep_report},
    counter::begin_change,
    steps::StepTaken,
    stock::{self, stock_of, take},
    stored::{StoredKind, StoredRequest, stored},
    versions::form_version,
};
use crate::{
    database::{Database, DatabaseError, unsigned},
    requests::{
        offered::{Offered, Offers, council_zone},
        rules::{
            intake::{Circumstances, Judgement, Wanted, judge},
            machine::{Actor, Step},
        },
    },
    tablets::queries::{
        EnrolledTablet,
        erased::{erased, hash_of},
    },
};

/// Who sends, and what they can ask for.
#[derive(Debug, Clone)]
pub struct Sender<'a> {
    /// The tablet.
    pub tablet: EnrolledTablet,
    /// Of whom it is.
    pub recipient: Recipient,
    /// What is offered on it.
    pub offers: &'a Offers,
}

/// A message, and whether it says more than one may.
#[derive(Debug, Clone)]
pub struct Received {
    /// The message.
    pub request: Request,
    /// Its answers were let go, because they are more than any form asks for.
    pub is_too_large: bool,
}

impl Database {
    /// Keeps what a tablet sends in one transaction. What is already there is passed over.
    pub async fn take_in_requests(
        &self,
        sender: &Sender<'_>,
        received: &[Received],
        now: Timestamp,
    ) -> Result<(), DatabaseError> {
        let loan = self.name_of_loan(sender.tablet.participation)?;
        self.in_transaction(async |connection| {
            // A write comes first: a transaction that has only read is refused at once when another writes.
            begin_change(connection).await?;
            // Who has left asks for nothing any more.
            if erased(connection)
                .await?
                .contains(&hash_of(sender.tablet.participation))
            {
                return Ok(());
            }
            for it in received {
                let intake = Intake {
                    store: self,
                    sender,
                    loan: &loan,
                    now,
                };
                intake.take_in(connection, it).await?;
            }
            Ok(())
        })
        .await
    }
}

/// What stays the same for all that a tablet sends at once.
pub(super) struct Intake<'a> {
    pub(super) store: &'a Database,
    pub(super) sender: &'a Sender<'a>,
    /// Under which name the requests of its loan are found.
    pub(super) loan: &'a str,
    pub(super) now: Timestamp,
}

impl Intake<'_> {
    async fn take_in(
        &self,
        connection: &mut AnyConnection,
        received: &Received,
    ) -> Result<(), DatabaseError> {
        let request = &received.request;
        match &request.what {
            RequestKind::Report { .. } => {
                keep_report(connection, self.sender.tablet, request, self.now).await
            }
            RequestKind::CallBack { screen } => {
                let offers = self.sender.offers;
                let loan = self.sender.tablet.participation;
                keep_call_back(connection, (loan, request, screen), offers, self.now).await
            }
            RequestKind::Form(form) => {
                if self.is_new(connection, request, request.id).await? {
                    self.ask(connection, request, form, received.is_too_large)
                        .await?;
                }
                Ok(())
            }
            RequestKind::Withdraw { request: of } | RequestKind::Cancel { request: of } => {
                if self.is_new(connection, request, *of).await? {
                    self.take_back(connection, *of).await?;
                }
                Ok(())
            }
            RequestKind::Proposal {
                request: of,
                revision,
                accepts,
            } => {
                if self.is_new(connection, request, *of).await? {
                    self.answer_proposal(connection, (*of, *revision), *accepts)
                        .await?;
                }
                Ok(())
            }
        }
    }

    /// Notes a message about a request; whether it was not there yet.
    async fn is_new(
        &self,
        connection: &mut AnyConnection,
        message: &Request,
        request: RequestId,
    ) -> Result<bool, DatabaseError> {
        let kind = match message.what {
            RequestKind::Form(_) => "form",
            RequestKind::Withdraw { .. } => "withdraw",
            RequestKind::Cancel { .. } => "cancel",
            RequestKind::Proposal { .. } => "proposal",
            RequestKind::CallBack { .. } | RequestKind::Report { .. } => "other",
        };
        let done = sqlx::query(
            "INSERT INTO request_messages (id, request, kind, received_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(message.id.to_string())
        .bind(request.to_string())
        .bind(kind)
        .bind(self.now.as_millisecond())
        .execute(&mut *connection)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// A request of this loan as it stands, by the clock.
    async fn own(
        &self,
        connection: &mut AnyConnection,
        id: RequestId,
    ) -> Result<Option<StoredRequest>, DatabaseError> {
        let participation = self.sender.tablet.participation.to_string();
        let found = stored(connection, id).await?;
        let is_own = |it: &StoredRequest| match &it.kind {
            StoredKind::CallBack {
                participation: of, ..
            } => *of == participation,
            StoredKind::Form { .. } => it.loan.as_deref() == Some(self.loan),
        };
        let Some(mut request) = found.filter(is_own) else {
            return Ok(None);
        };
        self.store
            .expire_if_due(connection, &mut request, self.now)
            .await?;
        Ok(Some(request))
    }

    /// Takes a request back. What was confirmed in the meantime is cancelled: the resident wants it no more, whichever word
    /// their tablet knew for it.
    async fn take_back(
        &self,
        connection: &mut AnyConnection,
        id: RequestId,
    ) -> Result<(), DatabaseError> {
        let Some(mut request) = self.own(connection, id).await? else {
            return Ok(());
        };
        let step = if request.status.can_be_withdrawn() {
            Step::Withdraw
        } else if request.cancel_until.is_none_or(|until| self.now < until) {
            Step::Cancel
        } else {
            Step::CancelLate
        };
        self.step(connection, &mut request, (step, Actor::Resident), None)
            .await
    }

    async fn answer_proposal(
        &self,
        connection: &mut AnyConnection,
        (id, revision): (RequestId, u32),
        accepts: bool,
    ) -> Result<(), DatabaseError> {
        let found = self.own(connection, id).await?;
        // Another proposal than the one that was answered waits for an answer of its own.
        let Some(mut request) = found.filter(|it| it.revision == revision) else {
            return Ok(());
        };
        let step = if accepts {
            Step::AcceptProposal
        } else {
            Step::RefuseProposal
        };
        self.step(connection, &mut request, (step, Actor::Resident), None)
            .await
    }

    /// Takes a step. One that cannot be taken any more changes nothing: the tablet is told how the request stands.
    pub(super) async fn step(
        &self,
        connection: &mut AnyConnection,
        request: &mut StoredRequest,
        step: (Step, Actor),
        reason: Option<Reason>,
    ) -> Result<(), DatabaseError> {
        let taken = StepTaken {
            reason,
            ..StepTaken::default()
        };
        let done = self
            .store
            .take_step(connection, request, step, &taken, self.now)
            .await?;
        if let Err(refusal) = done {
            tracing::info!(request = %request.id, %refusal, "a tablet came too late with a step");
        }
        Ok(())
    }

    async fn ask(
        &self,
        connection: &mut AnyConnection,
        message: &Request,
        asked: &RequestForm,
        is_too_large: bool,
    ) -> Result<(), DatabaseError> {
        // A message is forgotten with the personal data; the request stays.
        if stored(connection, message.id).await?.is_some() {
            return Ok(());
        }
        let offered = self.sender.offers.find(&asked.service, &asked.form);
        let shown = form_version(connection, asked.version).await?;
        let before = match asked.mends {
            Some(id) => self.own(connection, id).await?,
            None => None,
        };
        let mended = before
            .as_ref()
            .filter(|it| it.status == RequestStatus::Returned);
        // What was mended already, or never came back, is not asked for a second time.
        let is_doubled = mended.is_none() && before.as_ref().is_some_and(|it| !it.status.is_over());
        let judgement = if is_too_large {
            Judgement::Declined(Reason::FormChanged)
        } else if is_doubled {
            Judgement::Declined(Reason::TooMany)
        } else {
            let besides = mended.map(|it| it.id);
            self.judged(connection, asked, (shown.as_ref(), offered), besides)
                .await?
        };
        let mut request = match mended {
            Some(mended) => {
                let mended = mended.clone();
                self.send_again(connection, mended, asked, (shown.as_ref(), offered))
                    .await?
            }
            None => {
                self.put_new(connection, message, asked, (shown.as_ref(), offered))
                    .await?
            }
        };
        // It was taken back before it arrived: a message that could not be read had kept it.
        let is_taken_back = self.is_taken_back(connection, request.id).await?;
        let verdict = match (judgement, offered) {
            _ if is_taken_back => (Step::Withdraw, Actor::Resident, None),
            (Judgement::Declined(reason), _) => (Step::Decline, Actor::System, Some(reason)),
            (Judgement::Returned(reason), _) => (Step::Return, Actor::System, Some(reason)),
            (Judgement::Fits(_), None) => (Step::Decline, Actor::System, Some(Reason::Closed)),
            (Judgement::Fits(wanted), Some(offered)) => {
                let missing = self
                    .hold(connection, &mut request, offered, &wanted)
                    .await?;
                match (missing, offered.definition.rules.confirms) {
                    (Some(reason), _) => (Step::Return, Actor::System, Some(reason)),
                    (None, Confirms::Room) => (Step::Accept, Actor::System, None),
                    (None, Confirms::Person) => return Ok(()),
                }
            }
        };
        let (step, by, reason) = verdict;
        self.step(connection, &mut request, (step, by), reason)
            .await
    }

    async fn judged(
        &self,
        connection: &mut AnyConnection,
        asked: &RequestForm,
        (shown, offered): (Option<&Form>, Option<&Offered>),
        besides: Option<RequestId>,
    ) -> Result<Judgement, DatabaseError> {
        let offered = offered.filter(|it| it.is_shown_at(self.now));
        let counted = stock_of(connection, &asked.form).await?;
        let on_offer = offered.map(|it| it.on_offer(&counted.of(&it.definition), self.now));
        let (open,): (i64,) = sqlx::query_as(
            "SELECT COUNT(*) FROM requests WHERE loan = $1 AND form = $2 AND is_over = 0 AND id <> $3",
        )
        .bind(self.loan.to_owned())
        .bind(asked.form.to_string())
        .bind(besides.map_or_else(String::new, |id| id.to_string()))
        .fetch_one(&mut *connection)
        .await?;
        let around = Circumstances {
            shown,
            on_offer: on_offer.as_ref(),
            is_served: offered.is_none_or(|it| it.serves(&self.sender.recipient)),
            open: unsigned(open),
            open_at_once: offered.map_or(0, |it| it.definition.rules.open_at_once),
            now: self.now,
            zone: council_zone(),
        };
        Ok(judge(asked, around))
    }

    /// Takes what a request asks for from the stock; says what is missing.
    async fn hold(
        &self,
        connection: &mut AnyConnection,
        request: &mut StoredRequest,
        offered: &Offered,
        wanted: &Wanted,
    ) -> Result<Option<Reason>, DatabaseError> {
        if let Some(missing) = take(connection, &offered.definition, wanted).await? {
            return Ok(Some(missing));
        }
        stock::note_goods(connection, request.id, wanted).await?;
        request.holds = true;
        request.window.clone_from(&wanted.window);
        sqlx::query("UPDATE requests SET holds = 1, window_id = $1 WHERE id = $2")
            .bind(wanted.window.as_ref().map(ToString::to_string))
            .bind(request.id.to_string())
            .execute(&mut *connection)
            .await?;
        Ok(None)
    }

    async fn is_taken_back(
        &self,
        connection: &mut AnyConnection,
        request: RequestId,
    ) -> Result<bool, DatabaseError> {
        let (count,): (i64,) = sqlx::query_as(
            "SELECT COUNT(*) FROM request_messages WHERE request = $1 AND kind = 'withdraw'",
        )
        .bind(request.to_string())
        .fetch_one(&mut *connection)
        .await?;
        Ok(count > 0)
    }
}
