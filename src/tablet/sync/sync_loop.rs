//! The conversation with the backend, from the first question to the good-bye: what happens sets errands
//! going, and what they bring is told to the screens. It never waits for one of them.

mod starting;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use kairan_contract::{Emergency, EmergencySeen, EnrolmentCode, Sha256, TabletStatus};
use tokio::{
    sync::{Mutex, Notify, mpsc},
    task::{Id, JoinError, JoinSet},
};

use super::{
    Client, LinkError, LinkEvent, Outbox, SyncHandle,
    change_stream::ChangeStream,
    client::{Answered, ManifestAnswer},
    handle::Seen,
    plan::{Plan, Task},
    status::Status,
    tasks::{Shown, Taking, TaskError, Tasks},
    wanted::{Missed, Wanted},
};
use crate::{
    data_folder::DataFolder,
    identity::Identity,
    journal::Journal,
    library::{ContentSnapshot, Library},
    session::EnrolmentRefused,
};

/// How many manifests an order to forget waits for what is still to be sent.
const PUT_OFF: u32 = 5;
/// What is left at the end is sent if that goes so quickly.
const GOOD_BYE: Duration = Duration::from_secs(3);

/// Everything that the conversation needs.
pub struct Link {
    /// Talks to the backend.
    pub client: Client,
    /// Where content is kept.
    pub library: Library,
    /// What is to be sent.
    pub journal: Arc<Mutex<Journal>>,
    /// Told when records were written to the journal.
    pub written: Arc<Notify>,
    /// What residents ask for, before it stands in the journal.
    pub outbox: Outbox,
    /// Where the tablet's identity is kept.
    pub data: DataFolder,
    /// Who this tablet is.
    pub identity: Identity,
    /// A code from the command line, for a tablet that its backend does not know any more.
    pub spare_code: Option<EnrolmentCode>,
    /// How long to wait between two manifests.
    pub every: Duration,
    /// What is on the screen.
    pub held: Option<Arc<ContentSnapshot>>,
    /// The emergencies that were shown here, the latest last.
    pub seen: Vec<EmergencySeen>,
    /// To the screens.
    pub tell: mpsc::UnboundedSender<LinkEvent>,
}

/// What an errand has brought.
enum Brought {
    Nothing,
    Enrolled(Result<Identity, EnrolmentRefused>),
    Requests(Result<(), TaskError>),
    Manifest(Result<Answered<ManifestAnswer>, LinkError>),
    Shown(Box<Shown>),
    Blob(Sha256, bool, Result<(), Missed>),
    Status(Vec<TabletStatus>, bool),
    Forgotten(bool),
    Records(Result<bool, TaskError>),
}

/// A conversation that goes on.
pub struct SyncLoop {
    errands: Tasks,
    written: Arc<Notify>,
    identity: Identity,
    spare_code: Option<EnrolmentCode>,
    code: Option<EnrolmentCode>,
    every: Duration,
    plan: Plan,
    wanted: Wanted,
    /// What the screens were told last.
    held: Option<Arc<ContentSnapshot>>,
    taking: Option<Taking>,
    /// What came is to be shown.
    is_news: bool,
    /// The library has more than its disk.
    is_unkept: bool,
    is_online: bool,
    /// How many manifests ordered to forget, one after the other.
    wiped: u32,
    seen: Seen,
    last_seen: Option<EmergencySeen>,
    status: Status,
    running: JoinSet<Brought>,
    names: HashMap<Id, Task>,
    /// Hears of changes, whatever else goes on.
    listening: JoinSet<()>,
    heard: Arc<Notify>,
}

impl SyncLoop {
    /// A conversation that has not begun.
    pub fn new(link: Link) -> Self {
        let mut seen = Seen::default();
        let last_seen = link.seen.last().copied();
        // It is not known what of this the backend has heard; the same again is no news there.
        let latest = link.seen.len().saturating_sub(Emergency::AT_ONCE);
        link.seen.iter().skip(latest).for_each(|it| seen.note(*it));
        Self {
            errands: Tasks {
                client: link.client,
                library: link.library,
                journal: link.journal,
                outbox: link.outbox,
                data: link.data,
                tell: link.tell,
                sent: Arc::default(),
            },
            written: link.written,
            identity: link.identity,
            spare_code: link.spare_code,
            code: None,
            every: link.every,
            plan: Plan::new(link.every),
            wanted: Wanted::new(link.every),
            held: link.held,
            taking: None,
            is_news: false,
            is_unkept: false,
            is_online: false,
            wiped: 0,
            seen,
            last_seen,
            status: Status::default(),
            running: JoinSet::new(),
            names: HashMap::new(),
            listening: JoinSet::new(),
            heard: Arc::default(),
        }
    }

