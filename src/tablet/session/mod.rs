//! Where the resident is and what a touch leads to. Pure: time comes as an argument, and what is
//! to be done outside comes back as effects.

mod alert;
mod answering;
mod attention;
mod browsing;
mod enrolment;
pub mod first_use;
mod idle;
pub mod messages;
mod narration;
pub mod neighbourhood;
mod programme;
pub mod question;
pub mod reminders;
mod requests;
mod route;
pub mod stops;
pub mod survey;
mod unanswered;
mod watching;

use std::{borrow::Cow, sync::Arc};

use jiff::Timestamp;
use kairan_contract::{
    Article, Content, Event, LeaveHow, OpenedFrom, Participation, ScreenName, ServiceId,
    TouchIgnored,
};
use kairan_text::next_language;

pub use alert::{Alert, AlertSubject, emergencies};
pub use attention::UNSEEN_MS;
pub use enrolment::{Enrolment, EnrolmentRefused};
pub use first_use::Practice;
pub use idle::IdleState;
pub use narration::Narration;
pub use programme::Playing;
pub use requests::{KeptRequest, RequestState};
pub use route::{Answer, Command, Connection, Effect, Route, TimeOf};

use crate::{
    clock::Contact,
    items::{is_list, item, text_of},
    library::ContentSnapshot,
    profile::Profile,
    screens::words::in_japan,
    speech::{Passage, SpeechError, SpeechEvent},
};
use attention::Attention;
use browsing::{Open, Reading};
use narration::NarrationStatus;
use question::Question;
use reminders::{Prompt, PromptKind, Snoozes};
use survey::OpenForm;
use unanswered::Unanswered;

/// A second tap within so many milliseconds of one that changed the screen is a tremor.
pub const TREMOR_MS: u64 = 700;

