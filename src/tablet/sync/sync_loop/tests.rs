//! What happens while a task takes its time.

use jiff::Timestamp;
use kairan_contract::{EmergencyStage, Manifest, Participation, TabletId};
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::sync::client::{ManifestAnswer, Stamped};
use crate::{demonstration, identity::Loan, uptime::MachineClocks, wiping};

/// A link to nobody, and what it tells the screens.
struct TestLink {
    sync: SyncLoop,
    told: mpsc::UnboundedReceiver<LinkEvent>,
    folder: TempDir,
}

impl TestLink {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let nobody = "http://127.0.0.1:9".parse().expect("an address");
        let client = Client::new(&nobody, Arc::new(MachineClocks)).expect("a client");
        let journal = Journal::open(folder.path()).await.expect("opens");
        let (tell, told) = mpsc::unbounded_channel();
        let sync = SyncLoop::new(Link {
            client,
            library: Library::open(folder.path()).expect("opens"),
            journal: Arc::new(Mutex::new(journal)),
            written: Arc::default(),
            outbox: Outbox::default(),
            data: DataFolder::open(folder.path().to_owned()).expect("opens"),
            identity: identity(),
            spare_code: None,
            every: Duration::from_mins(1),
            content: None,
            seen: Vec::new(),
            tell,
        });
        Self { sync, told, folder }
    }

    fn hears(&mut self, manifest: &Manifest, etag: &str) {
        let answer = ManifestAnswer::Manifest {
            manifest: Box::new(manifest.clone()),
            etag: etag.to_owned(),
        };
        let stamped = Stamped { answer, time: None };
        let outcome = SyncOutcome::Manifest(Ok(stamped), Timestamp::now());
        self.sync.on_outcome(Task::Manifest, outcome);
    }

    /// What was to be put in force is begun, and nothing else.
    fn activates(&mut self) {
        for (task, job) in self.sync.plan.start_due(Instant::now()) {
            if task == Task::Activate {
                self.sync.start(task, job);
            }
        }
    }

    /// The task that is under way comes to its end.
    async fn ends(&mut self) {
        let ended = self.sync.running.join_next_with_id().await;
        self.sync.finish(ended.expect("a task"));
    }

    /// Whether each of what the screens were told to show is locked, and its emergencies.
    fn shown(&mut self) -> Vec<(bool, usize)> {
        let told = std::iter::from_fn(|| self.told.try_recv().ok());
        let shown = told.filter_map(|told| match told {
            LinkEvent::Content(snapshot) => Some((
                snapshot.manifest.locked,
                snapshot.manifest.emergencies.len(),
            )),
            _ => None,
        });
        shown.collect()
    }
}

fn identity() -> Identity {
    Identity {
        tablet: TabletId(Uuid::nil()),
        loan: Some(Loan {
            token: "secret".to_owned(),
            participation: Participation(Uuid::nil()),
        }),
    }
}

/// A manifest of which nothing is missing.
fn manifest() -> Manifest {
    let mut manifest = demonstration::snapshot().manifest;
    manifest.neighbourhoods = None;
    for entry in &mut manifest.services {
        entry.content = None;
    }
    manifest
}

#[tokio::test]
async fn that_everything_was_forgotten_is_told_although_a_new_loan_has_begun() {
    let mut link = TestLink::new().await;
    wiping::order(link.folder.path(), "the token before").expect("writes");
    wiping::execute(link.folder.path()).expect("forgets");
    link.sync
        .on_outcome(Task::Enrol, SyncOutcome::Enrolled(Ok(identity())));
    let begun = link.sync.plan.start_due(Instant::now());
    let mut begun = begun.iter().map(|(task, _)| *task);
    assert!(begun.any(|task| task == Task::ReportWipe));
}

#[tokio::test]
async fn what_is_urgent_stays_although_what_came_before_it_is_put_in_force_only_now() {
    let mut link = TestLink::new().await;
    let before = manifest();
    link.hears(&before, "1");
    link.activates();
    // The disk takes its time; meanwhile there is an emergency, and the tablet is locked.
    let mut urgent = before.clone();
    urgent.emergencies = vec![demonstration::emergency(EmergencyStage::Released, false)];
    urgent.locked = true;
    link.hears(&urgent, "2");
    assert_eq!(link.shown(), [(true, 1)], "it waits for no disk");
    link.ends().await;
    assert_eq!(link.shown(), [(true, 1)], "nothing took it away");
    link.activates();
    link.ends().await;
    assert_eq!(link.shown(), [(true, 1)]);
    // What is over likewise does not come back.
    link.hears(&urgent, "2");
    link.activates();
    link.hears(&before, "3");
    assert_eq!(link.shown(), [(false, 0)]);
    link.ends().await;
    assert_eq!(link.shown(), [(false, 0)]);
}
