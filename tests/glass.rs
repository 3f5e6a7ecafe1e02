//! A real window on a real X server, with a touch screen under it that a test puts its fingers on: Xorg draws into
//! memory, and its driver for tests takes touches over a socket.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    os::unix::net::UnixStream,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
};

use tempfile::TempDir;
use x11rb::{
    connection::Connection as _,
    protocol::xproto::{ConnectionExt as _, ImageFormat},
    rust_connection::RustConnection,
};

use crate::{
    programs::{gather, program, terminate},
    until,
};

/// Pixels of the screen: those of the reference tablet.
const WIDTH: u16 = 1280;
const HEIGHT: u16 = 800;

/// The phases of a touch, as the driver's protocol numbers them.
const BEGIN: u32 = 18;
const UPDATE: u32 = 19;
const END: u32 = 20;

/// Where on the screen, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pixel {
    /// To the right.
    pub x: f64,
    /// Down.
    pub y: f64,
}

/// An X server with a touch screen.
pub struct Glass {
    server: Child,
    /// Such as `:1`.
    pub display: String,
    x: RustConnection,
    root: u32,
    touch: UnixStream,
    _folder: TempDir,
}

impl Glass {
    /// Starts the server on a free display.
    ///
    /// # Panics
    /// If it does not start: `make test` installs it.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let configuration = folder.path().join("xorg.conf");
        std::fs::write(&configuration, configured(folder.path())).expect("writes");
        let log = folder.path().join("xorg.log");
        let mut server = Command::new("Xorg")
            .args([
                "-displayfd",
                "1",
                "-noreset",
                "-novtswitch",
                "-sharevts",
                "-ac",
            ])
            .args(["-nolisten", "tcp", "-config"])
            .arg(&configuration)
            .arg("-logfile")
            .arg(&log)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xorg is there: `make test` installs it");
        let mut number = String::new();
        let mut out = BufReader::new(server.stdout.take().expect("piped"));
        out.read_line(&mut number).expect("reads");
        let said = || std::fs::read_to_string(&log).unwrap_or_default();
        assert!(!number.trim().is_empty(), "Xorg did not start: {}", said());
        let display = format!(":{}", number.trim());
        let (x, screen) = RustConnection::connect(Some(&display)).expect("the server answers");
        let root = x.setup().roots[screen].root;
        let socket = folder.path().join("touch.sock");
        let mut touch = until("the touch screen", || UnixStream::connect(&socket).ok());
        // Which version of the protocol is spoken, and the same from the other side.
        let mut version = Vec::new();
        version.extend(12_u32.to_ne_bytes());
        version.extend(0_u32.to_ne_bytes());
        version.extend([1_u16, 1].map(u16::to_ne_bytes).as_flattened());
        touch.write_all(&version).expect("sends");
        touch.read_exact(&mut version).expect("answers");
        Self {
            server,
            display,
            x,
            root,
            touch,
            _folder: folder,
        }
    }

    /// The server itself.
    pub fn x(&self) -> &RustConnection {
        &self.x
    }

    /// The window behind all windows.
    pub fn root(&self) -> u32 {
        self.root
    }

    /// Starts the tablet's own program on it.
    ///
    /// # Panics
    /// If it does not start.
    pub fn tablet(&self, backend: &str, data: &Path, more: &[(&str, &str)]) -> Window {
        let mut command = Command::new(program("kairan-tablet"));
        command
            .args([
                "--practised",
                "--every",
                "1",
                "--backend",
                backend,
                "--data",
            ])
            .arg(data)
            .env("DISPLAY", &self.display)
            .env("SLINT_BACKEND", "winit-software")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("WAYLAND_SOCKET")
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env_remove("SLINT_SCALE_FACTOR");
        for (name, value) in more {
            if let Some(argument) = name.strip_prefix("--") {
                command.args([&format!("--{argument}"), *value]);
            } else {
                command.env(name, value);
            }
        }
        let mut child = command.stderr(Stdio::piped()).spawn().expect("starts");
        let log = gather(child.stderr.take().expect("piped"));
        Window { child, log }
    }

    /// A finger comes down.
    pub fn down(&mut self, finger: u32, at: Pixel) {
        self.send(finger, BEGIN, at);
    }

    /// A finger slides.
    pub fn slide(&mut self, finger: u32, to: Pixel) {
        self.send(finger, UPDATE, to);
    }

    /// A finger is lifted.
    pub fn up(&mut self, finger: u32, at: Pixel) {
        self.send(finger, END, at);
    }

    /// A finger comes down and is lifted.
    pub fn tap(&mut self, finger: u32, at: Pixel) {
        self.down(finger, at);
        self.up(finger, at);
    }

    fn send(&mut self, finger: u32, phase: u32, at: Pixel) {
        const VALUES: usize = 64;
        let mut values = [0.0_f64; VALUES];
        values[0] = at.x / f64::from(WIDTH) * 65_535.0;
        values[1] = at.y / f64::from(HEIGHT) * 65_535.0;
        values[4] = 1.0;
        let mut body = Vec::new();
        body.extend([finger, phase, 0].map(u32::to_ne_bytes).as_flattened());
        // The first two values are meant.
        body.extend([0b11, 0, 0, 0, 0, 0, 0, 0]);
        body.extend([0; 4]);
        body.extend(values.map(f64::to_ne_bytes).as_flattened());
        body.extend([0.0_f64; VALUES].map(f64::to_ne_bytes).as_flattened());
        let length = u32::try_from(body.len() + 8).expect("short");
        let mut message = Vec::new();
        message.extend([length, 6].map(u32::to_ne_bytes).as_flattened());
        message.extend(body);
        self.touch
            .write_all(&message)
            .expect("the touch screen takes it");
    }

    /// The middle of everything that is drawn in this colour (red, green, blue), if much is.
    ///
    /// # Panics
    /// If the server does not give its picture.
    pub fn middle_of(&self, colour: [u8; 3]) -> Option<Pixel> {
        let picture = self
            .x
            .get_image(ImageFormat::Z_PIXMAP, self.root, 0, 0, WIDTH, HEIGHT, !0)
            .expect("asks")
            .reply()
            .expect("a picture");
        let (mut count, mut x, mut y) = (0_u32, 0.0, 0.0);
        let width = u32::from(WIDTH);
        for (index, pixel) in (0_u32..).zip(picture.data.chunks_exact(4)) {
            if [pixel[2], pixel[1], pixel[0]] == colour {
                count += 1;
                x += f64::from(index % width);
                y += f64::from(index / width);
            }
        }
        (count > 500).then(|| Pixel {
            x: x / f64::from(count),
            y: y / f64::from(count),
        })
    }
}

