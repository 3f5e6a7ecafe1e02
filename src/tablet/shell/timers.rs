//! What time does on its own: the minute's clock, the rest of a tablet that nobody touches, and the
//! seconds of a programme.

use std::{rc::Rc, time::Duration};

use slint::TimerMode;

use super::tablet::Tablet;
use crate::{
    machine::battery_percent, screens::words::in_japan, session::Playing, window::show_top,
};

impl Tablet {
    /// Wakes once a minute for the clock on the screen, and for the end of a visit.
    pub(super) fn schedule_next_minute(&self) {
        self.time.schedule_next_minute();
    }

    /// A minute has begun, or the machine has woken in the middle of one.
    pub(super) fn on_minute(self: &Rc<Self>) {
        self.end_idle_visit();
        self.show_minute();
        self.schedule_next_minute();
    }

    /// Draws the clock alone, or everything when a new day has begun or minutes are told.
    fn show_minute(self: &Rc<Self>) {
        let now = self.now();
        let today = in_japan(now).date();
        self.machine.borrow_mut().battery_percent = battery_percent();
        let is_new_day = self.shown_day.replace(Some(today)) != Some(today);
        if self.tick() || is_new_day || self.session.borrow().tells_the_minute() {
            self.show();
            self.schedule_idle_check();
        } else if let Some(window) = self.window.upgrade() {
            show_top(&window, &self.session.borrow().clone(), now);
        }
    }

    /// Wakes when it must be seen whether anybody is there.
    pub(super) fn schedule_idle_check(self: &Rc<Self>) {
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
            tablet.schedule_idle_check();
        });
    }

    /// Counts the seconds while a programme runs, and only then.
    pub(super) fn schedule_second(self: &Rc<Self>) {
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
            tablet.schedule_second();
        });
    }
}
