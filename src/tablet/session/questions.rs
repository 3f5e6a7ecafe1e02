//! Where the answers to questions, and the steps of first use, lead. Pure.

use jiff::Timestamp;
use kairan_contract::{Event, Language, RequestKind, ScreenName, TextSize};

use super::{
    Effect, Practice, Route, Session,
    answering::{Next, answer, set_language, set_text_size},
    first_use,
    question::Question,
};

impl Session {
    /// The question on the screen.
    pub fn question(&self) -> Option<Question> {
        if self.due().is_some() {
            return self.prompts.check_in_day().map(Question::CheckIn);
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
        let at = self.answer_time(now);
        let (profile, prompts) = (&mut self.profile, &mut self.prompts);
        let (next, told) = answer((question, choice), profile, prompts, at);
        effects.extend(told);
        effects.extend(self.follow(next, now_ms));
        effects
    }

    fn follow(&mut self, next: Next, now_ms: u64) -> Vec<Effect> {
        match next {
            Next::Stay => {}
            Next::GoOn => return self.go_on(now_ms),
            Next::Back => return self.go_back(now_ms),
            Next::CheckedIn => {
                self.prompts.take();
            }
            Next::PutOff => return self.put_due_off(now_ms),
            Next::Open(route) => self.path.push(route),
            Next::Replace(route) => self.replace(route),
            Next::Reminders => self.open_reminders(),
            Next::FirstUseDone => {
                self.path = vec![Route::Home];
                self.touches.screen_changed(now_ms);
            }
            Next::CallBack(screen) => {
                self.path.pop();
                return self.ask_for_call_back(screen);
            }
        }
        Vec::new()
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

    /// Another step in place of the one on the screen.
    pub(super) fn replace(&mut self, route: Route) {
        self.path.pop();
        self.path.push(route);
    }

    /// Somebody chose a language.
    pub(crate) fn set_language(&mut self, language: Language) -> Vec<Effect> {
        set_language(&mut self.profile, language)
    }

    /// Somebody chose a size of the letters.
    pub(crate) fn choose_text_size(&mut self, size: TextSize) -> Vec<Effect> {
        set_text_size(&mut self.profile, size)
    }

    /// A touch that is practised; another than the one that is asked for does no harm.
    pub(crate) fn practise(&mut self, done: Practice) {
        if *self.route() == Route::Practice(done)
            && let Some(next) = first_use::next(self.route())
        {
            self.path = vec![next];
        }
    }

    /// Writes down that a helper is to ring, and shows what becomes of it.
    pub(super) fn ask_for_call_back(&mut self, screen: ScreenName) -> Vec<Effect> {
        self.path.push(Route::CallBack);
        vec![
            Effect::Ask(RequestKind::CallBack { screen }),
            Effect::Record(None, Event::CallBackAsked { screen }),
        ]
    }
}
