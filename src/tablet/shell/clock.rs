//! What time does on its own: the minute's clock, the rest of a tablet that nobody touches, and the
//! seconds of a programme.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use slint::TimerMode;
use tokio::sync::{mpsc, watch};

use super::tablet::Tablet;
use crate::{
    clock::{Clock, Contact, CouncilTime},
    dates::in_japan,
    machine::battery_percent,
    recorder::Moment,
    session::Playing,
    uptime::{Clocks, Uptime},
    window::show_top,
};

/// So long after a minute has begun it is shown, in milliseconds: never a moment before.
const INTO_THE_MINUTE_MS: u64 = 20;
/// What is known of the time is kept on the disk this often, in milliseconds.
const KEPT_EVERY_MS: u64 = 60 * 60 * 1000;

/// Who tells the tablet what time it is, and strikes the minutes.
pub(super) struct Timekeeper {
    clocks: Arc<dyn Clocks>,
    clock: RefCell<Clock>,
    /// When the program began.
    began: Uptime,
    /// When the next minute is to be struck.
    due: watch::Sender<Option<Uptime>>,
    /// The uptime in milliseconds at which the time was last kept, since this start.
    kept_ms: Cell<Option<u64>>,
}

impl Timekeeper {
    /// One for a program that begins now; `kept` is what the one before it knew.
    pub(super) fn begin(clocks: Arc<dyn Clocks>, kept: Option<&Contact>) -> Self {
        let now = clocks.read();
        let clock = Clock::begin(kept, &clocks.machine_start(), now);
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

    /// The council's time was heard. Says whether the clock is another now.
    pub(super) fn hear(&self, time: CouncilTime) -> bool {
        self.clock.borrow_mut().hear(time)
    }

    /// What the next start of the program is to know.
    pub(super) fn contact(&self) -> Option<Contact> {
        self.clock.borrow().contact(self.clocks.read())
    }

    /// Whether what is known has not stood on the disk for an hour. It does from now on.
    pub(super) fn is_to_be_kept(&self) -> bool {
        let now_ms = self.moment().uptime_ms;
        let is_due = |kept_ms| now_ms.saturating_sub(kept_ms) >= KEPT_EVERY_MS;
        let is_to_be_kept = self.kept_ms.get().is_none_or(is_due);
        if is_to_be_kept {
            self.kept_ms.set(Some(now_ms));
        }
        is_to_be_kept
    }

    /// Has the next minute struck.
    fn strike_the_next_minute(&self) {
        let next = self.clock.borrow().next_minute(self.clocks.read());
        self.due.send_replace(Some(next.after(INTO_THE_MINUTE_MS)));
    }

    /// Strikes no more.
    pub(super) fn stop(&self) {
        self.due.send_replace(None);
    }

    /// Strikes each minute that was asked for, until nobody listens. It runs beside the window.
    pub(super) fn strikes(
        &self,
        struck: mpsc::Sender<()>,
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
                if struck.send(()).await.is_err() || due.changed().await.is_err() {
                    return;
                }
            }
        }
    }
}

impl Tablet {
    /// Wakes once a minute for the clock on the screen, and for the end of a visit.
    pub(super) fn wait_for_the_next_minute(&self) {
        self.time.strike_the_next_minute();
    }

    /// A minute has begun, or the machine has woken in the middle of one.
    pub(super) fn begin_the_minute(self: &Rc<Self>) {
        self.end_quiet_visit();
        self.show_the_minute();
        self.wait_for_the_next_minute();
    }

    /// Draws the clock alone, or everything when a new day has begun or minutes are told.
    fn show_the_minute(self: &Rc<Self>) {
        let now = self.now();
        let today = in_japan(now).date();
        self.machine.borrow_mut().battery_percent = battery_percent();
        let is_new_day = self.shown_day.replace(Some(today)) != Some(today);
        if self.tick() || is_new_day || self.session.borrow().tells_the_minute() {
            self.show();
            self.wait_for_rest();
        } else if let Some(window) = self.window.upgrade() {
            show_top(&window, &self.session.borrow().clone(), now);
        }
    }

    /// Wakes when it must be seen whether anybody is there.
    pub(super) fn wait_for_rest(self: &Rc<Self>) {
        let due_ms = self.session.borrow().rest_due_ms();
        let pause = due_ms.saturating_sub(self.moment().uptime_ms);
        if due_ms == u64::MAX || pause == 0 {
            // Nothing changes before the next touch, but what the minute brings.
            self.rest.stop();
            return;
        }
        let tablet = Rc::clone(self);
        let pause = Duration::from_millis(pause);
        self.rest.start(TimerMode::SingleShot, pause, move || {
            if tablet.tick() {
                tablet.show();
            }
            tablet.wait_for_rest();
        });
    }

    /// Counts the seconds while a programme runs, and only then.
    pub(super) fn wait_for_a_second(self: &Rc<Self>) {
        let runs = |playing: &Playing| playing.is_running;
        let session = self.session.borrow();
        if !session.open_programme().is_some_and(|(it, _)| runs(it)) {
            self.second.stop();
            return;
        }
        if self.second.running() {
            return;
        }
        let tablet = Rc::clone(self);
        let second = Duration::from_secs(1);
        self.second.start(TimerMode::Repeated, second, move || {
            let now_ms = tablet.moment().uptime_ms;
            let effects = tablet.session.borrow_mut().step_ran(1000, now_ms);
            tablet.run_effects(effects);
            tablet.show();
            tablet.wait_for_a_second();
        });
    }
}
