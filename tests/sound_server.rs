//! A real sound server with a sink that nobody hears, started, killed and hung by the tests, and what it was given to
//! play; and the tablet's own voice as a process that plays on it.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{self, Receiver},
    time::Duration,
};

use tempfile::TempDir;

use crate::{programs::program, until};

/// The sink on which the default device plays.
const SINK: &str = "kairan";
/// What is louder than this was meant to be heard; a tone has ten times as much.
const HEARD: u16 = 1_500;

/// PulseAudio with a folder, a socket and settings of its own.
pub struct SoundServer {
    folder: TempDir,
    child: Option<Child>,
}

impl Default for SoundServer {
    fn default() -> Self {
        Self::new()
    }
}

impl SoundServer {
    /// One that does not run yet.
    ///
    /// # Panics
    /// If its folder cannot be made.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        // The system's default device is the server, and nothing else: this machine's own devices stay silent.
        let settings = "pcm.!default { type pulse }\nctl.!default { type pulse }\n";
        std::fs::write(folder.path().join("asound.conf"), settings).expect("settings");
        Self {
            folder,
            child: None,
        }
    }

    /// Starts it, and waits until it can be played on.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start(&mut self) {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.folder.path().join("log"))
            .expect("a log");
        let native = format!(
            "module-native-protocol-unix auth-anonymous=1 socket={}",
            self.socket().display()
        );
        let child = self
            .command("pulseaudio")
            .args(["--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"])
            .args([
                "--disable-shm=yes",
                "--high-priority=no",
                "-n",
                "-L",
                &native,
                "-L",
            ])
            .arg(format!("module-null-sink sink_name={SINK} rate=48000"))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("pulseaudio is installed by make test");
        self.child = Some(child);
        until("the sound server", || {
            let sinks = self
                .command("pactl")
                .args(["list", "short", "sinks"])
                .output();
            let sinks = String::from_utf8(sinks.ok()?.stdout).ok()?;
            sinks.contains(SINK).then_some(())
        });
    }

    /// Kills it, as the kernel does when memory is short.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Makes it hang, or go on.
    ///
    /// # Panics
    /// If it does not run.
    pub fn hang(&self, hangs: bool) {
        let child = self.child.as_ref().expect("it runs");
        let signal = if hangs { "-STOP" } else { "-CONT" };
        let done = Command::new("kill")
            .args([signal, &child.id().to_string()])
            .status();
        assert!(done.is_ok_and(|status| status.success()), "kill {signal}");
    }

    /// Listens to what is played on it from now on, until it is killed.
    ///
    /// # Panics
    /// If nobody can listen.
    pub fn listen(&self) -> Listening {
        let path = self.folder.path().join(uuid::Uuid::new_v4().to_string());
        let file = File::create(&path).expect("a recording");
        let child = self
            .command("parec")
            .args([
                &format!("--device={SINK}.monitor"),
                "--raw",
                "--latency-msec=50",
            ])
            .args(["--format=s16le", "--rate=48000", "--channels=1"])
            .stdout(file)
            .stderr(Stdio::null())
            .spawn()
            .expect("pulseaudio-utils is installed by make test");
        let listening = Listening { path, child };
        // It records silence too.
        until("a recording", || (listening.length() > 0).then_some(()));
        listening
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("native")
    }

    /// A program that knows this server and no other.
    fn command(&self, name: impl AsRef<std::ffi::OsStr>) -> Command {
        let folder = self.folder.path();
        let mut command = Command::new(name);
        command
            .env("HOME", folder)
            .env("XDG_RUNTIME_DIR", folder)
            .env("XDG_CONFIG_HOME", folder)
            .env("PULSE_SERVER", format!("unix:{}", self.socket().display()))
            .env("ALSA_CONFIG_PATH", folder.join("asound.conf"));
        command
    }
}

impl Drop for SoundServer {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A recording of what the server plays.
pub struct Listening {
    path: PathBuf,
    child: Child,
}

impl Listening {
    /// Waits until something is heard.
    pub fn hears(&self, what: &str) {
        until(what, || (self.loudest() > HEARD).then_some(()));
    }

    /// The loudest that was heard so far, of 32,767.
    pub fn loudest(&self) -> u16 {
        let bytes = std::fs::read(&self.path).unwrap_or_default();
        let samples = bytes.chunks_exact(2);
        samples
            .map(|pair| i16::from_le_bytes([pair[0], pair[1]]).unsigned_abs())
            .max()
            .unwrap_or(0)
    }

    fn length(&self) -> u64 {
        self.path.metadata().map_or(0, |known| known.len())
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The tablet's voice on its true loudspeaker, as a process of its own.
pub struct Voice {
    child: Child,
    orders: ChildStdin,
    heard: Receiver<String>,
    log: PathBuf,
    _folder: TempDir,
}

impl Voice {
    /// Starts it where `server` is the default device, whether or not that runs.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start(server: &SoundServer) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let log = folder.path().join("log");
        let mut child = server
            .command(program("driven-voice"))
            .arg(folder.path())
            .env("KAIRAN_LOG", "info")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(&log).expect("a log"))
            .spawn()
            .expect("starts");
        let orders = child.stdin.take().expect("piped");
        let stdout = child.stdout.take().expect("piped");
        let (tell, heard) = mpsc::channel();
        std::thread::spawn(move || {
            let lines = BufReader::new(stdout).lines().map_while(Result::ok);
            lines.for_each(|line| drop(tell.send(line)));
        });
        Self {
            child,
            orders,
            heard,
            log,
            _folder: folder,
        }
    }

    /// Gives an order: `say 7 words`, `warn 7 words`, `remind 7 words`, `touch`, `chime` or `hush`.
    ///
    /// # Panics
    /// If it has ended.
    pub fn order(&mut self, order: &str) {
        writeln!(self.orders, "{order}").expect("it runs");
    }

    /// Waits until it tells this, and says what it told before.
    ///
    /// # Panics
    /// If it does not.
    pub fn tells(&self, wanted: &str) -> Vec<String> {
        let mut told = Vec::new();
        loop {
            let heard = self.heard.recv_timeout(Duration::from_mins(1));
            let Ok(line) = heard else {
                panic!(
                    "waited in vain for {wanted:?} after {told:?}: {}",
                    self.log()
                );
            };
            if line == wanted {
                return told;
            }
            told.push(line);
        }
    }

    /// Everything that it wrote down.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// The processor's time that it has used, in hundredths of a second.
    ///
    /// # Panics
    /// If the system does not say.
    pub fn used(&self) -> u64 {
        let stat = Path::new("/proc")
            .join(self.child.id().to_string())
            .join("stat");
        let stat = std::fs::read_to_string(stat).expect("reads");
        let fields = stat
            .rsplit(')')
            .next()
            .unwrap_or_default()
            .split_whitespace();
        let times = fields.skip(11).take(2).map(str::parse::<u64>);
        times.map(|it| it.expect("a number")).sum()
    }
}

impl Drop for Voice {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
