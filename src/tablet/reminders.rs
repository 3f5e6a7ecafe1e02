//! Reminders and the daily question, all of it on this tablet alone: what they are, when one is due,
//! and whether it was answered. Pure.

use jiff::{
    SignedDuration, ToSpan as _,
    civil::{Date, DateTime, Time},
};

use kairan_contract::RequestId;

use crate::profile::Profile;
pub use crate::profile::reminders::{Call, Days, Done, Reminder, ReminderId, ReminderKind};

/// A reminder that nobody answers is shown for so long after its time; then the day is over for it.
const SHOWN_FOR: SignedDuration = SignedDuration::from_hours(3);
/// After あとで, or when nobody touches it, it comes again in ten minutes …
const AGAIN_MS: u64 = 10 * 60 * 1000;
/// … this many times.
const AGAIN_TIMES: u8 = 3;
/// Days that the board shows.
pub const BOARD_DAYS: i32 = 7;
/// Reminders that anybody can keep in view.
pub const REMINDERS_LIMIT: usize = 12;
/// Answers that are kept, whatever the clock says: twice what a full board shows.
const DONE_LIMIT: usize = 2 * REMINDERS_LIMIT * 7;

/// Something whose time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PromptKind {
    /// A reminder, on this day.
    Reminder(ReminderId, Date),
    /// きょうの ちょうし, on this day.
    CheckIn(Date),
    /// Messages of the council that nobody has read, on this day.
    Messages(Date),
    /// An answer to a request that nobody has heard, on this day.
    Answer(RequestId, Date),
    /// The time of a request that is near, on this day.
    Appointment(RequestId, Date),
}

impl PromptKind {
    /// The day for which it is asked.
    fn day(self) -> Date {
        match self {
            Self::Reminder(_, day)
            | Self::CheckIn(day)
            | Self::Messages(day)
            | Self::Answer(_, day)
            | Self::Appointment(_, day) => day,
        }
    }
}

/// What is due on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// What.
    pub kind: PromptKind,
    /// Since when it is on the screen, by the program's own clock in milliseconds.
    pub shown_ms: u64,
}

/// What was put off, until when by the program's own clock, and how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Snooze {
    kind: PromptKind,
    until_ms: u64,
    times: u8,
}

/// What was put off today. A restart forgets it: then everything is asked once more.
#[derive(Debug, Clone, Default)]
pub struct Snoozes(Vec<Snooze>);

impl Snoozes {
    /// Puts something off by ten minutes.
    pub fn snooze(&mut self, kind: PromptKind, now_ms: u64) {
        let until_ms = now_ms + AGAIN_MS;
        if let Some(known) = self.0.iter_mut().find(|known| known.kind == kind) {
            known.until_ms = until_ms;
            known.times += 1;
            return;
        }
        // What was put off on earlier days is over.
        self.0.truncate(2 * REMINDERS_LIMIT);
        let times = 1;
        let new = Snooze {
            kind,
            until_ms,
            times,
        };
        self.0.insert(0, new);
    }

    /// What is set anew is asked anew.
    pub fn forget(&mut self, reminder: ReminderId) {
        self.0
            .retain(|it| !matches!(it.kind, PromptKind::Reminder(id, _) if id == reminder));
    }

    /// Whether something may be asked now.
    pub fn allows(&self, kind: PromptKind, now_ms: u64) -> bool {
        let known = self.0.iter().find(|known| known.kind == kind);
        known.is_none_or(|known| known.times <= AGAIN_TIMES && known.until_ms <= now_ms)
    }
}

impl Prompt {
    /// Whether it is asked for a day that is not now: the clock was wrong when it came, and an answer would
    /// be noted for another day.
    pub fn is_of_another_day(&self, today: Date) -> bool {
        let day = self.kind.day();
        day != today && Some(day) != today.yesterday().ok()
    }

    /// Whether nobody has touched it for ten minutes.
    pub fn is_ignored(&self, now_ms: u64) -> bool {
        now_ms.saturating_sub(self.shown_ms) >= AGAIN_MS
    }
}

/// Everything that is asked of a resident at a time of the day.
#[derive(Debug, Clone, Copy)]
pub struct Agenda<'p> {
    /// The reminders.
    pub reminders: &'p [Reminder],
    /// What was answered.
    pub done: &'p [Done],
    /// When to ask for きょうの ちょうし, if at all.
    pub check_in_at: Option<Time>,
    /// The last day on which that was answered.
    pub checked_in: Option<Date>,
}

