//! What comes unasked: warnings that take over, reminders whose time has come, rest. Pure.

use jiff::Timestamp;
use kairan_contract::{EndCause, Event, LeaveHow, OpenedFrom, ScreenName};

use super::{
    Alert, Effect, Route, Session,
    alert::{self, AlertSubject},
    idle::{self, IdleState},
};
use crate::{
    dates::in_japan,
    library::ContentSnapshot,
    profile::Profile,
    reminders::{self, Call, Prompt, PromptKind},
    speech::Tone,
};

/// A warning that nobody answers makes itself heard again after so long.
const ALARM_AGAIN_MS: u64 = 5 * 60 * 1000;

/// The screen of what has taken over, as requests from it name it.
const ALERT: ScreenName = ScreenName::named("alert");

impl Session {
    /// Looks whether a warning must take over or is over, whether something is due, and whether
    /// nobody is there. To be called when content comes, at the start, every minute, after an
    /// answer, and at [`Session::rest_due_ms`].
    pub fn tick(&mut self, now: Timestamp, now_ms: u64) -> Vec<Effect> {
        self.heard.look(now_ms);
        let mut effects = self.watch_warnings(now, now_ms);
        effects.extend(self.watch_reminders(now, now_ms));
        effects.extend(self.watch_rest(now, now_ms));
        self.attention.ask_no_longer(now_ms);
        effects
    }

    fn watch_warnings(&mut self, now: Timestamp, now_ms: u64) -> Vec<Effect> {
        let Some(held) = self.content.clone() else {
            return Vec::new();
        };
        let mut effects = self.forget_what_is_over(&held);
        let choices = &self.profile;
        let due = alert::due(&held, &choices.answered, &choices.emergencies, now);
        let holds = |danger: &AlertSubject| alert::is_in_force(&held, danger, now);
        let news = self.unanswered.take_in(due, holds);
        let shown = self.alert.as_ref().map(|shown| &shown.danger);
        let first = self.unanswered.first(shown).cloned();
        let stays = self.alert.as_ref().is_some_and(|shown| match &first {
            Some(first) => shown.tells(first),
            None => matches!(shown.danger, AlertSubject::Practice(_)) && !shown.is_over(now_ms),
        });
        if self.alert.is_some() && !stays {
            // It is over, or another goes before it.
            self.alert = None;
            self.last_change_ms = Some(now_ms);
            effects.extend(self.hush(now_ms));
        }
        match (first, &mut self.alert) {
            (Some(first), None) => effects.extend(self.put_before(first, now, now_ms)),
            (first, Some(alert)) => {
                if let Some(first) = first {
                    alert.others = self.unanswered.others(&first);
                    alert.danger = first;
                }
                let is_again = now_ms.saturating_sub(alert.sounded_ms) >= ALARM_AGAIN_MS;
                // What waits behind a graver one is said to be there.
                let is_told_of_others = news.iter().any(AlertSubject::is_grave);
                if (is_again || is_told_of_others) && alert.danger.sounds(now) {
                    alert.sounded_ms = now_ms;
                    effects.extend(self.hush(now_ms));
                    effects.extend([ALARM, Effect::Light]);
                }
            }
            (None, None) => {}
        }
        effects
    }

    /// Puts a danger before somebody's eyes, whatever they were doing.
    fn put_before(&mut self, danger: AlertSubject, now: Timestamp, now_ms: u64) -> Vec<Effect> {
        let mut effects = self.hush(now_ms);
        if self.profile.first_use_done {
            // Who has asked for help finds again what becomes of it.
            let asked_for_help = *self.route() == Route::CallBack;
            effects.extend(self.go_home(LeaveHow::Alert, now_ms));
            self.path.extend(asked_for_help.then_some(Route::CallBack));
        }
        let (shown_ms, is_first) = self.unanswered.show(&danger, now_ms);
        if is_first {
            effects.extend(self.note_shown(&danger));
        }
        let others = self.unanswered.others(&danger);
        effects.extend(self.raise(danger, now, now_ms));
        if let Some(alert) = &mut self.alert {
            alert.shown_ms = shown_ms;
            alert.others = others;
        }
        effects
    }

    fn forget_what_is_over(&mut self, held: &ContentSnapshot) -> Vec<Effect> {
        let known = |choices: &Profile| (choices.answered.len(), choices.emergencies.len());
        let before = known(&self.profile);
        alert::forget(&mut self.profile.answered, held);
        alert::forget_emergencies(&mut self.profile.emergencies, held);
        if known(&self.profile) == before {
            return Vec::new();
        }
        vec![Effect::SaveProfile]
    }

