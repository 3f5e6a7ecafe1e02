//! The tablet's own program with Slint's testing backend in place of a display. It is told on
//! standard input what to touch, through the elements of its window, and says on standard output
//! what stands on the screen.

use std::{io::BufRead as _, path::PathBuf, time::Duration};

use clap::Parser;
use i_slint_backend_testing::{
    AccessibleRole, ElementHandle, ElementQuery, TestingBackend, TestingBackendOptions,
};
use kairan_contract::EnrolmentCode;
use kairan_tablet::{
    drawing::{Profile, fit},
    run::{Start, run},
    settings::DataFolder,
    speech::{Silence, Sound, Speaker},
};
use kairan_ui::TabletWindow;
use slint::{
    ComponentHandle as _, LogicalPosition,
    platform::{PointerEventButton, WindowEvent},
};
use url::Url;

#[derive(Parser)]
struct Arguments {
    #[arg(long)]
    backend: Url,
    #[arg(long)]
    data: PathBuf,
    #[arg(long)]
    enrol: Option<EnrolmentCode>,
    #[arg(long)]
    every: u64,
    /// First use is part of what is tested.
    #[arg(long)]
    first_use: bool,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_env("KAIRAN_LOG"))
        .with_writer(std::io::stderr)
        .init();
    slint::platform::set_platform(Box::new(TestingBackend::new(TestingBackendOptions {
        mock_time: false,
        threading: true,
        renderer_name: Some("software".into()),
    })))?;
    let window = TabletWindow::new()?;
    fit(&window, &Profile::ALL[0]);
    let driven = window.as_weak();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            let done = driven.upgrade_in_event_loop(move |window| obey(&window, &line));
            if done.is_err() {
                break;
            }
        }
    });
    run(
        Start {
            data: DataFolder::open(arguments.data)?,
            backend: arguments.backend,
            enrol: arguments.enrol,
            is_practised: !arguments.first_use,
            every: Duration::from_secs(arguments.every),
            durable: Box::new(|number| println!("durable {number}")),
            speaker: Box::new(Telling::default),
        },
        &window,
    )
}

/// A speaker that tells what it plays, and is done as soon as it began.
#[derive(Default)]
struct Telling;

impl Speaker for Telling {
    fn play(&mut self, sound: Sound, volume: f32) -> Result<(), Silence> {
        match sound {
            Sound::Samples(samples) => println!("sounds {} at {volume}", samples.len()),
            Sound::File(bytes) => println!("sounds a file of {} bytes at {volume}", bytes.len()),
        }
        Ok(())
    }
    fn play_beside(&mut self, _: Sound, _: f32) -> Result<(), Silence> {
        Ok(())
    }
    fn stop(&mut self) {}
    fn pause(&mut self, _: bool) {}
    fn is_playing(&self) -> bool {
        false
    }
    fn rest(&mut self) {}
}

fn obey(window: &TabletWindow, line: &str) {
    let answer = match line.split_once(' ') {
        Some(("touch", label)) => match control(window, label) {
            Some(control) => {
                touch(window, &control);
                "touched".to_owned()
            }
            None => "absent".to_owned(),
        },
        _ if line == "close" => {
            let _ = window.hide();
            let _ = slint::quit_event_loop();
            return;
        }
        _ => texts(window).join("\u{1f}"),
    };
    println!("answer {answer}");
}

/// The control of this name that is wholly on the screen.
fn control(window: &TabletWindow, label: &str) -> Option<ElementHandle> {
    let size = window
        .window()
        .size()
        .to_logical(window.window().scale_factor());
    ElementQuery::from_root(window)
        .match_descendants()
        .match_accessible_role(AccessibleRole::Button)
        .find_all()
        .into_iter()
        .find(|element| {
            let middle = middle_of(element);
            element
                .accessible_label()
                .is_some_and(|known| known == label)
                && (0.0..size.width).contains(&middle.x)
                && (0.0..size.height).contains(&middle.y)
        })
}

fn middle_of(element: &ElementHandle) -> LogicalPosition {
    let (at, size) = (element.absolute_position(), element.size());
    LogicalPosition::new(at.x + size.width / 2.0, at.y + size.height / 2.0)
}

/// A finger's way through the window: what lies above the control would take the touch.
fn touch(window: &TabletWindow, control: &ElementHandle) {
    let position = middle_of(control);
    let button = PointerEventButton::Left;
    let slint = window.window();
    slint.dispatch_event(WindowEvent::PointerMoved { position });
    slint.dispatch_event(WindowEvent::PointerPressed { position, button });
    slint.dispatch_event(WindowEvent::PointerReleased { position, button });
    slint.dispatch_event(WindowEvent::PointerExited);
}

fn texts(window: &TabletWindow) -> Vec<String> {
    ElementQuery::from_root(window)
        .match_descendants()
        .match_accessible_role(AccessibleRole::Text)
        .find_all()
        .iter()
        .filter_map(|element| Some(element.accessible_label()?.to_string()))
        .collect()
}
