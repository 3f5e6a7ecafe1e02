//! Where the resident is and what a touch leads to. Pure: time comes as an argument, and what is
//! to be done outside comes back as effects.

mod alert;
mod enrolment;

use std::{borrow::Cow, sync::Arc};

use jiff::Timestamp;
use kairan_contract::{
    Article, Content, EnrolmentCode, Event, ItemHash, LeaveHow, OpenedFrom, ScreenName, ServiceId,
    TextSize, TouchIgnored,
};

pub use alert::{Alert, Answered};
pub use enrolment::{Enrolment, EnrolmentRefused};

use crate::{
    items::{has_item, is_list, item, text_of},
    library::Held,
    settings::Choices,
};

/// What was heard longer ago than this, in milliseconds, confirms no warning.
const HEARD_MS: u64 = 15 * 60 * 1000;
/// A second tap within so many milliseconds of one that changed the screen is a tremor.
pub const TREMOR_MS: u64 = 700;

/// A place that a resident can be at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The tiles.
    Home,
    /// What a tile shows: a list, the forecast or a page.
    Service(ServiceId),
    /// One article of a feed, by its own id: the list may change while it is read.
    Article(ServiceId, String),
    /// Help, asked for from another screen.
    Help(ScreenName),
    /// The sizes of the letters.
    TextSize,
    /// The number pad: alone at first use, or above everything else when the backend does not know
    /// this tablet any more.
    Enrolment,
}

/// What a touch asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// はじめ.
    Home,
    /// もどる.
    Back,
    /// 困ったとき.
    Help,
    /// 文字の大きさ.
    TextSizes,
    /// One of the sizes.
    ChooseTextSize(TextSize),
    /// A tile.
    OpenTile(ServiceId),
    /// A row of a list, by its id.
    OpenRow(String),
    /// The end of the article stood on the screen.
    ArticleEndSeen,
    /// A digit of the enrolment code.
    Digit(char),
    /// Takes the last digit back.
    Correct,
    /// わかりました, on a warning that has taken over.
    AlertUnderstood,
    /// The number pad once more, for a tablet that its backend does not know any more.
    EnrolAgain,
}

/// What is to be done outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Write a usage record.
    Record(Option<ServiceId>, Event),
    /// Keep what the resident chose.
    KeepChoices,
    /// Ask the backend to let this tablet in.
    Enrol(EnrolmentCode),
}

/// How it stands with the backend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Connection {
    /// Not asked yet.
    #[default]
    Unknown,
    /// It answers.
    Online,
    /// It cannot be reached, since this uptime in milliseconds.
    Offline(u64),
    /// It answers, and what it sent cannot be kept on this tablet: the disk is full or failing.
    NotKept,
    /// It answers, and does not know this tablet.
    NotLetIn,
}

/// What the backend answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Something that is kept now, or that there is nothing new.
    Kept,
    /// Something that cannot be kept here.
    NotKept,
    /// That it does not know this tablet.
    NotLetIn,
}

/// Something that is open, since when.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Open<T> {
    what: T,
    since_ms: u64,
}

/// The resident's place in the tablet, and everything it shows.
#[derive(Debug, Clone)]
pub struct Session {
    /// From home to where the resident is; the last is on the screen.
    path: Vec<Place>,
    open_service: Option<Open<ServiceId>>,
    open_item: Option<Open<(ServiceId, ItemHash, bool)>>,
    last_change_ms: Option<u64>,
    /// When the backend last answered, by the program's own clock: the clock on the wall may have
    /// stood still while the tablet was off.
    heard_ms: Option<u64>,
    /// That was lately, when somebody last looked.
    heard_lately: bool,
    /// A warning that has taken over the screen.
    alert: Option<Alert>,
    /// What the library holds.
    pub held: Option<Arc<Held>>,
    /// What the resident chose.
    pub choices: Choices,
    /// How it stands with the backend.
    pub connection: Connection,
    /// The number pad.
    pub enrolment: Enrolment,
}

