//! What is done next over the link, and what follows from what that brought. Every rule of what goes first stands here,
//! in [`Schedule`] and in [`BlobQueue`]. Pure: time and chance come as arguments, and what is to be done goes out as a
//! [`Job`].

#[cfg(test)]
mod tests;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use kairan_contract::{
    Emergency, EmergencySeen, EnrolmentCode, Participation, Sha256, TabletStatus,
};

use super::{
    blob_queue::{BlobQueue, FetchError, MissingBlob},
    client::{LinkError, ManifestAnswer, Stamped},
    event::LinkEvent,
    outcome::{Activation, IncomingManifest, SyncOutcome, TaskError},
    receipts::EmergencyReceipts,
    schedule::{Schedule, Task},
    status::Status,
};
use crate::{identity::Identity, library::ContentSnapshot};

/// How many manifests an order to forget waits for what is still to be sent.
const WIPE_PUT_OFF: u32 = 5;

/// A task with all that it needs.
#[derive(Debug)]
pub enum Job {
    Enrol(EnrolmentCode, Identity),
    ReportWipe,
    Requests {
        token: String,
    },
    Manifest {
        token: String,
    },
    Answers {
        token: String,
        loan: Participation,
    },
    Activate {
        incoming: Option<IncomingManifest>,
        /// Nothing is being fetched, and nothing can be now.
        is_at_rest: bool,
        /// What residents see is to be told.
        is_told: bool,
    },
    Blob {
        token: String,
        missing: MissingBlob,
    },
    Status {
        token: String,
        /// The revision on the screen, and whether the tablet is locked.
        shows: (u64, bool),
        last_seen: Option<EmergencySeen>,
        seen: Vec<EmergencySeen>,
        known: Status,
    },
    Wipe {
        token: String,
        /// What is still to be sent has been waited for long enough.
        has_waited: bool,
    },
    Records {
        token: String,
    },
}

/// What is known, and what is to be done when.
#[derive(Debug)]
pub struct SyncPlan {
    identity: Identity,
    /// A code from the command line, for a tablet that its backend does not know any more.
    spare_code: Option<EnrolmentCode>,
    code: Option<EnrolmentCode>,
    every: Duration,
    schedule: Schedule,
    blobs: BlobQueue,
    /// What the screens were told last.
    content: Option<Arc<ContentSnapshot>>,
    incoming: Option<IncomingManifest>,
    /// What came is to be shown.
    is_news: bool,
    /// The library has more than its disk.
    is_unsaved: bool,
    is_online: bool,
    /// How many manifests ordered to forget, one after the other.
    wipe_orders: u32,
    receipts: EmergencyReceipts,
    last_seen: Option<EmergencySeen>,
    status: Status,
}

impl SyncPlan {
    /// A plan for a tablet that shows `content`, and has shown these emergencies, the latest last.
    pub fn new(
        identity: Identity,
        spare_code: Option<EnrolmentCode>,
        every: Duration,
        content: Option<Arc<ContentSnapshot>>,
        shown: &[EmergencySeen],
    ) -> Self {
        let mut receipts = EmergencyReceipts::default();
        // It is not known what of this the backend has heard; the same again is no news there.
        let latest = shown.len().saturating_sub(Emergency::AT_ONCE);
        shown.iter().skip(latest).for_each(|it| receipts.note(*it));
        Self {
            identity,
            spare_code,
            code: None,
            every,
            schedule: Schedule::new(every),
            blobs: BlobQueue::new(every),
            content,
            incoming: None,
            is_news: false,
            is_unsaved: false,
            is_online: false,
            wipe_orders: 0,
            receipts,
            last_seen: shown.last().copied(),
            status: Status::default(),
        }
    }

    /// Begins with a loan, if there is one; and that one before it is forgotten may still be to be told.
    pub fn begin(&mut self, now: Instant) {
        self.schedule.schedule_by(Task::ReportWipe, now);
        if self.identity.loan.is_some() {
            self.schedule.schedule_by(Task::Manifest, now);
            self.schedule.schedule_by(Task::Requests, now);
        }
    }

