//! What the backend answers, and the loan that it gives. Pure.

use jiff::Timestamp;
use kairan_contract::{Event, LeaveHow, Participation};

use super::{
    BackendAnswer, Connection, Effect, Enrolment, EnrolmentRefused, Route, Session, ahead,
    first_use,
};
use crate::{clock::Contact, dates::in_japan};

impl Session {
    /// The backend answered; `how` says with what.
    pub fn answered(&mut self, how: BackendAnswer, now_ms: u64) -> Vec<Effect> {
        let now = match how {
            BackendAnswer::Kept => Connection::Online,
            BackendAnswer::NotKept => Connection::NotKept,
            BackendAnswer::Unauthorized => Connection::Unauthorized,
        };
        // Where nothing can be kept, what came is shown all the same.
        if matches!(now, Connection::Online | Connection::NotKept) {
            self.heard.hear(now_ms);
        }
        // Who was asked for a number need not give one any more.
        if now == Connection::Online && self.path.len() > 1 && *self.route() == Route::Enrolment {
            self.path.pop();
            self.touches.screen_changed(now_ms);
        }
        if now == Connection::Unauthorized && self.content.is_none() && self.path == [Route::Home] {
            // There is nothing to see, so there is nothing to ask for but a new code.
            self.path = vec![Route::Enrolment];
        }
        match std::mem::replace(&mut self.connection, now) {
            Connection::Offline(since) => vec![Effect::Record(
                None,
                Event::OfflineEnded {
                    lasted_ms: now_ms.saturating_sub(since),
                },
            )],
            _ => Vec::new(),
        }
    }

    /// The backend did not answer.
    pub fn not_answered(&mut self, now_ms: u64) -> Vec<Effect> {
        if matches!(self.connection, Connection::Offline(_)) {
            return Vec::new();
        }
        self.connection = Connection::Offline(now_ms);
        vec![Effect::Record(None, Event::OfflineBegan {})]
    }

    /// Notes when the backend last answered, and what it told of the time, so that both are known after
    /// a restart.
    pub fn set_last_contact(&mut self, now: Timestamp, contact: Option<Contact>) -> Vec<Effect> {
        self.profile.last_contact = Some(now);
        if contact.is_none() {
            return Vec::new();
        }
        self.profile.contact = contact;
        let was_wrong = ahead::correct(&mut self.profile, in_japan(now).date());
        Vec::from_iter(was_wrong.then_some(Effect::SaveProfile))
    }

    /// What became of the code. Who was let in before keeps seeing what is here.
    pub fn enrolment_refused(&mut self, why: EnrolmentRefused) {
        self.enrolment = Enrolment::refused(why);
        if *self.route() != Route::Enrolment {
            self.connection = Connection::Unauthorized;
        }
    }

    /// From now on this is what somebody chooses in `loan`.
    pub fn begin_loan(&mut self, loan: Participation) {
        if self.personal.loan.is_some_and(|before| before != loan) {
            // What was asked and answered is no matter of whoever has the tablet next.
            self.requests.clear();
            self.answers.clear();
        }
        self.personal_mut().begin_loan(loan);
        self.profile.begin_loan(loan);
    }

    /// The tablet is let in: what was open is left first, in the name of the loan before.
    pub fn on_enrolled(&mut self, now_ms: u64) -> Vec<Effect> {
        let effects = self.leave(LeaveHow::Home, now_ms);
        self.enrolment = Enrolment::default();
        self.touched(now_ms);
        self.path = vec![if self.profile.first_use_done {
            Route::Home
        } else {
            first_use::beginning()
        }];
        self.touches.screen_changed(now_ms);
        effects
    }
}
