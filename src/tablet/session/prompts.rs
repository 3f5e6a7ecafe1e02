//! Reminders, the daily question and messages whose time has come: which is on the screen, and which were put off. Pure.

use jiff::civil::{Date, DateTime};

use super::effect::Effect;
use crate::{
    reminders::{Agenda, Call, Prompt, PromptKind, Reminder, ReminderId, Snoozes},
    speech::Tone,
};

/// What is due, and what was put off.
#[derive(Debug, Clone, Default)]
pub(super) struct Prompts {
    /// What is on the screen.
    due: Option<Prompt>,
    snoozes: Snoozes,
}

/// What can be asked of the resident now.
#[derive(Debug, Clone, Copy)]
pub(super) struct Askable<'p> {
    /// What is asked at a time of the day.
    pub(super) agenda: Agenda<'p>,
    /// What comes forward of the resident's own requests, in the order in which it does.
    pub(super) of_requests: [Option<PromptKind>; 2],
    /// Something that the council says to everybody was not read.
    pub(super) has_unread_messages: bool,
    /// That would disturb nobody now.
    pub(super) may_bring_messages: bool,
    /// Nothing else stands before it.
    pub(super) is_free: bool,
}

/// What a look at the time has changed on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PromptChange {
    /// Nothing that anybody could have been about to touch.
    Nothing,
    /// What stood there is not asked any more.
    Withdrawn,
    /// Something has become due, and stands there now.
    Raised,
}

impl Prompts {
    /// What is on the screen.
    pub(super) fn due(&self) -> Option<&Prompt> {
        self.due.as_ref()
    }

    /// Looks what is due now, and what is not any more.
    pub(super) fn update(
        &mut self,
        askable: &Askable,
        now: DateTime,
        now_ms: u64,
    ) -> (PromptChange, Vec<Effect>) {
        let mut change = PromptChange::Nothing;
        if self.due.as_ref().is_some_and(|due| due.is_ignored(now_ms)) {
            self.put_off(now_ms);
        }
        // What a wrong clock brought is gone with it: an answer would be noted for another day.
        let today = now.date();
        let is_of_another_day = |due: &Prompt| due.is_of_another_day(today);
        if self.due.as_ref().is_some_and(is_of_another_day) {
            self.clear();
            change = PromptChange::Withdrawn;
        }
        // A message that was taken back is brought to nobody.
        let kind = self.due.as_ref().map(|due| due.kind);
        if matches!(kind, Some(PromptKind::Messages(_))) && !askable.has_unread_messages {
            self.clear();
            return (PromptChange::Withdrawn, Vec::new());
        }
        if self.due.is_some() || !askable.is_free {
            return (change, Vec::new());
        }
        let messages = PromptKind::Messages(today);
        let has_messages = askable.has_unread_messages
            && askable.may_bring_messages
            && self.snoozes.allows(messages, now_ms);
        let due = askable.agenda.due(&self.snoozes, now, now_ms);
        let mut of_requests = askable.of_requests.into_iter().flatten();
        let of_requests = of_requests.find(|kind| self.snoozes.allows(*kind, now_ms));
        let Some(kind) = due.or(of_requests).or(has_messages.then_some(messages)) else {
            return (change, Vec::new());
        };
        self.due = Some(Prompt {
            kind,
            shown_ms: now_ms,
        });
        let heard = sound_of(kind, askable.agenda.reminders);
        let effects = [Effect::Light].into_iter().chain(heard).collect();
        (PromptChange::Raised, effects)
    }

    /// What is on the screen is answered, by whoever takes it.
    pub(super) fn take(&mut self) -> Option<PromptKind> {
        self.due.take().map(|due| due.kind)
    }

    /// What is on the screen comes again later. Says whether there was anything.
    pub(super) fn put_off(&mut self, now_ms: u64) -> bool {
        let due = self.due.take();
        if let Some(due) = &due {
            self.snoozes.snooze(due.kind, now_ms);
        }
        due.is_some()
    }

    /// Something else is on the screen.
    pub(super) fn clear(&mut self) {
        self.due = None;
    }

    /// A reminder that is set anew, or is gone, was never put off.
    pub(super) fn forget(&mut self, reminder: ReminderId) {
        self.snoozes.forget(reminder);
    }

    /// For which day it is asked how somebody is, if that is on the screen.
    pub(super) fn check_in_day(&self) -> Option<Date> {
        match self.due.as_ref()?.kind {
            PromptKind::CheckIn(day) => Some(day),
            PromptKind::Reminder(..)
            | PromptKind::Messages(_)
            | PromptKind::Answer(..)
            | PromptKind::Appointment(..) => None,
        }
    }
}