    /// The secret that the tablet shows, if it has a loan.
    pub fn token(&self) -> Option<String> {
        self.identity.loan.as_ref().map(|loan| loan.token.clone())
    }

    /// When something begins, if nothing happens until then.
    pub fn wake_at(&self) -> Option<Instant> {
        self.schedule.wake_at()
    }

    /// A code was touched in.
    pub fn enrol(&mut self, code: EnrolmentCode, now: Instant) {
        self.code = Some(code);
        self.schedule.schedule_by(Task::Enrol, now);
    }

    /// An emergency was shown here, or answered.
    pub fn note_seen(&mut self, seen: EmergencySeen, now: Instant) {
        self.last_seen = Some(seen);
        self.receipts.note(seen);
        self.schedule.schedule_by(Task::Status, now);
    }

    /// Somebody asked for something.
    pub fn requests_waiting(&mut self, now: Instant) {
        self.schedule.schedule_by(Task::Requests, now);
    }

    /// The backend says that there is something new.
    pub fn backend_changed(&mut self, now: Instant) {
        self.schedule.schedule_by(Task::Manifest, now);
    }

    /// The backend says that there are answers.
    pub fn answers_changed(&mut self, now: Instant) {
        self.schedule.schedule_by(Task::Answers, now);
    }

    /// Usage records stand on the disk.
    pub fn records_written(&mut self, now: Instant) {
        self.schedule.records_written(now);
    }

    /// What begins now, the most urgent first.
    pub fn start_due(&mut self, now: Instant) -> Vec<(Task, Job)> {
        let mut jobs = Vec::new();
        for task in self.schedule.start_due(now) {
            match self.job(task, now) {
                Some(job) => jobs.push((task, job)),
                None => self.schedule.finished(task),
            }
        }
        jobs
    }

    /// What a task needs; nothing where there is nothing to be done, or no loan to do it for.
    fn job(&mut self, task: Task, now: Instant) -> Option<Job> {
        Some(match (task, self.token()) {
            (Task::Enrol, _) => Job::Enrol(self.code.take()?, self.identity.clone()),
            (Task::ReportWipe, _) => Job::ReportWipe,
            (Task::Requests, Some(token)) => Job::Requests { token },
            (Task::Manifest, Some(token)) => Job::Manifest { token },
            (Task::Answers, Some(token)) => Job::Answers {
                token,
                loan: self.identity.loan.as_ref()?.participation,
            },
            (Task::Activate, Some(_)) => Job::Activate {
                incoming: self.incoming.take(),
                is_at_rest: self.blobs.is_at_rest(now),
                is_told: std::mem::take(&mut self.is_news),
            },
            (Task::UrgentBlob | Task::Blob, Some(token)) => {
                let is_urgent = task == Task::UrgentBlob;
                let Some(missing) = self.blobs.next(is_urgent, now) else {
                    if let Some(at) = self.blobs.wake_at(is_urgent) {
                        self.schedule.schedule_by(task, at);
                    }
                    return None;
                };
                Job::Blob { token, missing }
            }
            (Task::Status, Some(token)) => {
                let content = self.content.as_ref()?;
                Job::Status {
                    token,
                    shows: (content.manifest.catalogue, content.manifest.locked),
                    last_seen: self.last_seen,
                    seen: self.receipts.all(),
                    known: self.status.clone(),
                }
            }
            (Task::Wipe, Some(token)) => Job::Wipe {
                token,
                has_waited: self.wipe_orders > WIPE_PUT_OFF,
            },
            (Task::Records, Some(token)) if self.is_online => Job::Records { token },
            _ => return None,
        })
    }

