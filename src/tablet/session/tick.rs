//! What comes unasked: warnings that take over, reminders whose time has come, rest; and what becomes of them. Each is
//! decided by its own state; here it is put before the resident. Pure.

use jiff::Timestamp;
use kairan_contract::{EndCause, LeaveHow, OpenedFrom, ScreenName};

use super::{
    Effect, Route, Session,
    alert::{AlertChange, AlertSubject, AnsweredAlert},
    answering::{AnswerTime, note_done},
    idle::IdleState,
    messages,
    prompts::{Askable, PromptChange},
};
use crate::{dates::in_japan, reminders::PromptKind};

/// The screen of what has taken over, as requests from it name it.
const ALERT: ScreenName = ScreenName::named("alert");

impl Session {
    /// Looks whether a warning must take over or is over, whether something is due, and whether
    /// nobody is there. To be called when content comes, at the start, every minute, after an
    /// answer, and at [`Session::rest_due_ms`].
    pub fn tick(&mut self, now: Timestamp, now_ms: u64) -> Vec<Effect> {
        self.heard.look(now_ms);
        let mut effects = self.look_for_alerts(now, now_ms);
        effects.extend(self.look_for_prompts(now, now_ms));
        effects.extend(self.look_for_rest(now, now_ms));
        self.touches.ask_no_longer(now_ms);
        effects
    }

    fn look_for_alerts(&mut self, now: Timestamp, now_ms: u64) -> Vec<Effect> {
        let Some(content) = self.content.clone() else {
            return Vec::new();
        };
        let (change, told) = self.alerts.update(&content, &mut self.profile, now, now_ms);
        let mut effects = Vec::new();
        match change {
            AlertChange::Nothing => {}
            AlertChange::Left => {
                self.touches.screen_changed(now_ms);
                effects.extend(self.hush(now_ms));
            }
            AlertChange::Repeated => effects.extend(self.hush(now_ms)),
            AlertChange::TookOver => {
                effects.extend(self.hush(now_ms));
                effects.extend(self.make_way(now_ms));
                self.cover(now_ms);
            }
        }
        effects.extend(told);
        effects
    }

    /// Whatever is open is left, for a danger.
    fn make_way(&mut self, now_ms: u64) -> Vec<Effect> {
        if !self.profile.first_use_done {
            return Vec::new();
        }
        // Who has asked for help finds again what becomes of it.
        let asked_for_help = *self.route() == Route::CallBack;
        let effects = self.go_home(LeaveHow::Alert, now_ms);
        self.path.extend(asked_for_help.then_some(Route::CallBack));
        effects
    }

    /// An alert covers the screen, and everything that was on it.
    fn cover(&mut self, now_ms: u64) {
        self.prompts.clear();
        self.idle.wake();
        self.touches.screen_changed(now_ms);
    }

    /// A warning to practise with.
    pub(crate) fn practise_warning(&mut self, now: Timestamp, now_ms: u64) -> Vec<Effect> {
        let mut effects = self.hush(now_ms);
        let language = self.profile.language;
        effects.extend(self.alerts.practise(language, now, now_ms));
        self.cover(now_ms);
        effects
    }

    /// わかりました, or 助けがほしい: either answers it.
    pub(super) fn answer_alert(
        &mut self,
        wants_help: bool,
        now: Timestamp,
        now_ms: u64,
    ) -> Vec<Effect> {
        let Some(answered) = self.alerts.answer(&mut self.profile, now_ms) else {
            return Vec::new();
        };
        let AnsweredAlert {
            danger,
            is_last,
            effects: told,
        } = answered;
        let mut effects = self.hush(now_ms);
        self.touches.screen_changed(now_ms);
        effects.extend(told);
        let asked_for_help = *self.route() == Route::CallBack;
        let may_read_again = self.profile.first_use_done && self.is_enrolled();
        match danger {
            AlertSubject::Practice(_) => return effects,
            // What waits comes on the screen at once, and nothing is opened before it.
            _ if !is_last => {}
            AlertSubject::Warning { service, .. } => {
                effects.extend(self.open_tile(&service, OpenedFrom::Alert, now_ms));
            }
            // What was just said can be read again for as long as it holds.
            AlertSubject::Emergency { .. } if may_read_again => {
                effects.extend(self.open_messages(now));
            }
            AlertSubject::Emergency { .. } => {}
        }
        if wants_help {
            if *self.route() == Route::CallBack {
                self.path.pop();
            }
            effects.extend(self.ask_for_call_back(ALERT));
        } else if asked_for_help && *self.route() != Route::CallBack {
            self.path.push(Route::CallBack);
        }
        effects
    }

