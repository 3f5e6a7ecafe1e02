//! The panel stays lit while a tablet runs, and is lit when something takes over; and the terminal is quiet.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread::sleep,
    time::Duration,
};

use kairan_tests::{council::LANDSLIDE, glass::Glass, house::House, until};
use x11rb::protocol::{
    screensaver::{ConnectionExt as _, State},
    xproto::{Blanking, ConnectionExt as _, Exposures},
};

/// Behind 危険警報.
const PERIL: [u8; 3] = [0x6a, 0x0f, 0x6f];
/// Behind a tile's icon.
const TILE: [u8; 3] = [0x1f, 0x4e, 0x9c];

/// A house with nothing in force yet.
fn is_dark(glass: &Glass) -> bool {
    let saver = glass.x().screensaver_query_info(glass.root());
    let saver = saver.expect("asks").reply().expect("answers");
    saver.state == u8::from(State::ON)
}

#[test]
fn an_x_server_does_not_darken_and_a_warning_lights_what_was_dark() {
    let house = House::with_warnings();
    let backend = house.backend();
    let glass = Glass::start();
    let x = glass.x();
    x.set_screen_saver(1, 0, Blanking::PREFERRED, Exposures::ALLOWED)
        .expect("asks")
        .check()
        .expect("a screen saver after a second");
    until("the dark", || is_dark(&glass).then_some(()));
    let code = backend.enrolment_code();
    let window = glass.tablet(&backend.address, house.tablet(), &[("--enrol", &code)]);
    until("the tiles", || glass.middle_of(TILE));
    house.council.publish_warnings(LANDSLIDE);
    until("the warning", || glass.middle_of(PERIL));
    until("the light", || (!is_dark(&glass)).then_some(()));
    // Nobody touches it, and it would be dark long since.
    for _ in 0..10 {
        sleep(Duration::from_millis(400));
        assert!(!is_dark(&glass));
    }
    window.stop();
    until("the dark again, as it was", || {
        is_dark(&glass).then_some(())
    });
    backend.stop();
}

/// A desktop's screen saver, as far as it is asked anything.
#[derive(Default, Clone)]
struct Saver(Arc<Mutex<Vec<String>>>);

#[zbus::interface(name = "org.freedesktop.ScreenSaver")]
impl Saver {
    fn inhibit(&self, program: &str, why: &str) -> u32 {
        let mut asked = self.0.lock().expect("not poisoned");
        assert!(!why.is_empty(), "whoever asks says why");
        asked.push(format!("inhibit {program}"));
        1
    }

    fn simulate_user_activity(&self) {
        let mut asked = self.0.lock().expect("not poisoned");
        asked.push("light".to_owned());
    }
}

impl Saver {
    /// It is there until what comes back is dropped.
    fn serve(&self, bus: &Bus) -> zbus::blocking::Connection {
        zbus::blocking::connection::Builder::address(bus.1.as_str())
            .and_then(|it| it.name("org.freedesktop.ScreenSaver"))
            .and_then(|it| it.serve_at("/org/freedesktop/ScreenSaver", self.clone()))
            .and_then(zbus::blocking::connection::Builder::build)
            .expect("a screen saver")
    }
}

/// A session's bus of its own.
struct Bus(Child, String);

impl Bus {
    fn start() -> Self {
        let mut bus = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("dbus-daemon is there: `make test` installs it");
        let mut address = String::new();
        let mut out = BufReader::new(bus.stdout.take().expect("piped"));
        out.read_line(&mut address).expect("reads");
        Self(bus, address.trim().to_owned())
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_desktop_is_asked_not_to_darken_and_to_light_up_for_a_warning() {
    let house = House::with_warnings();
    let backend = house.backend();
    let bus = Bus::start();
    let saver = Saver::default();
    let _served = saver.serve(&bus);
    let asked = || saver.0.lock().expect("not poisoned").clone();
    let glass = Glass::start();
    let code = backend.enrolment_code();
    let session = [
        ("--enrol", code.as_str()),
        ("DBUS_SESSION_BUS_ADDRESS", &bus.1),
    ];
    let window = glass.tablet(&backend.address, house.tablet(), &session);
    until("the tiles", || glass.middle_of(TILE));
    until("the wish to stay lit", || {
        (asked() == ["inhibit kairan-tablet"]).then_some(())
    });
    house.council.publish_warnings(LANDSLIDE);
    until("the wish for light", || {
        (asked() == ["inhibit kairan-tablet", "light"]).then_some(())
    });
    window.stop();
    backend.stop();
}

#[test]
fn a_desktop_that_comes_later_or_anew_is_asked_likewise_and_never_twice() {
    let house = House::with_warnings();
    let backend = house.backend();
    let bus = Bus::start();
    let glass = Glass::start();
    let code = backend.enrolment_code();
    let session = [
        ("--enrol", code.as_str()),
        ("DBUS_SESSION_BUS_ADDRESS", &bus.1),
    ];
    let window = glass.tablet(&backend.address, house.tablet(), &session);
    until("the tiles", || glass.middle_of(TILE));
    for when in ["comes later", "is started anew"] {
        let saver = Saver::default();
        let _served = saver.serve(&bus);
        let asked = || saver.0.lock().expect("not poisoned").clone();
        until(&format!("the wish to one that {when}"), || {
            (!asked().is_empty()).then_some(())
        });
        // What is promised is not asked for again when the tablet looks, as it does for a warning.
        house.council.publish_warnings(LANDSLIDE);
        until("the warning", || glass.middle_of(PERIL));
        let lit = ["inhibit kairan-tablet", "light"];
        if when == "comes later" {
            until("the wish for light", || (asked() == lit).then_some(()));
        }
        let wishes = asked();
        let inhibited = wishes.iter().filter(|it| it.starts_with("inhibit"));
        assert_eq!(inhibited.count(), 1, "{wishes:?}");
    }
    window.stop();
    backend.stop();
}

#[test]
fn what_alsa_says_of_a_missing_card_does_not_reach_the_terminal() {
    let house = House::with_warnings();
    house.council.publish_warnings(LANDSLIDE);
    let backend = house.backend();
    let glass = Glass::start();
    let code = backend.enrolment_code();
    let no_card = house.tablet().join("asound.conf");
    std::fs::write(&no_card, "pcm.!default { type hw card 99 }\n").expect("writes");
    let mute = [
        ("--enrol", code.as_str()),
        ("ALSA_CONFIG_PATH", no_card.to_str().expect("a name")),
        ("KAIRAN_LOG", "info"),
    ];
    let window = glass.tablet(&backend.address, house.tablet(), &mute);
    // The warning wants to be heard; that it cannot be is said once, in the tablet's own words.
    let log = until("an attempt to speak", || {
        let log = window.log();
        log.contains("the speaker cannot be opened").then_some(log)
    });
    assert!(!log.contains("ALSA lib"), "{log}");
    window.stop();
    backend.stop();
}
