//! The tablet's own program with Slint's testing backend in place of a display. It is told on
//! standard input what to touch, through the elements of its window, and says on standard output
//! what stands on the screen.

use std::{
    cell::Cell,
    io::BufRead as _,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use clap::Parser;
use i_slint_backend_testing::{
    AccessibleRole, ElementHandle, ElementQuery, TestingBackend, TestingBackendOptions,
};
use jiff::{SignedDuration, Timestamp};
use kairan_contract::EnrolmentCode;
use kairan_tablet::{
    data_folder::DataFolder,
    drawing::{ScreenSize, fit},
    preview::picture,
    shell::{Start, run},
    speech::{Sound, Speaker, SpeechError},
};
use kairan_tests::clocks::SteppedClocks;
use kairan_ui::{Aloud, TabletWindow};
use slint::{
    ComponentHandle as _, LogicalPosition, Timer,
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
    /// What the clock on the wall shows when the program starts.
    #[arg(long)]
    wall: Option<Timestamp>,
    /// Which start of the machine this is.
    #[arg(long)]
    machine_start: Option<String>,
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
    fit(&window, &ScreenSize::ALL[0]);
    let clocks = Arc::new(SteppedClocks::new(arguments.wall, arguments.machine_start));
    let (driven, stepped) = (window.as_weak(), Arc::clone(&clocks));
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if let Some(answer) = set_clocks(&stepped, &line) {
                say(answer);
                continue;
            }
            let done = driven.upgrade_in_event_loop(move |window| obey(&window, &line));
            if done.is_err() {
                break;
            }
        }
    });
    run(
        Start {
            tenths_of_inches: 101,
            data: DataFolder::open(arguments.data)?,
            backend: arguments.backend,
            enrol: arguments.enrol,
            is_practised: !arguments.first_use,
            every: Duration::from_secs(arguments.every),
            clocks,
            durable: Box::new(|number| println!("durable {number}")),
            speaker: Box::new(Telling::default),
        },
        &window,
    )
}

/// A speaker that tells what it plays, and is done as soon as it began.
#[derive(Default)]
struct Telling;

/// There is no sound server at this moment.
static IS_DEAF: AtomicBool = AtomicBool::new(false);

impl Speaker for Telling {
    fn play(&mut self, sound: Sound, volume: f32) -> Result<(), SpeechError> {
        if IS_DEAF.load(Ordering::Relaxed) {
            println!("sounds nothing");
            return Err(SpeechError::NoSpeaker);
        }
        match sound {
            Sound::Samples(samples) => println!("sounds {} at {volume}", samples.len()),
            Sound::File(bytes) => println!("sounds a file of {} bytes at {volume}", bytes.len()),
        }
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

/// How the finger behaves.
#[derive(Clone, Copy, Default, PartialEq)]
enum Hand {
    /// It taps.
    #[default]
    Steady,
    /// It slides 6 mm, and taps again 150 ms later.
    Tremor,
    /// It presses for three seconds.
    Long,
}

thread_local! {
    static HAND: Cell<Hand> = const { Cell::new(Hand::Steady) };
}

fn obey(window: &TabletWindow, line: &str) {
    let answer = match line.split_once(' ') {
        Some(("touch", label)) => match control(window, label) {
            Some(control) => {
                touch(window, &control);
                return;
            }
            None => "absent".to_owned(),
        },
        Some(("hand", hand)) => {
            HAND.set(match hand {
                "tremor" => Hand::Tremor,
                "long" => Hand::Long,
                _ => Hand::Steady,
            });
            String::new()
        }
        Some(("sound", state)) => {
            IS_DEAF.store(state == "gone", Ordering::Relaxed);
            String::new()
        }
        Some(("picture", path)) => match picture(window).map(|png| std::fs::write(path, png)) {
            Ok(Ok(())) => "drawn".to_owned(),
            problem => format!("not drawn: {problem:?}"),
        },
        _ if line == "close" => {
            let _ = window.hide();
            let _ = slint::quit_event_loop();
            return;
        }
        _ if line == "marked" => window.global::<Aloud>().get_passage().to_string(),
        _ if line == "look" => seen(window).join("\u{1f}"),
        _ => texts(window).join("\u{1f}"),
    };
    say(&answer);
}

/// What befalls the machine's clocks: they are stepped or set, or it sleeps.
fn set_clocks(clocks: &SteppedClocks, line: &str) -> Option<&'static str> {
    match line.split_once(' ')? {
        ("step", seconds) => clocks.step_wall(SignedDuration::from_secs(seconds.parse().ok()?)),
        ("wall", time) => clocks.set_wall(time.parse().ok()?),
        ("sleep", seconds) => clocks.sleep(Duration::from_secs(seconds.parse().ok()?)),
        _ => return None,
    }
    Some("set")
}

fn say(answer: &str) {
    println!("answer {answer}");
}

/// The control of this name that a person sees and can touch in its middle.
fn control(window: &TabletWindow, label: &str) -> Option<ElementHandle> {
    let every = ElementQuery::from_root(window)
        .match_descendants()
        .match_accessible_role(AccessibleRole::Button)
        .find_all();
    let glass = Glass::of(window);
    every.into_iter().find(|element| {
        let is_it = element.accessible_label().is_some_and(|it| it == label);
        is_it && glass.shows(element)
    })
}

/// What can be seen: the whole window, and of the part that can be turned what is turned to.
struct Glass {
    width: f32,
    height: f32,
    part: Option<(f32, f32)>,
    moving: Vec<(LogicalPosition, String)>,
}

impl Glass {
    fn of(window: &TabletWindow) -> Self {
        let size = window
            .window()
            .size()
            .to_logical(window.window().scale_factor());
        let scroll = ElementQuery::from_root(window)
            .match_descendants()
            .match_inherits("Scroll")
            .find_first();
        let moving = scroll.as_ref().map_or_else(Vec::new, |scroll| {
            let inside = scroll.query_descendants().match_descendants();
            let named = inside.match_predicate(|it| it.accessible_label().is_some());
            named.find_all().iter().map(key_of).collect()
        });
        Self {
            width: size.width,
            height: size.height,
            part: scroll.map(|it| {
                let top = it.absolute_position().y;
                (top, top + it.size().height)
            }),
            moving,
        }
    }

