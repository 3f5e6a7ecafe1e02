//! A form on the screens: through its questions, back and forth, until it is sent; and the board on which is typed.

use std::sync::Arc;

use jiff::Timestamp;
use kairan_contract::{Content, RequestForm, Yen};
use proptest::prelude::*;

use super::*;
use crate::{
    demonstration::{held_with_forms, now, put_form},
    profile::Profile,
    screens::{form_check, form_question, form_scenes::person, request, requests},
    session::{Command, Tap},
};

/// A resident at the tablet, with a clock that goes on with each touch.
struct Hand {
    session: Session,
    now: Timestamp,
    ms: u64,
    effects: Vec<Effect>,
}

impl Hand {
    fn new() -> Self {
        let held = Some(Arc::new(held_with_forms()));
        let mut session = Session::new(held, Profile::practised(), true);
        session.personal = Arc::new(Personal {
            about: person(),
            ..Personal::default()
        });
        Self {
            session,
            now: now(),
            ms: 0,
            effects: Vec::new(),
        }
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "commands are written where they are given"
    )]
    fn touch(&mut self, command: Command) -> &mut Self {
        self.ms += 1000;
        self.tap(&command)
    }

    fn tap(&mut self, command: &Command) -> &mut Self {
        let (tap, effects) = self.session.tap(command, self.now, self.ms);
        assert!(
            tap == Tap::Counts || matches!(tap, Tap::Ignored(_)),
            "{tap:?}"
        );
        self.effects.extend(effects);
        self
    }

    fn own(&mut self, name: &str, argument: &str) -> &mut Self {
        self.touch(Command::Own(name.to_owned(), argument.to_owned()))
    }

    fn choose(&mut self, index: usize) -> &mut Self {
        self.touch(Command::Choose(index))
    }

    fn open(&mut self, service: &str) -> &mut Self {
        let id = service.parse().expect("an id");
        self.touch(Command::OpenTile(id)).own("form-intro", "0")
    }

    /// 買い物, as far as what is told of the resident.
    fn shop(&mut self) -> &mut Self {
        self.open("shopping")
            .choose(0)
            .own("form-more", "rice-2")
            .choose(0)
            .choose(5)
            .choose(0)
            .choose(1)
            .own("typed", "")
    }

    fn sent(&self) -> Vec<&RequestForm> {
        let sent = self.effects.iter().filter_map(|effect| match effect {
            Effect::Ask(RequestKind::Form(form)) => Some(form),
            _ => None,
        });
        sent.collect()
    }

    fn records(&self) -> Vec<String> {
        let events = self.effects.iter().filter_map(|effect| match effect {
            Effect::Record(_, event) => Some(event.to_parts().0),
            _ => None,
        });
        events.collect()
    }
}

#[test]
fn a_form_is_filled_in_looked_over_and_sent_once() {
    let mut hand = Hand::new();
    hand.shop();
    assert_eq!(hand.session.screen(), form_question::NAME);
    hand.choose(0);
    assert_eq!(hand.session.screen(), form_check::NAME);
    assert!(hand.sent().is_empty());
    hand.own("form-send", "");
    assert_eq!(hand.session.screen(), request::NAME);
    assert_eq!(hand.sent().len(), 1);
    let sent = hand.sent()[0].clone();
    assert_eq!(sent.answers.len(), 3);
    assert_eq!(sent.total.map(Yen::amount), Some(1_780));
    assert!(sent.person.address.is_some());
    let records = hand.records();
    let count = |kind: &str| records.iter().filter(|it| *it == kind).count();
    assert_eq!(
        (count("form_began"), count("form_sent"), count("form_left")),
        (1, 1, 0)
    );
    assert!(hand.session.personal.drafts.is_empty());
    hand.touch(Command::Back);
    assert_eq!(hand.session.screen(), requests::NAME);
}

#[test]
fn a_trembling_hand_sends_it_once() {
    let mut hand = Hand::new();
    hand.shop().choose(0).own("form-send", "");
    for _ in 0..3 {
        hand.ms += 100;
        hand.tap(&Command::Own("form-send".to_owned(), String::new()));
    }
    assert_eq!(hand.sent().len(), 1);
}

