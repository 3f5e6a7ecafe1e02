//! Where the resident is and what a touch leads to. Pure: time comes as an argument, and what is
//! to be done outside comes back as effects.

mod ahead;
mod alert;
mod answering;
mod attention;
mod browsing;
mod command;
mod contact;
mod enrolment;
pub mod first_use;
pub mod form;
mod guard;
mod heard;
mod idle;
pub mod messages;
mod narration;
pub mod neighbourhood;
mod opened;
mod playing;
mod programme;
pub mod question;
mod requests;
pub mod requests_made;
mod route;
pub mod search;
mod speaking;
pub mod stops;
pub mod survey;
mod unanswered;
mod watching;

use std::{borrow::Cow, sync::Arc};

use kairan_contract::{
    AddressParts, Article, Content, LeaveHow, RequestAnswer, ScreenName, ServiceId,
};

pub use alert::{Alert, AlertSubject, emergencies};
pub use attention::UNSEEN_MS;
pub use command::Command;
pub use enrolment::{Enrolment, EnrolmentRefused};
pub use guard::{TREMOR_MS, Tap};
pub use idle::IdleState;
pub use narration::Narration;
pub use playing::Playing;
pub use requests::{KeptRequest, RequestState};
pub use route::{Answer, Connection, Effect, Practice, Route, TimeOf};

use crate::{
    items::{item, text_of},
    key_guard::KeyGuard,
    library::ContentSnapshot,
    personal::Personal,
    profile::Profile,
    reminders::{Prompt, Snoozes},
    speech::SpeechError,
    typing::TextBoard,
};
use attention::Attention;
use heard::Heard;
use opened::Opened;
use question::Question;
use unanswered::Unanswered;

/// The resident's place in the tablet, and everything it shows.
#[derive(Debug, Clone)]
pub struct Session {
    /// From home to where the resident is; the last is on the screen.
    path: Vec<Route>,
    opened: Opened,
    last_change_ms: Option<u64>,
    /// The digit that was pressed last, and when.
    last_digit: Option<(char, u64)>,
    /// When a finger last touched the screen, or the tablet last did something for somebody.
    touched_ms: u64,
    attention: Attention,
    heard: Heard,
    /// A warning that has taken over the screen.
    alert: Option<Alert>,
    /// That one, and those that wait behind it.
    unanswered: Unanswered,
    /// A reminder whose time has come.
    due: Option<Prompt>,
    snoozes: Snoozes,
    rest: IdleState,
    /// The number of the last order to the speaker.
    turn: u64,
    narration: Option<Narration>,
    programme: Option<Playing>,
    /// Why the tablet could not speak when it was last asked to.
    pub speech_error: Option<SpeechError>,
    /// The tablet cannot start: its disk is full or failing.
    pub could_not_start: bool,
    /// The disk did not take what the resident chose: it is forgotten when the power goes.
    pub profile_unsaved: bool,
    /// What was asked of the council, the latest last.
    pub requests: Vec<KeptRequest>,
    /// What the library holds.
    pub content: Option<Arc<ContentSnapshot>>,
    /// What the resident chose.
    pub profile: Profile,
    /// How it stands with the backend.
    pub connection: Connection,
    /// The number pad.
    pub enrolment: Enrolment,
    /// What is told of the resident, and what they are filling in.
    pub personal: Arc<Personal>,
    /// What became of what was asked, as the backend told it.
    pub answers: Vec<RequestAnswer>,
    /// What is being typed, and how far.
    typed: Option<(form::TypedFor, TextBoard)>,
    /// The resident's address, as far as it is written.
    address: AddressParts,
    /// Keys that are pressed without a pause.
    keys: KeyGuard,
}

impl Session {
    /// A session at home, or at first use.
    pub fn new(held: Option<Arc<ContentSnapshot>>, choices: Profile, let_in: bool) -> Self {
        let place = match (let_in, choices.first_use_done) {
            (false, _) => Route::Enrolment,
            (true, false) => first_use::beginning(),
            (true, true) => Route::Home,
        };
        let mut session = Self {
            path: vec![place],
            opened: Opened::default(),
            last_change_ms: None,
            last_digit: None,
            touched_ms: 0,
            attention: Attention::default(),
            heard: Heard::default(),
            alert: None,
            unanswered: Unanswered::default(),
            due: None,
            snoozes: Snoozes::default(),
            rest: IdleState::Awake,
            turn: 0,
            narration: None,
            programme: None,
            speech_error: None,
            could_not_start: false,
            profile_unsaved: false,
            requests: Vec::new(),
            content: None,
            profile: choices,
            connection: Connection::Unknown,
            enrolment: Enrolment::default(),
            personal: Arc::default(),
            answers: Vec::new(),
            typed: None,
            address: AddressParts {
                neighbourhood: String::new(),
                block: String::new(),
                building: None,
            },
            keys: KeyGuard::default(),
        };
        session.content = held.map(|held| session.with_own_stops(held));
        session
    }

    /// Where the resident is.
    pub fn route(&self) -> &Route {
        self.path.last().unwrap_or(&Route::Home)
    }

    /// Where the resident is, where nothing has come before it: no warning, nothing that is due, no rest.
    pub fn uncovered(&self) -> Option<&Route> {
        let is_covered = self.could_not_start
            || self.alert.is_some()
            || self.due.is_some()
            || self.rest != IdleState::Awake
            || self.is_locked();
        (!is_covered).then(|| self.route())
    }

