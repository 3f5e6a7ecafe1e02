//! The board of reminders, and the times that are chosen there. Pure.

use super::{
    Effect, Route, Session, TimeOf,
    answering::{CHECK_IN, saved},
    question::{Question, moved},
};
use crate::reminders::REMINDERS_LIMIT;

impl Session {
    /// The board of reminders.
    pub(crate) fn open_reminders(&mut self) {
        self.path = vec![Route::Home, Route::Reminders];
    }

    /// A new reminder, while there is room for one.
    pub(crate) fn new_reminder(&mut self) {
        if self.profile.reminders.len() < REMINDERS_LIMIT {
            self.path.push(Route::Question(Question::Errand));
        }
    }

    pub(crate) fn open_reminder(&mut self, index: usize) {
        if let Some(reminder) = self.profile.reminders.get(index) {
            let question = Question::Reminder(reminder.id);
            self.path.push(Route::Question(question));
        }
    }

    pub(crate) fn open_check_in_time(&mut self) {
        self.path.push(match self.profile.check_in_at {
            Some(_) => Route::Question(Question::CheckInAgain),
            None => Route::Time(TimeOf::CheckIn, CHECK_IN),
        });
    }

    pub(crate) fn move_time(&mut self, minutes: i32) {
        if let Some(Route::Time(_, time)) = self.path.last_mut() {
            *time = moved(*time, minutes);
        }
    }

    pub(crate) fn choose_time(&mut self) -> Vec<Effect> {
        let Route::Time(of, time) = self.route().clone() else {
            return Vec::new();
        };
        match of {
            TimeOf::CheckIn => {
                self.profile.check_in_at = Some(time);
                self.open_reminders();
                saved()
            }
            TimeOf::Reminder(draft) => {
                let next = Route::Question(Question::Days(draft.at(time)));
                self.path.push(next);
                Vec::new()
            }
        }
    }
}