    /// Notes that it was put before somebody's eyes.
    fn note_shown(&mut self, danger: &AlertSubject) -> Vec<Effect> {
        match danger {
            AlertSubject::Practice(_) => Vec::new(),
            AlertSubject::Warning {
                service, warning, ..
            } => {
                let level = warning.level;
                let shown = Event::AlertShown { level };
                vec![Effect::Record(Some(service.clone()), shown)]
            }
            AlertSubject::Emergency { emergency, .. } => {
                let seen = alert::note(&mut self.profile.emergencies, emergency, false);
                vec![Effect::SaveProfile, Effect::TellSeen(seen)]
            }
        }
    }

    /// Puts it on the screen, with its tone and its words.
    pub(super) fn raise(
        &mut self,
        danger: AlertSubject,
        now: Timestamp,
        now_ms: u64,
    ) -> Vec<Effect> {
        let sounds = if danger.sounds(now) {
            Some(ALARM)
        } else {
            // That it is over wakes nobody.
            alert::is_day(now).then_some(Effect::ReadScreen {
                first: Some(Tone::Reminder),
                is_asked_for: false,
            })
        };
        self.alert = Some(Alert::of(danger, now_ms));
        self.due = None;
        self.rest = IdleState::Awake;
        // A finger on its way to something else must not answer it.
        self.last_change_ms = Some(now_ms);
        sounds.into_iter().chain([Effect::Light]).collect()
    }