impl Drop for Glass {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The tablet's program on a glass.
pub struct Window {
    child: Child,
    log: Arc<Mutex<String>>,
}

impl Window {
    /// What it printed where errors go.
    ///
    /// # Panics
    /// If the thread that gathers it did.
    pub fn log(&self) -> String {
        self.log.lock().expect("not poisoned").clone()
    }

    /// Asks it to stop, and waits until it has.
    ///
    /// # Panics
    /// If it does not end well.
    pub fn stop(mut self) {
        terminate(&self.child);
        let status = self.child.wait().expect("ends");
        assert!(status.success(), "ended with {status}: {}", self.log());
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn configured(folder: &Path) -> String {
    let device = |name: &str, kind: &str| {
        format!(
            r#"
Section "InputDevice"
  Identifier "{name}"
  Driver "inputtest"
  Option "SocketPath" "{}/{name}.sock"
  Option "DeviceType" "{kind}"
EndSection
"#,
            folder.display()
        )
    };
    format!(
        r#"
Section "ServerFlags"
  Option "AutoAddDevices" "false"
  Option "AutoEnableDevices" "false"
  Option "DontVTSwitch" "true"
EndSection
Section "Device"
  Identifier "memory"
  Driver "dummy"
  VideoRam 65536
EndSection
Section "Monitor"
  Identifier "monitor"
  HorizSync 5-1000
  VertRefresh 5-200
  Modeline "1280x800" 83.50 1280 1352 1480 1680 800 803 809 831
EndSection
Section "Screen"
  Identifier "screen"
  Device "memory"
  Monitor "monitor"
  DefaultDepth 24
  SubSection "Display"
    Depth 24
    Modes "1280x800"
    Virtual {WIDTH} {HEIGHT}
  EndSubSection
EndSection
{}{}{}
Section "ServerLayout"
  Identifier "layout"
  Screen "screen"
  InputDevice "touch" "SendCoreEvents"
  InputDevice "pointer" "CorePointer"
  InputDevice "keyboard" "CoreKeyboard"
EndSection
"#,
        device("touch", "Touch"),
        device("pointer", "PointerAbsolute"),
        device("keyboard", "Keyboard"),
    )
}