impl Profile {
    /// What is asked of the resident at a time of the day.
    pub fn agenda(&self) -> Agenda<'_> {
        Agenda {
            reminders: &self.reminders,
            done: &self.done,
            // The answer is a usage record: without consent nobody would hear of it.
            check_in_at: self.check_in_at.filter(|_| self.consent == Some(true)),
            checked_in: self.checked_in,
        }
    }
}

impl Agenda<'_> {
    /// What is due now, the earliest first.
    pub fn due(&self, snoozes: &Snoozes, now: DateTime, now_ms: u64) -> Option<PromptKind> {
        // What was due late in the evening is still asked for after midnight.
        let days = [now.date().yesterday().ok(), Some(now.date())];
        days.into_iter()
            .flatten()
            .flat_map(|day| self.of_day(day))
            .filter(|(at, _)| {
                let late = now.duration_since(*at);
                (SignedDuration::ZERO..SHOWN_FOR).contains(&late)
            })
            .filter(|(_, kind)| snoozes.allows(*kind, now_ms))
            .min_by_key(|(at, _)| *at)
            .map(|(_, kind)| kind)
    }

    /// What is asked on `day` and has not been answered.
    fn of_day(&self, day: Date) -> impl Iterator<Item = (DateTime, PromptKind)> + '_ {
        let reminders = self.reminders.iter().filter_map(move |reminder| {
            let is_due = reminder.days.include(day) && reminder.since <= day;
            let kind = PromptKind::Reminder(reminder.id, day);
            let at = day.to_datetime(reminder.at);
            (is_due && !self.is_done(reminder.id, day)).then_some((at, kind))
        });
        let check_in = self
            .check_in_at
            .filter(|_| self.checked_in.is_none_or(|answered| answered < day))
            .map(|at| (day.to_datetime(at), PromptKind::CheckIn(day)));
        reminders.chain(check_in)
    }

    /// Whether a reminder was answered for `day`.
    pub fn is_done(&self, reminder: ReminderId, day: Date) -> bool {
        self.answer(reminder, day).is_some()
    }

    /// The answer to a reminder for `day`.
    pub fn answer(&self, reminder: ReminderId, day: Date) -> Option<&Done> {
        let mut done = self.done.iter();
        done.find(|it| it.reminder == reminder && it.day == day)
    }

    /// The last seven days of a reminder, today last: whether it was answered; none where it was
    /// not due.
    pub fn board(&self, reminder: &Reminder, today: Date) -> Vec<(Date, Option<bool>)> {
        (0..BOARD_DAYS)
            .rev()
            .filter_map(|back| today.checked_sub(back.days()).ok())
            .map(|day| {
                let was_due = reminder.days.include(day) && reminder.since <= day;
                (day, was_due.then(|| self.is_done(reminder.id, day)))
            })
            .collect()
    }
}

/// Forgets what no board shows any more. Before the time is known for certain there is no today, and nothing
/// is old.
pub fn forget(done: &mut Vec<Done>, today: Option<Date>) {
    if let Some(today) = today {
        let oldest = today.checked_sub(BOARD_DAYS.days()).unwrap_or(Date::MIN);
        let tomorrow = today.tomorrow().unwrap_or(Date::MAX);
        done.retain(|it| it.day > oldest && it.day <= tomorrow);
    }
    done.drain(..done.len().saturating_sub(DONE_LIMIT));
}

