//! What the link tells the tablet, on the thread of its window.

use std::{rc::Rc, sync::Arc};

use kairan_contract::{EndCause, Event, RequestId, StartCause};

use super::{
    link_update::{self, ClockState},
    tablet::Tablet,
};
use crate::{
    identity::Identity,
    library::ContentSnapshot,
    recorder::Moment,
    session::{BackendAnswer, Effect, RequestState},
    sync::LinkEvent,
};

impl Tablet {
    /// What the link tells.
    pub(super) fn on_link_event(self: &Rc<Self>, event: LinkEvent) {
        let now = self.moment();
        let before = self.session.borrow().connection;
        let mut is_news = link_update::is_news(&event);
        let effects = match event {
            LinkEvent::Online { time, is_saved } => {
                // Everything on the screen may be told by another clock now.
                is_news = time.is_some_and(|time| self.time.synchronize(time));
                if is_news {
                    self.schedule_next_minute();
                }
                let clock = ClockState {
                    now: self.now(),
                    contact: self.time.contact(),
                    was_set: is_news,
                    is_save_due: self.time.is_save_due(),
                };
                let mut session = self.session.borrow_mut();
                link_update::online(&mut session, is_saved, clock, now.uptime_ms)
            }
            LinkEvent::Offline => {
                link_update::offline(&mut self.session.borrow_mut(), now.uptime_ms)
            }
            LinkEvent::Unauthorized => {
                let mut session = self.session.borrow_mut();
                session.answered(BackendAnswer::Unauthorized, now.uptime_ms)
            }
            LinkEvent::Content(content) => {
                self.on_content(content, now);
                Vec::new()
            }
            LinkEvent::Enrolled(identity) => self.on_enrolled(&identity, now),
            LinkEvent::Refused(why) => {
                self.session.borrow_mut().enrolment_refused(why);
                Vec::new()
            }
            LinkEvent::Written(id) => self.set_request_state(id, RequestState::Waiting),
            LinkEvent::NotWritten(id) => self.set_request_state(id, RequestState::NotWritten),
            LinkEvent::Requests(requests) => {
                link_update::arrival(self.session.borrow_mut().put_requests(requests))
            }
            LinkEvent::Received(ids) => {
                link_update::arrival(self.session.borrow_mut().requests_arrived(&ids))
            }
            LinkEvent::Answers(answers) => {
                self.session.borrow_mut().set_answers(answers);
                vec![Effect::SavePersonal]
            }
            LinkEvent::ProfileSaved(is_saved) => {
                self.session.borrow_mut().profile_unsaved = !is_saved;
                Vec::new()
            }
            LinkEvent::ToBeWiped => {
                // The program starts anew, and forgets before it opens anything.
                if let Err(error) = slint::quit_event_loop() {
                    tracing::warn!(%error, "the window was closed already");
                }
                return;
            }
        };
        self.run_effects(effects);
        let is_alarmed = self.tick();
        if is_news || is_alarmed || self.session.borrow().connection != before {
            self.show();
        }
    }

    fn on_content(self: &Rc<Self>, content: Arc<ContentSnapshot>, now: Moment) {
        // What could not be decoded may have come anew.
        self.pictures.borrow_mut().forget_undecodable();
        let catalogue = content.manifest.catalogue;
        self.set_pronunciations(&content.manifest.council.readings);
        let effects = self
            .session
            .borrow_mut()
            .set_content(content, now.uptime_ms);
        self.run_effects(effects);
        self.usage.borrow_mut().set_catalogue(catalogue);
    }

    fn set_request_state(&self, id: RequestId, state: RequestState) -> Vec<Effect> {
        link_update::set_request_state(&mut self.session.borrow_mut(), id, state);
        Vec::new()
    }

    /// What was open is left in the name of the loan before; then the new one begins.
    fn on_enrolled(self: &Rc<Self>, identity: &Identity, now: Moment) -> Vec<Effect> {
        let left = self.session.borrow_mut().on_enrolled(now.uptime_ms);
        self.run_effects(left);
        if let Some(loan) = &identity.loan {
            self.session.borrow_mut().begin_loan(loan.participation);
            self.save_profile();
            self.save_personal();
        }
        self.end_visit(now, EndCause::Stop);
        self.begin_usage(identity);
        let cause = StartCause::Power;
        vec![Effect::Record(None, Event::Started { cause })]
    }
}
