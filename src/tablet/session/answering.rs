//! What becomes of an answer to a question, and of the steps of first use. Pure.

use jiff::{
    Timestamp,
    civil::{Date, Time},
};
use kairan_contract::{Asked, Event, Language, Mood, ScreenName};

use super::{
    Effect, Place, Session, TimeOf, alert, first_use,
    first_use::Practice,
    question::{Choice, Draft, Question, Touched, moved},
    reminders::{Call, Days, Matter, REMINDERS_LIMIT, Reminder, ReminderId, next_id},
};
use crate::{screens::words::in_japan, speech::Tone};

/// What is spoken so that loudness and pace can be judged.
const TRIED: &str = "これくらいの 声で お話しします。";
/// When to ask how one is, unless another time is chosen.
const CHECK_IN: Time = Time::constant(9, 0, 0, 0);

impl Session {
    /// The question on the screen.
    pub fn question(&self) -> Option<Question> {
        if let Some(due) = &self.due {
            return matches!(due.matter, Matter::CheckIn(_)).then_some(Question::CheckIn);
        }
        match self.place() {
            Place::Question(question) => Some(*question),
            _ => None,
        }
    }

    /// An answer, by its place.
    pub(super) fn choose(&mut self, index: usize, now: Timestamp, now_ms: u64) -> Vec<Effect> {
        if self.due.is_none() {
            match self.place() {
                Place::Tablet => return self.choose_on_helper_page(index),
                Place::Survey(..) => return self.answer_survey(index, now_ms),
                Place::Stops(_) => return self.choose_stop(index, now_ms),
                Place::Neighbourhood(search) => {
                    let search = *search;
                    return self.choose_neighbourhood(search, index);
                }
                _ => {}
            }
        }
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
        let asked = self.due.as_ref().map(|due| due.matter);
        self.choices.checked_in = match asked {
            Some(Matter::CheckIn(day)) => Some(day),
            _ => Some(today),
        };
        self.leave_question(now_ms);
        vec![
            Effect::KeepChoices,
            Effect::Record(None, Event::CheckIn { mood }),
            Effect::Sound(Tone::Sent),
        ]
    }

