//! From a touch to changed pixels, and from a touch to the voice: both within the process, on the sharpest
//! of the reference screens.

use std::{
    rc::Rc,
    sync::mpsc,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use i_slint_backend_testing::{AccessibleRole, ElementQuery};
use kairan_contract::{Language, TextSize};
use kairan_tablet::{
    drawing::{Headless, ScreenSize, fit, show_scene},
    profile::Loudness,
    scenes::scenes,
    session::Command,
    speech::{self, AudioCommand, Passage, Sound, Speaker, SpeechError, Synthesis},
    window::{InputHandler, connect},
};
use kairan_ui::TabletWindow;
use slint::{
    ComponentHandle as _, LogicalPosition,
    platform::{PointerEventButton, WindowEvent},
};

const TRIES: usize = 15;

pub fn measure() -> anyhow::Result<()> {
    touch_to_pixels()?;
    touch_to_voice()
}

/// Shows the article as soon as a row of the list is touched.
struct Opening(slint::Weak<TabletWindow>);

impl InputHandler for Opening {
    fn slid(&self) {}
    fn tap(&self, _: Command) -> bool {
        let article = scenes().into_iter().find(|scene| scene.name == "article");
        if let (Some(window), Some(article)) = (self.0.upgrade(), article) {
            show_scene(&window, &article, TextSize::Standard, Language::JAPANESE);
        }
        true
    }
}

/// A key lights up, and a list gives way to an article with its picture; each drawn whole.
fn touch_to_pixels() -> anyhow::Result<()> {
    slint::platform::set_platform(Box::new(Headless::default()))
        .context("the renderer cannot start")?;
    let sharp = &ScreenSize::ALL[3];
    let window = TabletWindow::new()?;
    connect(&window, &Rc::new(Opening(window.as_weak())));
    window.show()?;
    fit(&window, sharp);
    let scenes = scenes();
    let list = scenes.iter().find(|scene| scene.name == "list");
    let list = list.context("a list")?;
    let (mut lit, mut opened) = (Vec::new(), Vec::new());
    for _ in 0..TRIES {
        show_scene(&window, list, TextSize::Standard, Language::JAPANESE);
        window.window().take_snapshot()?;
        let rows = ElementQuery::from_root(&window)
            .match_descendants()
            .match_accessible_role(AccessibleRole::Button)
            .find_all();
        let row = rows.iter().find(|row| row.size().width > 400.0);
        let row = row.context("a row")?;
        let (at, size) = (row.absolute_position(), row.size());
        let position = LogicalPosition::new(at.x + size.width / 2.0, at.y + size.height / 2.0);
        let button = PointerEventButton::Left;
        let slint = window.window();
        let began = Instant::now();
        slint.dispatch_event(WindowEvent::PointerPressed { position, button });
        slint.take_snapshot()?;
        lit.push(began.elapsed());
        // A list takes a press for a pull during its first tenth of a second.
        std::thread::sleep(Duration::from_millis(120));
        slint::platform::update_timers_and_animations();
        let began = Instant::now();
        slint.dispatch_event(WindowEvent::PointerReleased { position, button });
        slint.take_snapshot()?;
        opened.push(began.elapsed());
        slint.dispatch_event(WindowEvent::PointerExited);
    }
    let (width, height) = (sharp.width, sharp.height);
    print(
        &format!("touch to a lit row at {width}×{height}, whole screen drawn"),
        lit,
    );
    print(
        &format!("release to an article with its picture at {width}×{height}"),
        opened,
    );
    Ok(())
}

/// A speaker that says when it is given the first sound.
struct Ear(mpsc::Sender<Instant>);

impl Speaker for Ear {
    fn play(&mut self, _: Sound, _: f32) -> Result<(), SpeechError> {
        let _ = self.0.send(Instant::now());
        Ok(())
    }
    fn play_beside(&mut self, _: Sound, _: f32) -> Result<(), SpeechError> {
        Ok(())
    }
    fn stop(&mut self) {}
    fn pause(&mut self, _: bool) {}
    fn is_playing(&self) -> bool {
        false
    }
    fn rest(&mut self) {}
}

fn touch_to_voice() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let synthesis = Synthesis::prepare(folder.path());
    let (sender, played) = mpsc::channel();
    let (tell, told) = mpsc::channel();
    let voice = speech::start(
        move || Ear(sender),
        synthesis,
        move |heard| {
            let _ = tell.send(heard);
        },
    );
    let mut times = Vec::new();
    for turn in 0..TRIES as u64 {
        let passages = [
            "市からのお知らせ",
            "ひだまり公園の紅葉が見ごろです",
            "公園の池のまわりの もみじが、あざやかに色づきました。",
        ];
        let began = Instant::now();
        voice.send(AudioCommand::Speak {
            turn,
            passages: passages.map(Passage::of).to_vec(),
            first: None,
            loudness: Loudness::Normal,
            rate: 0.8,
        });
        let first = played.recv_timeout(Duration::from_secs(10))?;
        times.push(first.duration_since(began));
        while !matches!(
            told.recv_timeout(Duration::from_secs(10))?,
            speech::SpeechEvent::Ended { .. }
        ) {}
        while played.try_recv().is_ok() {}
    }
    print("order to the first sound of a reading", times);
    Ok(())
}

fn print(what: &str, mut times: Vec<Duration>) {
    times.sort();
    let milliseconds = |time: &Duration| time.as_secs_f64() * 1e3;
    println!(
        "{what}: {:.0} ms (middle of {}; {:.0} to {:.0})",
        milliseconds(&times[times.len() / 2]),
        times.len(),
        milliseconds(&times[0]),
        milliseconds(&times[times.len() - 1])
    );
}
