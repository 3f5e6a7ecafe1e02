//! What a shaking finger can do and what it cannot.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
};

use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};
use kairan_contract::{Content, Language, TextSize};
use kairan_tablet::{
    drawing::{Headless, ScreenSize, fit, show_scene},
    library::ContentSnapshot,
    scenes::scenes,
    screens::scene::Scene,
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
    // A test that opens several windows has set it with the first.
    let _ = slint::platform::set_platform(Box::new(Headless::default()));
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

/// The scene of this name.
fn scene(name: &str) -> Scene {
    let mut scenes = scenes().into_iter();
    scenes.find(|it| it.name == name).expect("a scene")
}

/// What a finger has tapped that came down on a control of the first scene, and was lifted on the last.
fn tapped_through(label: &str, scenes: &[Scene]) -> Vec<Command> {
    let (window, hands) = home();
    let show = |scene: &Scene| {
        show_scene(&window, scene, TextSize::Standard, Language::JAPANESE);
        window.window().request_redraw();
        slint::platform::update_timers_and_animations();
    };
    let (first, others) = scenes.split_first().expect("a scene");
    show(first);
    let control = control(&window, label);
    let (at, size) = (control.absolute_position(), control.size());
    let position = LogicalPosition::new(at.x + size.width / 2.0, at.y + size.height / 2.0);
    let button = PointerEventButton::Left;
    let tell = |event| window.window().dispatch_event(event);
    tell(WindowEvent::PointerMoved { position });
    tell(WindowEvent::PointerPressed { position, button });
    others.iter().for_each(show);
    tell(WindowEvent::PointerReleased { position, button });
    assert_eq!(hands.slides.get(), 0);
    hands.actions.take()
}

/// The same scene in so many minutes, one after the other.
fn minutes(scene: &Scene) -> Vec<Scene> {
    let later = |minute| {
        let now = scene.now + jiff::SignedDuration::from_mins(minute);
        scene.clone().when(now)
    };
    (0..4).map(later).collect()
}

#[test]
fn a_finger_that_rests_while_the_minute_changes_taps_what_it_rests_on() {
    let exercise = "exercise".parse().expect("an id");
    for (name, label, expected) in [
        ("home", "健康と体操", Command::OpenTile(exercise)),
        ("days", "毎日", Command::Choose(0)),
        ("days", "月曜から 金曜", Command::Choose(1)),
        ("neighbourhood", "あ", Command::Choose(0)),
        ("neighbourhood", "か", Command::Choose(1)),
        ("reminders", "朝の くすり", Command::OpenReminder(1)),
        ("alert", "わかりました", Command::AlertUnderstood),
        ("reminder", "飲みました", Command::DueDone),
    ] {
        let tapped = tapped_through(label, &minutes(&scene(name)));
        assert_eq!(tapped, [expected], "{name}: {label}");
    }
}

#[test]
fn a_finger_that_rests_on_an_answer_does_not_answer_the_question_that_comes_up() {
    for (asked, label, comes_up) in [
        ("first-loudness", "大きい声", "check-in"),
        ("questionnaire", "ふつう", "check-in"),
        ("emergency-drill", "わかりました", "emergency"),
        ("alert-practice", "わかりました", "alert"),
        ("alert", "助けが ほしい", "emergency-over"),
    ] {
        let tapped = tapped_through(label, &[scene(asked), scene(comes_up)]);
        assert_eq!(tapped, [], "{label} of {asked} on {comes_up}");
        let back = [scene(asked), scene(comes_up), scene(asked)];
        let tapped = tapped_through(label, &back).len();
        assert!(tapped <= 1, "{label} of {asked}, which is asked again");
    }
}

/// The scene with other content under it.
fn with_content(scene: &Scene, change: impl FnOnce(&mut ContentSnapshot)) -> Scene {
    let mut scene = scene.clone();
    let content = scene.session.content.as_mut().expect("content");
    change(Arc::make_mut(content));
    scene
}

#[test]
fn a_finger_that_rests_on_a_tile_does_not_open_the_one_that_takes_its_place() {
    let home = scene("home");
    let fewer = with_content(&home, |content| {
        content.manifest.services.remove(0);
    });
    assert_eq!(tapped_through("健康と体操", &[home, fewer]), []);
}

#[test]
fn a_finger_that_rests_on_an_answer_does_not_answer_another_questionnaire() {
    let asked = scene("questionnaire");
    let tile = "survey".parse().expect("an id");
    let with_words = |words: Option<&str>| {
        with_content(&asked, |content| {
            if let Some(Content::Questionnaire(shown)) = content.contents.get_mut(&tile)
                && let Some(words) = words
            {
                words.clone_into(&mut shown.questions[0].words);
            }
        })
    };
    let label = "ふつう";
    let same = [asked.clone(), with_words(None)];
    assert_eq!(tapped_through(label, &same).len(), 1);
    let other = [
        asked.clone(),
        with_words(Some("さいきん、よく ねむれますか。")),
    ];
    assert_eq!(tapped_through(label, &other), []);
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
