//! What a shaking finger can do and what it cannot.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};
use kairan_contract::{Language, TextSize};
use kairan_tablet::{
    drawing::{Headless, ScreenSize, fit, show_scene},
    scenes::scenes,
    session::Command,
    window::{InputHandler, connect},
};
use kairan_ui::TabletWindow;
use slint::{
    ComponentHandle as _, LogicalPosition,
    platform::{PointerEventButton, WindowEvent},
};

#[derive(Default)]
struct Counted {
    actions: RefCell<Vec<Command>>,
    slides: Cell<u32>,
}

impl InputHandler for Counted {
    fn slid(&self) {
        self.slides.set(self.slides.get() + 1);
    }
    fn tap(&self, command: Command) -> bool {
        self.actions.borrow_mut().push(command);
        true
    }
}

/// A window with the tiles, and what fingers do to it.
fn home() -> (TabletWindow, Rc<Counted>) {
    slint::platform::set_platform(Box::new(Headless::default())).expect("a platform");
    let window = TabletWindow::new().expect("a window");
    let hands = Rc::new(Counted::default());
    connect(&window, &hands);
    window.show().expect("shows");
    fit(&window, &ScreenSize::ALL[0]);
    show_scene(
        &window,
        &scenes()[0],
        TextSize::Standard,
        Language::JAPANESE,
    );
    (window, hands)
}

fn control(window: &TabletWindow, label: &str) -> ElementHandle {
    ElementQuery::from_root(window)
        .match_descendants()
        .match_accessible_role(AccessibleRole::Button)
        .find_all()
        .into_iter()
        .find(|element| {
            element
                .accessible_label()
                .is_some_and(|known| known == label)
        })
        .expect("a control of this name")
}

/// Presses `millimetres` right of the left edge's middle and lets go so much further right.
fn press_and_slide(window: &TabletWindow, control: &ElementHandle, millimetres: f32) {
    let (at, size) = (control.absolute_position(), control.size());
    let start = LogicalPosition::new(at.x + 8.0, at.y + size.height / 2.0);
    let end = LogicalPosition::new(start.x + millimetres * 96.0 / 25.4, start.y);
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

#[test]
fn a_slide_of_up_to_8_mm_inside_the_target_is_a_tap() {
    let (window, hands) = home();
    let tile = control(&window, "健康と体操");
    for millimetres in [0.0, 3.0, 7.9] {
        hands.actions.borrow_mut().clear();
        press_and_slide(&window, &tile, millimetres);
        assert_eq!(hands.actions.borrow().len(), 1, "{millimetres} mm");
    }
    assert_eq!(hands.slides.get(), 0);
}

#[test]
fn a_longer_slide_or_one_that_leaves_the_target_does_nothing_and_is_counted() {
    let (window, hands) = home();
    let tile = control(&window, "健康と体操");
    for (times, millimetres) in [(1, 8.5), (2, 30.0), (3, 69.0)] {
        press_and_slide(&window, &tile, millimetres);
        assert_eq!(
            (hands.actions.borrow().len(), hands.slides.get()),
            (0, times),
            "{millimetres} mm"
        );
    }
}

/// Whether a finger that rests on a control while the minutes change has tapped it, once.
fn taps_after_resting(scene: &str, label: &str, language: Language) -> bool {
    let (window, hands) = home();
    let mut scenes = scenes().into_iter();
    let mut scene = scenes.find(|it| it.name == scene).expect("a scene");
    show_scene(&window, &scene, TextSize::Standard, language);
    slint::platform::update_timers_and_animations();
    let control = control(&window, label);
    let (at, size) = (control.absolute_position(), control.size());
    let position = LogicalPosition::new(at.x + size.width / 2.0, at.y + size.height / 2.0);
    let button = PointerEventButton::Left;
    let tell = |event| window.window().dispatch_event(event);
    tell(WindowEvent::PointerMoved { position });
    tell(WindowEvent::PointerPressed { position, button });
    for _ in 0..3 {
        scene.now += jiff::SignedDuration::from_mins(1);
        show_scene(&window, &scene, TextSize::Standard, language);
        window.window().request_redraw();
        slint::platform::update_timers_and_animations();
    }
    tell(WindowEvent::PointerReleased { position, button });
    hands.actions.borrow().len() == 1
}

#[test]
fn a_finger_that_rests_while_the_minute_changes_taps_all_the_same() {
    assert!(taps_after_resting("home", "健康と体操", Language::JAPANESE));
}

#[test]
fn a_finger_that_rests_on_an_answer_while_the_minute_changes_taps_all_the_same() {
    assert!(taps_after_resting("days", "毎日", Language::JAPANESE));
}

#[test]
fn a_finger_that_rests_on_a_short_answer_while_the_minute_changes_taps_all_the_same() {
    assert!(taps_after_resting(
        "neighbourhood",
        "あ",
        Language::JAPANESE
    ));
}

#[test]
fn whoever_turns_a_warning_sees_whom_to_ring() {
    slint::platform::set_platform(Box::new(Headless::default())).expect("a platform");
    let alarms = ["alert", "alert-practice", "emergency", "emergency-drill"];
    for profile in &ScreenSize::ALL {
        for size in [TextSize::Standard, TextSize::Large, TextSize::Largest] {
            for scene in scenes().iter().filter(|it| alarms.contains(&it.name)) {
                let window = TabletWindow::new().expect("a window");
                connect(&window, &Rc::new(Counted::default()));
                window.show().expect("shows");
                fit(&window, profile);
                show_scene(&window, scene, size, Language::JAPANESE);
                let is_seen = (0..24).any(|_| {
                    let keys = control(&window, "つぎ");
                    let is_above = |digits: ElementHandle| {
                        let end = digits.absolute_position().y + digits.size().height;
                        end <= keys.absolute_position().y
                    };
                    let is_seen = text(&window, "0120-000-000").is_some_and(is_above);
                    press_and_slide(&window, &keys, 0.0);
                    is_seen
                });
                let on = (scene.name, profile.name, size);
                assert!(is_seen, "the telephone stays below: {on:?}");
                window.hide().expect("hides");
            }
        }
    }
}

fn text(window: &TabletWindow, words: &str) -> Option<ElementHandle> {
    let texts = ElementQuery::from_root(window)
        .match_descendants()
        .match_accessible_role(AccessibleRole::Text)
        .find_all();
    texts
        .into_iter()
        .find(|it| it.accessible_label().is_some_and(|label| label == words))
}
