//! Where the resident is and what a touch leads to. Pure: time comes as an argument, and what is
//! to be done outside comes back as effects.

use std::sync::Arc;

use jiff::Timestamp;
use kairan_contract::{
    Article, Content, EnrolmentCode, Event, ItemHash, LeaveHow, OpenedFrom, ScreenName, ServiceId,
    TextSize, TouchIgnored,
};

use crate::{library::Held, settings::Choices};

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
    /// A row of a list, counted from 0.
    OpenRow(usize),
    /// The end of the article stood on the screen.
    ArticleEndSeen,
    /// A digit of the enrolment code.
    Digit(char),
    /// Takes the last digit back.
    Correct,
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
    /// It answers, and does not know this tablet.
    NotLetIn,
}

/// First use.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Enrolment {
    /// The digits so far.
    pub digits: String,
    /// The code is being tried.
    pub busy: bool,
    /// What became of the last one.
    pub refused: Option<EnrolmentRefused>,
}

/// Why a code did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnrolmentRefused {
    /// The backend does not know it.
    NotValid,
    /// The backend cannot be reached.
    Unreachable,
    /// Too many were tried.
    TooMany,
    /// The tablet could not remember it: its disk is full or failing.
    NotKept,
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
    /// From home to where the resident is; the last is on the screen. Empty before enrolment.
    path: Vec<Place>,
    open_service: Option<Open<ServiceId>>,
    open_item: Option<Open<(ServiceId, ItemHash, bool)>>,
    last_change_ms: Option<u64>,
    /// What the library holds.
    pub held: Option<Arc<Held>>,
    /// What the resident chose.
    pub choices: Choices,
    /// How it stands with the backend.
    pub connection: Connection,
    /// First use, until the tablet is let in.
    pub enrolment: Option<Enrolment>,
}

impl Session {
    /// A session at home, or at first use.
    pub fn new(held: Option<Arc<Held>>, choices: Choices, let_in: bool) -> Self {
        Self {
            path: vec![Place::Home],
            open_service: None,
            open_item: None,
            last_change_ms: None,
            held,
            choices,
            connection: Connection::Unknown,
            enrolment: (!let_in).then(Enrolment::default),
        }
    }

    /// Where the resident is.
    pub fn place(&self) -> &Place {
        self.path.last().unwrap_or(&Place::Home)
    }

    /// The screen that is shown.
    pub fn screen(&self) -> ScreenName {
        if self.enrolment.is_some() {
            return ScreenName::Enrolment;
        }
        if self.held.is_none() {
            return match self.place() {
                Place::Help(_) => ScreenName::Help,
                Place::TextSize => ScreenName::TextSize,
                _ => ScreenName::Waiting,
            };
        }
        match self.place() {
            Place::Home => ScreenName::Home,
            Place::Service(id) => match self.content(id) {
                Some(Content::Feed { .. }) => ScreenName::List,
                Some(Content::Weather(_)) => ScreenName::Weather,
                Some(Content::Page { .. }) | None => ScreenName::Article,
            },
            Place::Article(..) => ScreenName::Article,
            Place::Help(_) => ScreenName::Help,
            Place::TextSize => ScreenName::TextSize,
        }
    }

    /// The content of a tile, if it is here.
    pub fn content(&self, id: &ServiceId) -> Option<&Content> {
        self.held.as_ref()?.contents.get(id)
    }

