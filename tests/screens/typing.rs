//! The board of kana under a trembling hand: through the real window, on every glass, no letter is wrong.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};
use kairan_tablet::{
    demonstration,
    drawing::{Headless, ScreenSize, fit},
    machine::Machine,
    scenes::scenes,
    session::{Command, Session, Tap},
    typing::{Alphabet, KEYS, TextBoard},
    window::{InputHandler, connect, show},
};
use kairan_ui::TabletWindow;
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use slint::{
    ComponentHandle as _, LogicalPosition, LogicalSize,
    platform::{PointerEventButton, WindowEvent},
};

/// A slide that is still a tap.
const SLIDE: f32 = 8.0;
/// Within so many milliseconds a trembling finger touches twice.
const TREMOR_MS: u64 = 700;

/// A session behind a window, with a clock that the test turns.
struct Typist {
    session: RefCell<Session>,
    window: slint::Weak<TabletWindow>,
    ms: Cell<u64>,
}

impl Typist {
    fn show(&self) {
        if let Some(window) = self.window.upgrade() {
            let session = self.session.borrow().clone();
            let now = demonstration::now();
            show(&window, &session, &Machine::default(), now, |_| None);
        }
    }
}

impl InputHandler for Typist {
    fn put_down(&self) {
        self.session.borrow_mut().put_down(self.ms.get());
    }
    fn tap(&self, command: Command) -> bool {
        let now = demonstration::now();
        let (tap, _) = self.session.borrow_mut().tap(&command, now, self.ms.get());
        self.show();
        tap == Tap::Counts
    }
    fn slid(&self) {}
}

/// The places of the row and of the letter, and how often its marks are changed.
fn way_to(letter: char) -> (usize, usize, usize) {
    let all = (0..KEYS).flat_map(|row| (0..KEYS).map(move |place| (row, place)));
    let mut ways = all.flat_map(|(row, place)| (0..3).map(move |marks| (row, place, marks)));
    let found = ways.find(|(row, place, marks)| {
        let mut board = TextBoard::new(Alphabet::Kana, 2, "");
        board.press(*row);
        board.press(*place);
        for _ in 0..*marks {
            board.change_last();
        }
        !board.has_open_row() && board.text() == letter.to_string()
    });
    found.unwrap_or_else(|| panic!("{letter} cannot be typed"))
}

/// The keys that bear these words, from left to right and from top to bottom.
fn key(window: &TabletWindow, words: &str) -> ElementHandle {
    let keys = ElementQuery::from_root(window)
        .match_descendants()
        .match_accessible_role(AccessibleRole::Button)
        .find_all();
    let mut found = keys
        .into_iter()
        .filter(|key| key.accessible_label().is_some_and(|label| label == words));
    found
        .next()
        .unwrap_or_else(|| panic!("no key bears {words}"))
}

/// Where a key with these words stands on the board now.
fn letter_key(window: &TabletWindow, board: &TextBoard, place: usize) -> ElementHandle {
    let words = board.keys()[place].words;
    // あ stands twice while its row is open: as the row, and as the letter on the other line.
    let keys = ElementQuery::from_root(window)
        .match_descendants()
        .match_accessible_role(AccessibleRole::Button)
        .find_all();
    let mut same: Vec<ElementHandle> = keys
        .into_iter()
        .filter(|key| key.accessible_label().is_some_and(|label| label == words))
        .collect();
    same.sort_by(|a, b| a.absolute_position().y.total_cmp(&b.absolute_position().y));
    let at = board
        .keys()
        .iter()
        .take(place)
        .filter(|key| key.words == words)
        .count();
    same.swap_remove(at)
}

