//! What becomes of an answer to a question, and of the steps of first use. Pure.

use jiff::{
    Timestamp,
    civil::{Date, Time},
};
use kairan_contract::{Event, Language, Mood, RequestKind, ScreenName};

use super::{
    Effect, Practice, Route, Session, TimeOf, alert, first_use,
    question::{Choice, Draft, Question, Touched, moved},
};
use crate::{
    dates::in_japan,
    reminders::{Call, Days, PromptKind, REMINDERS_LIMIT, Reminder, ReminderId, next_id},
    speech::Tone,
};

/// What is spoken so that loudness and pace can be judged.
const TRIED: &str = "これくらいの 声で お話しします。";
/// When to ask how one is, unless another time is chosen.
const CHECK_IN: Time = Time::constant(9, 0, 0, 0);

impl Session {
    /// The question on the screen.
    pub fn question(&self) -> Option<Question> {
        if let Some(due) = &self.due {
            return matches!(due.kind, PromptKind::CheckIn(_)).then_some(Question::CheckIn);
        }
        match self.route() {
            Route::Question(question) => Some(*question),
            _ => None,
        }
    }

    /// An answer, by its place.
    pub(crate) fn choose(&mut self, index: usize, now: Timestamp, now_ms: u64) -> Vec<Effect> {
        let Some(question) = self.question() else {
            return Vec::new();
        };
        let Some(choice) = question.choices().get(index).copied() else {
            return Vec::new();
        };
        let mut effects = self.hush(now_ms);
        effects.extend(self.take_answer(question, choice, now, now_ms));
        effects
    }

    fn check_in(&mut self, mood: Mood, today: Date, now_ms: u64) -> Vec<Effect> {
        let asked = self.due.as_ref().map(|due| due.kind);
        self.profile.checked_in = match asked {
            Some(PromptKind::CheckIn(day)) => Some(day),
            _ => Some(today),
        };
        self.leave_question(now_ms);
        vec![
            Effect::SaveProfile,
            Effect::Record(None, Event::CheckIn { mood }),
            Effect::Sound(Tone::Sent),
        ]
    }

    /// The keys of the page of this tablet, by their place.
    pub(crate) fn choose_on_helper_page(&mut self, index: usize) -> Vec<Effect> {
        let question = match index {
            0 => Question::Loudness,
            1 => Question::Pace,
            2 => Question::TouchTest(Touched::default()),
            3 => return vec![Effect::Report, Effect::Sound(Tone::Sent)],
            4 => {
                self.open_neighbourhoods();
                return Vec::new();
            }
            _ => return Vec::new(),
        };
        self.path.push(Route::Question(question));
        Vec::new()
    }

    fn take_answer(
        &mut self,
        question: Question,
        choice: Choice,
        now: Timestamp,
        now_ms: u64,
    ) -> Vec<Effect> {
        let today = in_japan(now).date();
        match (question, choice) {
            (_, Choice::Language(language)) => {
                let mut effects = self.set_language(language);
                effects.extend(self.go_on(now_ms));
                effects
            }
            (_, Choice::TextSize(size)) => self.choose_text_size(size),
            (_, Choice::Loudness(loudness)) => {
                self.profile.loudness = loudness;
                vec![Effect::SaveProfile, Effect::Say(TRIED)]
            }
            (_, Choice::Pace(pace)) => {
                self.profile.pace = pace;
                vec![Effect::SaveProfile, Effect::Say(TRIED)]
            }
            (_, Choice::GoOn) => self.go_on(now_ms),
            (_, Choice::Consent(consent)) => self.end_first_use(consent, now_ms),
            (_, Choice::Mood(mood)) => self.check_in(mood, today, now_ms),
            (Question::TouchTest(touched), Choice::Field(field)) => {
                self.replace(Route::Question(Question::TouchTest(touched.with(field))));
                Vec::new()
            }
            (_, Choice::Later) => self.put_due_off(now_ms),
            (Question::CheckInAgain, Choice::NoMore) => {
                self.profile.check_in_at = None;
                self.go_back(now_ms);
                vec![Effect::SaveProfile]
            }
            (Question::CheckInAgain, _) => {
                let time = self.profile.check_in_at.unwrap_or(CHECK_IN);
                self.replace(Route::Time(TimeOf::CheckIn, time));
                Vec::new()
            }
            (_, Choice::Errand(errand)) => {
                let draft = Draft::new(errand);
                self.path
                    .push(Route::Time(TimeOf::Reminder(draft), draft.time()));
                Vec::new()
            }
            (Question::Days(draft) | Question::Weekday(draft), Choice::Days(days)) => {
                let draft = Draft {
                    days: Some(days.into()),
                    ..draft
                };
                self.path.push(Route::Question(Question::Call(draft)));
                Vec::new()
            }
            (Question::Days(draft), Choice::OneDay) => {
                self.path.push(Route::Question(Question::Weekday(draft)));
                Vec::new()
            }
            (Question::Call(draft), Choice::Call(call)) => {
                self.set_reminder(draft, call, today);
                self.back_to_the_board();
                vec![Effect::SaveProfile, Effect::Sound(Tone::Sent)]
            }
            (Question::Reminder(id), Choice::Done) => {
                let effects = self.note_done(id, today, now);
                self.go_back(now_ms);
                effects
            }
            (Question::Reminder(id), Choice::ChangeTime) => {
                if let Some(reminder) = self.reminder(id).cloned() {
                    let draft = Draft {
                        id: Some(id),
                        days: Some(reminder.days.into()),
                        ..Draft::new(reminder.errand).at(reminder.at)
                    };
                    self.replace(Route::Time(TimeOf::Reminder(draft), reminder.at));
                }
                Vec::new()
            }
            (Question::Reminder(id), _) => {
                self.replace(Route::Question(Question::RemoveReminder(id)));
                Vec::new()
            }
            (Question::RemoveReminder(id), Choice::Yes) => {
                self.profile.reminders.retain(|it| it.id != id);
                self.snoozes.forget(id);
                self.profile.done.retain(|it| it.reminder != id);
                self.go_back(now_ms);
                vec![Effect::SaveProfile]
            }
            (Question::CallBack(screen), Choice::Yes) => {
                self.path.pop();
                self.ask_for_call_back(screen)
            }
            _ => self.go_back(now_ms),
        }
    }