    /// Talks until the screens are gone.
    pub async fn run(mut self, wishes: SyncHandle) {
        self.plan.by(Task::Forgotten, Instant::now());
        self.begin();
        let (written, heard) = (Arc::clone(&self.written), Arc::clone(&self.heard));
        let outbox = self.errands.outbox.clone();
        while !wishes.is_closed() {
            for errand in self.plan.begin(Instant::now()) {
                self.start(errand);
            }
            let wake_at = self.plan.wake_at();
            let alarm = async {
                match wake_at {
                    Some(at) => tokio::time::sleep_until(at.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                Some(ended) = self.running.join_next_with_id() => self.finish(ended),
                () = wishes.come() => self.wish(&wishes),
                () = outbox.to_send() => self.plan.by(Task::Requests, Instant::now()),
                () = heard.notified() => self.plan.by(Task::Manifest, Instant::now()),
                () = written.notified() => self.plan.records_written(Instant::now()),
                () = alarm => {}
            }
        }
        self.say_good_bye().await;
    }

    /// Begins with a loan, if there is one.
    fn begin(&mut self) {
        self.listening.abort_all();
        let Some(token) = self.token() else {
            return;
        };
        let now = Instant::now();
        self.plan.by(Task::Manifest, now);
        self.plan.by(Task::Requests, now);
        let (client, heard) = (self.errands.client.clone(), Arc::clone(&self.heard));
        self.listening.spawn(async move {
            let mut ear = ChangeStream::default();
            loop {
                ear.hears_something_new(&client, &token).await;
                heard.notify_one();
            }
        });
    }

    fn token(&self) -> Option<String> {
        self.identity.loan.as_ref().map(|loan| loan.token.clone())
    }

    fn wish(&mut self, wishes: &SyncHandle) {
        let now = Instant::now();
        if let Some(code) = wishes.take_code() {
            self.code = Some(code);
            self.plan.by(Task::Enrol, now);
        }
        for seen in wishes.take_seen() {
            self.last_seen = Some(seen);
            self.seen.note(seen);
            self.plan.by(Task::Status, now);
        }
    }

    fn shows(&self) -> Option<(u64, bool)> {
        let held = self.held.as_ref()?;
        Some((held.manifest.catalogue, held.manifest.locked))
    }

    fn finish(&mut self, ended: Result<(Id, Brought), JoinError>) {
        let (id, brought) = ended.unwrap_or_else(|error| {
            tracing::error!(%error, "an errand stopped");
            (error.id(), Brought::Nothing)
        });
        let Some(errand) = self.names.remove(&id) else {
            return;
        };
        self.plan.ended(errand);
        let now = Instant::now();
        match brought {
            Brought::Nothing => {}
            Brought::Enrolled(Ok(identity)) => self.on_enrolled(identity),
            Brought::Enrolled(Err(why)) => self.errands.say(LinkEvent::Refused(why)),
            Brought::Requests(sent) => self.requests_sent(&sent, now),
            Brought::Manifest(answer) => self.manifest_came(answer, now),
            Brought::Shown(shown) => self.shown(*shown, now),
            Brought::Blob(sha256, is_urgent, fetched) => {
                self.blob_came(sha256, is_urgent, fetched, now);
            }
            Brought::Status(told, is_all) => {
                for status in told {
                    if let Some(seen) = &status.emergency {
                        self.seen.told(seen);
                    }
                    self.status.told(status, now);
                }
                // What was seen meanwhile; what did not go is told with the next answer.
                if is_all && !self.seen.is_empty() {
                    self.plan.by(Task::Status, now);
                }
            }
            Brought::Forgotten(is_told) => {
                if !is_told {
                    self.plan.by(Task::Forgotten, now + self.every);
                }
            }
            Brought::Records(sent) => {
                match sent {
                    Ok(true) => {}
                    Ok(false) => self.plan.by(Task::Records, now),
                    // What goes waits on the disk for the next answer.
                    Err(error) => tracing::warn!(%error, "records could not be sent"),
                }
                self.go_on_forgetting(now);
            }
        }
    }

    fn requests_sent(&mut self, sent: &Result<(), TaskError>, now: Instant) {
        if let Err(error) = sent {
            tracing::warn!(%error, "requests could not be sent");
            self.plan.requests_failed(now);
        }
        // What is being written at this moment is sent from memory if that takes too long.
        if let Some(at) = self.errands.outbox.next_sendable() {
            self.plan.by(Task::Requests, at);
        }
        self.go_on_forgetting(now);
    }

    /// What an order to forget waited for may be gone now.
    fn go_on_forgetting(&mut self, now: Instant) {
        if self.wiped > 0 {
            self.plan.by(Task::Forget, now);
        }
    }

    fn manifest_came(&mut self, answer: Result<Answered<ManifestAnswer>, LinkError>, now: Instant) {
        let share = rand::random();
        let Answered { answer, time } = match answer {
            Ok(answered) => answered,
            Err(error) => {
                self.plan.ask_again(now, share);
                self.is_online = false;
                if !matches!(error, LinkError::NotLetIn) {
                    tracing::info!(%error, "the backend does not answer");
                    self.errands.say(LinkEvent::Offline);
                } else if let Some(code) = self.spare_code.take() {
                    self.code = Some(code);
                    self.plan.by(Task::Enrol, now);
                } else {
                    self.errands.say(LinkEvent::Unauthorized);
                }
                return;
            }
        };
        self.is_online = true;
        self.plan.answered(now, share);
        self.wanted.network_is_back();
        match answer {
            ManifestAnswer::Manifest { manifest, .. } if manifest.wipe => {
                self.wiped += 1;
                self.plan.by(Task::Forget, now);
                return;
            }
            ManifestAnswer::Manifest { manifest, etag } => {
                let at = time.map_or_else(Timestamp::now, |it| it.stamped);
                // What is urgent waits for no disk and no download.
                if let Some(held) =
                    ContentSnapshot::with_urgent_of(self.held.as_deref(), &manifest, at)
                {
                    self.tell_held(held);
                }
                self.taking = Some(Taking {
                    manifest: *manifest,
                    etag,
                    at,
                });
            }
            ManifestAnswer::NotModified => {}
        }
        self.wiped = 0;
        // Either way it is looked whether all is here: a blob may be damaged since.
        self.plan.by(Task::Show, now);
        self.errands.say(LinkEvent::Online {
            time,
            is_kept: self.is_kept(),
        });
    }

    fn shown(&mut self, shown: Shown, now: Instant) {
        let was_kept = self.is_kept();
        self.is_unkept = shown.is_unkept;
        self.wanted.put(shown.wanted);
        self.tell_whether_kept(was_kept);
        if let Some(held) = shown.held {
            self.tell_held(self.with_newer_urgent(held));
            self.plan.by(Task::Status, now);
        } else if shown.is_new {
            // What of it is here already does not wait for all that is missing.
            self.is_news = true;
            self.plan
                .content_came(false, self.wanted.is_at_rest(now), now);
        }
        self.fetch_on(now);
    }

    fn blob_came(
        &mut self,
        sha256: Sha256,
        is_urgent: bool,
        fetched: Result<(), Missed>,
        now: Instant,
    ) {
        let was_kept = self.is_kept();
        match fetched {
            Ok(()) => {
                self.wanted.came(sha256);
                self.is_news = true;
            }
            Err(why) => self.wanted.missed(sha256, why, now),
        }
        self.tell_whether_kept(was_kept);
        if self.is_news {
            let is_last = self.wanted.is_at_rest(now);
            self.plan.content_came(is_urgent, is_last, now);
        }
        self.fetch_on(now);
    }

    fn fetch_on(&mut self, now: Instant) {
        self.plan.by(Task::Urgent, now);
        self.plan.by(Task::Blob, now);
    }

    /// What was read from the disk, with what a manifest that came meanwhile says: no emergency that is
    /// on the screen goes because of what was read before it came.
    fn with_newer_urgent(&self, held: ContentSnapshot) -> ContentSnapshot {
        let newer = self.taking.as_ref();
        newer
            .and_then(|it| ContentSnapshot::with_urgent_of(Some(&held), &it.manifest, it.at))
            .unwrap_or(held)
    }

    fn tell_held(&mut self, held: ContentSnapshot) {
        let held = Arc::new(held);
        self.held = Some(Arc::clone(&held));
        self.errands.say(LinkEvent::Content(held));
    }

    /// Whether the disk has all that it should.
    fn is_kept(&self) -> bool {
        !self.is_unkept && !self.wanted.lacks_room()
    }

    fn tell_whether_kept(&self, was_kept: bool) {
        let is_kept = self.is_kept();
        if self.is_online && is_kept != was_kept {
            self.errands.say(LinkEvent::Online {
                time: None,
                is_kept,
            });
        }
    }

    fn on_enrolled(&mut self, identity: Identity) {
        self.identity = identity.clone();
        // What is still on its way was asked in the name of the loan before.
        self.running = JoinSet::new();
        self.names.clear();
        self.plan = Plan::new(self.every);
        self.wanted = Wanted::new(self.every);
        self.taking = None;
        self.status = Status::default();
        self.wiped = 0;
        // That the loan before is forgotten may still be to be told.
        self.plan.by(Task::Forgotten, Instant::now());
        self.errands.say(LinkEvent::Enrolled(identity));
        self.begin();
    }

    /// Sends what is left, if that goes quickly, requests first; else it goes the next time.
    async fn say_good_bye(&mut self) {
        self.running.abort_all();
        let Some(token) = self.token() else {
            return;
        };
        let errands = &self.errands;
        let _ = tokio::time::timeout(GOOD_BYE, async {
            if let Err(error) = errands.send_requests(&token).await {
                tracing::info!(%error, "requests go the next time");
            }
            if let Err(error) = errands.upload(&token).await {
                tracing::info!(%error, "records go the next time");
            }
        })
        .await;
    }
}
