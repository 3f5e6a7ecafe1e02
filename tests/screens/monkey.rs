//! A day of random touches, on content of every kind and on content that nobody should publish: no
//! panic, no dead end, no growth.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
};

use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};
use jiff::{SignedDuration, Timestamp};
use kairan_contract::{Article, Block, Content, Picture, ScreenName, ServiceId, Sha256};
use kairan_tablet::{
    demonstration,
    drawing::{Headless, ScreenSize, fit},
    library::ContentSnapshot,
    machine::Machine,
    profile::Profile,
    reminders::{Call, Days, Reminder, ReminderId, ReminderKind},
    screens::{self, aloud::passages},
    session::{Command, Effect, Session, Tap},
    speech::SpeechEvent,
    window::{InputHandler, connect, show, tiles_shown},
};
use kairan_ui::TabletWindow;
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use slint::{
    ComponentHandle as _, LogicalPosition,
    platform::{PointerEventButton, WindowEvent},
};

/// A session behind a window, with clocks that the test turns.
struct Tablet {
    session: RefCell<Session>,
    window: slint::Weak<TabletWindow>,
    now: Cell<Timestamp>,
    uptime_ms: Cell<u64>,
}

impl Tablet {
    fn carry_out(&self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::ReadScreen { is_asked_for, .. } => {
                    let session = self.session.borrow().clone();
                    let tiles = self.window.upgrade().map(|window| tiles_shown(&window));
                    let tiles = tiles.unwrap_or_default();
                    let machine = Machine::default();
                    let read = passages(&session, tiles, &machine, self.now.get());
                    let turn = self.session.borrow_mut().begin_reading(read, is_asked_for);
                    let first = SpeechEvent::Clause {
                        turn,
                        passage: 0,
                        words: String::new(),
                    };
                    self.hear(first);
                }
                Effect::PlayStep { .. } => {
                    let turn = self.session.borrow_mut().begin_step();
                    self.hear(SpeechEvent::Ended { turn });
                }
                Effect::Say(_) => {
                    let turn = self.session.borrow_mut().begin_saying();
                    self.hear(SpeechEvent::Ended { turn });
                }
                Effect::Enrol(_) => {
                    let now_ms = self.uptime_ms.get();
                    self.session.borrow_mut().on_enrolled(now_ms);
                }
                _ => {}
            }
        }
    }

    fn hear(&self, heard: SpeechEvent) {
        let now_ms = self.uptime_ms.get();
        let effects = self.session.borrow_mut().on_speech_event(heard, now_ms);
        self.carry_out(effects);
    }

    fn pass(&self, milliseconds: u64) {
        self.uptime_ms.set(self.uptime_ms.get() + milliseconds);
        let step = SignedDuration::from_millis(i64::try_from(milliseconds).unwrap_or(0));
        self.now.set(self.now.get() + step);
        let effects = self
            .session
            .borrow_mut()
            .tick(self.now.get(), self.uptime_ms.get());
        self.carry_out(effects);
        self.show();
    }

    fn show(&self) {
        if let Some(window) = self.window.upgrade() {
            let session = self.session.borrow().clone();
            show(
                &window,
                &session,
                &Machine::default(),
                self.now.get(),
                |_| None,
            );
        }
    }

    fn screen(&self) -> ScreenName {
        self.session.borrow().screen()
    }
}

struct Finger(Rc<Tablet>);

impl InputHandler for Finger {
    fn tap(&self, command: Command) -> bool {
        let (now, now_ms) = (self.0.now.get(), self.0.uptime_ms.get());
        let (tap, effects) = self.0.session.borrow_mut().tap(&command, now, now_ms);
        self.0.carry_out(effects);
        self.0.show();
        tap == Tap::Counts
    }
    fn slid(&self) {}
    fn told(&self, command: Command) {
        let (now, now_ms) = (self.0.now.get(), self.0.uptime_ms.get());
        let effects = self.0.session.borrow_mut().update(command, now, now_ms);
        self.0.carry_out(effects);
        self.0.show();
    }
}