impl Session {
    /// A session at home, or at first use.
    pub fn new(held: Option<Arc<Held>>, choices: Choices, let_in: bool) -> Self {
        Self {
            path: vec![if let_in {
                Place::Home
            } else {
                Place::Enrolment
            }],
            open_service: None,
            open_item: None,
            last_change_ms: None,
            heard_ms: None,
            heard_lately: false,
            alert: None,
            held,
            choices,
            connection: Connection::Unknown,
            enrolment: Enrolment::default(),
        }
    }

    /// Where the resident is.
    pub fn place(&self) -> &Place {
        self.path.last().unwrap_or(&Place::Home)
    }

    /// Whether もどる leads anywhere.
    pub fn may_go_back(&self) -> bool {
        self.path.len() > 1
    }

    /// Whether the backend was heard of lately: else nobody can say that there is no warning.
    pub fn heard_lately(&self) -> bool {
        self.heard_lately
    }

    /// The warning that has taken over.
    pub fn alert(&self) -> Option<&Alert> {
        self.alert.as_ref()
    }

    /// Looks whether a warning must take over, or is over. To be called when content comes, at the
    /// start, every minute, and after an answer.
    pub fn watch(&mut self, now: Timestamp, now_ms: u64) -> Vec<Effect> {
        self.heard_lately = self
            .heard_ms
            .is_some_and(|at| now_ms.saturating_sub(at) < HEARD_MS);
        let Some(held) = self.held.clone() else {
            return Vec::new();
        };
        let before = self.choices.answered.len();
        alert::forget(&mut self.choices.answered, &held);
        let mut effects = Vec::new();
        if self.choices.answered.len() != before {
            effects.push(Effect::KeepChoices);
        }
        if let Some(shown) = &self.alert
            && !alert::is_in_force(&held, shown, now)
        {
            self.alert = None;
            self.last_change_ms = Some(now_ms);
        }
        let due = alert::due(&held, &self.choices.answered, now, now_ms);
        let is_graver = |due: &Alert| {
            let shown = self.alert.as_ref();
            shown.is_none_or(|shown| due.warning.level > shown.warning.level)
        };
        if let Some(alert) = due.filter(is_graver) {
            effects.extend(self.go_home(LeaveHow::Alert, now_ms));
            let level = alert.warning.level;
            let service = Some(alert.service.clone());
            effects.push(Effect::Record(service, Event::AlertShown { level }));
            self.alert = Some(alert);
            // A finger on its way to something else must not answer it.
            self.last_change_ms = Some(now_ms);
        }
        effects
    }

    fn understand(&mut self, now_ms: u64) -> Vec<Effect> {
        let Some(alert) = self.alert.take() else {
            return Vec::new();
        };
        let answered = Event::AlertAnswered {
            level: alert.warning.level,
            after_ms: now_ms.saturating_sub(alert.shown_ms),
        };
        let mut effects = vec![Effect::Record(Some(alert.service.clone()), answered)];
        self.choices.answered.push(alert.answered());
        effects.push(Effect::KeepChoices);
        effects.extend(self.open_tile(alert.service, OpenedFrom::Alert, now_ms));
        self.last_change_ms = Some(now_ms);
        effects
    }

    /// The screen that is shown.
    pub fn screen(&self) -> ScreenName {
        if self.alert.is_some() {
            return ScreenName::Alert;
        }
        if self.held.is_none() {
            return match self.place() {
                Place::Help(_) => ScreenName::Help,
                Place::TextSize => ScreenName::TextSize,
                Place::Enrolment => ScreenName::Enrolment,
                _ => ScreenName::Waiting,
            };
        }
        match self.place() {
            Place::Home => ScreenName::Home,
            Place::Service(id) => match self.content(id) {
                Some(Content::Weather(_)) => ScreenName::Weather,
                Some(content) if is_list(content) => ScreenName::List,
                Some(_) | None => ScreenName::Article,
            },
            Place::Article(..) => ScreenName::Article,
            Place::Help(_) => ScreenName::Help,
            Place::TextSize => ScreenName::TextSize,
            Place::Enrolment => ScreenName::Enrolment,
        }
    }

    /// The content of a tile, if it is here.
    pub fn content(&self, id: &ServiceId) -> Option<&Content> {
        self.held.as_ref()?.contents.get(id)
    }