    /// A task has come to its end, good or bad. Says what the screens are to be told. `share` between 0 and 1 spreads
    /// thousands of tablets over the time.
    pub fn on_outcome(
        &mut self,
        task: Task,
        outcome: SyncOutcome,
        now: Instant,
        share: f64,
    ) -> Vec<LinkEvent> {
        self.schedule.finished(task);
        match outcome {
            SyncOutcome::Nothing => Vec::new(),
            SyncOutcome::Enrolled(Ok(identity)) => vec![self.on_enrolled(identity, now)],
            SyncOutcome::Enrolled(Err(why)) => vec![LinkEvent::Refused(why)],
            SyncOutcome::Requests(sent, next_sendable) => {
                self.on_requests_sent(&sent, next_sendable, now);
                Vec::new()
            }
            SyncOutcome::Answers(asked) => {
                // They come with the next answer of the backend.
                if let Err(error) = asked {
                    tracing::info!(%error, "what became of requests is not known");
                }
                Vec::new()
            }
            SyncOutcome::Manifest(Ok(answer), received_at) => {
                self.on_manifest(answer, received_at, now, share)
            }
            SyncOutcome::Manifest(Err(error), _) => self.on_no_manifest(&error, now, share),
            SyncOutcome::Activated(activation) => self.on_activated(*activation, now),
            SyncOutcome::Blob(sha256, is_urgent, fetched) => {
                self.on_blob(sha256, is_urgent, fetched, now)
            }
            SyncOutcome::Status(told, is_all) => {
                self.on_status_told(told, is_all, now);
                Vec::new()
            }
            SyncOutcome::WipeReported(is_told) => {
                if !is_told {
                    let at = now + self.every;
                    self.schedule.schedule_by(Task::ReportWipe, at);
                }
                Vec::new()
            }
            SyncOutcome::Records(sent) => {
                self.on_records_sent(&sent, now);
                Vec::new()
            }
        }
    }

    fn on_enrolled(&mut self, identity: Identity, now: Instant) -> LinkEvent {
        self.identity = identity.clone();
        // What is still on its way was asked in the name of the loan before.
        self.schedule = Schedule::new(self.every);
        self.blobs = BlobQueue::new(self.every);
        self.incoming = None;
        self.status = Status::default();
        self.wipe_orders = 0;
        self.begin(now);
        LinkEvent::Enrolled(identity)
    }

    fn on_requests_sent(
        &mut self,
        sent: &Result<(), TaskError>,
        next_sendable: Option<Instant>,
        now: Instant,
    ) {
        if let Err(error) = sent {
            tracing::warn!(%error, "requests could not be sent");
            self.schedule.requests_failed(now);
        }
        // What was taken has a number, and perhaps an answer.
        if sent.is_ok() {
            self.schedule.schedule_by(Task::Answers, now);
        }
        // What is being written at this moment is sent from memory if that takes too long.
        if let Some(at) = next_sendable {
            self.schedule.schedule_by(Task::Requests, at);
        }
        self.continue_wipe(now);
    }

    fn on_records_sent(&mut self, sent: &Result<bool, TaskError>, now: Instant) {
        match sent {
            Ok(true) => {}
            Ok(false) => self.schedule.schedule_by(Task::Records, now),
            // What goes waits on the disk for the next answer.
            Err(error) => tracing::warn!(%error, "records could not be sent"),
        }
        self.continue_wipe(now);
    }

    /// What an order to forget waited for may be gone now.
    fn continue_wipe(&mut self, now: Instant) {
        if self.wipe_orders > 0 {
            self.schedule.schedule_by(Task::Wipe, now);
        }
    }

    fn on_status_told(&mut self, told: Vec<TabletStatus>, is_all: bool, now: Instant) {
        for status in told {
            if let Some(seen) = &status.emergency {
                self.receipts.told(seen);
            }
            self.status.told(status, now);
        }
        // What was seen meanwhile; what did not go is told with the next answer.
        if is_all && !self.receipts.is_empty() {
            self.schedule.schedule_by(Task::Status, now);
        }
    }

    fn on_no_manifest(&mut self, error: &LinkError, now: Instant, share: f64) -> Vec<LinkEvent> {
        self.schedule.ask_again(now, share);
        self.is_online = false;
        if !matches!(error, LinkError::Unauthorized) {
            tracing::info!(%error, "the backend does not answer");
            return vec![LinkEvent::Offline];
        }
        let Some(code) = self.spare_code.take() else {
            return vec![LinkEvent::Unauthorized];
        };
        self.enrol(code, now);
        Vec::new()
    }