    fn shows(&self, element: &ElementHandle) -> bool {
        let middle = middle_of(element);
        let in_window =
            (0.0..self.width).contains(&middle.x) && (0.0..self.height).contains(&middle.y);
        let in_part = match self.part {
            Some((top, bottom)) if self.moving.contains(&key_of(element)) => {
                (top..bottom).contains(&middle.y)
            }
            _ => true,
        };
        in_window && in_part
    }
}

/// Slint gives a handle for each layer of a component: the same place and words are the same thing.
fn key_of(element: &ElementHandle) -> (LogicalPosition, String) {
    let label = element.accessible_label().unwrap_or_default();
    (element.absolute_position(), label.to_string())
}

fn middle_of(element: &ElementHandle) -> LogicalPosition {
    let (at, size) = (element.absolute_position(), element.size());
    LogicalPosition::new(at.x + size.width / 2.0, at.y + size.height / 2.0)
}

/// A finger's way through the window: what lies above the control would take the touch. Answers when
/// the finger has gone.
fn touch(window: &TabletWindow, control: &ElementHandle) {
    let middle = middle_of(control);
    let weak = window.as_weak();
    match HAND.get() {
        Hand::Steady => {
            tap(window, middle, middle);
            say("touched");
        }
        Hand::Tremor => {
            let slide = LogicalPosition::new(middle.x + 6.0 * 96.0 / 25.4, middle.y);
            tap(window, middle, slide);
            Timer::single_shot(Duration::from_millis(150), move || {
                if let Some(window) = weak.upgrade() {
                    tap(&window, middle, middle);
                }
                say("touched");
            });
        }
        Hand::Long => {
            press(window, middle);
            Timer::single_shot(Duration::from_secs(3), move || {
                if let Some(window) = weak.upgrade() {
                    release(&window, middle);
                }
                say("touched");
            });
        }
    }
}

fn tap(window: &TabletWindow, from: LogicalPosition, to: LogicalPosition) {
    press(window, from);
    let moved = WindowEvent::PointerMoved { position: to };
    window.window().dispatch_event(moved);
    release(window, to);
}

fn press(window: &TabletWindow, position: LogicalPosition) {
    let button = PointerEventButton::Left;
    let slint = window.window();
    slint.dispatch_event(WindowEvent::PointerMoved { position });
    slint.dispatch_event(WindowEvent::PointerPressed { position, button });
}

fn release(window: &TabletWindow, position: LogicalPosition) {
    let button = PointerEventButton::Left;
    let slint = window.window();
    slint.dispatch_event(WindowEvent::PointerReleased { position, button });
    slint.dispatch_event(WindowEvent::PointerExited);
}

fn texts(window: &TabletWindow) -> Vec<String> {
    words(window, |_| true)
}

/// The texts that a person sees.
fn seen(window: &TabletWindow) -> Vec<String> {
    let glass = Glass::of(window);
    words(window, |element| glass.shows(element))
}

fn words(window: &TabletWindow, wanted: impl Fn(&ElementHandle) -> bool) -> Vec<String> {
    ElementQuery::from_root(window)
        .match_descendants()
        .match_accessible_role(AccessibleRole::Text)
        .find_all()
        .iter()
        .filter(|element| wanted(element))
        .filter_map(|element| Some(element.accessible_label()?.to_string()))
        .collect()
}