    /// わかりました, or 助けがほしい: either answers it.
    pub(super) fn answer_alert(
        &mut self,
        wants_help: bool,
        now: Timestamp,
        now_ms: u64,
    ) -> Vec<Effect> {
        let Some(alert) = self.alert.take() else {
            return Vec::new();
        };
        let mut effects = self.hush(now_ms);
        self.last_change_ms = Some(now_ms);
        self.unanswered.answer(&alert.danger);
        // What waits comes on the screen at once, and nothing is opened before it.
        let is_last = alert.others == 0;
        let asked_for_help = *self.route() == Route::CallBack;
        match alert.danger {
            AlertSubject::Practice(_) => return effects,
            AlertSubject::Warning {
                service,
                area,
                warning,
            } => {
                let answered = Event::AlertAnswered {
                    level: warning.level,
                    after_ms: now_ms.saturating_sub(alert.shown_ms),
                };
                effects.push(Effect::Record(Some(service.clone()), answered));
                let answered = alert::answered(area, &warning);
                self.profile.answered.push(answered);
                effects.push(Effect::SaveProfile);
                if is_last {
                    effects.extend(self.open_tile(&service, OpenedFrom::Alert, now_ms));
                }
            }
            AlertSubject::Emergency { emergency, .. } => {
                let seen = alert::note(&mut self.profile.emergencies, &emergency, true);
                effects.extend([Effect::SaveProfile, Effect::TellSeen(seen)]);
                // What was just said can be read again for as long as it holds.
                if is_last && self.profile.first_use_done && self.is_let_in() {
                    effects.extend(self.open_messages(now));
                }
            }
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

    fn watch_reminders(&mut self, now: Timestamp, now_ms: u64) -> Vec<Effect> {
        let here = in_japan(now);
        let mut effects = Vec::new();
        if let Some(due) = &self.due
            && due.is_ignored(now_ms)
        {
            self.snoozes.snooze(due.kind, now_ms);
            self.due = None;
        }
        // What a wrong clock brought is gone with it: an answer would be noted for another day.
        if let Some(due) = &self.due
            && due.is_of_another_day(here.date())
        {
            self.due = None;
            self.last_change_ms = Some(now_ms);
            effects.extend(self.hush(now_ms));
        }
        // A message that was taken back is brought to nobody.
        let is_of_messages = matches!(
            self.due.as_ref().map(|due| due.kind),
            Some(PromptKind::Messages(_))
        );
        if is_of_messages && !self.has_unread_messages(here.date()) {
            self.due = None;
            self.last_change_ms = Some(now_ms);
            effects.extend(self.hush(now_ms));
            return effects;
        }
        let is_ready = self.profile.first_use_done && self.is_let_in() && !self.is_locked();
        if self.due.is_some() || self.alert.is_some() || !is_ready {
            return effects;
        }
        let due = self.profile.plan().due(&self.snoozes, here, now_ms);
        let Some(kind) = due
            .or_else(|| self.due_of_requests(now, now_ms))
            .or_else(|| self.unread_messages(now, now_ms))
        else {
            return effects;
        };
        effects.extend(self.hush(now_ms));
        effects.extend(self.stop_programme());
        effects.push(Effect::Light);
        self.due = Some(Prompt {
            kind,
            shown_ms: now_ms,
        });
        self.rest = IdleState::Awake;
        self.last_change_ms = Some(now_ms);
        let call = match kind {
            PromptKind::Reminder(id, _) => {
                let mut reminders = self.profile.reminders.iter();
                reminders.find(|it| it.id == id).map(|it| it.call)
            }
            PromptKind::CheckIn(_)
            | PromptKind::Messages(_)
            | PromptKind::Answer(..)
            | PromptKind::Appointment(..) => Some(Call::ToneAndVoice),
        };
        effects.extend(match call {
            Some(Call::ToneAndVoice) => Some(Effect::ReadScreen {
                first: Some(Tone::Reminder),
                is_asked_for: false,
            }),
            Some(Call::Tone) => Some(Effect::Sound(Tone::Reminder)),
            Some(Call::Silent) | None => None,
        });
        effects
    }

    /// のみました, できました.
    pub(super) fn do_due(&mut self, now: Timestamp, now_ms: u64) -> Vec<Effect> {
        let mut effects = self.hush(now_ms);
        match self.due.take().map(|due| due.kind) {
            Some(PromptKind::Reminder(id, day)) => effects.extend(self.note_done(id, day, now)),
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

    /// Writes down that a reminder was answered for `day`.
    pub(super) fn note_done(
        &mut self,
        id: reminders::ReminderId,
        day: jiff::civil::Date,
        now: Timestamp,
    ) -> Vec<Effect> {
        if self.profile.plan().is_done(id, day) {
            return Vec::new();
        }
        self.profile.done.push(reminders::Done {
            reminder: id,
            day,
            at: now,
        });
        // The backend has told the time since this start, or nobody is sure of the day.
        let today = self.heard.has_answered().then(|| in_japan(now).date());
        reminders::forget(&mut self.profile.done, today);
        vec![
            Effect::SaveProfile,
            Effect::Record(None, Event::ReminderAnswered {}),
            Effect::Sound(Tone::Sent),
        ]
    }

    /// あとで.
    pub(super) fn put_due_off(&mut self, now_ms: u64) -> Vec<Effect> {
        match self.due.take() {
            Some(due) => {
                self.snoozes.snooze(due.kind, now_ms);
                self.hush(now_ms)
            }
            None => Vec::new(),
        }
    }

    fn watch_rest(&mut self, now: Timestamp, now_ms: u64) -> Vec<Effect> {
        let is_busy = self.alert.is_some() || self.due.is_some() || self.narration.is_some();
        let is_playing = self.programme.as_ref().is_some_and(|it| it.is_running);
        if is_busy || is_playing || !self.is_let_in() {
            self.touched(now_ms);
            return Vec::new();
        }
        let quiet_ms = now_ms.saturating_sub(self.touched_ms);
        let away = self.path != [Route::Home] && self.profile.first_use_done;
        let rest = idle::after(quiet_ms, away, now);
        let before = std::mem::replace(&mut self.rest, rest);
        if rest == before {
            return Vec::new();
        }
        self.last_change_ms = Some(now_ms);
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
        self.touched_ms = now_ms;
    }

    /// Somebody is there after all; that touch does nothing else.
    pub(super) fn wake(&mut self, now_ms: u64) -> Vec<Effect> {
        self.rest = IdleState::Awake;
        self.touched(now_ms);
        self.last_change_ms = Some(now_ms);
        Vec::new()
    }

    /// When to look again whether somebody is there, by the program's own clock.
    pub fn rest_due_ms(&self) -> u64 {
        match self.rest {
            IdleState::Awake => self.touched_ms + idle::IDLE_MS,
            IdleState::Prompting => self.touched_ms + idle::IDLE_MS + idle::NOTICE_MS,
            // The minute's look is enough for a clock.
            IdleState::Night => u64::MAX,
        }
    }
}

/// The tone and the words of what has taken over.
pub(super) const ALARM: Effect = Effect::ReadScreen {
    first: Some(Tone::Warning),
    is_asked_for: false,
};
