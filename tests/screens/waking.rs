//! A finger on a screen that nobody may have seen: it wakes, and does nothing else. With a made-up time.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use i_slint_backend_testing::{AccessibleRole, ElementQuery};
use jiff::Timestamp;
use kairan_contract::ScreenName;
use kairan_tablet::{
    drawing::{Headless, ScreenSize, fit},
    machine::Machine,
    scenes::scenes,
    screens::home,
    session::{Command, Effect, Session, Tap, UNSEEN_MS},
    window::{InputHandler, connect, show},
};
use kairan_ui::TabletWindow;
use slint::{
    ComponentHandle as _, LogicalPosition,
    platform::{PointerEventButton, WindowEvent},
};

/// How long nobody has touched it: twelve minutes.
const LATER_MS: u64 = 12 * 60 * 1000;
const AGAIN: &str = "もういちど 押してください";

struct Tablet {
    window: slint::Weak<TabletWindow>,
    session: RefCell<Session>,
    effects: RefCell<Vec<Effect>>,
    now: Timestamp,
    now_ms: Cell<u64>,
}

impl Tablet {
    fn show(&self) {
        if let Some(window) = self.window.upgrade() {
            let session = self.session.borrow().clone();
            show(&window, &session, &Machine::default(), self.now, |_| None);
        }
    }
}

impl InputHandler for Tablet {
    fn put_down(&self) {
        self.session.borrow_mut().put_down(self.now_ms.get());
        self.show();
    }
    fn tap(&self, command: Command) -> bool {
        let now_ms = self.now_ms.get();
        let (tap, effects) = self.session.borrow_mut().tap(&command, self.now, now_ms);
        self.effects.borrow_mut().extend(effects);
        self.show();
        tap == Tap::Counts
    }
    fn slid(&self) {}
}

/// A person before a tablet that shows a scene, so many milliseconds after it was last touched.
struct Person {
    window: TabletWindow,
    tablet: Rc<Tablet>,
}

impl Person {
    fn before(scene: &str, untouched_ms: u64) -> Self {
        // It is the same for everybody whom one test brings.
        let _ = slint::platform::set_platform(Box::new(Headless::default()));
        let window = TabletWindow::new().expect("a window");
        let scene = scenes().into_iter().find(|it| it.name == scene);
        let scene = scene.expect("a scene of this name");
        let tablet = Rc::new(Tablet {
            window: window.as_weak(),
            session: RefCell::new(scene.session),
            effects: RefCell::default(),
            now: scene.now,
            now_ms: Cell::new(untouched_ms),
        });
        connect(&window, &tablet);
        window.show().expect("shows");
        fit(&window, &ScreenSize::ALL[0]);
        tablet.show();
        Self { window, tablet }
    }

    fn touches(&self, label: &str) {
        let control = ElementQuery::from_root(&self.window)
            .match_descendants()
            .match_accessible_role(AccessibleRole::Button)
            .find_all()
            .into_iter()
            .find(|it| it.accessible_label().is_some_and(|it| it == label))
            .unwrap_or_else(|| panic!("no `{label}`"));
        let (at, size) = (control.absolute_position(), control.size());
        self.touches_at(at.x + size.width / 2.0, at.y + size.height / 2.0);
    }

    fn touches_at(&self, x: f32, y: f32) {
        let position = LogicalPosition::new(x, y);
        let button = PointerEventButton::Left;
        for event in [
            WindowEvent::PointerPressed { position, button },
            WindowEvent::PointerReleased { position, button },
            WindowEvent::PointerExited,
        ] {
            self.window.window().dispatch_event(event);
        }
    }

    fn waits(&self, milliseconds: u64) {
        let now_ms = &self.tablet.now_ms;
        now_ms.set(now_ms.get() + milliseconds);
    }

    fn screen(&self) -> ScreenName {
        self.tablet.session.borrow().screen()
    }

    fn is_asked_again(&self) -> bool {
        ElementQuery::from_root(&self.window)
            .match_descendants()
            .match_accessible_role(AccessibleRole::Text)
            .find_all()
            .iter()
            .filter_map(i_slint_backend_testing::ElementHandle::accessible_label)
            .any(|it| it.contains(AGAIN))
    }
}

/// What takes over or is due, and what answers it.
const UNSEEN: [(&str, &str); 6] = [
    ("alert", "わかりました"),
    ("emergency", "わかりました"),
    ("emergency-drill", "助けが ほしい"),
    ("reminder", "飲みました"),
    ("check-in", "元気です"),
    ("message-due", "読む"),
];

#[test]
fn the_first_touch_after_five_minutes_answers_nothing_and_the_second_does() {
    for (scene, answer) in UNSEEN {
        let person = Person::before(scene, LATER_MS);
        let before = person.screen();
        person.touches(answer);
        assert_eq!(person.screen(), before, "{scene}: it only wakes");
        assert_eq!(*person.tablet.effects.borrow(), [], "{scene}");
        assert!(person.is_asked_again(), "{scene}: it says so");
        // A trembling finger has seen no more than at its first touch.
        person.waits(150);
        person.touches(answer);
        assert_eq!(person.screen(), before, "{scene}: a tremor");
        person.waits(1_000);
        person.touches(answer);
        assert_ne!(person.screen(), before, "{scene}: it is answered");
        assert_ne!(*person.tablet.effects.borrow(), [], "{scene}");
        assert!(!person.is_asked_again(), "{scene}");
    }
}

#[test]
fn who_touched_it_within_five_minutes_is_not_asked_again() {
    for (scene, answer) in UNSEEN {
        let person = Person::before(scene, UNSEEN_MS - 1);
        let before = person.screen();
        person.touches(answer);
        assert_ne!(person.screen(), before, "{scene}");
    }
}

#[test]
fn a_touch_beside_everything_wakes_too() {
    for (scene, answer) in UNSEEN {
        let person = Person::before(scene, LATER_MS);
        let before = person.screen();
        person.touches_at(1.0, 300.0);
        person.waits(1_000);
        person.touches(answer);
        assert_ne!(person.screen(), before, "{scene}");
    }
}

#[test]
fn the_tiles_are_woken_likewise_and_whoever_does_not_touch_again_is_not_asked_for_ever() {
    let person = Person::before("home", LATER_MS);
    person.touches("天気");
    assert_eq!(person.screen(), home::NAME);
    assert!(person.is_asked_again());
    person.waits(61_000);
    let (now, now_ms) = (person.tablet.now, person.tablet.now_ms.get());
    person.tablet.session.borrow_mut().tick(now, now_ms);
    person.tablet.show();
    assert!(!person.is_asked_again());
}