/// How it makes itself heard.
fn sound_of(kind: PromptKind, reminders: &[Reminder]) -> Option<Effect> {
    let call = match kind {
        PromptKind::Reminder(id, _) => reminders.iter().find(|it| it.id == id)?.call,
        PromptKind::CheckIn(_)
        | PromptKind::Messages(_)
        | PromptKind::Answer(..)
        | PromptKind::Appointment(..) => Call::ToneAndVoice,
    };
    match call {
        Call::ToneAndVoice => Some(Effect::ReadScreen {
            first: Some(Tone::Reminder),
            is_asked_for: false,
        }),
        Call::Tone => Some(Effect::Sound(Tone::Reminder)),
        Call::Silent => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;
    use crate::{
        profile::Profile,
        reminders::{Days, ReminderKind},
    };

    const TODAY: Date = date(2026, 11, 22);
    const MINUTE_MS: u64 = 60_000;

    fn profile(call: Call) -> Profile {
        Profile {
            reminders: vec![Reminder {
                id: ReminderId(1),
                errand: ReminderKind::MorningMedicine,
                at: time(8, 0, 0, 0),
                days: Days::Every,
                call,
                since: date(2026, 11, 20),
            }],
            ..Profile::practised()
        }
    }

    fn askable(profile: &Profile) -> Askable<'_> {
        Askable {
            agenda: profile.agenda(),
            of_requests: [None; 2],
            has_unread_messages: false,
            may_bring_messages: false,
            is_free: true,
        }
    }

    fn at(minute: i8) -> DateTime {
        TODAY.to_datetime(time(8, minute, 0, 0))
    }

    #[test]
    fn a_reminder_is_raised_as_it_was_asked_for() {
        let spoken = Effect::ReadScreen {
            first: Some(Tone::Reminder),
            is_asked_for: false,
        };
        for (call, expected) in [
            (Call::ToneAndVoice, vec![Effect::Light, spoken]),
            (
                Call::Tone,
                vec![Effect::Light, Effect::Sound(Tone::Reminder)],
            ),
            (Call::Silent, vec![Effect::Light]),
        ] {
            let profile = profile(call);
            let mut prompts = Prompts::default();
            let raised = prompts.update(&askable(&profile), at(0), 0);
            assert_eq!(raised, (PromptChange::Raised, expected));
            let again = prompts.update(&askable(&profile), at(1), MINUTE_MS);
            assert_eq!(again, (PromptChange::Nothing, Vec::new()));
        }
    }

    #[test]
    fn what_nobody_touches_goes_and_comes_again() {
        let profile = profile(Call::Tone);
        let mut prompts = Prompts::default();
        let look = |prompts: &mut Prompts, minute: i8| {
            let now_ms = u64::try_from(minute).expect("a minute") * MINUTE_MS;
            prompts.update(&askable(&profile), at(minute), now_ms).0
        };
        assert_eq!(look(&mut prompts, 0), PromptChange::Raised);
        assert_eq!(look(&mut prompts, 10), PromptChange::Nothing);
        assert_eq!(prompts.due(), None, "nobody was there");
        assert_eq!(look(&mut prompts, 19), PromptChange::Nothing);
        assert_eq!(look(&mut prompts, 20), PromptChange::Raised);
        assert!(prompts.put_off(20 * MINUTE_MS));
        assert!(!prompts.put_off(20 * MINUTE_MS), "once");
        prompts.forget(ReminderId(1));
        assert_eq!(look(&mut prompts, 21), PromptChange::Raised, "set anew");
    }

    #[test]
    fn nothing_comes_before_what_has_taken_over_and_messages_disturb_nobody() {
        let profile = profile(Call::Tone);
        let mut prompts = Prompts::default();
        let taken_over = Askable {
            is_free: false,
            ..askable(&profile)
        };
        prompts.update(&taken_over, at(0), 0);
        assert_eq!(prompts.due(), None);
        let quiet = Profile::practised();
        for (may_bring_messages, expected) in
            [(false, None), (true, Some(PromptKind::Messages(TODAY)))]
        {
            let unread = Askable {
                of_requests: [None; 2],
                has_unread_messages: true,
                may_bring_messages,
                ..askable(&quiet)
            };
            prompts.update(&unread, at(0), 0);
            assert_eq!(prompts.due().map(|due| due.kind), expected);
        }
        // It was taken back.
        let (change, _) = prompts.update(&askable(&quiet), at(1), MINUTE_MS);
        assert_eq!((change, prompts.due()), (PromptChange::Withdrawn, None));
    }
}
