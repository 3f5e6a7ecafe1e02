//! Where the resident is and what a touch leads to. Pure: time comes as an argument, and what is
//! to be done outside comes back as effects.

mod ahead;
mod alert;
mod answering;
mod board;
mod browsing;
mod command;
mod connection;
mod contact;
mod dispatch;
mod dwell;
mod effect;
mod enrolment;
pub mod first_use;
pub mod form;
mod heard;
mod helper_page;
mod idle;
pub mod messages;
mod narration;
pub mod neighbourhood;
mod playback;
mod playing;
mod prompts;
pub mod question;
mod questionnaire_draft;
mod questions;
mod requests;
pub mod requests_made;
mod route;
pub mod search;
mod sound;
pub mod stops;
pub mod survey;
mod tap_filter;
mod tick;
mod wake_touch;

use std::{borrow::Cow, sync::Arc};

use kairan_contract::{
    AddressParts, Article, Content, LeaveHow, RequestAnswer, ScreenName, ServiceId,
};

pub use crate::kept_request::{KeptRequest, RequestState};
pub use alert::{Alert, AlertSubject, emergencies};
pub use command::Command;
pub use connection::{BackendAnswer, Connection};
pub use effect::Effect;
pub use enrolment::{Enrolment, EnrolmentRefused};
pub use idle::IdleState;
pub use narration::Narration;
pub use playing::Playing;
pub use route::{Practice, Route, TimeOf};
pub use tap_filter::{TREMOR_MS, Tap};
pub use wake_touch::UNSEEN_MS;

use crate::{
    items::{item, text_of},
    key_guard::KeyGuard,
    library::ContentSnapshot,
    personal::Personal,
    profile::Profile,
    reminders::Prompt,
    speech::SpeechError,
    typing::TextBoard,
};
use alert::Alerts;
use dwell::DwellTimes;
use heard::Heard;
use idle::Idle;
use playback::Playback;
use prompts::Prompts;
use question::Question;
use questionnaire_draft::QuestionnaireDraft;
use tap_filter::TapFilter;

/// The resident's place in the tablet, and everything it shows. What can decide by itself is a state of its own, which is
/// handed what it needs of the others and gives back what is to be done; here, and in the files that say what a touch,
/// content or time does to the session, they are put together.
#[derive(Debug, Clone)]
pub struct Session {
    /// From home to where the resident is; the last is on the screen.
    path: Vec<Route>,
    dwell: DwellTimes,
    touches: TapFilter,
    heard: Heard,
    alerts: Alerts,
    prompts: Prompts,
    idle: Idle,
    playback: Playback,
    /// The questionnaire that is being answered.
    form: QuestionnaireDraft,
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
    /// A session at home, or at first use; or at the number pad, where the tablet has no loan.
    pub fn new(content: Option<Arc<ContentSnapshot>>, profile: Profile, enrolled: bool) -> Self {
        let route = match (enrolled, profile.first_use_done) {
            (false, _) => Route::Enrolment,
            (true, false) => first_use::beginning(),
            (true, true) => Route::Home,
        };
        let mut session = Self {
            path: vec![route],
            dwell: DwellTimes::default(),
            touches: TapFilter::default(),
            heard: Heard::default(),
            alerts: Alerts::default(),
            prompts: Prompts::default(),
            idle: Idle::default(),
            playback: Playback::default(),
            form: QuestionnaireDraft::default(),
            could_not_start: false,
            profile_unsaved: false,
            requests: Vec::new(),
            content: None,
            profile,
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
        session.content = content.map(|content| session.with_own_stops(content));
        session
    }

    /// Where the resident is.
    pub fn route(&self) -> &Route {
        self.path.last().unwrap_or(&Route::Home)
    }

    /// Where the resident is, where nothing has come before it: no warning, nothing that is due, no rest.
    pub fn uncovered(&self) -> Option<&Route> {
        let is_covered = self.could_not_start
            || self.alert().is_some()
            || self.due().is_some()
            || self.rest() != IdleState::Awake
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
        first.is_some_and(|route| first_use::progress(route).is_some())
    }

    /// Whether the council has locked the tablet.
    pub fn is_locked(&self) -> bool {
        self.content
            .as_ref()
            .is_some_and(|content| content.manifest.locked)
    }

    /// Whether the tablet has a loan.
    fn is_enrolled(&self) -> bool {
        self.path.first() != Some(&Route::Enrolment)
    }

    /// Whether the backend was heard of lately: else nobody can say that there is no warning.
    pub fn heard_lately(&self) -> bool {
        self.heard.is_lately()
    }

    /// The warning that has taken over.
    pub fn alert(&self) -> Option<&Alert> {
        self.alerts.shown()
    }

    /// What is due.
    pub fn due(&self) -> Option<&Prompt> {
        self.prompts.due()
    }

    /// Whether somebody is there.
    pub fn rest(&self) -> IdleState {
        self.idle.state()
    }

    /// What is being read aloud.
    pub fn narration(&self) -> Option<&Narration> {
        self.playback.narration()
    }

    /// Why the tablet could not speak when it was last asked to.
    pub fn speech_error(&self) -> Option<SpeechError> {
        self.playback.error()
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
        if self.rest() == IdleState::Night {
            return true;
        }
        // A board counts the minutes; a warning must not seem confirmed for longer than it is.
        let counts =
            |content: &Content| matches!(content, Content::Timetable(_) | Content::Warnings(_));
        match self.route() {
            Route::Home => {
                let content = self.content.as_ref();
                content.is_some_and(|content| content.contents.values().any(counts))
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
        self.dwell.note_end_seen();
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

    /// Leaves whatever is open, because the program stops.
    pub fn leave(&mut self, how: LeaveHow, now_ms: u64) -> Vec<Effect> {
        let mut effects = self.hush(now_ms);
        effects.extend(self.go_home(how, now_ms));
        effects
    }
}

#[cfg(test)]
mod tests;