/// The demonstration, with articles that nobody should publish among its own.
fn content() -> ContentSnapshot {
    let mut snapshot = demonstration::snapshot();
    let id: ServiceId = "city-news".parse().expect("an id");
    let Some(Content::Feed { articles }) = snapshot.contents.get_mut(&id) else {
        panic!("no feed")
    };
    let long = "ながい見出し".repeat(34);
    let picture = |width, height| Block::Picture {
        picture: Picture {
            sha256: Sha256::of(b"no such picture"),
            width,
            height,
            alternative: String::new(),
        },
    };
    let paragraph = |text: &str| Block::Paragraph {
        text: text.to_owned(),
    };
    for (title, body) in [
        (long.as_str(), vec![]),
        ("", vec![paragraph("")]),
        ("👵🏽👴🏼🎌👨‍👩‍👧‍👦", vec![paragraph("👍".repeat(300).as_str())]),
        ("مرحبا بالعالم", vec![paragraph("שלום עולם 12:30")]),
        (
            "\u{202e}\u{7}\u{0}\u{fffd}",
            vec![paragraph("\u{1b}[31m\u{200b}")],
        ),
        (
            "絵",
            vec![picture(1, 1), picture(10_000, 10_000), picture(0, 0)],
        ),
        ("長い", vec![paragraph("あ".repeat(20_000).as_str())]),
    ] {
        articles.push(Article {
            id: format!("bad {title}"),
            title: title.to_owned(),
            published: None,
            body,
        });
    }
    snapshot
}

fn tap(window: &TabletWindow, at: LogicalPosition) {
    let button = PointerEventButton::Left;
    let slint = window.window();
    let position = at;
    slint.dispatch_event(WindowEvent::PointerMoved { position });
    slint.dispatch_event(WindowEvent::PointerPressed { position, button });
    slint.dispatch_event(WindowEvent::PointerReleased { position, button });
    slint.dispatch_event(WindowEvent::PointerExited);
}

fn controls(window: &TabletWindow) -> Vec<ElementHandle> {
    ElementQuery::from_root(window)
        .match_descendants()
        .match_accessible_role(AccessibleRole::Button)
        .find_all()
}

fn middle(control: &ElementHandle) -> LogicalPosition {
    let (at, size) = (control.absolute_position(), control.size());
    LogicalPosition::new(at.x + size.width / 2.0, at.y + size.height / 2.0)
}

/// The middles of everything that can be touched.
fn targets(window: &TabletWindow) -> Vec<LogicalPosition> {
    controls(window).iter().map(middle).collect()
}

/// The middle of the control of this name.
fn middle_of(window: &TabletWindow, label: &str) -> Option<LogicalPosition> {
    let is_it = |it: &&ElementHandle| it.accessible_label().is_some_and(|known| known == label);
    controls(window).iter().find(is_it).map(middle)
}

fn memory_kilobytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells it");
    let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:"));
    let figure = line.and_then(|it| it.trim().split(' ').next()?.parse().ok());
    figure.expect("a figure")
}

/// From wherever one is, what is on top is answered with one touch, and then はじめ is there.
fn goes_home(tablet: &Tablet, window: &TabletWindow) {
    for _ in 0..6 {
        tablet.pass(800);
        let ways = match tablet.screen() {
            screens::home::NAME => return,
            screens::alert::NAME => ["わかりました", "I understand"],
            screens::reminder::NAME => ["あとで", "Later"],
            screens::idle::NAME => ["見ています", "I am here"],
            screens::night::NAME => ["明るくする", "More light"],
            screens::pin::NAME => ["もどる", "Back"],
            screens::question::NAME if tablet.session.borrow().due().is_some() => {
                ["あとで", "Later"]
            }
            _ if tablet.session.borrow().is_first_use() => return,
            _ => ["はじめ", "Home"],
        };
        let at = ways.iter().find_map(|way| middle_of(window, way));
        let screen = tablet.screen();
        tap(
            window,
            at.unwrap_or_else(|| panic!("no way out of {screen:?}")),
        );
    }
    panic!("six touches do not lead home, but to {:?}", tablet.screen());
}