/// What the next reminder is called.
pub fn next_id(reminders: &[Reminder]) -> ReminderId {
    let last = reminders.iter().map(|it| it.id.0).max().unwrap_or(0);
    ReminderId(last.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use jiff::civil::{date, time};

    use super::*;

    fn reminder(id: u32, at: Time, days: Days) -> Reminder {
        Reminder {
            id: ReminderId(id),
            errand: ReminderKind::MorningMedicine,
            at,
            days,
            call: Call::ToneAndVoice,
            since: date(2026, 11, 20),
        }
    }

    fn agenda<'p>(reminders: &'p [Reminder], done: &'p [Done]) -> Agenda<'p> {
        Agenda {
            reminders,
            done,
            check_in_at: None,
            checked_in: None,
        }
    }

    // A Sunday.
    const TODAY: Date = date(2026, 11, 22);

    #[test]
    fn a_reminder_is_due_at_its_time_and_for_three_hours() {
        let reminders = [reminder(1, time(8, 0, 0, 0), Days::Every)];
        let agenda = agenda(&reminders, &[]);
        for (at, expected) in [
            (time(7, 59, 59, 0), false),
            (time(8, 0, 0, 0), true),
            (time(10, 59, 0, 0), true),
            (time(11, 0, 0, 0), false),
            (time(23, 0, 0, 0), false),
        ] {
            let due = agenda.due(&Snoozes::default(), TODAY.to_datetime(at), 0);
            assert_eq!(due.is_some(), expected, "{at}");
        }
        let before = date(2026, 11, 19).to_datetime(time(8, 0, 0, 0));
        assert_eq!(
            agenda.due(&Snoozes::default(), before, 0),
            None,
            "it was not set yet"
        );
        let in_1970 = date(1970, 1, 1).to_datetime(time(8, 0, 0, 0));
        assert_eq!(agenda.due(&Snoozes::default(), in_1970, 0), None);
    }

    #[test]
    fn what_was_due_before_midnight_is_still_asked_for_after_it() {
        let reminders = [reminder(1, time(23, 50, 0, 0), Days::Every)];
        let agenda = agenda(&reminders, &[]);
        let after = date(2026, 11, 23).to_datetime(time(0, 5, 0, 0));
        let kind = PromptKind::Reminder(ReminderId(1), TODAY);
        assert_eq!(agenda.due(&Snoozes::default(), after, 0), Some(kind));
    }

    #[test]
    fn later_comes_again_in_ten_minutes_three_times() {
        let reminders = [reminder(1, time(8, 0, 0, 0), Days::Every)];
        let agenda = agenda(&reminders, &[]);
        let now = TODAY.to_datetime(time(8, 30, 0, 0));
        let mut snoozes = Snoozes::default();
        let mut clock = 0;
        for again in 1..=3 {
            let kind = agenda.due(&snoozes, now, clock).expect("it is due");
            snoozes.snooze(kind, clock);
            assert_eq!(agenda.due(&snoozes, now, clock + AGAIN_MS - 1), None);
            clock += AGAIN_MS;
            assert!(agenda.due(&snoozes, now, clock).is_some(), "{again}");
        }
        let kind = agenda.due(&snoozes, now, clock).expect("it is due");
        snoozes.snooze(kind, clock);
        assert_eq!(
            agenda.due(&snoozes, now, clock + AGAIN_MS),
            None,
            "that was enough"
        );
    }

    #[test]
    fn the_board_tells_what_was_done_and_what_was_not_due() {
        let reminders = [reminder(4, time(8, 0, 0, 0), Days::Workdays)];
        let done = [Done {
            reminder: ReminderId(4),
            day: date(2026, 11, 20),
            at: Timestamp::UNIX_EPOCH,
        }];
        let agenda = agenda(&reminders, &done);
        let board: Vec<Option<bool>> = agenda
            .board(&reminders[0], date(2026, 11, 24))
            .into_iter()
            .map(|(_, mark)| mark)
            .collect();
        // Wednesday and Thursday before it was set, Friday done, a weekend, Monday and Tuesday not.
        let not = Some(false);
        assert_eq!(board, [None, None, Some(true), None, None, not, not]);
        let monday = date(2026, 11, 20).to_datetime(time(8, 5, 0, 0));
        assert_eq!(
            agenda.due(&Snoozes::default(), monday, 0),
            None,
            "it is done"
        );
    }

    #[test]
    fn how_somebody_is_is_asked_once_a_day() {
        let mut asked = agenda(&[], &[]);
        asked.check_in_at = Some(time(9, 0, 0, 0));
        let now = TODAY.to_datetime(time(9, 10, 0, 0));
        let none = Snoozes::default();
        assert_eq!(asked.due(&none, now, 0), Some(PromptKind::CheckIn(TODAY)));
        asked.checked_in = Some(TODAY);
        assert_eq!(asked.due(&none, now, 0), None);
    }

    #[test]
    fn old_answers_are_forgotten() {
        let of = |day| Done {
            reminder: ReminderId(1),
            day,
            at: Timestamp::UNIX_EPOCH,
        };
        let mut done = vec![of(date(2026, 11, 15)), of(date(2026, 11, 16)), of(TODAY)];
        forget(&mut done, Some(TODAY));
        assert_eq!(done.len(), 2);
    }

    #[test]
    fn a_clock_that_may_be_wrong_erases_nothing_from_the_board() {
        let of = |day| Done {
            reminder: ReminderId(1),
            day,
            at: Timestamp::UNIX_EPOCH,
        };
        let mut done = vec![of(TODAY), of(date(2099, 1, 1))];
        forget(&mut done, None);
        assert_eq!(done.len(), 2);
        forget(&mut done, Some(TODAY));
        assert_eq!(done, [of(TODAY)], "what lies in the future was no answer");
        let mut done = vec![of(TODAY); DONE_LIMIT + 5];
        forget(&mut done, None);
        assert_eq!(done.len(), DONE_LIMIT, "without a network for years, too");
    }
}