#[test]
fn back_keeps_what_was_answered_and_mending_leads_straight_back() {
    let mut hand = Hand::new();
    hand.shop().choose(0);
    hand.own("form-mend", "window");
    assert_eq!(hand.session.screen(), form_question::NAME);
    hand.touch(Command::Back);
    assert_eq!(hand.session.screen(), form_check::NAME);
    hand.own("form-mend", "window").choose(2);
    assert_eq!(hand.session.screen(), form_check::NAME);
    hand.own("form-send", "");
    let window = hand.sent()[0]
        .answers
        .iter()
        .find_map(|it| match &it.value {
            kairan_contract::AnswerValue::Window { window } => Some(window.to_string()),
            _ => None,
        });
    assert_eq!(window.as_deref(), Some("1124a"));
}

#[test]
fn who_leaves_goes_on_where_they_stopped_until_the_night() {
    let mut hand = Hand::new();
    hand.open("shopping").choose(0).own("form-more", "rice-2");
    hand.touch(Command::Home);
    assert!(hand.records().contains(&"form_left".to_owned()));
    let kept = serde_json::to_string(&*hand.session.personal).expect("writes");
    let read: Personal = serde_json::from_str(&kept).expect("reads");
    assert_eq!(read, *hand.session.personal);
    hand.open("shopping");
    let place = hand
        .session
        .form_on_screen()
        .map(|(_, place)| place.clone());
    let Some(FormPlace::Question(id, _)) = place else {
        panic!("no question stands there");
    };
    assert_eq!(id.as_str(), "window");
    let night = hand.now + jiff::SignedDuration::from_hours(7);
    hand.session.tick(night, hand.ms + 180_000);
    let effects = hand.session.tick(night, hand.ms + 210_000);
    assert!(effects.contains(&Effect::SavePersonal));
    assert!(hand.session.personal.drafts.is_empty());
}

#[test]
fn a_price_that_changed_meanwhile_is_seen_before_it_is_sent() {
    let mut hand = Hand::new();
    hand.shop().choose(0);
    let mut held = held_with_forms();
    let service: ServiceId = "shopping".parse().expect("an id");
    let Some(Content::Form(form)) = held.contents.get(&service) else {
        panic!("no form");
    };
    let mut form = form.clone();
    form.goods[0].price = Yen::try_from(1_680).expect("a price");
    put_form(&mut held, &service, form);
    hand.session.set_content(Arc::new(held), hand.ms);
    hand.own("form-send", "");
    assert!(hand.sent().is_empty());
    assert_eq!(hand.session.screen(), form_check::NAME);
    hand.own("form-send", "");
    assert_eq!(hand.sent()[0].total.map(Yen::amount), Some(1_880));
}

#[test]
fn a_window_that_is_full_by_now_is_asked_again_and_nothing_else() {
    let mut hand = Hand::new();
    hand.shop().choose(0);
    let mut held = held_with_forms();
    let service: ServiceId = "shopping".parse().expect("an id");
    let Some(Content::Form(form)) = held.contents.get(&service) else {
        panic!("no form");
    };
    let mut form = form.clone();
    form.windows[0].is_full = true;
    put_form(&mut held, &service, form);
    hand.session.set_content(Arc::new(held), hand.ms);
    hand.own("form-send", "");
    assert!(hand.sent().is_empty());
    assert_eq!(hand.session.screen(), form_question::NAME);
    hand.choose(2);
    assert_eq!(hand.session.screen(), form_check::NAME);
    hand.own("form-send", "");
    assert_eq!(hand.sent().len(), 1);
}

#[test]
fn what_is_not_known_of_the_resident_is_written_first() {
    let mut hand = Hand::new();
    hand.session.personal = Arc::default();
    hand.shop();
    // 書く, then the name はな, the telephone and the address.
    hand.choose(0).choose(0);
    for key in ["5", "0", "4", "5"] {
        hand.own("type", key);
    }
    hand.own("typed", "").choose(1);
    for key in ["9", "8", "9", "0", "1", "2", "3", "4", "5", "6", "7"] {
        hand.own("type", key);
    }
    hand.own("typed", "").choose(2).choose(0).choose(0);
    hand.own("type", "1").own("typed", "").own("typed", "");
    hand.own("about-me-done", "");
    assert_eq!(hand.session.screen(), form_check::NAME);
    hand.own("form-send", "");
    let person = &hand.sent()[0].person;
    assert_eq!(
        person.name.as_ref().map(kairan_contract::KanaName::as_str),
        Some("はな")
    );
    assert_eq!(
        person
            .telephone
            .as_ref()
            .map(kairan_contract::TelephoneNumber::as_str),
        Some("09012345678")
    );
    assert_eq!(
        person.address.as_ref().map(kairan_contract::Address::block),
        Some("2")
    );
}

