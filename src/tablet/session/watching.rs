//! What comes unasked: warnings that take over, reminders whose time has come, rest. Pure.

use jiff::Timestamp;
use kairan_contract::{EndCause, Event, LeaveHow, OpenedFrom};

use super::{
    Alert, Effect, Place, Session,
    alert::{self, Danger},
    reminders::{self, Call, Due, Matter},
    rest::{self, Rest},
};
use crate::{library::Held, screens::words::in_japan, settings::Choices, speech::Tone};

/// What was heard longer ago than this, in milliseconds, confirms no warning.
const HEARD_MS: u64 = 15 * 60 * 1000;
/// A warning that nobody answers makes itself heard again after so long.
const ALARM_AGAIN_MS: u64 = 5 * 60 * 1000;

impl Session {
    /// Looks whether a warning must take over or is over, whether something is due, and whether
    /// nobody is there. To be called when content comes, at the start, every minute, after an
    /// answer, and at [`Session::rest_due_ms`].
    pub fn watch(&mut self, now: Timestamp, now_ms: u64) -> Vec<Effect> {
        self.heard_lately = self
            .heard_ms
            .is_some_and(|at| now_ms.saturating_sub(at) < HEARD_MS);
        let mut effects = self.watch_warnings(now, now_ms);
        effects.extend(self.watch_reminders(now, now_ms));
        effects.extend(self.watch_rest(now, now_ms));
        self.ask_no_longer(now_ms);
        effects
    }

