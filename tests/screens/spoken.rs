//! What is read aloud of a screen stands on it: on every glass, in every size of letters and both languages.

use std::collections::HashSet;

use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};
use kairan_tablet::{
    drawing::{Headless, ScreenSize, TEXT_SIZES, fit, show_scene},
    scenes::scenes,
    screens::{aloud::passages, home, programme, text_size, time},
    window::{join_phrases, tiles_shown},
};
use kairan_text::languages;
use kairan_ui::TabletWindow;
use slint::ComponentHandle as _;

/// Every word that the tree for screen readers has.
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
        let may_leave_out = [home::NAME, programme::NAME].contains(&screen);
        for language in languages() {
            let mut left_out: Option<HashSet<String>> = None;
            for profile in &ScreenSize::ALL {
                for (size_name, size) in TEXT_SIZES {
                    let window = TabletWindow::new().expect("a window");
                    join_phrases(&window);
                    window.show().expect("shows");
                    fit(&window, profile);
                    show_scene(&window, &scene, size, language);
                    let standing = labels(&window);
                    let mut session = scene.session.clone();
                    session.profile.language = language;
                    let tiles = tiles_shown(&window);
                    let read = passages(&session, tiles, &scene.machine, scene.now);
                    window.hide().expect("hides");
                    said += read.len();
                    let stands = |words: &str| standing.iter().any(|label| label.contains(words));
                    let words = read.into_iter().map(|passage| passage.words);
                    let missing: HashSet<String> = words.filter(|words| !stands(words)).collect();
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
