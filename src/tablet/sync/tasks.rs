//! The tasks as they are carried out: each by itself, beside the others, with its own bounds.

mod answers;
mod deliveries;
#[cfg(test)]
mod tests;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex as Shared, PoisonError},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use kairan_contract::{
    EmergencySeen, EnrolmentCode, RecordBatch, Request, RequestBatch, RequestId, RequestsReceived,
    TabletStatus, WipeState,
};
use tokio::sync::{Mutex, mpsc};

pub use deliveries::Deliveries;

use super::{
    blob_queue::{FetchError, MissingBlob},
    client::{BLOB_PATIENCE, Client, LinkError},
    event::LinkEvent,
    outbox::{Outbox, PATIENCE},
    outcome::{Activation, IncomingManifest, SyncOutcome, TaskError},
    plan::Job,
};
use crate::{
    data_folder::DataFolder,
    identity::{EnrolmentRefused, Identity, Loan},
    journal::{Journal, JournalError},
    kept_answers::KeptAnswers,
    library::{Library, LibraryError},
    machine::{battery_percent, free_bytes, free_megabytes},
    wiping,
};

/// The batches of records of one task; the rest goes with the next.
const BATCHES: usize = 40;
/// The same for requests.
const REQUEST_BATCHES: usize = 20;
/// Bytes of the disk that downloads leave for what residents ask for and choose.
const SPARED: u64 = 512 * 1024;

/// What tasks are run with.
#[derive(Clone)]
pub struct Tasks {
    pub client: Client,
    pub library: Library,
    pub journal: Arc<Mutex<Journal>>,
    pub outbox: Outbox,
    /// What became of requests, as it stands on the disk or should.
    pub answers: Arc<Mutex<KeptAnswers>>,
    pub data: DataFolder,
    pub tell: mpsc::UnboundedSender<LinkEvent>,
    pub deliveries: Arc<Shared<Deliveries>>,
}

/// Who is to blame for a blob that did not come after so long.
fn fetch_error(error: &LinkError, took: Duration) -> FetchError {
    match error {
        LinkError::NotFound | LinkError::TooLarge(_) => FetchError::Refused,
        LinkError::Unreachable(error) if error.is_connect() => FetchError::NoNetwork,
        // It came all the time, and is too heavy for this line.
        _ if took >= BLOB_PATIENCE => FetchError::Refused,
        _ => FetchError::Interrupted,
    }
}

/// What the journal says, if the disk lets it say so soon: what is sent from memory, and what the council
/// is told, waits for no disk that hangs.
async fn within_patience<T>(
    asked: impl Future<Output = Result<T, JournalError>>,
) -> Result<T, JournalError> {
    let answered = tokio::time::timeout(PATIENCE, asked).await;
    answered.unwrap_or(Err(JournalError::Hangs))
}

impl Tasks {
    /// Carries a job out.
    pub async fn run(&self, job: Job) -> SyncOutcome {
        match job {
            Job::Enrol(code, identity) => SyncOutcome::Enrolled(self.enrol(&code, identity).await),
            Job::ReportWipe => SyncOutcome::WipeReported(self.report_wipe().await),
            Job::Requests { token } => {
                let sent = self.send_requests(&token).await;
                SyncOutcome::Requests(sent, self.outbox.next_sendable())
            }
            Job::Answers { token, loan } => {
                SyncOutcome::Answers(self.fetch_answers(&token, loan).await)
            }
            Job::Manifest { token } => {
                let etag = self.library.etag();
                let answer = self.client.manifest(&token, etag.as_deref()).await;
                SyncOutcome::Manifest(answer, Timestamp::now())
            }
            Job::Activate {
                incoming,
                is_at_rest,
                is_told,
            } => {
                let tasks = self.clone();
                let activating = tokio::task::spawn_blocking(move || {
                    tasks.activate(incoming, is_at_rest, is_told)
                });
                match activating.await {
                    Ok(activation) => SyncOutcome::Activated(Box::new(activation)),
                    Err(error) => {
                        tracing::error!(%error, "what came could not be put in force");
                        SyncOutcome::Nothing
                    }
                }
            }
            Job::Blob { token, missing } => {
                let fetched = self.fetch(&token, missing).await;
                SyncOutcome::Blob(missing.blob.sha256, missing.is_urgent, fetched)
            }
            Job::Status {
                token,
                shows,
                last_seen,
                seen,
                known,
            } => {
                let status = self.status(shows, last_seen).await;
                let news = known.news(status, seen, Instant::now());
                let (told, is_all) = self.report(&token, news).await;
                SyncOutcome::Status(told, is_all)
            }
            Job::Wipe { token, has_waited } => {
                self.wipe(&token, has_waited).await;
                SyncOutcome::Nothing
            }
            Job::Records { token } => SyncOutcome::Records(self.upload(&token).await),
        }
    }

