//! Talks with the backend, from the first question to the good-bye: carries out what [`SyncPlan`] says, and tells the
//! screens what comes of it. It decides nothing, and never waits for one of its tasks.

#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use kairan_contract::{EmergencySeen, EnrolmentCode};
use tokio::{
    sync::{Mutex, Notify, mpsc},
    task::{Id, JoinError, JoinSet},
};

use super::{
    change_stream::{Change, ChangeStream},
    client::Client,
    event::LinkEvent,
    handle::SyncHandle,
    outbox::Outbox,
    outcome::SyncOutcome,
    plan::{Job, SyncPlan},
    schedule::Task,
    tasks::Tasks,
};
use crate::{
    data_folder::DataFolder,
    identity::Identity,
    journal::Journal,
    library::{ContentSnapshot, Library},
};

/// What is left at the end is sent if that goes so quickly.
const SEND_REST: Duration = Duration::from_secs(3);

/// Everything that the loop needs.
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
    pub content: Option<Arc<ContentSnapshot>>,
    /// The emergencies that were shown here, the latest last.
    pub seen: Vec<EmergencySeen>,
    /// To the screens.
    pub tell: mpsc::UnboundedSender<LinkEvent>,
}

/// The link to the backend, kept up as long as the program runs.
pub struct SyncLoop {
    tasks: Tasks,
    plan: SyncPlan,
    written: Arc<Notify>,
    running: JoinSet<SyncOutcome>,
    names: HashMap<Id, Task>,
    /// Hears of changes, whatever else goes on.
    listening: JoinSet<()>,
    changed: Arc<Notify>,
    answered: Arc<Notify>,
}

impl SyncLoop {
    /// A loop that has not begun.
    pub fn new(link: Link) -> Self {
        Self {
            plan: SyncPlan::new(
                link.identity,
                link.spare_code,
                link.every,
                link.content,
                &link.seen,
            ),
            tasks: Tasks {
                client: link.client,
                library: link.library,
                journal: link.journal,
                outbox: link.outbox,
                answers: Arc::new(Mutex::new(link.data.answers())),
                data: link.data,
                tell: link.tell,
                deliveries: Arc::default(),
            },
            written: link.written,
            running: JoinSet::new(),
            names: HashMap::new(),
            listening: JoinSet::new(),
            changed: Arc::default(),
            answered: Arc::default(),
        }
    }

    /// Runs until the screens are gone.
    pub async fn run(mut self, handle: SyncHandle) {
        self.plan.begin(Instant::now());
        self.listen();
        let (written, changed) = (Arc::clone(&self.written), Arc::clone(&self.changed));
        let answered = Arc::clone(&self.answered);
        let outbox = self.tasks.outbox.clone();
        while !handle.is_closed() {
            for (task, job) in self.plan.start_due(Instant::now()) {
                self.start(task, job);
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
                () = handle.changed() => self.on_commands(&handle),
                () = outbox.to_send() => self.plan.requests_waiting(Instant::now()),
                () = changed.notified() => self.plan.backend_changed(Instant::now()),
                () = answered.notified() => self.plan.answers_changed(Instant::now()),
                () = written.notified() => self.plan.records_written(Instant::now()),
                () = alarm => {}
            }
        }
        self.send_rest().await;
    }

    /// Hears of changes in the name of the loan, if there is one.
    fn listen(&mut self) {
        self.listening.abort_all();
        let Some(token) = self.plan.token() else {
            return;
        };
        let (client, changed) = (self.tasks.client.clone(), Arc::clone(&self.changed));
        let answered = Arc::clone(&self.answered);
        self.listening.spawn(async move {
            let mut stream = ChangeStream::default();
            loop {
                for change in stream.next_change(&client, &token).await {
                    match change {
                        Change::Manifest => changed.notify_one(),
                        Change::Answers => answered.notify_one(),
                    }
                }
            }
        });
    }

    fn on_commands(&mut self, handle: &SyncHandle) {
        let now = Instant::now();
        if let Some(code) = handle.take_code() {
            self.plan.enrol(code, now);
        }
        for seen in handle.take_seen() {
            self.plan.note_seen(seen, now);
        }
    }

    /// Sets a task going.
    fn start(&mut self, task: Task, job: Job) {
        let tasks = self.tasks.clone();
        let running = self.running.spawn(async move { tasks.run(job).await });
        self.names.insert(running.id(), task);
    }

    fn finish(&mut self, ended: Result<(Id, SyncOutcome), JoinError>) {
        let (id, outcome) = ended.unwrap_or_else(|error| {
            tracing::error!(%error, "a task stopped");
            (error.id(), SyncOutcome::Nothing)
        });
        if let Some(task) = self.names.remove(&id) {
            self.on_outcome(task, outcome);
        }
    }

    fn on_outcome(&mut self, task: Task, outcome: SyncOutcome) {
        let events = self
            .plan
            .on_outcome(task, outcome, Instant::now(), rand::random());
        for event in events {
            if let LinkEvent::Enrolled(_) = event {
                // What is still on its way was asked in the name of the loan before.
                self.running = JoinSet::new();
                self.names.clear();
                self.listen();
            }
            self.tasks.tell(event);
        }
    }

    /// Sends what is left, if that goes quickly, requests first; else it goes the next time.
    async fn send_rest(&mut self) {
        self.running.abort_all();
        let Some(token) = self.plan.token() else {
            return;
        };
        let tasks = &self.tasks;
        let _ = tokio::time::timeout(SEND_REST, async {
            if let Err(error) = tasks.send_requests(&token).await {
                tracing::info!(%error, "requests go the next time");
            }
            if let Err(error) = tasks.upload(&token).await {
                tracing::info!(%error, "records go the next time");
            }
        })
        .await;
    }
}
