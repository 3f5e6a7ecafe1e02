//! What a clock that ran ahead did to what the resident chose. Pure.

use jiff::civil::Date;

use crate::profile::Profile;

/// The day is known for certain. What was set or answered on a day to come was so by a clock that ran ahead,
/// and would be silent until then. Says whether anything was.
pub(super) fn correct(profile: &mut Profile, today: Date) -> bool {
    let ahead = |day: Date| day > today;
    let reminders = profile.reminders.iter_mut();
    let early: Vec<_> = reminders.filter(|it| ahead(it.since)).collect();
    let is_wrong = !early.is_empty() || profile.checked_in.is_some_and(ahead);
    for reminder in early {
        reminder.since = today;
    }
    profile.checked_in = profile.checked_in.filter(|day| !ahead(*day));
    is_wrong
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;
    use crate::reminders::{
        Call, Days, Prompt, PromptKind, Reminder, ReminderId, ReminderKind, Snoozes,
    };

    // A Sunday.
    const TODAY: Date = date(2026, 11, 22);

    #[test]
    fn what_was_set_or_answered_by_a_clock_that_ran_ahead_is_due_all_the_same() {
        let early = Reminder {
            id: ReminderId(1),
            errand: ReminderKind::MorningMedicine,
            at: time(8, 0, 0, 0),
            days: Days::Every,
            call: Call::ToneAndVoice,
            since: date(2099, 1, 1),
        };
        let mut profile = Profile {
            reminders: vec![early],
            check_in_at: Some(time(9, 0, 0, 0)),
            checked_in: Some(date(2099, 1, 1)),
            ..Profile::practised()
        };
        assert!(correct(&mut profile, TODAY));
        assert!(!correct(&mut profile, TODAY), "that was all");
        let (agenda, now) = (profile.agenda(), TODAY.to_datetime(time(9, 30, 0, 0)));
        let mut snoozes = Snoozes::default();
        let kind = PromptKind::Reminder(ReminderId(1), TODAY);
        assert_eq!(agenda.due(&snoozes, now, 0), Some(kind));
        snoozes.snooze(kind, 0);
        assert_eq!(
            agenda.due(&snoozes, now, 0),
            Some(PromptKind::CheckIn(TODAY))
        );
        let due = Prompt {
            kind: PromptKind::Reminder(ReminderId(1), date(2099, 1, 1)),
            shown_ms: 0,
        };
        assert!(due.is_of_another_day(TODAY));
    }
}