#[test]
fn the_same_once_more_takes_six_touches() {
    let mut hand = Hand::new();
    hand.shop().choose(0).own("form-send", "");
    let made = hand.sent()[0].clone();
    let request = kairan_contract::Request {
        id: kairan_contract::RequestId(uuid::Uuid::from_u128(1)),
        made_at: 1,
        what: RequestKind::Form(made),
    };
    hand.session.requests = vec![crate::kept_request::KeptRequest {
        request,
        state: crate::kept_request::RequestState::Received,
    }];
    let done = serde_json::json!({
        "request": uuid::Uuid::from_u128(1), "revision": 4, "number": "12345674", "service": "shopping",
        "form": "shopping", "title": "買い物", "provider": "ひだまりスーパー", "status": "done",
        "since": "2026-11-22T06:00:00Z", "asked_at": "2026-11-20T05:30:00Z",
    });
    let done = serde_json::from_value(done).expect("an answer");
    hand.session.set_answers(vec![done]);
    hand.touch(Command::Home);
    hand.effects.clear();
    hand.own("requests", "").own("open-request", "0").choose(0);
    // The time is asked for, whether all is right, and it is sent.
    hand.choose(2).choose(0).own("form-send", "");
    assert_eq!(hand.sent().len(), 1);
    assert_eq!(hand.sent()[0].answers.len(), 3);
}

/// The keys with which a word is typed: the row, then the letter on the other line, then its marks.
fn keys_of(word: &str) -> Vec<String> {
    let mut keys = Vec::new();
    for letter in word.chars() {
        let found = (0..crate::typing::KEYS).find_map(|row| {
            (0..crate::typing::KEYS).find_map(|place| {
                (0..3).find_map(|marks| {
                    let mut board =
                        crate::typing::TextBoard::new(crate::typing::Alphabet::Kana, 2, "");
                    board.press(row);
                    board.press(place);
                    (0..marks).for_each(|_| {
                        board.change_last();
                    });
                    (board.text().chars().eq([letter]) && !board.has_open_row())
                        .then_some((row, place, marks))
                })
            })
        });
        let (row, place, marks) = found.unwrap_or_else(|| panic!("{letter} cannot be typed"));
        keys.push(row.to_string());
        keys.push(place.to_string());
        keys.extend((0..marks).map(|_| "mark".to_owned()));
    }
    keys
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]
    /// Each touch of a trembling hand may come twice or thrice within 0.7 s; 20 words of 25 letters are 500.
    #[test]
    fn a_trembling_hand_types_without_a_wrong_letter(
        letters in prop::collection::vec(
            prop::sample::select("あああいうえおかきくけこがぎさしすせそざたちつてとだっなにぬねのはひふへほばぱまみむめもやゆよゃゅょらりるれろわをん".chars().collect::<Vec<_>>()),
            25,
        ),
        trembles in prop::collection::vec((0_u64..3, 20_u64..230), 200),
    ) {
        let word: String = letters.iter().collect();
        let mut hand = Hand::new();
        hand.session.personal = Arc::default();
        hand.own("about-me", "").choose(0);
        let mut trembles = trembles.into_iter().cycle();
        for key in keys_of(&word) {
            hand.ms += 750;
            let (again, after) = trembles.next().expect("it goes on");
            let command = Command::Own("type".to_owned(), key);
            hand.tap(&command);
            for _ in 0..again {
                hand.ms += after;
                hand.tap(&command);
            }
            hand.ms += 1;
        }
        let board = hand.session.board().expect("a board");
        prop_assert_eq!(board.text(), word);
    }
}
