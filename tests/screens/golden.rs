//! The pictures of the screens as they were found good. `KAIRAN_ACCEPT=1` takes the new ones.

use std::{fs, path::Path};

use kairan_contract::{Language, TextSize};
use kairan_tablet::{
    drawing::{Headless, ScreenSize, fit, save, show_scene},
    scenes::scenes,
    window::join_phrases,
};
use kairan_ui::TabletWindow;
use slint::ComponentHandle as _;

/// Which scenes are kept, on which tablet, in which size.
const KEPT: [(&str, usize, TextSize); 24] = [
    ("home", 0, TextSize::Standard),
    ("home-offline", 0, TextSize::Largest),
    ("home", 1, TextSize::Large),
    ("alert", 0, TextSize::Standard),
    ("alert-practice", 1, TextSize::Large),
    ("emergency-drill", 0, TextSize::Standard),
    ("emergency", 1, TextSize::Largest),
    ("check-in", 0, TextSize::Standard),
    ("reminders", 0, TextSize::Standard),
    ("reminder", 2, TextSize::Largest),
    ("departures", 0, TextSize::Standard),
    ("list", 0, TextSize::Standard),
    ("article", 1, TextSize::Standard),
    ("weather", 0, TextSize::Standard),
    ("help", 2, TextSize::Largest),
    ("text-size", 0, TextSize::Standard),
    ("enrolment", 0, TextSize::Standard),
    ("form-intro", 0, TextSize::Standard),
    ("form-window", 2, TextSize::Largest),
    ("form-day", 1, TextSize::Large),
    ("form-check", 1, TextSize::Standard),
    ("typing-letters", 2, TextSize::Largest),
    ("request-proposed", 0, TextSize::Standard),
    ("requests", 1, TextSize::Large),
];

/// One in a thousand pixels may differ: another processor may round another way.
const TOLERATED: usize = 1_000;

#[test]
fn the_screens_look_as_they_were_found_good() {
    slint::platform::set_platform(Box::new(Headless::default())).expect("a platform");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("screens/golden");
    let accept = std::env::var_os("KAIRAN_ACCEPT").is_some();
    let drawn = tempfile::tempdir().expect("dir").keep();
    let mut wrong = Vec::new();
    for (name, profile, size) in KEPT {
        let profile = &ScreenSize::ALL[profile];
        let scene = scenes()
            .into_iter()
            .find(|scene| scene.name == name)
            .expect("a known scene");
        let window = TabletWindow::new().expect("a window");
        join_phrases(&window);
        window.show().expect("shows");
        fit(&window, profile);
        show_scene(&window, &scene, size, Language::JAPANESE);
        let file = format!("{name}-{}-{size:?}.png", profile.name).to_lowercase();
        save(&window, &drawn.join(&file)).expect("draws");
        window.hide().expect("hides");
        if accept {
            fs::copy(drawn.join(&file), folder.join(&file)).expect("copies");
        }
        let pixels = |path: &Path| image::open(path).map(image::DynamicImage::into_rgba8).ok();
        let (Some(kept), Some(now)) = (pixels(&folder.join(&file)), pixels(&drawn.join(&file)))
        else {
            wrong.push(format!("{file} was never found good"));
            continue;
        };
        let differing = if kept.dimensions() == now.dimensions() {
            kept.pixels()
                .zip(now.pixels())
                .filter(|(a, b)| a != b)
                .count()
        } else {
            usize::MAX
        };
        if differing > kept.pixels().len() / TOLERATED {
            wrong.push(format!("{file}: {differing} pixels differ"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{}\nas drawn now: {}\nKAIRAN_ACCEPT=1 takes them",
        wrong.join("\n"),
        drawn.display()
    );
    fs::remove_dir_all(drawn).expect("removes");
}