    fn look_for_prompts(&mut self, now: Timestamp, now_ms: u64) -> Vec<Effect> {
        let here = in_japan(now);
        let is_ready = self.profile.first_use_done && self.is_enrolled() && !self.is_locked();
        let is_home = *self.route() == Route::Home;
        let content = self.content.as_deref();
        let askable = Askable {
            agenda: self.profile.agenda(),
            of_requests: self.due_of_requests(now),
            has_unread_messages: messages::are_unread(content, &self.profile, here.date()),
            may_bring_messages: is_home && messages::may_come(here),
            is_free: is_ready && self.alerts.shown().is_none(),
        };
        let (change, call) = self.prompts.update(&askable, here, now_ms);
        if change == PromptChange::Nothing {
            return Vec::new();
        }
        self.touches.screen_changed(now_ms);
        let mut effects = self.hush(now_ms);
        if change == PromptChange::Raised {
            effects.extend(self.stop_programme());
            self.idle.wake();
        }
        effects.extend(call);
        effects
    }

    /// のみました, できました.
    pub(super) fn do_due(&mut self, now: Timestamp, now_ms: u64) -> Vec<Effect> {
        let mut effects = self.hush(now_ms);
        match self.prompts.take() {
            Some(PromptKind::Reminder(id, day)) => {
                let at = self.answer_time(now);
                effects.extend(note_done(&mut self.profile, id, day, at));
            }
            Some(PromptKind::Messages(_)) => {
                effects.extend(self.go_home(LeaveHow::Home, now_ms));
                effects.extend(self.open_messages(now));
            }
            Some(kind @ (PromptKind::Answer(..) | PromptKind::Appointment(..))) => {
                effects.extend(self.go_home(LeaveHow::Home, now_ms));
                effects.extend(self.see_due_request(kind));
            }
            Some(PromptKind::CheckIn(_)) | None => {}
        }
        effects
    }

    /// When somebody answers something now.
    pub(super) fn answer_time(&self, now: Timestamp) -> AnswerTime {
        AnswerTime {
            now,
            is_day_known: self.heard.has_answered(),
        }
    }

    /// あとで.
    pub(super) fn put_due_off(&mut self, now_ms: u64) -> Vec<Effect> {
        if self.prompts.put_off(now_ms) {
            self.hush(now_ms)
        } else {
            Vec::new()
        }
    }

    fn look_for_rest(&mut self, now: Timestamp, now_ms: u64) -> Vec<Effect> {
        let is_asked = self.alert().is_some() || self.due().is_some();
        if is_asked || self.playback.is_busy() || !self.is_enrolled() {
            self.touched(now_ms);
            return Vec::new();
        }
        let away = self.path != [Route::Home] && self.profile.first_use_done;
        let Some(rest) = self.idle.update(away, now, now_ms) else {
            return Vec::new();
        };
        self.touches.screen_changed(now_ms);
        let mut effects = Vec::new();
        if rest != IdleState::Prompting && away {
            effects.extend(self.go_home(LeaveHow::Idle, now_ms));
        }
        if rest == IdleState::Night {
            effects.extend(self.forget_drafts());
            effects.push(Effect::EndVisit(EndCause::Dark));
        }
        effects
    }

    /// A finger touched the screen, or the tablet does something for somebody.
    pub fn touched(&mut self, now_ms: u64) {
        self.idle.touch(now_ms);
    }

    /// Somebody is there after all; that touch does nothing else.
    pub(super) fn wake(&mut self, now_ms: u64) {
        self.idle.wake();
        self.touched(now_ms);
        self.touches.screen_changed(now_ms);
    }

    /// When to look again whether somebody is there, by the program's own clock.
    pub fn rest_due_ms(&self) -> u64 {
        self.idle.due_ms()
    }
}