    /// Puts in force what came; says what is missing, and what is to be seen if that is to be told, or
    /// nothing is missing.
    pub fn activate(
        &self,
        incoming: Option<IncomingManifest>,
        is_at_rest: bool,
        is_told: bool,
    ) -> Activation {
        let library = &self.library;
        let is_new = incoming.is_some();
        let kept = match incoming {
            Some(it) => library.activate(it.manifest, it.etag, it.at),
            None if is_at_rest || library.is_unsaved() => library.persist(),
            None => Ok(()),
        };
        if let Err(error) = kept {
            tracing::error!(%error, "what came is in force, but cannot be kept");
        }
        let is_complete = is_new && library.missing_contents().is_empty();
        let content = (is_told || is_complete)
            .then(|| library.snapshot())
            .flatten();
        Activation {
            is_new,
            content,
            // After it was read: what turned out to be damaged is wanted, too.
            missing: library.missing_contents(),
            is_unsaved: library.is_unsaved(),
        }
    }

    /// Fetches a blob and lays it down.
    pub async fn fetch(&self, token: &str, missing: MissingBlob) -> Result<(), FetchError> {
        let MissingBlob { blob, is_urgent } = missing;
        let free = free_bytes(self.data.path());
        if !is_urgent && free.is_some_and(|free| free < blob.bytes.saturating_add(SPARED)) {
            return Err(FetchError::NoRoom);
        }
        let began = Instant::now();
        let bytes = self.client.blob(token, blob.sha256).await;
        let bytes = bytes.map_err(|error| {
            tracing::info!(%error, sha256 = %blob.sha256, "a blob did not come");
            fetch_error(&error, began.elapsed())
        })?;
        let library = self.library.clone();
        let storing = tokio::task::spawn_blocking(move || {
            if is_urgent {
                library.store_urgent_blob(blob.sha256, &bytes)
            } else {
                library.store_blob(blob.sha256, &bytes)
            }
        });
        match storing.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error @ LibraryError::Damaged(_))) => {
                tracing::warn!(%error, "a blob is asked for again");
                Err(FetchError::Refused)
            }
            Ok(Err(error)) => {
                tracing::error!(%error, "what came could not be kept");
                Err(FetchError::DiskRefused)
            }
            Err(error) => {
                tracing::error!(%error, "a blob could not be laid down");
                Err(FetchError::DiskRefused)
            }
        }
    }

    /// Sends what residents ask for, from the disk and from memory, and tells how far it has come.
    pub async fn send_requests(&self, token: &str) -> Result<(), TaskError> {
        for _ in 0..REQUEST_BATCHES {
            let batch = self.requests_to_send().await;
            if batch.is_empty() {
                return Ok(());
            }
            match self.client.send_requests(token, batch.clone()).await {
                Ok(answer) => {
                    self.put_unread_off(&batch, &answer.unread);
                    self.requests_arrived(&batch, &answer).await?;
                }
                // One that the backend does not take must not hold up the others.
                Err(LinkError::Refused(_)) => self.send_one_by_one(token, batch).await?,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    async fn requests_to_send(&self) -> Vec<Request> {
        let is_put_off = |id| {
            let sent = self
                .deliveries
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            sent.is_put_off(id)
        };
        let asked = async { self.journal.lock().await.requests_to_send(is_put_off).await };
        let mut batch = within_patience(asked).await.unwrap_or_else(|error| {
            tracing::error!(%error, "what was asked cannot be read from the disk");
            Vec::new()
        });
        for request in self.outbox.sendable() {
            let is_known = batch.iter().any(|it| it.id == request.id);
            if !is_known && !is_put_off(request.id) {
                batch.push(request);
            }
        }
        batch.retain(|request| !self.is_held_up(request));
        // What is about another goes once that has arrived, and not beside it.
        let together: HashSet<RequestId> = batch.iter().map(|it| it.id).collect();
        let goes_behind = |id: RequestId| together.contains(&id);
        batch.retain(|request| !request.what.about().is_some_and(goes_behind));
        batch.truncate(RequestBatch::LIMIT);
        batch
    }

    async fn send_one_by_one(&self, token: &str, batch: Vec<Request>) -> Result<(), TaskError> {
        for request in batch {
            if self.is_held_up(&request) {
                continue;
            }
            let id = request.id;
            let one = vec![request];
            match self.client.send_requests(token, one.clone()).await {
                Ok(answer) => {
                    self.put_unread_off(&one, &answer.unread);
                    self.requests_arrived(&one, &answer).await?;
                }
                Err(error @ LinkError::Refused(_)) => {
                    tracing::error!(%error, "a request is refused, and left for later");
                    let mut sent = self
                        .deliveries
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner);
                    sent.put_off([id]);
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    async fn requests_arrived(
        &self,
        batch: &[Request],
        answer: &RequestsReceived,
    ) -> Result<(), TaskError> {
        let sent = batch.iter().map(|request| request.id);
        let arrived: Vec<_> = sent.filter(|id| answer.received.contains(id)).collect();
        if arrived.is_empty() && !answer.unread.is_empty() {
            return Ok(());
        }
        if arrived.is_empty() {
            return Err(LinkError::InvalidResponse("it took no request".to_owned()).into());
        }
        self.outbox.remove(&arrived);
        let noted = async {
            let journal = self.journal.lock().await;
            journal.requests_received(&arrived).await?;
            journal.requests().await
        };
        match within_patience(noted).await {
            Ok(requests) => self.tell(LinkEvent::Requests(requests)),
            Err(error) => {
                // It is true all the same, and is told.
                tracing::error!(%error, "that requests have arrived could not be noted");
                let mut sent = self
                    .deliveries
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                sent.arrived.extend(&arrived);
            }
        }
        self.tell(LinkEvent::Received(arrived));
        Ok(())
    }

    /// Whether requests or records still wait to be sent.
    pub async fn is_anything_waiting(&self) -> bool {
        if !self.requests_to_send().await.is_empty() {
            return true;
        }
        // What cannot be counted is waited for, as long as an order to forget may be put off.
        self.unsent().await.is_none_or(|unsent| unsent > 0)
    }

    /// Records that wait to be sent, if the disk says so in time.
    async fn unsent(&self) -> Option<u64> {
        let asked = async { self.journal.lock().await.unsent().await };
        within_patience(asked).await.ok()
    }

    /// Sends the journal, batch by batch, and deletes what the backend has; says whether that was all.
    pub async fn upload(&self, token: &str) -> Result<bool, TaskError> {
        let mut limit = RecordBatch::LIMIT;
        let mut is_bare = false;
        for _ in 0..BATCHES {
            let mut outgoing = self.journal.lock().await.outgoing(limit).await?;
            let (held_from, sent) = (outgoing.held_from, outgoing.records.len());
            if sent == 0 {
                return Ok(true);
            }
            if is_bare {
                // The backend refuses the number by itself, and those after it are not held up.
                let number = serde_json::json!({ "sequence": held_from });
                outgoing.records = vec![number];
            }
            let answer = match self.client.upload(token, outgoing).await {
                Err(error @ LinkError::Refused(_)) if !is_bare => {
                    tracing::error!(%error, limit, "a batch of records is refused");
                    is_bare = limit == 1;
                    limit = (limit / 2).max(1);
                    continue;
                }
                answer => answer?,
            };
            for refused in &answer.refused {
                tracing::error!(sequence = refused.sequence, why = %refused.why, "the backend refused a record");
            }
            if answer.acknowledged > i64::MAX as u64 {
                let why = "it acknowledged the impossible".to_owned();
                return Err(LinkError::InvalidResponse(why).into());
            }
            if answer.acknowledged < held_from {
                let why = "it acknowledged nothing".to_owned();
                return Err(LinkError::InvalidResponse(why).into());
            }
            let mut journal = self.journal.lock().await;
            journal.acknowledge(answer.acknowledged).await?;
            drop(journal);
            if sent < limit {
                return Ok(true);
            }
            (limit, is_bare) = (RecordBatch::LIMIT, false);
        }
        Ok(false)
    }

    /// How this tablet is, as far as it does not depend on what it shows.
    pub async fn status(
        &self,
        (catalogue, locked): (u64, bool),
        emergency: Option<EmergencySeen>,
    ) -> TabletStatus {
        TabletStatus {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            catalogue,
            locked,
            battery_percent: battery_percent(),
            free_megabytes: free_megabytes(self.data.path()),
            unsent: self.unsent().await.unwrap_or(0),
            emergency,
        }
    }

    /// Reports one after the other; says which went, and whether all did.
    pub async fn report(&self, token: &str, all: Vec<TabletStatus>) -> (Vec<TabletStatus>, bool) {
        let mut told = Vec::new();
        for status in all {
            if let Err(error) = self.client.report_status(token, &status).await {
                tracing::info!(%error, "the backend does not know how this tablet is");
                return (told, false);
            }
            told.push(status);
        }
        (told, true)
    }

    /// Asks to be let in; who this tablet is from then on stands on the disk.
    pub async fn enrol(
        &self,
        code: &EnrolmentCode,
        identity: Identity,
    ) -> Result<Identity, EnrolmentRefused> {
        let enrolled = self.client.enrol(code, identity.tablet).await;
        let enrolled = enrolled.map_err(|error| match error {
            LinkError::InvalidCode => EnrolmentRefused::NotValid,
            LinkError::TooManyAttempts => EnrolmentRefused::TooMany,
            error => {
                tracing::info!(%error, "the code could not be tried");
                EnrolmentRefused::Unreachable
            }
        })?;
        let before = identity.loan.as_ref().map(|loan| loan.participation);
        if before.is_some_and(|before| before != enrolled.participation) {
            // What somebody else asked for must not be sent, or shown, in the name of this loan.
            self.forget_requests().await;
        }
        let loan = Loan {
            token: enrolled.token,
            participation: enrolled.participation,
        };
        let identity = Identity {
            loan: Some(loan),
            ..identity
        };
        let (data, kept) = (self.data.clone(), identity.clone());
        match tokio::task::spawn_blocking(move || data.save_identity(&kept)).await {
            Ok(Ok(())) => Ok(identity),
            Ok(Err(_)) | Err(_) => Err(EnrolmentRefused::NotKept),
        }
    }

    /// Tells the backend that an order to forget was carried out, if there was one; `false` if it has to be told
    /// again.
    pub async fn report_wipe(&self) -> bool {
        let Some(token) = wiping::unreported_token(self.data.path()) else {
            return true;
        };
        match self.client.report_wipe(&token, WipeState::Done).await {
            // It knows the token no more: it has heard, and its answer was lost.
            Ok(()) | Err(LinkError::Unauthorized) => {
                wiping::mark_reported(self.data.path()).is_ok()
            }
            Err(error) => {
                tracing::info!(%error, "the backend does not know yet that everything is forgotten");
                false
            }
        }
    }

    /// The council has this tablet forget its loan. Somebody may have asked for help: what was asked and
    /// noted goes first, unless it has been waited for long enough. Says whether that is done.
    pub async fn wipe(&self, token: &str, has_waited: bool) -> bool {
        if !has_waited && self.is_anything_waiting().await {
            return false;
        }
        if let Err(error) = wiping::order(self.data.path(), token) {
            tracing::error!(%error, "the order to forget could not be written down; it comes again");
            return false;
        }
        if let Err(error) = self.client.report_wipe(token, WipeState::Received).await {
            tracing::info!(%error, "the backend does not know yet that its order has come");
        }
        self.tell(LinkEvent::ToBeWiped);
        true
    }

    /// The screens may be gone already; then nobody needs to be told.
    pub fn tell(&self, event: LinkEvent) {
        let _ = self.tell.send(event);
    }
}