    /// The article on the screen.
    pub fn article(&self) -> Option<(&ServiceId, &Article)> {
        match self.place() {
            Place::Article(service, id) => match self.content(service)? {
                Content::Feed { articles } => articles
                    .iter()
                    .find(|article| article.id == *id)
                    .map(|article| (service, article)),
                _ => None,
            },
            Place::Service(service) => match self.content(service)? {
                Content::Page { article } => Some((service, article)),
                _ => None,
            },
            _ => None,
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
        let before = (self.path.clone(), self.choices.text_size);
        let effects = match action {
            Action::Home => self.go_home(LeaveHow::Home, now_ms),
            Action::Back => self.go_back(now_ms),
            Action::Help => self.open_help(),
            Action::TextSizes => self.open_text_sizes(),
            Action::ChooseTextSize(size) => self.choose_text_size(size),
            Action::OpenTile(id) => self.open_tile(id, now_ms),
            Action::OpenRow(index) => self.open_row(index, now_ms),
            Action::ArticleEndSeen => {
                if let Some(open) = &mut self.open_item {
                    open.what.2 = true;
                }
                Vec::new()
            }
            Action::Digit(digit) => self.take_digit(digit),
            Action::Correct => {
                if let Some(enrolment) = self.enrolment.as_mut().filter(|enrolment| !enrolment.busy)
                {
                    enrolment.digits.pop();
                    enrolment.refused = None;
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

    /// The backend answered, or did not.
    pub fn set_connection(&mut self, online: bool, now_ms: u64) -> Vec<Effect> {
        match (self.connection, online) {
            (Connection::Offline(since), true) => {
                self.connection = Connection::Online;
                vec![Effect::Record(
                    None,
                    Event::OfflineEnded {
                        lasted_ms: now_ms.saturating_sub(since),
                    },
                )]
            }
            (_, true) => {
                self.connection = Connection::Online;
                Vec::new()
            }
            (Connection::Offline(_), false) => Vec::new(),
            (_, false) => {
                self.connection = Connection::Offline(now_ms);
                vec![Effect::Record(None, Event::OfflineBegan {})]
            }
        }
    }

    /// Notes when the backend last answered, so that it is known after a restart.
    pub fn set_last_contact(&mut self, now: Timestamp) {
        self.choices.last_contact = Some(now);
    }

    /// What became of the code.
    pub fn enrolment_refused(&mut self, why: EnrolmentRefused) {
        self.enrolment = Some(Enrolment {
            digits: String::new(),
            busy: false,
            refused: Some(why),
        });
    }

    /// The tablet is let in.
    pub fn let_in(&mut self) {
        self.enrolment = None;
        self.path = vec![Place::Home];
    }

    /// New content came. Who reads something that is gone is led back to where it was.
    pub fn put_held(&mut self, held: Arc<Held>) {
        self.held = Some(held);
        let held = self.held.clone();
        let is_there = |place: &Place| match (place, &held) {
            (Place::Service(id), Some(held)) => held.service(id).is_some(),
            (Place::Article(id, article), Some(held)) => match held.contents.get(id) {
                Some(Content::Feed { articles }) => {
                    articles.iter().any(|known| known.id == *article)
                }
                _ => false,
            },
            _ => true,
        };
        if let Some(gone) = self.path.iter().position(|place| !is_there(place)) {
            self.path.truncate(gone);
        }
        if self.path.is_empty() {
            self.path.push(Place::Home);
        }
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

    fn open_tile(&mut self, id: ServiceId, now_ms: u64) -> Vec<Effect> {
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
        effects.push(Effect::Record(
            Some(id),
            Event::ServiceOpened {
                from: OpenedFrom::Home,
            },
        ));
        effects.extend(self.begin_item(now_ms));
        effects
    }

    fn open_row(&mut self, index: usize, now_ms: u64) -> Vec<Effect> {
        let Place::Service(service) = self.place().clone() else {
            return Vec::new();
        };
        let Some(Content::Feed { articles }) = self.content(&service) else {
            return Vec::new();
        };
        let Some(article) = articles.get(index) else {
            return Vec::new();
        };
        let place = Place::Article(service, article.id.clone());
        self.path.push(place);
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
        self.open_item = Some(Open {
            what: (service, hash, false),
            since_ms: now_ms,
        });
        self.choices.mark_read(hash);
        vec![Effect::KeepChoices]
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

    fn take_digit(&mut self, digit: char) -> Vec<Effect> {
        let Some(enrolment) = &mut self.enrolment else {
            return Vec::new();
        };
        if enrolment.busy || enrolment.digits.len() >= 6 || !digit.is_ascii_digit() {
            return Vec::new();
        }
        enrolment.refused = None;
        enrolment.digits.push(digit);
        match EnrolmentCode::try_from(enrolment.digits.clone()) {
            Ok(code) => {
                enrolment.busy = true;
                vec![Effect::Enrol(code)]
            }
            Err(_) => Vec::new(),
        }
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
        session.act(Action::OpenRow(0), 3_000);
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
    fn six_digits_are_tried_and_a_refusal_begins_again() {
        let mut session = Session::new(None, Choices::default(), false);
        for digit in "12x345".chars() {
            assert_eq!(session.act(Action::Digit(digit), 0), []);
        }
        session.act(Action::Correct, 0);
        session.act(Action::Digit('5'), 0);
        let effects = session.act(Action::Digit('6'), 0);
        assert_eq!(
            effects,
            [Effect::Enrol(EnrolmentCode::from_number(123_456))]
        );
        assert_eq!(session.act(Action::Digit('7'), 0), [], "while it is tried");
        session.enrolment_refused(EnrolmentRefused::NotValid);
        assert_eq!(
            session.enrolment.as_ref().map(|e| e.digits.as_str()),
            Some("")
        );
    }

    #[test]
    fn who_reads_something_that_is_gone_is_led_back() {
        let mut session = session();
        session.act(Action::OpenTile(id("city-news")), 0);
        session.act(Action::OpenRow(1), 1_000);
        let mut held = demonstration::held();
        if let Some(Content::Feed { articles }) = held.contents.get_mut(&id("city-news")) {
            articles.remove(1);
        }
        session.put_held(Arc::new(held));
        assert_eq!(session.screen(), ScreenName::List);
        let mut held = demonstration::held();
        held.manifest.services.clear();
        session.put_held(Arc::new(held));
        assert_eq!(session.screen(), ScreenName::Home);
    }

    #[test]
    fn offline_is_told_once_and_its_length_when_it_ends() {
        let mut session = session();
        assert_eq!(
            kinds(&session.set_connection(false, 100)),
            ["offline_began"]
        );
        assert_eq!(kinds(&session.set_connection(false, 200)), [""; 0]);
        let effects = session.set_connection(true, 5_100);
        assert_eq!(
            effects,
            [Effect::Record(
                None,
                Event::OfflineEnded { lasted_ms: 5_000 }
            )]
        );
    }
}
