//! What is read aloud of a screen stands on it: on every glass, in every size of letters and both languages.

use std::{collections::HashSet, rc::Rc};

use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};
use kairan_tablet::{
    drawing::{Headless, ScreenSize, TEXT_SIZES, fit, show_scene},
    scenes::scenes,
    screens::{aloud::passages, form_check, home, programme, request, text_size, time},
    session::Command,
    window::{InputHandler, connect, tiles_shown},
};
use kairan_text::languages;
use kairan_ui::TabletWindow;
use slint::ComponentHandle as _;

/// The turns after which everything has been in sight.
const TURNS: usize = 40;

/// What is said and stands nowhere: how grave it would be that is practised, and the bulletin's own sentence of a
/// day later than tomorrow.
const SAID_ONLY: [(&str, &str); 4] = [
    ("alert-practice", "警戒レベル 4"),
    ("alert-practice", "Warning level 4"),
    ("weather", "くもり 昼過ぎ から 一時 雨"),
    ("silent", "くもり 昼過ぎ から 一時 雨"),
];

/// Every tap counts, so that pages turn; nothing else follows from it.
struct Turning;

impl InputHandler for Turning {
    fn tap(&self, _: Command) -> bool {
        true
    }
    fn slid(&self) {}
}

/// Turns to what lies below. `false` where nothing does.
fn turn(window: &TabletWindow) -> bool {
    let keys = ElementQuery::from_root(window)
        .match_descendants()
        .match_accessible_role(AccessibleRole::Button)
        .find_all();
    let is_next = |key: &&ElementHandle| {
        let label = key.accessible_label();
        label.is_some_and(|label| ["つぎ", "Down"].contains(&label.as_str()))
    };
    let next = keys.iter().find(is_next);
    let next = next.filter(|key| key.accessible_enabled() != Some(false));
    if let Some(next) = next {
        next.invoke_accessible_default_action();
    }
    next.is_some()
}

/// Every word that the tree for screen readers has of what is in sight.
fn labels(window: &TabletWindow) -> HashSet<String> {
    let of = |role| {
        ElementQuery::from_root(window)
            .match_descendants()
            .match_accessible_role(role)
            .find_all()
    };
    let (texts, buttons) = (of(AccessibleRole::Text), of(AccessibleRole::Button));
    let all = texts.iter().chain(&buttons);
    all.filter_map(ElementHandle::accessible_label)
        .map(|label| label.to_string())
        .collect()
}

#[test]
fn whatever_is_said_of_a_screen_stands_on_it() {
    slint::platform::set_platform(Box::new(Headless::default())).expect("a platform");
    let (mut said, mut wrong) = (0, Vec::new());
    for scene in scenes() {
        let screen = scene.session.screen();
        // One is asked for what stands there as three answers; the other is said as one time, not as its figures.
        if [text_size::NAME, time::NAME].contains(&screen) {
            continue;
        }
        // Where there is no room these leave something out that is said all the same.
        let may_leave_out =
            [home::NAME, programme::NAME, request::NAME, form_check::NAME].contains(&screen);
        for language in languages() {
            let mut left_out: Option<HashSet<String>> = None;
            for profile in &ScreenSize::ALL {
                for (size_name, size) in TEXT_SIZES {
                    let window = TabletWindow::new().expect("a window");
                    connect(&window, &Rc::new(Turning));
                    window.show().expect("shows");
                    fit(&window, profile);
                    show_scene(&window, &scene, size, language);
                    let mut standing = labels(&window);
                    let mut session = scene.session.clone();
                    session.profile.language = language;
                    let tiles = tiles_shown(&window);
                    let read = passages(&session, tiles, &scene.machine, scene.now);
                    said += read.len();
                    let words = read.into_iter().map(|passage| passage.words);
                    let mut missing: HashSet<String> = words.collect();
                    for _ in 0..TURNS {
                        missing.retain(|words| !standing.iter().any(|it| it.contains(words)));
                        if missing.is_empty() || !turn(&window) {
                            break;
                        }
                        standing = labels(&window);
                    }
                    missing.retain(|words| !SAID_ONLY.contains(&(scene.name, words.as_str())));
                    window.hide().expect("hides");
                    if may_leave_out {
                        left_out = Some(match left_out {
                            Some(before) => before.intersection(&missing).cloned().collect(),
                            None => missing,
                        });
                    } else if !missing.is_empty() {
                        let (scene, profile) = (scene.name, profile.name);
                        let place = format!("{scene} {profile} {size_name} {language}");
                        wrong.push(format!("{place}: {missing:?}"));
                    }
                }
            }
            if let Some(nowhere) = left_out.filter(|words| !words.is_empty()) {
                let scene = scene.name;
                wrong.push(format!("{scene} {language}, anywhere: {nowhere:?}"));
            }
        }
    }
    assert!(said > 1_000, "only {said} passages were read");
    assert!(
        wrong.is_empty(),
        "{} faults:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