    /// The text on the screen.
    pub fn article(&self) -> Option<(&ServiceId, Cow<'_, Article>)> {
        let (service, article) = match self.place() {
            Place::Article(service, id) => (
                service,
                item(self.content(service)?, id, self.choices.language),
            ),
            Place::Service(service) => (
                service,
                text_of(self.content(service)?, self.choices.language),
            ),
            _ => return None,
        };
        Some((service, article?))
    }

    /// Whether the screen tells something that changes with every minute.
    pub fn tells_the_minute(&self) -> bool {
        // A board counts the minutes; a warning must not seem confirmed for longer than it is.
        let counts =
            |content: &Content| matches!(content, Content::Timetable(_) | Content::Warnings(_));
        match self.place() {
            Place::Home => {
                let held = self.held.as_ref();
                held.is_some_and(|held| held.contents.values().any(counts))
            }
            Place::Service(service) => self.content(service).is_some_and(counts),
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

    /// A page was turned: the screen changed, though the place did not.
    pub fn turned(&mut self, now_ms: u64) {
        self.last_change_ms = Some(now_ms);
    }

    /// Does what a touch asks for.
    pub fn act(&mut self, action: Action, now_ms: u64) -> Vec<Effect> {
        if self.alert.is_some() {
            // Whatever else was touched lies under the warning.
            return match action {
                Action::AlertUnderstood => self.understand(now_ms),
                _ => Vec::new(),
            };
        }
        let before = (self.path.clone(), self.choices.text_size);
        let effects = match action {
            Action::AlertUnderstood => Vec::new(),
            Action::Home => self.go_home(LeaveHow::Home, now_ms),
            Action::Back => self.go_back(now_ms),
            Action::Help => self.open_help(),
            Action::TextSizes => self.open_text_sizes(),
            Action::ChooseTextSize(size) => self.choose_text_size(size),
            Action::OpenTile(id) => self.open_tile(id, OpenedFrom::Home, now_ms),
            Action::OpenRow(id) => self.open_row(id, now_ms),
            Action::ArticleEndSeen => {
                if let Some(open) = &mut self.open_item {
                    open.what.2 = true;
                }
                Vec::new()
            }
            Action::Digit(digit) => self.enrolment.take_digit(digit).into_iter().collect(),
            Action::Correct => {
                self.enrolment.correct();
                Vec::new()
            }
            Action::EnrolAgain => {
                if self.connection == Connection::NotLetIn && *self.place() != Place::Enrolment {
                    self.enrolment = Enrolment::default();
                    self.path.push(Place::Enrolment);
                }
                Vec::new()
            }
        };
        if before != (self.path.clone(), self.choices.text_size) {
            self.last_change_ms = Some(now_ms);
        }
        effects
    }

    /// Leaves whatever is open, because the program stops.
    pub fn leave(&mut self, how: LeaveHow, now_ms: u64) -> Vec<Effect> {
        self.go_home(how, now_ms)
    }

    /// The backend answered; `how` says with what.
    pub fn answered(&mut self, how: Answer, now_ms: u64) -> Vec<Effect> {
        let now = match how {
            Answer::Kept => Connection::Online,
            Answer::NotKept => Connection::NotKept,
            Answer::NotLetIn => Connection::NotLetIn,
        };
        if now == Connection::Online {
            self.heard_ms = Some(now_ms);
            self.heard_lately = true;
        }
        // Who was asked for a number need not give one any more.
        if now == Connection::Online && self.path.len() > 1 && *self.place() == Place::Enrolment {
            self.path.pop();
            self.last_change_ms = Some(now_ms);
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

    /// Notes when the backend last answered, so that it is known after a restart.
    pub fn set_last_contact(&mut self, now: Timestamp) {
        self.choices.last_contact = Some(now);
    }

    /// What became of the code. Who was let in before keeps seeing what is here.
    pub fn enrolment_refused(&mut self, why: EnrolmentRefused) {
        self.enrolment = Enrolment::refused(why);
        if *self.place() != Place::Enrolment {
            self.connection = Connection::NotLetIn;
        }
    }

    /// The tablet is let in: what was open is left first, in the name of the loan before.
    pub fn let_in(&mut self, now_ms: u64) -> Vec<Effect> {
        let effects = self.leave(LeaveHow::Home, now_ms);
        self.enrolment = Enrolment::default();
        self.last_change_ms = Some(now_ms);
        effects
    }

    /// New content came. Who reads something that is gone is led back to where it was.
    pub fn put_held(&mut self, held: Arc<Held>, now_ms: u64) -> Vec<Effect> {
        self.held = Some(held);
        let held = self.held.clone();
        let is_there = |place: &Place| match (place, &held) {
            (Place::Service(id), Some(held)) => held.service(id).is_some(),
            (Place::Article(id, article), Some(held)) => {
                let content = held.contents.get(id);
                content.is_some_and(|content| has_item(content, article))
            }
            _ => true,
        };
        let Some(gone) = self.path.iter().position(|place| !is_there(place)) else {
            return Vec::new();
        };
        let mut effects = Vec::new();
        while self.path.len() > gone.max(1) {
            effects.extend(self.go_back(now_ms));
        }
        // A finger that was on its way to something else now finds another screen under it.
        self.last_change_ms = Some(now_ms);
        effects
    }

    fn go_home(&mut self, how: LeaveHow, now_ms: u64) -> Vec<Effect> {
        let mut effects = self.leave_item(now_ms);
        effects.extend(self.leave_service(how, now_ms));
        self.path = vec![Place::Home];
        effects
    }

    fn go_back(&mut self, now_ms: u64) -> Vec<Effect> {
        if self.path.len() < 2 {
            return Vec::new();
        }
        match self.path.pop() {
            Some(Place::Article(..)) => self.leave_item(now_ms),
            Some(Place::Service(_)) => {
                let mut effects = self.leave_item(now_ms);
                effects.extend(self.leave_service(LeaveHow::Back, now_ms));
                effects
            }
            _ => Vec::new(),
        }
    }

    fn open_help(&mut self) -> Vec<Effect> {
        if matches!(self.place(), Place::Help(_)) {
            return Vec::new();
        }
        let screen = self.screen();
        self.path.push(Place::Help(screen));
        vec![Effect::Record(None, Event::HelpOpened { screen })]
    }

    fn open_text_sizes(&mut self) -> Vec<Effect> {
        if *self.place() != Place::TextSize {
            self.path.push(Place::TextSize);
        }
        Vec::new()
    }

    fn choose_text_size(&mut self, size: TextSize) -> Vec<Effect> {
        if self.choices.text_size == size {
            return Vec::new();
        }
        self.choices.text_size = size;
        vec![
            Effect::KeepChoices,
            Effect::Record(None, Event::TextSizeSet { to: size }),
        ]
    }

    fn open_tile(&mut self, id: ServiceId, from: OpenedFrom, now_ms: u64) -> Vec<Effect> {
        if self
            .held
            .as_ref()
            .is_none_or(|held| held.service(&id).is_none())
        {
            return Vec::new();
        }
        let mut effects = self.go_home(LeaveHow::Home, now_ms);
        self.path.push(Place::Service(id.clone()));
        self.open_service = Some(Open {
            what: id.clone(),
            since_ms: now_ms,
        });
        effects.push(Effect::Record(Some(id), Event::ServiceOpened { from }));
        effects.extend(self.begin_item(now_ms));
        effects
    }

    fn open_row(&mut self, id: String, now_ms: u64) -> Vec<Effect> {
        let Place::Service(service) = self.place().clone() else {
            return Vec::new();
        };
        let content = self.content(&service);
        if !content.is_some_and(|content| has_item(content, &id)) {
            return Vec::new();
        }
        self.path.push(Place::Article(service, id));
        self.begin_item(now_ms)
    }

    /// The article that has just come on the screen begins to be read.
    fn begin_item(&mut self, now_ms: u64) -> Vec<Effect> {
        let Some((service, hash)) = self
            .article()
            .map(|(service, article)| (service.clone(), article.hash()))
        else {
            return Vec::new();
        };
        let mut effects = self.leave_item(now_ms);
        self.open_item = Some(Open {
            what: (service, hash, false),
            since_ms: now_ms,
        });
        self.choices.mark_read(hash);
        effects.push(Effect::KeepChoices);
        effects
    }

    fn leave_item(&mut self, now_ms: u64) -> Vec<Effect> {
        let Some(Open {
            what: (service, item, to_end),
            since_ms,
        }) = self.open_item.take()
        else {
            return Vec::new();
        };
        let dwell_ms = now_ms.saturating_sub(since_ms);
        vec![Effect::Record(
            Some(service),
            Event::ItemRead {
                item,
                dwell_ms,
                to_end,
            },
        )]
    }

    fn leave_service(&mut self, how: LeaveHow, now_ms: u64) -> Vec<Effect> {
        let Some(Open { what, since_ms }) = self.open_service.take() else {
            return Vec::new();
        };
        let dwell_ms = now_ms.saturating_sub(since_ms);
        vec![Effect::Record(
            Some(what),
            Event::ServiceLeft { dwell_ms, how },
        )]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demonstration;

    fn session() -> Session {
        Session::new(
            Some(Arc::new(demonstration::held())),
            Choices::default(),
            true,
        )
    }
    fn id(text: &str) -> ServiceId {
        text.parse().expect("an id")
    }
    fn row(session: &Session, index: usize) -> Action {
        match session.content(&id("city-news")) {
            Some(Content::Feed { articles }) => Action::OpenRow(articles[index].id.clone()),
            other => panic!("{other:?}"),
        }
    }
    fn kinds(effects: &[Effect]) -> Vec<String> {
        effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Record(_, event) => Some(event.to_parts().0),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn from_home_to_an_article_and_back() {
        let mut session = session();
        assert_eq!(
            kinds(&session.act(Action::OpenTile(id("city-news")), 1_000)),
            ["service_opened"]
        );
        assert_eq!(session.screen(), ScreenName::List);
        session.act(row(&session, 0), 3_000);
        assert_eq!(session.screen(), ScreenName::Article);
        session.act(Action::ArticleEndSeen, 4_000);
        let effects = session.act(Action::Back, 9_000);
        assert!(matches!(
            effects[..],
            [Effect::Record(
                Some(_),
                Event::ItemRead {
                    dwell_ms: 6_000,
                    to_end: true,
                    ..
                }
            )]
        ));
        let effects = session.act(Action::Home, 11_000);
        assert!(matches!(
            effects[..],
            [Effect::Record(
                Some(_),
                Event::ServiceLeft {
                    dwell_ms: 10_000,
                    how: LeaveHow::Home
                }
            )]
        ));
        assert_eq!(session.place(), &Place::Home);
        assert_eq!(session.act(Action::Back, 12_000), []);
    }

    #[test]
    fn a_tremor_is_ignored_only_after_a_change() {
        let mut session = session();
        session.act(Action::OpenTile(id("weather")), 10_000);
        assert_eq!(session.accepts_touch(10_699), Err(TouchIgnored::Repeat));
        assert_eq!(session.accepts_touch(10_700), Ok(()));
        session.turned(15_000);
        assert_eq!(session.accepts_touch(15_100), Err(TouchIgnored::Repeat));
        session.act(Action::Home, 20_000);
        session.act(Action::Home, 30_000);
        assert_eq!(
            session.accepts_touch(30_001),
            Ok(()),
            "nothing changed at 30 s"
        );
    }

    #[test]
    fn who_reads_something_that_is_gone_is_led_back() {
        let mut session = session();
        session.act(Action::OpenTile(id("city-news")), 0);
        session.act(row(&session, 1), 1_000);
        let mut held = demonstration::held();
        if let Some(Content::Feed { articles }) = held.contents.get_mut(&id("city-news")) {
            articles.remove(1);
        }
        assert_eq!(
            kinds(&session.put_held(Arc::new(held), 5_000)),
            ["item_read"]
        );
        assert_eq!(session.screen(), ScreenName::List);
        assert_eq!(session.accepts_touch(5_100), Err(TouchIgnored::Repeat));
        let mut held = demonstration::held();
        held.manifest.services.clear();
        assert_eq!(
            kinds(&session.put_held(Arc::new(held), 6_000)),
            ["service_left"]
        );
        assert_eq!(session.screen(), ScreenName::Home);
    }

    #[test]
    fn who_is_let_in_again_has_left_everything_first() {
        let mut session = session();
        session.act(Action::OpenTile(id("exercise")), 0);
        session.act(Action::EnrolAgain, 1_000);
        assert_eq!(
            session.screen(),
            ScreenName::Article,
            "nobody asked for a number"
        );
        session.answered(Answer::NotLetIn, 2_000);
        session.act(Action::EnrolAgain, 3_000);
        assert_eq!(session.screen(), ScreenName::Enrolment);
        session.act(Action::Back, 4_000);
        assert_eq!(session.screen(), ScreenName::Article);
        session.act(Action::EnrolAgain, 5_000);
        assert_eq!(kinds(&session.let_in(6_000)), ["item_read", "service_left"]);
        assert_eq!(session.screen(), ScreenName::Home);
    }

    #[test]
    fn the_number_pad_goes_when_the_backend_knows_the_tablet_again() {
        let mut session = session();
        session.answered(Answer::NotLetIn, 0);
        session.act(Action::EnrolAgain, 1_000);
        session.answered(Answer::Kept, 2_000);
        assert_eq!(session.screen(), ScreenName::Home);
    }

    #[test]
    fn offline_is_told_once_and_its_length_when_it_ends() {
        let mut session = session();
        assert_eq!(kinds(&session.not_answered(100)), ["offline_began"]);
        assert_eq!(kinds(&session.not_answered(200)), [""; 0]);
        let effects = session.answered(Answer::Kept, 5_100);
        assert_eq!(
            effects,
            [Effect::Record(
                None,
                Event::OfflineEnded { lasted_ms: 5_000 }
            )]
        );
    }

    #[test]
    fn a_warning_takes_over_is_answered_once_and_leads_to_its_tile() {
        let mut session = session();
        let now = demonstration::now();
        session.act(Action::OpenTile(id("exercise")), 0);
        assert_eq!(session.watch(now, 1_000), [], "samples alarm nobody");
        let mut held = demonstration::held();
        demonstration::make_real(&mut held, &[("49", 4), ("03", 3)]);
        session.put_held(Arc::new(held), 2_000);
        assert_eq!(
            kinds(&session.watch(now, 2_000)),
            ["item_read", "service_left", "alert_shown"]
        );
        assert_eq!(session.screen(), ScreenName::Alert);
        assert_eq!(session.watch(now, 3_000), [], "it is on the screen already");
        assert_eq!(session.act(Action::Home, 4_000), []);
        assert_eq!(session.screen(), ScreenName::Alert, "nothing leads past it");
        assert_eq!(session.accepts_touch(2_500), Err(TouchIgnored::Repeat));
        let effects = session.act(Action::AlertUnderstood, 62_000);
        assert_eq!(kinds(&effects), ["alert_answered", "service_opened"]);
        assert!(effects.contains(&Effect::Record(
            Some(id("warnings")),
            Event::AlertAnswered {
                level: kairan_contract::WarningLevel::EverybodyLeaves,
                after_ms: 60_000
            }
        )));
        // The lesser one follows, and then nothing more.
        assert_eq!(
            kinds(&session.watch(now, 63_000)),
            ["item_read", "service_left", "alert_shown"]
        );
        session.act(Action::AlertUnderstood, 70_000);
        assert_eq!(session.watch(now, 71_000), []);
        assert_eq!(session.place(), &Place::Service(id("warnings")));
        // After a restart it is remembered.
        let mut again = Session::new(session.held.clone(), session.choices.clone(), true);
        assert_eq!(again.watch(now, 0), []);
    }

    #[test]
    fn a_warning_that_is_over_leaves_the_screen() {
        let mut session = session();
        let now = demonstration::now();
        let mut held = demonstration::held();
        demonstration::make_real(&mut held, &[("49", 4)]);
        session.put_held(Arc::new(held.clone()), 0);
        session.watch(now, 0);
        demonstration::make_real(&mut held, &[]);
        session.put_held(Arc::new(held), 1_000);
        session.watch(now, 1_000);
        assert_eq!(session.screen(), ScreenName::Home);
    }
}
