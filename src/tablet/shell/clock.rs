//! The tablet's clock as the machine runs it: reads the machine's clocks, and ticks with the council's minutes.

use std::{
    cell::{Cell, RefCell},
    sync::Arc,
};

use tokio::sync::{mpsc, watch};

use crate::{
    clock::{Clock, Contact, CouncilTime},
    recorder::Moment,
    uptime::{Clocks, Uptime},
};

/// So long after a minute has begun it is shown, in milliseconds: never a moment before.
const INTO_THE_MINUTE_MS: u64 = 20;
/// What is known of the time is kept on the disk this often, in milliseconds.
const KEPT_EVERY_MS: u64 = 60 * 60 * 1000;

/// Who tells the tablet what time it is, and ticks with its minutes.
pub(super) struct Timekeeper {
    clocks: Arc<dyn Clocks>,
    clock: RefCell<Clock>,
    /// When the program began.
    began: Uptime,
    /// When the next minute is to tick.
    due: watch::Sender<Option<Uptime>>,
    /// The uptime in milliseconds at which the time was last kept, since this start.
    kept_ms: Cell<Option<u64>>,
}

impl Timekeeper {
    /// One for a program that begins now; `kept` is what the one before it knew.
    pub(super) fn start(clocks: Arc<dyn Clocks>, kept: Option<&Contact>) -> Self {
        let now = clocks.read();
        let clock = Clock::start(kept, &clocks.machine_start(), now);
        Self {
            clocks,
            clock: RefCell::new(clock),
            began: now.uptime,
            due: watch::Sender::new(None),
            kept_ms: Cell::new(None),
        }
    }

    /// This moment, by every clock.
    pub(super) fn moment(&self) -> Moment {
        let (now, clock) = (self.clocks.read(), self.clock.borrow());
        Moment {
            now: clock.now(now),
            uptime_ms: now.uptime.since(self.began),
            happened_at: now.wall.as_millisecond(),
            clock_offset_ms: clock.offset_ms(now),
        }
    }

    /// The council's time has come. Says whether the clock is another now.
    pub(super) fn synchronize(&self, time: CouncilTime) -> bool {
        self.clock.borrow_mut().synchronize(time)
    }

    /// What the next start of the program is to know.
    pub(super) fn contact(&self) -> Option<Contact> {
        self.clock.borrow().contact(self.clocks.read())
    }

    /// Whether what is known has not stood on the disk for an hour. It does from now on.
    pub(super) fn is_save_due(&self) -> bool {
        let now_ms = self.moment().uptime_ms;
        let is_due = |kept_ms| now_ms.saturating_sub(kept_ms) >= KEPT_EVERY_MS;
        let is_save_due = self.kept_ms.get().is_none_or(is_due);
        if is_save_due {
            self.kept_ms.set(Some(now_ms));
        }
        is_save_due
    }

    /// Asks for a tick when the next minute begins.
    pub(super) fn schedule_next_minute(&self) {
        let next = self.clock.borrow().next_minute(self.clocks.read());
        self.due.send_replace(Some(next.after(INTO_THE_MINUTE_MS)));
    }

    /// Ticks no more.
    pub(super) fn stop(&self) {
        self.due.send_replace(None);
    }

    /// Ticks at each minute that was asked for, until nobody listens. It runs beside the window.
    pub(super) fn minute_ticks(
        &self,
        ticks: mpsc::Sender<()>,
    ) -> impl Future<Output = ()> + Send + use<> {
        let (clocks, mut due) = (Arc::clone(&self.clocks), self.due.subscribe());
        async move {
            loop {
                let next = *due.borrow_and_update();
                let has_come = async {
                    match next {
                        Some(at) => clocks.reach(at).await,
                        None => std::future::pending().await,
                    }
                };
                tokio::select! {
                    changed = due.changed() => match changed {
                        Ok(()) => continue,
                        Err(_) => return,
                    },
                    () = has_come => {}
                }
                if ticks.send(()).await.is_err() || due.changed().await.is_err() {
                    return;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{pin::Pin, sync::Mutex};

    use jiff::{Timestamp, ToSpan as _};

    use super::*;
    use crate::uptime::MachineTime;

    /// Clocks that stand until they are set.
    #[derive(Clone)]
    struct StandingClocks(Arc<Mutex<MachineTime>>);

    impl StandingClocks {
        fn new() -> Self {
            Self(Arc::new(Mutex::new(MachineTime {
                wall: Timestamp::UNIX_EPOCH,
                uptime: Uptime::from_millis(1_000),
            })))
        }

        fn run(&self, milliseconds: u64) {
            let mut time = self.0.lock().expect("not poisoned");
            time.uptime = time.uptime.after(milliseconds);
        }
    }

    impl Clocks for StandingClocks {
        fn read(&self) -> MachineTime {
            *self.0.lock().expect("not poisoned")
        }

        fn machine_start(&self) -> String {
            "a".to_owned()
        }

        fn reach(&self, _: Uptime) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
            Box::pin(std::future::ready(()))
        }
    }

    #[test]
    fn what_is_known_of_the_time_is_kept_at_once_and_then_every_hour() {
        let clocks = StandingClocks::new();
        let time = Timekeeper::start(Arc::new(clocks.clone()), None);
        assert!(time.is_save_due());
        assert!(!time.is_save_due(), "it has just been kept");
        clocks.run(KEPT_EVERY_MS - 1);
        assert!(!time.is_save_due());
        clocks.run(1);
        assert!(time.is_save_due());
    }

    #[test]
    fn the_moment_is_the_councils_time_and_counts_since_the_program_began() {
        let clocks = StandingClocks::new();
        let time = Timekeeper::start(Arc::new(clocks.clone()), None);
        clocks.run(5_000);
        let uptime = clocks.read().uptime;
        let stamped = Timestamp::UNIX_EPOCH + 1.hour();
        let heard = CouncilTime {
            stamped,
            asked: uptime,
            answered: uptime,
        };
        assert!(time.synchronize(heard));
        let moment = time.moment();
        assert_eq!((moment.now, moment.uptime_ms), (stamped, 5_000));
        assert_eq!(moment.clock_offset_ms, Some(3_600_000));
        assert_eq!(time.contact().map(|it| it.at), Some(stamped));
    }

    #[tokio::test]
    async fn each_minute_that_was_asked_for_ticks_once() {
        let time = Timekeeper::start(Arc::new(StandingClocks::new()), None);
        let (ticks, mut heard) = mpsc::channel(8);
        let ticking = tokio::spawn(time.minute_ticks(ticks));
        time.schedule_next_minute();
        assert_eq!(heard.recv().await, Some(()));
        tokio::task::yield_now().await;
        assert!(heard.try_recv().is_err(), "nobody asked for another");
        time.schedule_next_minute();
        assert_eq!(heard.recv().await, Some(()));
        drop(time);
        ticking.await.expect("it ends with the clock");
    }
}