    /// The same, where there is content to show.
    pub fn uncovered_content(&self) -> Option<&Route> {
        self.uncovered().filter(|_| self.content.is_some())
    }

    /// What the tile shows that is on the screen.
    pub fn open_content(&self) -> Option<&Content> {
        match self.uncovered()? {
            Route::Service(id) => self.content(id),
            _ => None,
        }
    }

    /// Whether もどる leads anywhere.
    pub fn may_go_back(&self) -> bool {
        self.path.len() > 1 || first_use::previous(self.route()).is_some()
    }

    /// Whether first use is not over yet, or is repeated.
    pub fn is_first_use(&self) -> bool {
        let first = self.path.first();
        first.is_some_and(|place| first_use::progress(place).is_some())
    }

    /// Whether the council has locked the tablet.
    pub fn is_locked(&self) -> bool {
        self.content
            .as_ref()
            .is_some_and(|held| held.manifest.locked)
    }

    /// Whether the tablet has a loan.
    fn is_let_in(&self) -> bool {
        self.path.first() != Some(&Route::Enrolment)
    }

    /// Whether the backend was heard of lately: else nobody can say that there is no warning.
    pub fn heard_lately(&self) -> bool {
        self.heard.is_lately()
    }

    /// The warning that has taken over.
    pub fn alert(&self) -> Option<&Alert> {
        self.alert.as_ref()
    }

    /// What is due.
    pub fn due(&self) -> Option<&Prompt> {
        self.due.as_ref()
    }

    /// Whether somebody is there.
    pub fn rest(&self) -> IdleState {
        self.rest
    }

    /// What is being read aloud.
    pub fn narration(&self) -> Option<&Narration> {
        self.narration.as_ref()
    }

    /// The content of a tile, if it is here.
    pub fn content(&self, id: &ServiceId) -> Option<&Content> {
        self.content.as_ref()?.contents.get(id)
    }

    /// The text on the screen.
    pub fn article(&self) -> Option<(&ServiceId, Cow<'_, Article>)> {
        let (service, article) = match self.route() {
            Route::Article(service, id) => (
                service,
                item(
                    self.content(service)?,
                    id,
                    self.origin(),
                    self.profile.language,
                ),
            ),
            Route::Service(service) => (
                service,
                text_of(self.content(service)?, self.profile.language),
            ),
            _ => return None,
        };
        Some((service, article?))
    }

    /// Whether the screen tells something that changes with every minute.
    pub fn tells_the_minute(&self) -> bool {
        if self.rest == IdleState::Night {
            return true;
        }
        // A board counts the minutes; a warning must not seem confirmed for longer than it is.
        let counts =
            |content: &Content| matches!(content, Content::Timetable(_) | Content::Warnings(_));
        match self.route() {
            Route::Home => {
                let held = self.content.as_ref();
                held.is_some_and(|held| held.contents.values().any(counts))
            }
            Route::Service(service) => self.content(service).is_some_and(counts),
            _ => false,
        }
    }

    /// A screen that keeps nothing of its own.
    pub(crate) fn open(&mut self, screen: ScreenName) {
        if *self.route() != Route::Own(screen) {
            self.path.push(Route::Own(screen));
        }
    }

    /// The end of the article stood on the screen.
    pub(crate) fn note_end_seen(&mut self) {
        self.opened.note_end_seen();
    }

    /// Takes back the last digit of the helper's number.
    pub(crate) fn correct_pin(&mut self) {
        if let Some(Route::Pin { digits, .. }) = self.path.last_mut() {
            digits.pop();
        }
    }

    /// The number pad once more, where the backend does not know this tablet any more.
    pub(crate) fn enrol_again(&mut self) {
        if self.connection == Connection::Unauthorized && *self.route() != Route::Enrolment {
            self.enrolment = Enrolment::default();
            self.path.push(Route::Enrolment);
        }
    }

    /// Asks whether a helper is to ring; `screen` is where that was asked for.
    pub(crate) fn offer_call_back(&mut self, screen: ScreenName) {
        let screen = match self.route() {
            Route::Help(screen) => *screen,
            _ => screen,
        };
        self.path.push(Route::Question(Question::CallBack(screen)));
    }

    /// First use once more.
    pub(crate) fn repeat_first_use(&mut self, now_ms: u64) -> Vec<Effect> {
        let effects = self.go_home(LeaveHow::Home, now_ms);
        self.path = vec![first_use::beginning()];
        effects
    }

    /// The number pad before the helper's page.
    pub(crate) fn open_pin(&mut self) {
        self.path.push(Route::Pin {
            digits: String::new(),
            was_wrong: false,
        });
    }

    /// The board of reminders.
    pub(crate) fn open_reminders(&mut self) {
        self.path = vec![Route::Home, Route::Reminders];
    }

    /// Leaves whatever is open, because the program stops.
    pub fn leave(&mut self, how: LeaveHow, now_ms: u64) -> Vec<Effect> {
        let mut effects = self.hush(now_ms);
        effects.extend(self.go_home(how, now_ms));
        effects
    }
}

#[cfg(test)]
mod dangers;
#[cfg(test)]
mod tests;
