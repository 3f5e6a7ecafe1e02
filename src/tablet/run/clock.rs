//! What time does on its own: the minute's clock, the rest of a tablet that nobody touches, and the
//! seconds of a programme.

use std::{rc::Rc, time::Duration};

use jiff::Timestamp;
use slint::TimerMode;

use super::tablet::Tablet;
use crate::{
    machine::battery_percent, screens::words::in_japan, session::Playing, window::show_top,
};

impl Tablet {
    /// Wakes once a minute for the clock on the screen, and for the end of a visit.
    pub(super) fn wait_for_the_next_minute(self: &Rc<Self>) {
        let into_the_minute = Timestamp::now()
            .as_millisecond()
            .rem_euclid(60_000)
            .unsigned_abs();
        let pause = Duration::from_millis(60_050 - into_the_minute);
        let tablet = Rc::clone(self);
        self.minute.start(TimerMode::SingleShot, pause, move || {
            tablet.end_quiet_visit();
            tablet.show_the_minute();
            tablet.wait_for_the_next_minute();
        });
    }

    /// Draws the clock alone, or everything when a new day has begun or minutes are told.
    fn show_the_minute(self: &Rc<Self>) {
        let now = self.now();
        let today = in_japan(now).date();
        self.machine.borrow_mut().battery_percent = battery_percent();
        let is_new_day = self.shown_day.replace(Some(today)) != Some(today);
        if self.watch() || is_new_day || self.session.borrow().tells_the_minute() {
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
            if tablet.watch() {
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
            tablet.carry_out(effects);
            tablet.show();
            tablet.wait_for_a_second();
        });
    }
}