/// A finger that comes down somewhere on a key and slides on it.
fn press(window: &TabletWindow, (at, size): (LogicalPosition, LogicalSize), random: &mut StdRng) {
    let millimetre = 96.0 / 25.4;
    let slide = SLIDE * millimetre * random.random_range(-0.99..0.99_f32);
    let middle = at.x + size.width / 2.0;
    let y = at.y + size.height * random.random_range(0.2..0.8_f32);
    let start = LogicalPosition::new(middle - slide / 2.0, y);
    let end = LogicalPosition::new(middle + slide / 2.0, y);
    let button = PointerEventButton::Left;
    for event in [
        WindowEvent::PointerMoved { position: start },
        WindowEvent::PointerPressed {
            position: start,
            button,
        },
        WindowEvent::PointerMoved { position: end },
        WindowEvent::PointerReleased {
            position: end,
            button,
        },
        WindowEvent::PointerExited,
    ] {
        window.window().dispatch_event(event);
    }
}

/// Types so many letters with a trembling hand, and says which were asked for and which stand there.
fn typed(profile: &ScreenSize, letters: usize, seed: u64) -> (String, String) {
    let window = TabletWindow::new().expect("a window");
    let scenes = scenes();
    let scene = scenes.iter().find(|it| it.name == "typing-words");
    let session = scene.expect("a scene").session.clone();
    let typist = Rc::new(Typist {
        session: RefCell::new(session),
        window: window.as_weak(),
        ms: Cell::new(1_000_000),
    });
    connect(&window, &typist);
    window.show().expect("shows");
    fit(&window, profile);
    typist.show();
    let mut random = StdRng::seed_from_u64(seed);
    let alphabet: Vec<char> =
        "あああいうおかきくけこがさしすそただちつっなにのはばぱひふほまみむもやゃゆよょらりるれろわをん"
            .chars()
            .collect();
    let board = |typist: &Typist| typist.session.borrow().board().expect("a board");
    // A key is pressed by a hand that trembles: once, or twice or three times at once.
    let tremble = |words: Option<&str>, place: usize, random: &mut StdRng| {
        typist.ms.set(typist.ms.get() + TREMOR_MS + 20);
        let target = match words {
            Some(words) => key(&window, words),
            None => letter_key(&window, &board(&typist), place),
        };
        // The second touch falls where the first did, whatever stands there by then.
        let target = (target.absolute_position(), target.size());
        press(&window, target, random);
        let began = typist.ms.get();
        for _ in 0..random.random_range(0..3) {
            let after = typist.ms.get() + random.random_range(40..300);
            if after < began + TREMOR_MS {
                typist.ms.set(after);
                press(&window, target, random);
            }
        }
    };
    // What stands there from the scene goes first.
    while !board(&typist).text().is_empty() {
        tremble(Some("ひとつ消す"), 0, &mut random);
    }
    let (mut asked, mut stands) = (String::new(), String::new());
    for _ in 0..letters {
        let letter = alphabet[random.random_range(0..alphabet.len())];
        let (row, place, marks) = way_to(letter);
        tremble(None, row, &mut random);
        tremble(None, place, &mut random);
        for _ in 0..marks {
            tremble(Some("濁点 半濁点 小さい字"), 0, &mut random);
        }
        asked.push(letter);
        let text = board(&typist).text().to_owned();
        // A board has room for a few words: it is emptied before it is full.
        if text.chars().count() == 40 || asked.chars().count() == letters {
            stands.push_str(&text);
            while !board(&typist).text().is_empty() {
                tremble(Some("ひとつ消す"), 0, &mut random);
            }
        }
    }
    window.hide().expect("hides");
    (asked, stands)
}

#[test]
fn a_trembling_hand_types_500_letters_without_a_wrong_one() {
    slint::platform::set_platform(Box::new(Headless::default())).expect("a platform");
    let (asked, stands) = typed(&ScreenSize::ALL[2], 500, 7);
    assert_eq!(asked.chars().count(), 500);
    assert_eq!(stands, asked);
}

#[test]
fn a_trembling_hand_types_on_every_glass() {
    slint::platform::set_platform(Box::new(Headless::default())).expect("a platform");
    for profile in &ScreenSize::ALL {
        let (asked, stands) = typed(profile, 40, 11);
        assert_eq!(stands, asked, "{}", profile.name);
    }
}