#[test]
fn a_day_of_random_touches_ends_well() {
    let touches: u32 = std::env::var("KAIRAN_RANDOM_TOUCHES")
        .ok()
        .and_then(|count| count.parse().ok())
        .unwrap_or(2_000);
    slint::platform::set_platform(Box::new(Headless::default())).expect("a platform");
    let window = TabletWindow::new().expect("a window");
    let mut profile = Profile::practised();
    profile.check_in_at = Some(jiff::civil::time(16, 0, 0, 0));
    profile.reminders = vec![Reminder {
        id: ReminderId(1),
        errand: ReminderKind::EveningMedicine,
        at: jiff::civil::time(18, 0, 0, 0),
        days: Days::Every,
        call: Call::ToneAndVoice,
        since: jiff::civil::date(2026, 11, 1),
    }];
    let tablet = Rc::new(Tablet {
        session: RefCell::new(Session::new(Some(Arc::new(content())), profile, true)),
        window: window.as_weak(),
        now: Cell::new(demonstration::now()),
        uptime_ms: Cell::new(0),
    });
    connect(&window, &Rc::new(Finger(Rc::clone(&tablet))));
    window.show().expect("shows");
    fit(&window, &ScreenSize::ALL[0]);
    tablet.show();
    let mut random = StdRng::seed_from_u64(85);
    let mut early = 0;
    let mut screens = std::collections::HashSet::new();
    let size = window
        .window()
        .size()
        .to_logical(window.window().scale_factor());
    for touch in 0..touches {
        // A day has 86,400 seconds; most touches come close upon each other.
        tablet.pass(random.random_range(100..16_000));
        // Half of the touches hit something that does something.
        let anywhere = LogicalPosition::new(
            random.random_range(0.0..size.width),
            random.random_range(0.0..size.height),
        );
        let aimed = targets(&window);
        let at = match random.random_range(0..2 * aimed.len().max(1)) {
            index if index < aimed.len() => aimed[index],
            _ => anywhere,
        };
        tap(&window, at);
        screens.insert(tablet.screen());
        match touch % 100 {
            // What lies under the finger changes: a warning comes, and goes.
            10 | 60 => {
                let mut snapshot = content();
                let codes: &[(&str, u8)] = if touch % 200 == 10 { &[("49", 4)] } else { &[] };
                demonstration::make_real(&mut snapshot, codes);
                let now_ms = tablet.uptime_ms.get();
                let effects = tablet
                    .session
                    .borrow_mut()
                    .set_content(Arc::new(snapshot), now_ms);
                tablet.carry_out(effects);
                tablet.show();
            }
            // The clock on the wall jumps: to 1970, and by a day.
            30 => tablet.now.set(Timestamp::UNIX_EPOCH),
            31 => tablet
                .now
                .set(demonstration::now() + SignedDuration::from_hours(i64::from(touch % 48))),
            // Nobody is there for a while.
            40 | 90 => {
                tablet.pass(190_000);
                screens.insert(tablet.screen());
                tablet.pass(25_000);
                screens.insert(tablet.screen());
            }
            50 => drop(window.window().take_snapshot().expect("draws")),
            99 => goes_home(&tablet, &window),
            _ => {}
        }
        if touch == 499 {
            early = memory_kilobytes();
        }
    }
    let late = memory_kilobytes();
    println!(
        "{touches} touches on {} screens: {early} kB after 500, {late} kB at the end",
        screens.len()
    );
    assert!(screens.len() >= 14, "only {screens:?} were reached");
    assert!(
        late * 10 <= early * 11,
        "{early} kB after 500 touches, {late} kB at the end"
    );
}
