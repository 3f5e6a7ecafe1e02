//! What fingers do, as the window tells it.

use std::rc::Rc;

use kairan_contract::{Event, TouchIgnored};

use super::tablet::Tablet;
use crate::{
    session::Command,
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

    fn accepts_touch(&self) -> bool {
        self.note_touch();
        let now = self.moment();
        if self.session.borrow_mut().only_wakes(now.uptime_ms) {
            self.sound(Tone::Touch);
            return false;
        }
        let accepted = self.session.borrow().accepts_touch(now.uptime_ms);
        match accepted {
            Ok(()) => {
                self.sound(Tone::Touch);
                true
            }
            Err(why) => {
                self.record(None, Event::TouchIgnored { why });
                false
            }
        }
    }

    fn slid(&self) {
        self.note_touch();
        let why = TouchIgnored::Slide;
        self.record(None, Event::TouchIgnored { why });
    }

    fn act(&self, action: Command) {
        let now = self.moment();
        // That the end was seen changes nothing that is seen.
        let shows = action != Command::ArticleEndSeen;
        let consented = self.session.borrow().profile.consent;
        let effects = self
            .session
            .borrow_mut()
            .update(action, now.now, now.uptime_ms);
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
}

impl Tablet {
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