    /// The keys of the page of this tablet, by their place.
    fn choose_on_helper_page(&mut self, index: usize) -> Vec<Effect> {
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
        self.path.push(Place::Question(question));
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
                self.choices.loudness = loudness;
                vec![Effect::KeepChoices, Effect::Say(TRIED)]
            }
            (_, Choice::Pace(pace)) => {
                self.choices.pace = pace;
                vec![Effect::KeepChoices, Effect::Say(TRIED)]
            }
            (_, Choice::GoOn) => self.go_on(now_ms),
            (_, Choice::Consent(consent)) => self.end_first_use(consent, now_ms),
            (_, Choice::Mood(mood)) => self.check_in(mood, today, now_ms),
            (Question::TouchTest(touched), Choice::Field(field)) => {
                self.replace(Place::Question(Question::TouchTest(touched.with(field))));
                Vec::new()
            }
            (_, Choice::Later) => self.put_due_off(now_ms),
            (Question::CheckInAgain, Choice::NoMore) => {
                self.choices.check_in_at = None;
                self.go_back(now_ms);
                vec![Effect::KeepChoices]
            }
            (Question::CheckInAgain, _) => {
                let time = self.choices.check_in_at.unwrap_or(CHECK_IN);
                self.replace(Place::Time(TimeOf::CheckIn, time));
                Vec::new()
            }
            (_, Choice::Errand(errand)) => {
                let draft = Draft::new(errand);
                self.path
                    .push(Place::Time(TimeOf::Reminder(draft), draft.time()));
                Vec::new()
            }
            (Question::Days(draft) | Question::Weekday(draft), Choice::Days(days)) => {
                let draft = Draft {
                    days: Some(days.into()),
                    ..draft
                };
                self.path.push(Place::Question(Question::Call(draft)));
                Vec::new()
            }
            (Question::Days(draft), Choice::OneDay) => {
                self.path.push(Place::Question(Question::Weekday(draft)));
                Vec::new()
            }
            (Question::Call(draft), Choice::Call(call)) => {
                self.set_reminder(draft, call, today);
                self.back_to_the_board();
                vec![Effect::KeepChoices, Effect::Sound(Tone::Sent)]
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
                    self.replace(Place::Time(TimeOf::Reminder(draft), reminder.at));
                }
                Vec::new()
            }
            (Question::Reminder(id), _) => {
                self.replace(Place::Question(Question::RemoveReminder(id)));
                Vec::new()
            }
            (Question::RemoveReminder(id), Choice::Yes) => {
                self.choices.reminders.retain(|it| it.id != id);
                self.put_offs.forget(id);
                self.choices.done.retain(|it| it.reminder != id);
                self.go_back(now_ms);
                vec![Effect::KeepChoices]
            }
            (Question::CallBack(screen), Choice::Yes) => {
                self.path.pop();
                self.ask_for_call_back(screen)
            }
            _ => self.go_back(now_ms),
        }
    }

    /// Somebody chose a language.
    pub(super) fn set_language(&mut self, language: Language) -> Vec<Effect> {
        if self.choices.language == language {
            return Vec::new();
        }
        self.choices.language = language;
        let set = Event::LanguageSet { to: language };
        vec![Effect::KeepChoices, Effect::Record(None, set)]
    }

    fn reminder(&self, id: ReminderId) -> Option<&Reminder> {
        self.choices.reminders.iter().find(|it| it.id == id)
    }

    fn replace(&mut self, place: Place) {
        self.path.pop();
        self.path.push(place);
    }

    fn leave_question(&mut self, now_ms: u64) {
        if self.due.take().is_none() {
            self.go_back(now_ms);
        }
    }

    fn back_to_the_board(&mut self) {
        self.path = vec![Place::Home, Place::Reminders];
    }

    fn set_reminder(&mut self, draft: Draft, call: Call, today: jiff::civil::Date) {
        let reminders = &mut self.choices.reminders;
        let days = draft.days.map_or(Days::Every, Days::from);
        match draft
            .id
            .and_then(|id| reminders.iter_mut().find(|it| it.id == id))
        {
            Some(known) => {
                self.put_offs.forget(known.id);
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
    pub(super) fn new_reminder(&mut self) {
        if self.choices.reminders.len() < REMINDERS_LIMIT {
            self.path.push(Place::Question(Question::Errand));
        }
    }

    pub(super) fn open_reminder(&mut self, index: usize) {
        if let Some(reminder) = self.choices.reminders.get(index) {
            let question = Question::Reminder(reminder.id);
            self.path.push(Place::Question(question));
        }
    }

    pub(super) fn open_check_in_time(&mut self) {
        self.path.push(match self.choices.check_in_at {
            Some(_) => Place::Question(Question::CheckInAgain),
            None => Place::Time(TimeOf::CheckIn, CHECK_IN),
        });
    }

    pub(super) fn move_time(&mut self, minutes: i32) {
        if let Some(Place::Time(_, time)) = self.path.last_mut() {
            *time = moved(*time, minutes);
        }
    }

    pub(super) fn choose_time(&mut self) -> Vec<Effect> {
        let Place::Time(of, time) = self.place().clone() else {
            return Vec::new();
        };
        match of {
            TimeOf::CheckIn => {
                self.choices.check_in_at = Some(time);
                self.back_to_the_board();
                vec![Effect::KeepChoices, Effect::Sound(Tone::Sent)]
            }
            TimeOf::Reminder(draft) => {
                let next = Place::Question(Question::Days(draft.at(time)));
                self.path.push(next);
                Vec::new()
            }
        }
    }

    /// The next step of first use, or back to where the question was asked.
    fn go_on(&mut self, now_ms: u64) -> Vec<Effect> {
        match first_use::next(self.place()).filter(|_| self.is_first_use()) {
            Some(next) => {
                self.path = vec![next];
                Vec::new()
            }
            None => self.go_back(now_ms),
        }
    }

    /// A touch that is practised; another than the one that is asked for does no harm.
    pub(super) fn practise(&mut self, done: Practice) {
        if *self.place() == Place::Practice(done)
            && let Some(next) = first_use::next(self.place())
        {
            self.path = vec![next];
        }
    }

    fn end_first_use(&mut self, consent: bool, now_ms: u64) -> Vec<Effect> {
        self.choices.consent = Some(consent);
        self.choices.first_use_done = true;
        self.path = vec![Place::Home];
        self.last_change_ms = Some(now_ms);
        vec![Effect::KeepChoices, Effect::Sound(Tone::Sent)]
    }

    /// Writes down that a helper is to ring, and shows what becomes of it.
    pub(super) fn ask_for_call_back(&mut self, screen: ScreenName) -> Vec<Effect> {
        self.path.push(Place::CallBack);
        vec![
            Effect::Ask(Asked::CallBack { screen }),
            Effect::Record(None, Event::CallBackAsked { screen }),
        ]
    }

    pub(super) fn practise_warning(&mut self, now: Timestamp, now_ms: u64) -> Vec<Effect> {
        let mut effects = self.hush(now_ms);
        let danger = alert::practice(self.choices.language, now);
        effects.extend(self.raise(danger, now, now_ms));
        effects
    }

    /// A digit of the helper's number; the fourth tries it.
    pub(super) fn take_pin_digit(&mut self, digit: char) {
        let right = self.helper_pin();
        let Some(Place::Pin { digits, was_wrong }) = self.path.last_mut() else {
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
            self.replace(Place::Tablet);
        } else {
            digits.clear();
            *was_wrong = true;
        }
    }

    /// The last four digits of the helper's telephone number: it keeps fingers out, not thieves.
    fn helper_pin(&self) -> String {
        let council = self.held.as_ref().map(|held| &held.manifest.council);
        let number = council.map_or("", |council| council.helper_telephone.as_str());
        let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
        digits[digits.len().saturating_sub(4)..].iter().collect()
    }
}
