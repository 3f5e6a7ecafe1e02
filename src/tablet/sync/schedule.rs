//! When each task over the link is due: of each at most one runs, and none waits for another. Pure: time and chance
//! come as arguments.

use std::time::{Duration, Instant};

/// Records are sent so long after they were written, together with what comes meanwhile.
const GATHERING: Duration = Duration::from_secs(2);
/// The first wait before requests that did not go are sent again; it doubles up to the pause between
/// two manifests.
const SOON: Duration = Duration::from_secs(2);
/// Content that is not urgent is shown together with what comes so long after it.
const TOGETHER: Duration = Duration::from_secs(5);

/// One thing that is done over the link or for it, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Ask to be let in.
    Enrol,
    /// Send what residents ask for.
    Requests,
    /// Ask whether there is another manifest.
    Manifest,
    /// Put into force what came, and look what is missing.
    Activate,
    /// Fetch what may warn.
    UrgentBlob,
    /// Ask what became of what residents asked for.
    Answers,
    /// Say what was seen here, and how this tablet is.
    Status,
    /// Obey the order to forget the loan.
    Wipe,
    /// Say that everything is forgotten.
    ReportWipe,
    /// Fetch what else is missing.
    Blob,
    /// Send usage records.
    Records,
}

impl Task {
    const ALL: [Self; 11] = [
        Self::Enrol,
        Self::Requests,
        Self::Manifest,
        Self::Activate,
        Self::UrgentBlob,
        Self::Answers,
        Self::Status,
        Self::Wipe,
        Self::ReportWipe,
        Self::Blob,
        Self::Records,
    ];
}

#[derive(Debug, Clone, Copy, Default)]
struct Lane {
    due: Option<Instant>,
    is_running: bool,
}

/// When what is to be done.
#[derive(Debug)]
pub struct Schedule {
    lanes: [Lane; Task::ALL.len()],
    /// How long to wait between two manifests.
    every: Duration,
    /// How long to wait before requests are sent again.
    wait: Duration,
}

impl Schedule {
    /// Nothing is to be done yet.
    pub fn new(every: Duration) -> Self {
        Self {
            lanes: [Lane::default(); Task::ALL.len()],
            every,
            wait: SOON.min(every),
        }
    }

    /// It is to be done at this moment at the latest.
    pub fn schedule_by(&mut self, task: Task, at: Instant) {
        let lane = &mut self.lanes[task as usize];
        lane.due = Some(lane.due.map_or(at, |due| due.min(at)));
    }

    /// What begins now. What is due while it runs begins again when it has ended.
    pub fn start_due(&mut self, now: Instant) -> Vec<Task> {
        let mut started = Vec::new();
        for task in Task::ALL {
            let lane = &mut self.lanes[task as usize];
            if !lane.is_running && lane.due.is_some_and(|due| due <= now) {
                *lane = Lane {
                    due: None,
                    is_running: true,
                };
                started.push(task);
            }
        }
        started
    }

    /// It has come to its end, good or bad.
    pub fn finished(&mut self, task: Task) {
        self.lanes[task as usize].is_running = false;
    }

    /// When something begins, if nothing happens until then.
    pub fn wake_at(&self) -> Option<Instant> {
        let waiting = self.lanes.iter().filter(|lane| !lane.is_running);
        waiting.filter_map(|lane| lane.due).min()
    }

    /// Usage records stand on the disk.
    pub fn records_written(&mut self, now: Instant) {
        self.schedule_by(Task::Records, now + GATHERING);
    }

    /// The backend answered with a manifest, or that there is none: what waited for it goes now.
    /// `share` between 0 and 1 spreads thousands of tablets over the time.
    pub fn answered(&mut self, now: Instant, share: f64) {
        self.wait = SOON.min(self.every);
        self.ask_again(now, share);
        for task in [Task::Requests, Task::Status, Task::Records] {
            self.schedule_by(task, now);
        }
    }

    /// The backend is asked for a manifest again after the usual pause.
    pub fn ask_again(&mut self, now: Instant, share: f64) {
        self.schedule_by(Task::Manifest, now + self.every.mul_f64(0.85 + 0.3 * share));
    }

    /// Requests did not go.
    pub fn requests_failed(&mut self, now: Instant) {
        self.schedule_by(Task::Requests, now + self.wait);
        self.wait = (self.wait * 2).min(self.every);
    }

    /// Content came: what is urgent is shown at once, and so is the last for now.
    pub fn content_arrived(&mut self, is_urgent: bool, is_last: bool, now: Instant) {
        let at = if is_urgent || is_last {
            now
        } else {
            now + TOGETHER
        };
        self.schedule_by(Task::Activate, at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY: Duration = Duration::from_mins(1);

    #[test]
    fn nothing_waits_for_what_runs_already_and_nothing_runs_twice() {
        let (now, mut schedule) = (Instant::now(), Schedule::new(EVERY));
        assert_eq!(schedule.start_due(now), []);
        schedule.schedule_by(Task::Blob, now);
        schedule.schedule_by(Task::Records, now);
        assert_eq!(schedule.start_due(now), [Task::Blob, Task::Records]);
        // Both go on for minutes: somebody asks for help, and the backend has news.
        schedule.schedule_by(Task::Manifest, now);
        schedule.schedule_by(Task::Requests, now);
        schedule.schedule_by(Task::Blob, now);
        assert_eq!(schedule.start_due(now), [Task::Requests, Task::Manifest]);
        // More news while the manifest is fetched: it is fetched once more after that.
        schedule.schedule_by(Task::Manifest, now);
        assert_eq!(schedule.start_due(now), []);
        assert_eq!(schedule.wake_at(), None);
        schedule.finished(Task::Manifest);
        assert_eq!(schedule.start_due(now), [Task::Manifest]);
    }

    #[test]
    fn what_is_due_later_is_not_put_off_by_what_comes() {
        let (now, mut schedule) = (Instant::now(), Schedule::new(EVERY));
        let second = Duration::from_secs(1);
        schedule.records_written(now);
        schedule.records_written(now + second);
        assert_eq!(schedule.wake_at(), Some(now + GATHERING));
        schedule.content_arrived(false, false, now);
        schedule.content_arrived(false, false, now + second);
        assert_eq!(schedule.start_due(now + GATHERING), [Task::Records]);
        assert_eq!(schedule.wake_at(), Some(now + TOGETHER));
        schedule.content_arrived(true, false, now + 3 * second);
        assert_eq!(schedule.start_due(now + 3 * second), [Task::Activate]);
    }

    #[test]
    fn requests_that_do_not_go_are_tried_again_at_a_bounded_pace() {
        let (now, mut schedule) = (Instant::now(), Schedule::new(EVERY));
        let mut waits = Vec::new();
        let mut at = now;
        for _ in 0..8 {
            schedule.requests_failed(at);
            let next = schedule.wake_at().expect("it is tried again");
            waits.push((next - at).as_secs());
            at = next;
            assert_eq!(schedule.start_due(at), [Task::Requests]);
            schedule.finished(Task::Requests);
        }
        assert_eq!(waits, [2, 4, 8, 16, 32, 60, 60, 60]);
        schedule.answered(at, 0.5);
        assert_eq!(
            schedule.start_due(at),
            [Task::Requests, Task::Status, Task::Records]
        );
        schedule.requests_failed(at);
        assert_eq!(schedule.wake_at(), Some(at + EVERY), "one of them runs");
        schedule.finished(Task::Requests);
        assert_eq!(schedule.wake_at(), Some(at + SOON));
    }
}