/// The resident's place in the tablet, and everything it shows.
#[derive(Debug, Clone)]
pub struct Session {
    /// From home to where the resident is; the last is on the screen.
    path: Vec<Route>,
    open_service: Option<Open<ServiceId>>,
    open_item: Option<Open<Reading>>,
    open_form: Option<OpenForm>,
    last_change_ms: Option<u64>,
    /// The digit that was pressed last, and when.
    last_digit: Option<(char, u64)>,
    /// When a finger last touched the screen, or the tablet last did something for somebody.
    touched_ms: u64,
    attention: Attention,
    /// When the backend last answered, by the program's own clock: the clock on the wall may have
    /// stood still while the tablet was off.
    heard_ms: Option<u64>,
    /// That was lately, when somebody last looked.
    heard_lately: bool,
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
            open_service: None,
            open_item: None,
            open_form: None,
            last_change_ms: None,
            last_digit: None,
            touched_ms: 0,
            attention: Attention::default(),
            heard_ms: None,
            heard_lately: false,
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
        };
        session.content = held.map(|held| session.with_own_stops(held));
        session
    }

    /// Where the resident is.
    pub fn route(&self) -> &Route {
        self.path.last().unwrap_or(&Route::Home)
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
        self.heard_lately
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

    /// The screen that is shown.
    pub fn screen(&self) -> ScreenName {
        if self.could_not_start {
            return ScreenName::CouldNotStart;
        }
        if self.alert.is_some() {
            return ScreenName::Alert;
        }
        match self.due.as_ref().map(|due| due.kind) {
            Some(PromptKind::Reminder(..) | PromptKind::Messages(_)) => {
                return ScreenName::Reminder;
            }
            Some(PromptKind::CheckIn(_)) => return ScreenName::Question,
            None => {}
        }
        match self.rest {
            IdleState::Prompting => return ScreenName::Idle,
            IdleState::Night => return ScreenName::Night,
            IdleState::Awake => {}
        }
        if self.is_locked() {
            return ScreenName::Locked;
        }
        match self.route() {
            Route::Help(_) => ScreenName::Help,
            Route::TextSize => ScreenName::TextSize,
            Route::Enrolment => ScreenName::Enrolment,
            Route::Question(_) => ScreenName::Question,
            Route::Neighbourhood(_) if self.content.is_some() => ScreenName::Question,
            Route::CallBack => ScreenName::CallBack,
            Route::Reminders => ScreenName::Reminders,
            Route::Time(..) => ScreenName::Time,
            Route::Practice(_) => ScreenName::Practice,
            Route::Pin { .. } => ScreenName::Pin,
            Route::Tablet => ScreenName::Tablet,
            _ if self.content.is_none() => ScreenName::Waiting,
            Route::Messages => ScreenName::Message,
            Route::Survey(..) => ScreenName::Questionnaire,
            Route::Stops(_) => ScreenName::Stops,
            Route::Home => ScreenName::Home,
            Route::Service(id) => match self.content(id) {
                Some(Content::Weather(_)) => ScreenName::Weather,
                Some(Content::Audio(_)) => ScreenName::Programme,
                Some(content) if is_list(content) => ScreenName::List,
                Some(_) | None => ScreenName::Article,
            },
            Route::Article(..) => ScreenName::Article,
            Route::Neighbourhood(_) => ScreenName::Waiting,
        }
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

    /// Whether a tap counts now.
    pub fn accepts_touch(&self, now_ms: u64) -> Result<(), TouchIgnored> {
        match self.last_change_ms {
            Some(changed) if now_ms.saturating_sub(changed) < TREMOR_MS => {
                Err(TouchIgnored::Repeat)
            }
            _ => Ok(()),
        }
    }

    /// Does what a touch asks for.
    pub fn update(&mut self, action: Command, now: Timestamp, now_ms: u64) -> Vec<Effect> {
        self.touched(now_ms);
        if self.rest != IdleState::Awake {
            // Any touch wakes the tablet, and does nothing else.
            return self.wake(now_ms);
        }
        if self.alert.is_some() {
            // Whatever else was touched lies under the warning.
            return match action {
                Command::AlertUnderstood => self.answer_alert(false, now, now_ms),
                Command::AlertHelp => self.answer_alert(true, now, now_ms),
                _ => Vec::new(),
            };
        }
        if self.is_locked() {
            // It says whom to ring, aloud if somebody wants it, and does nothing else.
            return match action {
                Command::ReadAloud => self.read_aloud(now_ms),
                _ => Vec::new(),
            };
        }
        if self.due.is_some() {
            return self.act_on_due(action, now, now_ms);
        }
        if let Command::Digit(digit) = action
            && self.is_tremor_on_the_pad(digit, now_ms)
        {
            let why = TouchIgnored::Repeat;
            return vec![Effect::Record(None, Event::TouchIgnored { why })];
        }
        let shown = |session: &Self| {
            let choices = &session.profile;
            let mut path = session.path.clone();
            if let Some(Route::Pin { digits, .. }) = path.last_mut() {
                // The pad has a guard of its own.
                digits.clear();
            }
            (path, choices.text_size, choices.language)
        };
        let before = shown(self);
        let changes = changes_the_screen(&action);
        self.speech_error = None;
        let mut effects = self.go(action, now, now_ms);
        let is_elsewhere = before != shown(self);
        if is_elsewhere || changes {
            self.last_change_ms = Some(now_ms);
        }
        if is_elsewhere {
            // What is read aloud is not on the screen any more. It is silenced first of all, before
            // anything else that is said now.
            effects.splice(0..0, self.hush(now_ms));
        }
        effects
    }

    /// What is due covers everything else; the keys of the bar put it off.
    fn act_on_due(&mut self, action: Command, now: Timestamp, now_ms: u64) -> Vec<Effect> {
        let effects = match action {
            Command::DueDone => self.do_due(now, now_ms),
            Command::DueLater | Command::Back | Command::Home => self.put_due_off(now_ms),
            Command::Choose(index) => self.choose(index, now, now_ms),
            Command::ReadAloud => self.read_aloud(now_ms),
            Command::Help | Command::TextSizes => {
                let mut effects = self.put_due_off(now_ms);
                effects.extend(self.go(action, now, now_ms));
                effects
            }
            _ => return Vec::new(),
        };
        self.last_change_ms = Some(now_ms);
        effects
    }

    /// On a number pad nobody waits between two keys; only the same key again, so soon, is a tremor.
    fn is_tremor_on_the_pad(&mut self, digit: char, now_ms: u64) -> bool {
        let is_tremor = self
            .last_digit
            .is_some_and(|(known, at)| known == digit && now_ms.saturating_sub(at) < TREMOR_MS);
        if !is_tremor {
            self.last_digit = Some((digit, now_ms));
        }
        is_tremor
    }

    fn go(&mut self, action: Command, now: Timestamp, now_ms: u64) -> Vec<Effect> {
        match action {
            Command::AlertUnderstood
            | Command::AlertHelp
            | Command::DueDone
            | Command::DueLater
            | Command::Wake => return Vec::new(),
            Command::Home => {
                if *self.route() == Route::Practice(Practice::GoHome) {
                    self.practise(Practice::GoHome);
                    return Vec::new();
                }
                // Another key than the one that is practised does no harm.
                if matches!(self.route(), Route::Practice(_)) && !self.profile.first_use_done {
                    return Vec::new();
                }
                return self.go_home(LeaveHow::Home, now_ms);
            }
            Command::Back => {
                if *self.route() == Route::Practice(Practice::GoBack) {
                    self.practise(Practice::GoBack);
                    return Vec::new();
                }
                return self.go_back(now_ms);
            }
            Command::Help => {
                let mut effects = self.stop_programme();
                effects.extend(self.open_help());
                return effects;
            }
            Command::TextSizes => {
                let mut effects = self.stop_programme();
                effects.extend(self.open_text_sizes());
                return effects;
            }
            Command::ChooseTextSize(size) => return self.choose_text_size(size),
            Command::ReadAloud => return self.read_aloud(now_ms),
            Command::OpenTile(id) => return self.open_tile(&id, OpenedFrom::Home, now_ms),
            Command::OpenRow(id) => return self.open_row(id, now_ms),
            Command::Choose(index) => return self.choose(index, now, now_ms),
            Command::TimeChosen => return self.choose_time(),
            Command::PractiseWarning => return self.practise_warning(now, now_ms),
            Command::ProgrammeRun => return self.run_programme(now_ms),
            Command::ProgrammeStep(by) => return self.step_programme(by, now_ms),
            Command::SwitchLanguage => {
                return self.set_language(next_language(self.profile.language));
            }
            Command::Digit(digit) => {
                if matches!(self.route(), Route::Pin { .. }) {
                    self.take_pin_digit(digit);
                    return Vec::new();
                }
                return self.enrolment.take_digit(digit).into_iter().collect();
            }
            Command::ArticleEndSeen => {
                if let Some(open) = &mut self.open_item {
                    open.what.to_end = true;
                }
            }
            Command::Turned => self.practise(Practice::GoOn),
            Command::PractiseTap => self.practise(Practice::Tap),
            Command::Correct => match self.path.last_mut() {
                Some(Route::Pin { digits, .. }) => {
                    digits.pop();
                }
                _ => self.enrolment.correct(),
            },
            Command::SendShort => return self.enrolment.send_short().into_iter().collect(),
            Command::EnrolAgain => {
                if self.connection == Connection::Unauthorized && *self.route() != Route::Enrolment
                {
                    self.enrolment = Enrolment::default();
                    self.path.push(Route::Enrolment);
                }
            }
            Command::CallBack => {
                let screen = match self.route() {
                    Route::Help(screen) => *screen,
                    _ => self.screen(),
                };
                self.path.push(Route::Question(Question::CallBack(screen)));
            }
            Command::RepeatFirstUse => {
                let effects = self.go_home(LeaveHow::Home, now_ms);
                self.path = vec![first_use::beginning()];
                return effects;
            }
            Command::HelperPage => self.path.push(Route::Pin {
                digits: String::new(),
                was_wrong: false,
            }),
            Command::Reminders => self.path = vec![Route::Home, Route::Reminders],
            Command::Messages => return self.open_messages(now),
            Command::NewReminder => self.new_reminder(),
            Command::OpenReminder(index) => self.open_reminder(index),
            Command::CheckInTime => self.open_check_in_time(),
            Command::MoveTime(minutes) => self.move_time(minutes),
        }
        Vec::new()
    }

    /// What covers a programme stops it; its step begins anew.
    fn stop_programme(&mut self) -> Vec<Effect> {
        match &mut self.programme {
            Some(playing) if playing.is_running => {
                playing.is_running = false;
                let step = playing.step;
                playing.go_to(step);
                vec![Effect::Hush]
            }
            _ => Vec::new(),
        }
    }

    fn read_aloud(&mut self, now_ms: u64) -> Vec<Effect> {
        if self.narration.is_some() {
            return self.hush(now_ms);
        }
        let mut effects = self.stop_programme();
        effects.push(Effect::ReadScreen {
            first: None,
            is_asked_for: true,
        });
        effects
    }

    /// The screen begins to be read; says under which number.
    pub fn begin_reading(&mut self, passages: Vec<Passage>, is_asked_for: bool) -> u64 {
        self.turn += 1;
        let item = self.open_item.as_ref().map(|open| open.what.item);
        let service = self.open_service.as_ref().map(|open| open.what.clone());
        self.narration = Some(Narration {
            turn: self.turn,
            passages,
            at: None,
            clause: String::new(),
            since_ms: None,
            is_asked_for,
            of: (service, item),
        });
        self.turn
    }

    /// Something else than the screen is said or played; says under which number.
    pub fn begin_saying(&mut self) -> u64 {
        self.turn += 1;
        self.narration = None;
        self.turn
    }

    /// What the speaker tells. Says what is to be done, and whether the screen is another now.
    pub fn on_speech_event(&mut self, heard: SpeechEvent, now_ms: u64) -> Vec<Effect> {
        let Some(aloud) = &mut self.narration else {
            return match heard {
                SpeechEvent::Ended { turn } if turn == self.turn => self.step_sounded(now_ms),
                SpeechEvent::Cannot { turn, why } if turn == self.turn => {
                    // What somebody wanted to hear is explained, and no programme rushes on in silence.
                    self.speech_error = Some(why);
                    self.stop_programme();
                    Vec::new()
                }
                _ => Vec::new(),
            };
        };
        match aloud.on_speech_event(heard, now_ms) {
            NarrationStatus::Nothing => Vec::new(),
            NarrationStatus::GoesOn => {
                self.touched(now_ms);
                Vec::new()
            }
            NarrationStatus::IsOver => {
                let record = aloud.record(false, now_ms);
                self.narration = None;
                record.into_iter().collect()
            }
            NarrationStatus::IsSilent(why) => {
                let unasked = !aloud.is_asked_for;
                self.narration = None;
                self.speech_error = Some(why).filter(|_| !unasked);
                Vec::new()
            }
        }
    }

    /// Silences what is being read aloud.
    fn hush(&mut self, now_ms: u64) -> Vec<Effect> {
        let Some(aloud) = self.narration.take() else {
            return Vec::new();
        };
        let mut effects = vec![Effect::Hush];
        effects.extend(aloud.record(true, now_ms));
        effects
    }

    /// Leaves whatever is open, because the program stops.
    pub fn leave(&mut self, how: LeaveHow, now_ms: u64) -> Vec<Effect> {
        let mut effects = self.hush(now_ms);
        effects.extend(self.go_home(how, now_ms));
        effects
    }

    /// The backend answered; `how` says with what.
    pub fn answered(&mut self, how: Answer, now_ms: u64) -> Vec<Effect> {
        let now = match how {
            Answer::Kept => Connection::Online,
            Answer::NotKept => Connection::NotKept,
            Answer::NotLetIn => Connection::Unauthorized,
        };
        // Where nothing can be kept, what came is shown all the same.
        if matches!(now, Connection::Online | Connection::NotKept) {
            self.heard_ms = Some(now_ms);
            self.heard_lately = true;
        }
        // Who was asked for a number need not give one any more.
        if now == Connection::Online && self.path.len() > 1 && *self.route() == Route::Enrolment {
            self.path.pop();
            self.last_change_ms = Some(now_ms);
        }
        if now == Connection::Unauthorized && self.content.is_none() && self.path == [Route::Home] {
            // There is nothing to see, so there is nothing to ask for but a new code.
            self.path = vec![Route::Enrolment];
        }
        match std::mem::replace(&mut self.connection, now) {
            Connection::Offline(since) => vec![Effect::Record(
                None,
                Event::OfflineEnded {
                    lasted_ms: now_ms.saturating_sub(since),
                },
            )],
            _ => Vec::new(),
        }
    }

    /// The backend did not answer.
    pub fn not_answered(&mut self, now_ms: u64) -> Vec<Effect> {
        if matches!(self.connection, Connection::Offline(_)) {
            return Vec::new();
        }
        self.connection = Connection::Offline(now_ms);
        vec![Effect::Record(None, Event::OfflineBegan {})]
    }

    /// Notes when the backend last answered, and what it told of the time, so that both are known after
    /// a restart.
    pub fn set_last_contact(&mut self, now: Timestamp, contact: Option<Contact>) -> Vec<Effect> {
        self.profile.last_contact = Some(now);
        if contact.is_none() {
            return Vec::new();
        }
        self.profile.contact = contact;
        let was_wrong = reminders::correct(&mut self.profile, in_japan(now).date());
        Vec::from_iter(was_wrong.then_some(Effect::SaveProfile))
    }

    /// What became of the code. Who was let in before keeps seeing what is here.
    pub fn enrolment_refused(&mut self, why: EnrolmentRefused) {
        self.enrolment = Enrolment::refused(why);
        if *self.route() != Route::Enrolment {
            self.connection = Connection::Unauthorized;
        }
    }

    /// From now on this is what somebody chooses in `loan`.
    pub fn begin_loan(&mut self, loan: Participation) {
        self.profile.begin_loan(loan);
    }

    /// The tablet is let in: what was open is left first, in the name of the loan before.
    pub fn on_enrolled(&mut self, now_ms: u64) -> Vec<Effect> {
        let effects = self.leave(LeaveHow::Home, now_ms);
        self.enrolment = Enrolment::default();
        self.touched(now_ms);
        self.path = vec![if self.profile.first_use_done {
            Route::Home
        } else {
            first_use::beginning()
        }];
        self.last_change_ms = Some(now_ms);
        effects
    }
}

/// What changes the screen though the place stays: a second tap on it would undo or double it.
fn changes_the_screen(action: &Command) -> bool {
    matches!(
        action,
        Command::Turned
            | Command::ReadAloud
            | Command::Correct
            | Command::Choose(_)
            | Command::MoveTime(_)
            | Command::ProgrammeRun
            | Command::ProgrammeStep(_)
    )
}

#[cfg(test)]
mod dangers;
#[cfg(test)]
mod tests;