    /// Somebody chose a language.
    pub(crate) fn set_language(&mut self, language: Language) -> Vec<Effect> {
        if self.profile.language == language {
            return Vec::new();
        }
        self.profile.language = language;
        let set = Event::LanguageSet { to: language };
        vec![Effect::SaveProfile, Effect::Record(None, set)]
    }

    fn reminder(&self, id: ReminderId) -> Option<&Reminder> {
        self.profile.reminders.iter().find(|it| it.id == id)
    }

    fn replace(&mut self, place: Route) {
        self.path.pop();
        self.path.push(place);
    }

    fn leave_question(&mut self, now_ms: u64) {
        if self.due.take().is_none() {
            self.go_back(now_ms);
        }
    }

    fn back_to_the_board(&mut self) {
        self.path = vec![Route::Home, Route::Reminders];
    }

    fn set_reminder(&mut self, draft: Draft, call: Call, today: jiff::civil::Date) {
        let reminders = &mut self.profile.reminders;
        let days = draft.days.map_or(Days::Every, Days::from);
        match draft
            .id
            .and_then(|id| reminders.iter_mut().find(|it| it.id == id))
        {
            Some(known) => {
                self.snoozes.forget(known.id);
                known.at = draft.time();
                known.days = days;
                known.call = call;
            }
            None => reminders.push(Reminder {
                id: next_id(reminders),
                errand: draft.errand,
                at: draft.time(),
                days,
                call,
                since: today,
            }),
        }
        reminders.sort_by_key(|it| it.at);
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
                self.back_to_the_board();
                vec![Effect::SaveProfile, Effect::Sound(Tone::Sent)]
            }
            TimeOf::Reminder(draft) => {
                let next = Route::Question(Question::Days(draft.at(time)));
                self.path.push(next);
                Vec::new()
            }
        }
    }

    /// The next step of first use, or back to where the question was asked.
    fn go_on(&mut self, now_ms: u64) -> Vec<Effect> {
        match first_use::next(self.route()).filter(|_| self.is_first_use()) {
            Some(next) => {
                self.path = vec![next];
                Vec::new()
            }
            None => self.go_back(now_ms),
        }
    }

    /// A touch that is practised; another than the one that is asked for does no harm.
    pub(crate) fn practise(&mut self, done: Practice) {
        if *self.route() == Route::Practice(done)
            && let Some(next) = first_use::next(self.route())
        {
            self.path = vec![next];
        }
    }

    fn end_first_use(&mut self, consent: bool, now_ms: u64) -> Vec<Effect> {
        self.profile.consent = Some(consent);
        self.profile.first_use_done = true;
        self.path = vec![Route::Home];
        self.last_change_ms = Some(now_ms);
        vec![Effect::SaveProfile, Effect::Sound(Tone::Sent)]
    }

    /// Writes down that a helper is to ring, and shows what becomes of it.
    pub(super) fn ask_for_call_back(&mut self, screen: ScreenName) -> Vec<Effect> {
        self.path.push(Route::CallBack);
        vec![
            Effect::Ask(RequestKind::CallBack { screen }),
            Effect::Record(None, Event::CallBackAsked { screen }),
        ]
    }

    pub(crate) fn practise_warning(&mut self, now: Timestamp, now_ms: u64) -> Vec<Effect> {
        let mut effects = self.hush(now_ms);
        let danger = alert::practice(self.profile.language, now);
        effects.extend(self.raise(danger, now, now_ms));
        effects
    }

    /// A digit of the helper's number; the fourth tries it.
    pub(crate) fn take_pin_digit(&mut self, digit: char) {
        let right = self.helper_pin();
        let Some(Route::Pin { digits, was_wrong }) = self.path.last_mut() else {
            return;
        };
        *was_wrong = false;
        if digit.is_ascii_digit() {
            digits.push(digit);
        }
        if digits.len() < 4 {
            return;
        }
        // Before anything has come nobody can know the number.
        if *digits == right || right.is_empty() {
            self.replace(Route::Tablet);
        } else {
            digits.clear();
            *was_wrong = true;
        }
    }

    /// The last four digits of the helper's telephone number: it keeps fingers out, not thieves.
    fn helper_pin(&self) -> String {
        let council = self.content.as_ref().map(|held| &held.manifest.council);
        let number = council.map_or("", |council| council.helper_telephone.as_str());
        let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
        digits[digits.len().saturating_sub(4)..].iter().collect()
    }
}