    fn watch_warnings(&mut self, now: Timestamp, now_ms: u64) -> Vec<Effect> {
        let Some(held) = self.held.clone() else {
            return Vec::new();
        };
        let mut effects = self.forget_what_is_over(&held);
        let choices = &self.choices;
        let due = alert::due(&held, &choices.answered, &choices.emergencies, now);
        let holds = |danger: &Danger| alert::is_in_force(&held, danger, now);
        let news = self.unanswered.take_in(due, holds);
        let shown = self.alert.as_ref().map(|shown| &shown.danger);
        let first = self.unanswered.first(shown).cloned();
        let stays = self.alert.as_ref().is_some_and(|shown| match &first {
            Some(first) => shown.tells(first),
            None => matches!(shown.danger, Danger::Practice(_)) && !shown.is_over(now_ms),
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
                let is_told_of_others = news.iter().any(Danger::is_grave);
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
    fn put_before(&mut self, danger: Danger, now: Timestamp, now_ms: u64) -> Vec<Effect> {
        let mut effects = self.hush(now_ms);
        if self.choices.first_use_done {
            // Who has asked for help finds again what becomes of it.
            let asked_for_help = *self.place() == Place::CallBack;
            effects.extend(self.go_home(LeaveHow::Alert, now_ms));
            self.path.extend(asked_for_help.then_some(Place::CallBack));
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

    fn forget_what_is_over(&mut self, held: &Held) -> Vec<Effect> {
        let known = |choices: &Choices| (choices.answered.len(), choices.emergencies.len());
        let before = known(&self.choices);
        alert::forget(&mut self.choices.answered, held);
        alert::forget_emergencies(&mut self.choices.emergencies, held);
        if known(&self.choices) == before {
            return Vec::new();
        }
        vec![Effect::KeepChoices]
    }

    /// Notes that it was put before somebody's eyes.
    fn note_shown(&mut self, danger: &Danger) -> Vec<Effect> {
        match danger {
            Danger::Practice(_) => Vec::new(),
            Danger::Warning {
                service, warning, ..
            } => {
                let level = warning.level;
                let shown = Event::AlertShown { level };
                vec![Effect::Record(Some(service.clone()), shown)]
            }
            Danger::Emergency { emergency, .. } => {
                let seen = alert::note(&mut self.choices.emergencies, emergency, false);
                vec![Effect::KeepChoices, Effect::TellSeen(seen)]
            }
        }
    }

    /// Puts it on the screen, with its tone and its words.
    pub(super) fn raise(&mut self, danger: Danger, now: Timestamp, now_ms: u64) -> Vec<Effect> {
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
        self.rest = Rest::Awake;
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
        let asked_for_help = *self.place() == Place::CallBack;
        match alert.danger {
            Danger::Practice(_) => return effects,
            Danger::Warning {
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
                self.choices.answered.push(answered);
                effects.push(Effect::KeepChoices);
                if is_last {
                    effects.extend(self.open_tile(&service, OpenedFrom::Alert, now_ms));
                }
            }
            Danger::Emergency { emergency, .. } => {
                let seen = alert::note(&mut self.choices.emergencies, &emergency, true);
                effects.extend([Effect::KeepChoices, Effect::TellSeen(seen)]);
                // What was just said can be read again for as long as it holds.
                if is_last && self.choices.first_use_done && self.is_let_in() {
                    effects.extend(self.open_messages(now));
                }
            }
        }
        if wants_help {
            if *self.place() == Place::CallBack {
                self.path.pop();
            }
            effects.extend(self.ask_for_call_back(kairan_contract::ScreenName::Alert));
        } else if asked_for_help && *self.place() != Place::CallBack {
            self.path.push(Place::CallBack);
        }
        effects
    }

    fn watch_reminders(&mut self, now: Timestamp, now_ms: u64) -> Vec<Effect> {
        let here = in_japan(now);
        let mut effects = Vec::new();
        if let Some(due) = &self.due
            && due.is_ignored(now_ms)
        {
            self.put_offs.put_off(due.matter, now_ms);
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
            self.due.as_ref().map(|due| due.matter),
            Some(Matter::Messages(_))
        );
        if is_of_messages && !self.has_unread_messages(here.date()) {
            self.due = None;
            self.last_change_ms = Some(now_ms);
            effects.extend(self.hush(now_ms));
            return effects;
        }
        let is_ready = self.choices.first_use_done && self.is_let_in() && !self.is_locked();
        if self.due.is_some() || self.alert.is_some() || !is_ready {
            return effects;
        }
        let due = self.choices.plan().due(&self.put_offs, here, now_ms);
        let Some(matter) = due.or_else(|| self.unread_messages(now, now_ms)) else {
            return effects;
        };
        effects.extend(self.hush(now_ms));
        effects.extend(self.stop_programme());
        effects.push(Effect::Light);
        self.due = Some(Due {
            matter,
            shown_ms: now_ms,
        });
        self.rest = Rest::Awake;
        self.last_change_ms = Some(now_ms);
        let call = match matter {
            Matter::Reminder(id, _) => {
                let mut reminders = self.choices.reminders.iter();
                reminders.find(|it| it.id == id).map(|it| it.call)
            }
            Matter::CheckIn(_) | Matter::Messages(_) => Some(Call::ToneAndVoice),
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
        match self.due.take().map(|due| due.matter) {
            Some(Matter::Reminder(id, day)) => effects.extend(self.note_done(id, day, now)),
            Some(Matter::Messages(_)) => {
                effects.extend(self.go_home(LeaveHow::Home, now_ms));
                effects.extend(self.open_messages(now));
            }
            Some(Matter::CheckIn(_)) | None => {}
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
        if self.choices.plan().is_done(id, day) {
            return Vec::new();
        }
        self.choices.done.push(reminders::Done {
            reminder: id,
            day,
            at: now,
        });
        // The backend has told the time since this start, or nobody is sure of the day.
        let today = self.heard_ms.map(|_| in_japan(now).date());
        reminders::forget(&mut self.choices.done, today);
        vec![
            Effect::KeepChoices,
            Effect::Record(None, Event::ReminderAnswered {}),
            Effect::Sound(Tone::Sent),
        ]
    }

    /// あとで.
    pub(super) fn put_due_off(&mut self, now_ms: u64) -> Vec<Effect> {
        match self.due.take() {
            Some(due) => {
                self.put_offs.put_off(due.matter, now_ms);
                self.hush(now_ms)
            }
            None => Vec::new(),
        }
    }

    fn watch_rest(&mut self, now: Timestamp, now_ms: u64) -> Vec<Effect> {
        let is_busy = self.alert.is_some() || self.due.is_some() || self.aloud.is_some();
        let is_playing = self.programme.as_ref().is_some_and(|it| it.is_running);
        if is_busy || is_playing || !self.is_let_in() {
            self.touched(now_ms);
            return Vec::new();
        }
        let quiet_ms = now_ms.saturating_sub(self.touched_ms);
        let away = self.path != [Place::Home] && self.choices.first_use_done;
        let rest = rest::after(quiet_ms, away, now);
        let before = std::mem::replace(&mut self.rest, rest);
        if rest == before {
            return Vec::new();
        }
        self.last_change_ms = Some(now_ms);
        let mut effects = Vec::new();
        if rest != Rest::Asking && away {
            effects.extend(self.go_home(LeaveHow::Idle, now_ms));
        }
        if rest == Rest::Night {
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
        self.rest = Rest::Awake;
        self.touched(now_ms);
        self.last_change_ms = Some(now_ms);
        Vec::new()
    }

    /// When to look again whether somebody is there, by the program's own clock.
    pub fn rest_due_ms(&self) -> u64 {
        match self.rest {
            Rest::Awake => self.touched_ms + rest::IDLE_MS,
            Rest::Asking => self.touched_ms + rest::IDLE_MS + rest::NOTICE_MS,
            // The minute's look is enough for a clock.
            Rest::Night => u64::MAX,
        }
    }
}

/// The tone and the words of what has taken over.
pub(super) const ALARM: Effect = Effect::ReadScreen {
    first: Some(Tone::Warning),
    is_asked_for: false,
};
