//! What goes first, and what follows from what: with no network, no disk and no clock.

use kairan_contract::{
    BlobReference, EmergencyId, EmergencyStage, Manifest, Participation, Sha256, TabletId,
};
use uuid::Uuid;

use super::*;
use crate::{
    clock::CouncilTime, demonstration, identity::Loan, library::MissingContent, uptime::Uptime,
};

const EVERY: Duration = Duration::from_mins(1);

fn lent(token: &str) -> Identity {
    Identity {
        tablet: TabletId(Uuid::nil()),
        loan: Some(Loan {
            token: token.to_owned(),
            participation: Participation(Uuid::nil()),
        }),
    }
}

fn plan() -> SyncPlan {
    SyncPlan::new(lent("secret"), None, EVERY, None, &[])
}

fn manifest() -> Manifest {
    demonstration::snapshot().manifest
}

fn answer(manifest: Manifest) -> SyncOutcome {
    let answer = ManifestAnswer::Manifest {
        manifest: Box::new(manifest),
        etag: "1".to_owned(),
    };
    let stamped = Stamped { answer, time: None };
    SyncOutcome::Manifest(Ok(stamped), demonstration::now())
}

/// This is missing, and each content that is heavier than nothing is named by its weight.
fn missing(contents: &[(u64, bool)]) -> SyncOutcome {
    let missing = |(bytes, is_urgent): &(u64, bool)| MissingContent {
        blobs: vec![blob(*bytes)],
        is_urgent: *is_urgent,
    };
    SyncOutcome::Activated(Box::new(Activation {
        is_new: true,
        content: None,
        missing: contents.iter().map(missing).collect(),
        is_unsaved: false,
    }))
}

fn blob(bytes: u64) -> BlobReference {
    BlobReference {
        sha256: Sha256::of(&bytes.to_be_bytes()),
        bytes,
    }
}

/// What begins, in words.
fn started(plan: &mut SyncPlan, now: Instant) -> Vec<String> {
    let jobs = plan.start_due(now).into_iter();
    jobs.map(|(task, job)| match job {
        Job::Blob { missing, .. } => format!("{task:?} {}", missing.blob.bytes),
        _ => format!("{task:?}"),
    })
    .collect()
}

#[test]
fn whatever_is_due_at_once_what_is_urgent_goes_first_then_requests_then_blobs_by_weight_then_records()
 {
    let (now, mut plan) = (Instant::now(), plan());
    plan.begin(now);
    assert_eq!(
        started(&mut plan, now),
        ["Requests", "Manifest", "ReportWipe"]
    );
    plan.on_outcome(
        Task::Requests,
        SyncOutcome::Requests(Ok(()), None),
        now,
        0.5,
    );
    plan.on_outcome(Task::Manifest, answer(manifest()), now, 0.5);
    assert_eq!(
        started(&mut plan, now),
        ["Requests", "Activate", "Answers", "Records"]
    );
    let contents = [(900, false), (20, false), (800, true), (30, false)];
    plan.on_outcome(Task::Activate, missing(&contents), now, 0.5);
    plan.note_seen(seen(), now);
    plan.enrol("123456".parse().expect("six digits"), now);
    plan.on_outcome(
        Task::Requests,
        SyncOutcome::Requests(Ok(()), None),
        now,
        0.5,
    );
    plan.on_outcome(Task::Answers, SyncOutcome::Answers(Ok(())), now, 0.5);
    plan.on_outcome(Task::Records, SyncOutcome::Records(Ok(false)), now, 0.5);
    plan.requests_waiting(now);
    assert_eq!(
        started(&mut plan, now),
        [
            "Enrol",
            "Requests",
            "UrgentBlob 800",
            "Answers",
            "Blob 20",
            "Records"
        ],
        "nothing is shown yet whose state could be reported"
    );
    for (task, bytes, next) in [
        (Task::Blob, 20, &["Blob 30"][..]),
        (Task::Blob, 30, &["Blob 900"]),
        (Task::UrgentBlob, 800, &["Activate"]),
        (Task::Blob, 900, &[]),
    ] {
        let is_urgent = task == Task::UrgentBlob;
        let came = SyncOutcome::Blob(blob(bytes).sha256, is_urgent, Ok(()));
        plan.on_outcome(task, came, now, 0.5);
        assert_eq!(started(&mut plan, now), next, "after {bytes}");
    }
}

fn seen() -> EmergencySeen {
    EmergencySeen {
        id: EmergencyId(Uuid::nil()),
        edition: 1,
        answered: false,
    }
}

#[test]
fn what_is_urgent_is_told_as_soon_as_the_manifest_is_read() {
    let (now, mut plan) = (Instant::now(), plan());
    let mut urgent = manifest();
    urgent.emergencies = vec![demonstration::emergency(EmergencyStage::Released, false)];
    let events = plan.on_outcome(Task::Manifest, answer(urgent), now, 0.5);
    let [LinkEvent::Content(content), LinkEvent::Online { .. }] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(content.manifest.emergencies.len(), 1);
    // What was read from the disk before it came takes nothing away.
    let read = Activation {
        is_new: true,
        content: Some(demonstration::snapshot()),
        missing: Vec::new(),
        is_unsaved: false,
    };
    let events = plan.on_outcome(
        Task::Activate,
        SyncOutcome::Activated(Box::new(read)),
        now,
        0.5,
    );
    let [LinkEvent::Content(content)] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(content.manifest.emergencies.len(), 1);
}

