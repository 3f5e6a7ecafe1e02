//! What fingers do, as the window tells it.

use std::rc::Rc;

use kairan_contract::{Event, TouchIgnored};

use super::tablet::Tablet;
use crate::{
    session::{Command, Effect, Tap},
    speech::Tone,
    window::{InputHandler, show_whether_asked_again},
};

impl InputHandler for Rc<Tablet> {
    fn put_down(&self) {
        let now = self.moment();
        let asked = self.session.borrow().asks_again();
        self.session.borrow_mut().put_down(now.uptime_ms);
        self.note_touch();
        if let Some(window) = self.window.upgrade()
            && self.session.borrow().asks_again() != asked
        {
            show_whether_asked_again(&window, &self.session.borrow().clone());
        }
        self.schedule_idle_check();
    }

    fn tap(&self, command: Command) -> bool {
        self.note_touch();
        let now = self.moment();
        let consented = self.session.borrow().profile.consent;
        let (tap, effects) = self
            .session
            .borrow_mut()
            .tap(&command, now.now, now.uptime_ms);
        match tap {
            Tap::Counts | Tap::OnlyWakes => self.sound(Tone::Touch),
            Tap::Ignored(why) => self.record(None, Event::TouchIgnored { why }),
            Tap::Wakes => {}
        }
        if matches!(tap, Tap::Counts | Tap::Wakes) {
            self.follow_up(effects, consented, true);
        }
        tap == Tap::Counts
    }

    fn slid(&self) {
        self.note_touch();
        let why = TouchIgnored::Slide;
        self.record(None, Event::TouchIgnored { why });
    }

    fn overtaken(&self) {
        self.note_touch();
        // What it was meant for has just changed, as with a tap that comes too soon.
        let why = TouchIgnored::Repeat;
        self.record(None, Event::TouchIgnored { why });
    }

    fn told(&self, command: Command) {
        let now = self.moment();
        let consented = self.session.borrow().profile.consent;
        let effects = self
            .session
            .borrow_mut()
            .update(command, now.now, now.uptime_ms);
        // That the end was seen changes nothing that is seen.
        self.follow_up(effects, consented, false);
    }
}

impl Tablet {
    /// What follows from a command: what is to be done outside, and another screen.
    fn follow_up(self: &Rc<Self>, effects: Vec<Effect>, consented: Option<bool>, shows: bool) {
        self.run_effects(effects);
        if self.session.borrow().profile.consent != consented {
            self.on_consent_changed();
        }
        self.tick();
        if shows {
            self.show();
        }
        self.schedule_idle_check();
        self.schedule_second();
    }

    /// Every touch counts for the visit, those that do nothing too.
    fn note_touch(&self) {
        let now = self.moment();
        self.session.borrow_mut().touched(now.uptime_ms);
        let records = self.usage.borrow_mut().touched(now);
        self.write(records);
    }

    /// From now on usage records are written, or none any more.
    fn on_consent_changed(&self) {
        let now = self.moment();
        self.session.borrow_mut().touched(now.uptime_ms);
        let (has_consent, revision) = (self.has_consent(), self.revision());
        let mut usage = self.usage.borrow_mut();
        let records = usage.set_consent(has_consent, revision, now);
        drop(usage);
        self.write(records);
    }
}
