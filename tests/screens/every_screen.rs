//! Every screen on every glass, in every size of letters and both languages: nothing is cut, overlaps or
//! is hard to read, and nothing is hard to hit. The findings are a table, kept beside the build.

use std::{fmt::Write as _, fs, path::Path};

use kairan_contract::{Language, TextSize};
use kairan_tablet::{
    drawing::{Headless, ScreenSize, TEXT_SIZES, fit, show_scene},
    scenes::scenes,
    window::join_phrases,
};
use kairan_text::languages;
use kairan_ui::{TabletWindow, Theme};
use slint::ComponentHandle as _;

use super::check::{BOARD_KEY, Findings, TARGET, check};

fn every_screen_on(profile: &ScreenSize) {
    slint::platform::set_platform(Box::new(Headless::default())).expect("a platform");
    let mut table = String::from(
        "| screen | letters | language | texts | targets | smallest mm | gap mm | contrast | faults |\n\
         |---|---|---|---|---|---|---|---|---|\n",
    );
    let mut faults = Vec::new();
    let mut texts = 0;
    // Who stands before a kiosk reads from further away.
    let glass = if profile.name == "kiosk-21" { 1.6 } else { 1.0 };
    for scene in scenes() {
        for ((size_name, size), language) in TEXT_SIZES
            .into_iter()
            .flat_map(|size| languages().map(move |language| (size, language)))
        {
            let window = TabletWindow::new().expect("a window");
            join_phrases(&window);
            window.show().expect("shows");
            fit(&window, profile);
            show_scene(&window, &scene, size, language);
            let picture = window.window().take_snapshot().expect("draws");
            // The number pads keep their size: they need the room.
            let is_pad = scene.name.starts_with("enrolment")
                || scene.name.starts_with("typing")
                || scene.name == "pin";
            let letters = match size {
                TextSize::Large if !is_pad => 1.25,
                TextSize::Largest if !is_pad => 1.5,
                _ => 1.0,
            };
            let is_board = scene.name.starts_with("typing");
            let least = if is_board { BOARD_KEY } else { TARGET };
            let findings = check(&window, &picture, letters, glass, least);
            texts += findings.texts;
            add_row(
                &mut table,
                scene.name,
                size_name,
                &language.to_string(),
                &findings,
            );
            let place = format!("{} {size_name} {language}", scene.name);
            faults.extend(
                findings
                    .faults
                    .iter()
                    .map(|fault| format!("{place}: {fault}")),
            );
            window.hide().expect("hides");
        }
    }
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}.md", profile.name));
    fs::write(&kept, table).expect("writes");
    assert!(texts > 300, "only {texts} texts were found");
    assert!(
        faults.is_empty(),
        "{} faults on {} ({}):\n{}",
        faults.len(),
        profile.name,
        kept.display(),
        faults.join("\n")
    );
}

fn add_row(table: &mut String, scene: &str, size: &str, language: &str, findings: &Findings) {
    let figure = |figure: f32| {
        if figure < f32::MAX {
            format!("{figure:.1}")
        } else {
            "–".to_owned()
        }
    };
    writeln!(
        table,
        "| {scene} | {size} | {language} | {} | {} | {} | {} | {} | {} |",
        findings.texts,
        findings.targets,
        figure(findings.smallest),
        figure(findings.narrowest),
        figure(findings.faintest),
        findings.faults.len()
    )
    .expect("a string takes it");
}

#[test]
fn on_tablet_10() {
    every_screen_on(&ScreenSize::ALL[0]);
}

#[test]
fn on_tablet_10_portrait() {
    every_screen_on(&ScreenSize::ALL[1]);
}

#[test]
fn on_tablet_8() {
    every_screen_on(&ScreenSize::ALL[2]);
}

#[test]
fn on_tablet_11_sharp() {
    every_screen_on(&ScreenSize::ALL[3]);
}

#[test]
fn on_kiosk_21() {
    every_screen_on(&ScreenSize::ALL[4]);
}

#[test]
fn a_screen_broken_on_purpose_is_found() {
    slint::platform::set_platform(Box::new(Headless::default())).expect("a platform");
    let window = TabletWindow::new().expect("a window");
    join_phrases(&window);
    window.show().expect("shows");
    let scenes = scenes();
    let article = scenes.iter().find(|scene| scene.name == "article");
    let article = article.expect("a scene");
    // Letters for which no screen has room, on a glass that is too small for any key …
    fit(
        &window,
        &ScreenSize {
            width: 460,
            height: 800,
            ..ScreenSize::ALL[2]
        },
    );
    show_scene(&window, article, TextSize::Standard, Language::JAPANESE);
    let theme = window.global::<Theme>();
    theme.set_text_scale(3.2);
    // … and keys without a gap between them.
    theme.set_gap(2.0);
    let picture = window.window().take_snapshot().expect("draws");
    // The check takes the letters for what they should be, so they need more room than they have.
    let faults = check(&window, &picture, 3.2, 1.6, TARGET).faults;
    for expected in [
        " is wider than its ",
        " lines need ",
        " leaves the screen",
        " mm from ",
    ] {
        let found = faults.iter().any(|fault| fault.contains(expected));
        assert!(found, "nothing{expected}in\n{}", faults.join("\n"));
    }
    // Grey words on white.
    let window = TabletWindow::new().expect("a window");
    join_phrases(&window);
    window.show().expect("shows");
    fit(&window, &ScreenSize::ALL[0]);
    show_scene(&window, article, TextSize::Standard, Language::JAPANESE);
    let grey = slint::Color::from_rgb_u8(0x80, 0x80, 0x80);
    window.global::<Theme>().set_ink_soft(grey);
    let picture = window.window().take_snapshot().expect("draws");
    let grey = check(&window, &picture, 1.0, 1.0, TARGET).faults;
    assert!(
        !grey.is_empty() && grey.iter().all(|it| it.contains(" has a contrast of ")),
        "{}",
        grey.join("\n")
    );
    let is_small = |fault: &String| fault.starts_with("target ") && fault.contains(" is ");
    assert!(faults.iter().any(is_small), "{}", faults.join("\n"));
}