    fn on_manifest(
        &mut self,
        Stamped { answer, time }: Stamped<ManifestAnswer>,
        received_at: jiff::Timestamp,
        now: Instant,
        share: f64,
    ) -> Vec<LinkEvent> {
        let mut events = Vec::new();
        self.is_online = true;
        self.schedule.answered(now, share);
        self.blobs.network_is_back();
        match answer {
            ManifestAnswer::Manifest { manifest, .. } if manifest.wipe => {
                self.wipe_orders += 1;
                self.schedule.schedule_by(Task::Wipe, now);
                return events;
            }
            ManifestAnswer::Manifest { manifest, etag } => {
                let at = time.map_or(received_at, |it| it.stamped);
                // What is urgent waits for no disk and no download.
                let urgent =
                    ContentSnapshot::with_urgent_of(self.content.as_deref(), &manifest, at);
                events.extend(urgent.map(|it| self.set_content(it)));
                self.incoming = Some(IncomingManifest {
                    manifest: *manifest,
                    etag,
                    at,
                });
            }
            ManifestAnswer::NotModified => {}
        }
        self.wipe_orders = 0;
        // Either way it is looked whether all is here: a blob may be damaged since.
        self.schedule.schedule_by(Task::Activate, now);
        events.push(LinkEvent::Online {
            time,
            is_saved: self.is_saved(),
        });
        events
    }

    fn on_activated(&mut self, activation: Activation, now: Instant) -> Vec<LinkEvent> {
        let was_saved = self.is_saved();
        self.is_unsaved = activation.is_unsaved;
        self.blobs.set(activation.missing);
        let mut events = self.saved_event(was_saved);
        if let Some(content) = activation.content {
            let content = self.with_newer_urgent(content);
            events.push(self.set_content(content));
            self.schedule.schedule_by(Task::Status, now);
        } else if activation.is_new {
            // What of it is here already does not wait for all that is missing.
            self.is_news = true;
            let is_last = self.blobs.is_at_rest(now);
            self.schedule.content_arrived(false, is_last, now);
        }
        self.fetch_more(now);
        events
    }

    fn on_blob(
        &mut self,
        sha256: Sha256,
        is_urgent: bool,
        fetched: Result<(), FetchError>,
        now: Instant,
    ) -> Vec<LinkEvent> {
        let was_saved = self.is_saved();
        match fetched {
            Ok(()) => {
                self.blobs.arrived(sha256);
                self.is_news = true;
            }
            Err(why) => self.blobs.failed(sha256, why, now),
        }
        let events = self.saved_event(was_saved);
        if self.is_news {
            let is_last = self.blobs.is_at_rest(now);
            self.schedule.content_arrived(is_urgent, is_last, now);
        }
        self.fetch_more(now);
        events
    }

    fn fetch_more(&mut self, now: Instant) {
        self.schedule.schedule_by(Task::UrgentBlob, now);
        self.schedule.schedule_by(Task::Blob, now);
    }

    /// What was read from the disk, with what a manifest that came meanwhile says: no emergency that is
    /// on the screen goes because of what was read before it came.
    fn with_newer_urgent(&self, content: ContentSnapshot) -> ContentSnapshot {
        let newer = self.incoming.as_ref();
        newer
            .and_then(|it| ContentSnapshot::with_urgent_of(Some(&content), &it.manifest, it.at))
            .unwrap_or(content)
    }

    fn set_content(&mut self, content: ContentSnapshot) -> LinkEvent {
        let content = Arc::new(content);
        self.content = Some(Arc::clone(&content));
        LinkEvent::Content(content)
    }

    /// Whether the disk has all that it should.
    fn is_saved(&self) -> bool {
        !self.is_unsaved && !self.blobs.lacks_room()
    }

    fn saved_event(&self, was_saved: bool) -> Vec<LinkEvent> {
        let is_saved = self.is_saved();
        let is_news = self.is_online && is_saved != was_saved;
        let event = is_news.then_some(LinkEvent::Online {
            time: None,
            is_saved,
        });
        event.into_iter().collect()
    }
}