#[test]
fn records_go_only_while_the_backend_answers_and_requests_always() {
    let (now, mut plan) = (Instant::now(), plan());
    for (is_online, expected) in [
        (false, &["Requests"][..]),
        (true, &["Requests", "Activate", "Records"]),
        (false, &["Requests"]),
    ] {
        let outcome = if is_online {
            answer(manifest())
        } else {
            SyncOutcome::Manifest(
                Err(LinkError::InvalidResponse("none".to_owned())),
                demonstration::now(),
            )
        };
        plan.on_outcome(Task::Manifest, outcome, now, 0.5);
        plan.records_written(now);
        plan.requests_waiting(now);
        let later = now + Duration::from_secs(3);
        assert_eq!(started(&mut plan, later), expected, "{is_online}");
        for task in [Task::Requests, Task::Activate, Task::Records] {
            plan.on_outcome(task, SyncOutcome::Nothing, now, 0.5);
        }
    }
}

#[test]
fn an_order_to_forget_waits_for_what_is_to_be_sent_but_not_for_ever() {
    let (now, mut plan) = (Instant::now(), plan());
    let mut wipe = manifest();
    wipe.wipe = true;
    let mut waits = Vec::new();
    for _ in 0..7 {
        plan.on_outcome(Task::Manifest, answer(wipe.clone()), now, 0.5);
        for (task, job) in plan.start_due(now) {
            if let Job::Wipe { has_waited, .. } = job {
                waits.push(!has_waited);
            }
            plan.on_outcome(task, SyncOutcome::Nothing, now, 0.5);
        }
    }
    assert_eq!(waits, [true, true, true, true, true, false, false]);
    // What it waited for has gone: it is looked again at once.
    plan.on_outcome(Task::Records, SyncOutcome::Records(Ok(true)), now, 0.5);
    assert_eq!(started(&mut plan, now), ["Wipe"]);
    plan.on_outcome(Task::Wipe, SyncOutcome::Nothing, now, 0.5);
    // The order was taken back.
    plan.on_outcome(Task::Manifest, answer(manifest()), now, 0.5);
    plan.on_outcome(Task::Records, SyncOutcome::Records(Ok(true)), now, 0.5);
    assert!(!started(&mut plan, now).contains(&"Wipe".to_owned()));
}

#[test]
fn a_tablet_that_its_backend_does_not_know_any_more_tries_its_spare_code_once() {
    let now = Instant::now();
    let code = "123456".parse().ok();
    let mut plan = SyncPlan::new(lent("old"), code, EVERY, None, &[seen()]);
    let unknown = || SyncOutcome::Manifest(Err(LinkError::Unauthorized), demonstration::now());
    let events = plan.on_outcome(Task::Manifest, unknown(), now, 0.5);
    assert!(events.is_empty(), "{events:?}");
    assert_eq!(started(&mut plan, now), ["Enrol"]);
    let enrolled = SyncOutcome::Enrolled(Ok(lent("new")));
    let events = plan.on_outcome(Task::Enrol, enrolled, now, 0.5);
    assert!(matches!(&events[..], [LinkEvent::Enrolled(_)]));
    assert_eq!(plan.token().as_deref(), Some("new"));
    assert_eq!(
        started(&mut plan, now),
        ["Requests", "Manifest", "ReportWipe"]
    );
    let events = plan.on_outcome(Task::Manifest, unknown(), now, 0.5);
    assert!(matches!(&events[..], [LinkEvent::Unauthorized]));
}

#[test]
fn the_councils_time_goes_to_the_screens_and_dates_what_came() {
    let (now, mut plan) = (Instant::now(), plan());
    let time = CouncilTime {
        stamped: demonstration::now(),
        asked: Uptime::from_millis(1),
        answered: Uptime::from_millis(2),
    };
    let answer = ManifestAnswer::Manifest {
        manifest: Box::new(manifest()),
        etag: "1".to_owned(),
    };
    let time = Some(time);
    let outcome = SyncOutcome::Manifest(Ok(Stamped { answer, time }), jiff::Timestamp::MIN);
    let events = plan.on_outcome(Task::Manifest, outcome, now, 0.5);
    assert!(
        matches!(&events[..], [LinkEvent::Online { time: Some(it), is_saved: true }] if it.stamped == demonstration::now())
    );
    let jobs = plan.start_due(now);
    let at = jobs.iter().find_map(|(_, job)| match job {
        Job::Activate { incoming, .. } => incoming.as_ref().map(|it| it.at),
        _ => None,
    });
    assert_eq!(at, Some(demonstration::now()));
}
