//! `kairan` and `kairan-tablet` as processes that can be touched, stopped and killed.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};

use jiff::Timestamp;

use crate::{council::Council, small_disk::on_the_disk_of, until};

/// The program called `name`, built beside the tests.
///
/// # Panics
/// If it has not been built.
pub fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("the test's own program");
    let folder = test.ancestors().find(|folder| folder.join(name).is_file());
    folder.map_or_else(
        || panic!("{name} is not built; `make test` builds it, or: cargo build --workspace --bins"),
        |folder| folder.join(name),
    )
}

/// Where the keys lie of a data folder that is itself one for temporary files: beside it they would stay when it goes.
fn keys_of(data: &Path) -> Vec<std::ffi::OsString> {
    let name = data
        .file_name()
        .filter(|_| data.parent() == Some(&std::env::temp_dir()));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/tmp/keys");
    name.map_or_else(Vec::new, |name| {
        vec!["--keys".into(), folder.join(name).into()]
    })
}

/// A running backend.
pub struct Backend {
    child: Child,
    /// Where it listens, such as `http://127.0.0.1:4711`.
    pub address: String,
    data: PathBuf,
    log: Arc<Mutex<String>>,
}

impl Backend {
    /// Starts a backend for `council` with its data in `data`, at a free port.
    pub fn start(council: &Council, data: &Path) -> Self {
        Self::start_at(council, data, "127.0.0.1:0", &[])
    }

    /// Starts a backend at `listen`.
    pub fn start_at(council: &Council, data: &Path, listen: &str, more: &[&str]) -> Self {
        Self::start_with(&council.catalogue(), data, listen, more)
    }

    /// Starts a backend with a catalogue.
    pub fn start_with(catalogue: &Path, data: &Path, listen: &str, more: &[&str]) -> Self {
        let mut command = Command::new(program("kairan"));
        command
            .args(["serve", "--listen", listen, "--data"])
            .arg(data)
            .arg("--catalogue")
            .arg(catalogue)
            .args(keys_of(data))
            .args(more);
        Self::spawned(command, data)
    }

    /// Starts a backend by these arguments of `kairan serve` and nothing else.
    pub fn start_by(arguments: &[&str]) -> Self {
        let mut command = Command::new(program("kairan"));
        command.arg("serve").args(arguments);
        Self::spawned(command, Path::new(""))
    }

    /// Starts a backend that may hold so many files open and no more.
    pub fn start_with_files(council: &Council, data: &Path, files: u32) -> Self {
        let mut command = Command::new("prlimit");
        command
            .arg(format!("--nofile={files}:{files}"))
            .arg(program("kairan"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .arg("--catalogue")
            .arg(council.catalogue());
        Self::spawned(command, data)
    }

    fn spawned(mut command: Command, data: &Path) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("starts");
        let log = gather(child.stderr.take().expect("piped"));
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped"))
            .read_line(&mut line)
            .expect("reads");
        let address = line.trim().strip_prefix("listening on ").map_or_else(
            || {
                let _ = child.wait();
                panic!(
                    "the backend did not listen: {line}{}",
                    log.lock().expect("not poisoned")
                )
            },
            str::to_owned,
        );
        Self {
            child,
            address,
            data: data.to_owned(),
            log,
        }
    }

    /// The host and port at which it listens.
    pub fn host_and_port(&self) -> String {
        self.address.trim_start_matches("http://").to_owned()
    }

    /// What it has logged so far.
    ///
    /// # Panics
    /// If the thread that gathers it did.
    pub fn log(&self) -> String {
        self.log.lock().expect("not poisoned").clone()
    }

    /// Who asks to be rung, a line each.
    ///
    /// # Panics
    /// If they cannot be listed.
    pub fn open_requests(&self) -> Vec<String> {
        let output = Command::new(program("kairan"))
            .args(["requests", "--data"])
            .arg(&self.data)
            .output()
            .expect("runs");
        assert!(output.status.success());
        let listed = String::from_utf8_lossy(&output.stdout).into_owned();
        listed.lines().map(str::to_owned).collect()
    }

    /// The most memory that it has had at once, in bytes.
    ///
    /// # Panics
    /// If the system does not say.
    pub fn most_memory(&self) -> u64 {
        let status = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(status).expect("reads");
        let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = most.and_then(|most| most.trim().strip_suffix("kB"));
        let kilobytes: Option<u64> = kilobytes.and_then(|number| number.trim().parse().ok());
        kilobytes.expect("a number of kB") * 1024
    }

    /// The memory that it has now, in bytes.
    ///
    /// # Panics
    /// If the system does not say.
    pub fn memory(&self) -> u64 {
        let status = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(status).expect("reads");
        let now = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = now.and_then(|now| now.trim().strip_suffix("kB"));
        let kilobytes: Option<u64> = kilobytes.and_then(|number| number.trim().parse().ok());
        kilobytes.expect("a number of kB") * 1024
    }

    /// Locks the tablets of a loan, or opens them.
    ///
    /// # Panics
    /// If there are none.
    pub fn lock(&self, loan: &str, locked: bool) {
        let mut command = Command::new(program("kairan"));
        command.args(["lock", loan, "--data"]).arg(&self.data);
        if !locked {
            command.arg("--open");
        }
        assert!(command.status().expect("runs").success());
    }

    /// A code for a new loan.
    ///
    /// # Panics
    /// If none is made.
    pub fn enrolment_code(&self) -> String {
        let output = Command::new(program("kairan"))
            .args(["enrolment-code", "--data"])
            .arg(&self.data)
            .output()
            .expect("runs");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        // Printed in groups, as they are read out.
        let printed = String::from_utf8_lossy(&output.stdout);
        printed.trim().replace(' ', "")
    }

    /// Asks it to stop and waits until it has.
    ///
    /// # Panics
    /// If it does not end well.
    pub fn stop(mut self) {
        terminate(&self.child);
        let status = self.child.wait().expect("ends");
        assert!(
            status.success(),
            "the backend ended with {status}: {}",
            self.log()
        );
    }

    /// Kills it with -9.
    pub fn kill(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks a process to stop.
///
/// # Panics
/// If `kill` cannot be run.
pub fn terminate(child: &Child) {
    Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status()
        .expect("kill runs");
}

/// A running tablet whose window is touched through its elements.
pub struct Tablet {
    child: Child,
    commands: ChildStdin,
    answers: mpsc::Receiver<String>,
    /// The number of the last usage record that the tablet said stands on its disk.
    pub durable: u64,
    /// What its speaker has played, the latest last.
    pub sounds: Vec<String>,
}

impl Tablet {
    /// Starts a tablet that talks to `backend`, with its data in `data`.
    ///
    /// # Panics
    /// If it cannot be started.
    pub fn start(backend: &str, data: &Path, code: Option<&str>) -> Self {
        Self::start_asking_every(1, backend, data, code)
    }

    /// Starts a tablet that asks the backend so seldom, in seconds.
    ///
    /// # Panics
    /// If it cannot be started.
    pub fn start_asking_every(
        seconds: u32,
        backend: &str,
        data: &Path,
        code: Option<&str>,
    ) -> Self {
        Self::start_with(seconds, backend, data, code, &[])
    }

    /// Starts a tablet with first use before it.
    pub fn start_at_first_use(backend: &str, data: &Path) -> Self {
        Self::start_with(1, backend, data, None, &["--first-use"])
    }

    /// Starts a tablet as it is, that asks the backend once an hour, on a machine with these clocks: what its
    /// wall shows, and which start of the machine it is.
    ///
    /// # Panics
    /// If it cannot be started.
    pub fn start_at_time(backend: &str, data: &Path, wall: Timestamp, machine: &str) -> Self {
        let wall = wall.to_string();
        let clocks = ["--wall", &wall, "--machine-start", machine];
        Self::start_with(3600, backend, data, None, &clocks)
    }

    /// What befalls its machine: `step SECONDS` and `wall TIME` set the clock on the wall, `sleep SECONDS`
    /// puts it to sleep, `sound gone` and `sound there` take and give it its speaker.
    ///
    /// # Panics
    /// If the tablet is gone.
    pub fn befall(&mut self, what: &str) {
        self.ask(what).expect("the tablet runs");
    }

    fn start_with(
        seconds: u32,
        backend: &str,
        data: &Path,
        code: Option<&str>,
        more: &[&str],
    ) -> Self {
        let (mut command, data) = on_the_disk_of(&program("driven-tablet"), data);
        command.args(more);
        command
            .args([
                "--backend",
                backend,
                "--every",
                &seconds.to_string(),
                "--data",
            ])
            .arg(data);
        if let Some(code) = code {
            command.args(["--enrol", code]);
        }
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("starts");
        let commands = child.stdin.take().expect("piped");
        let out = child.stdout.take().expect("piped");
        let (tell, answers) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if tell.send(line).is_err() {
                    break;
                }
            }
        });
        Self {
            child,
            commands,
            answers,
            durable: 0,
            sounds: Vec::new(),
        }
    }

    /// Everything that stands on the screen, one text a line.
    pub fn screen(&mut self) -> Option<String> {
        self.ask("see")
    }

    /// What a person sees on the screen, one text a line.
    ///
    /// # Panics
    /// If the tablet is gone.
    pub fn look(&mut self) -> String {
        self.ask("look").expect("the tablet runs")
    }

    /// The passage that is being read aloud, as it is marked on the screen.
    pub fn marked(&mut self) -> String {
        self.ask("marked").unwrap_or_default()
    }

    /// What it shows, as a PNG file.
    ///
    /// # Panics
    /// If it cannot be drawn.
    pub fn picture(&mut self) -> Vec<u8> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("screen.png");
        let answer = self.ask(&format!("picture {}", path.display()));
        assert_eq!(answer.as_deref(), Some("drawn"));
        std::fs::read(path).expect("a picture")
    }

    /// From now on it is touched by this hand: steady, tremor or long.
    pub fn take_hand(&mut self, hand: &str) {
        self.ask(&format!("hand {hand}"));
    }

    /// Touches the control called `label` in its middle.
    pub fn touch(&mut self, label: &str) -> bool {
        self.ask(&format!("touch {label}")).as_deref() == Some("touched")
    }

    /// Waits until `text` stands on the screen, in sight or further down.
    ///
    /// # Panics
    /// If it never does.
    pub fn wait_for(&mut self, text: &str) {
        self.wait_until_told("see", text);
    }

    /// Waits until a person sees `text`.
    ///
    /// # Panics
    /// If nobody ever does.
    pub fn wait_for_sight(&mut self, text: &str) {
        self.wait_until_told("look", text);
    }

    fn wait_until_told(&mut self, question: &str, text: &str) {
        let mut last = String::new();
        let began = std::time::Instant::now();
        loop {
            if let Some(screen) = self.ask(question) {
                if screen.lines().any(|line| line.contains(text)) {
                    return;
                }
                last = screen;
            }
            assert!(
                began.elapsed() < Duration::from_mins(1),
                "`{text}` never stood on the screen, but:\n{last}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Touches the control called `label` once the tremor guard lets it, and waits until `text`
    /// stands on the screen.
    pub fn go(&mut self, label: &str, text: &str) {
        until(&format!("`{text}` after a touch on `{label}`"), || {
            let there = |tablet: &mut Self| {
                tablet
                    .screen()
                    .is_some_and(|screen| screen.lines().any(|line| line.contains(text)))
            };
            if there(self) {
                return Some(());
            }
            self.touch(label);
            there(self).then_some(())
        });
    }

    /// Answers what has taken over with わかりました, until it is gone.
    pub fn answer(&mut self) {
        until("the answer", || {
            if !self.screen()?.contains("助けが ほしい") {
                return Some(());
            }
            self.touch("わかりました");
            None
        });
    }

    /// What comes back for a command; `None` when the process is gone.
    fn ask(&mut self, command: &str) -> Option<String> {
        writeln!(self.commands, "{command}").ok()?;
        loop {
            let line = self.answers.recv_timeout(Duration::from_secs(30)).ok()?;
            if let Some(answer) = self.hear(&line) {
                return Some(answer);
            }
        }
    }

    fn hear(&mut self, line: &str) -> Option<String> {
        if let Some(number) = line.strip_prefix("durable ") {
            self.durable = number.parse().unwrap_or(self.durable);
            return None;
        }
        if let Some(sound) = line.strip_prefix("sounds ") {
            self.sounds.push(sound.to_owned());
            return None;
        }
        line.strip_prefix("answer ")
            .map(|answer| answer.replace('\u{1f}', "\n"))
    }

    /// Closes the window and waits for the end of the program.
    ///
    /// # Panics
    /// If it does not end well.
    pub fn close(mut self) -> u64 {
        let _ = writeln!(self.commands, "close");
        let status = self.child.wait().expect("ends");
        assert!(status.success(), "the tablet ended with {status}");
        while let Ok(line) = self.answers.recv_timeout(Duration::from_secs(5)) {
            self.hear(&line);
        }
        self.durable
    }

    /// Waits until it ends without being asked to.
    ///
    /// # Panics
    /// If it does not, or not well.
    pub fn end_by_itself(mut self) {
        let status = until("the tablet to end", || self.child.try_wait().ok()?);
        assert!(status.success(), "the tablet ended with {status}");
    }

    /// Asks it to stop as a service manager does, and waits for the end of the program.
    ///
    /// # Panics
    /// If it does not end well.
    pub fn terminate(mut self) {
        terminate(&self.child);
        let status = self.child.wait().expect("ends");
        assert!(status.success(), "the tablet ended with {status}");
    }

    /// Kills it with -9 and says the number of the last record that it had taken as written.
    pub fn kill(mut self) -> u64 {
        let _ = self.child.kill();
        let _ = self.child.wait();
        while let Ok(line) = self.answers.recv_timeout(Duration::from_secs(5)) {
            self.hear(&line);
        }
        self.durable
    }
}

impl Drop for Tablet {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Gathers what a process prints, a line at a time.
pub fn gather(stream: impl std::io::Read + Send + 'static) -> Arc<Mutex<String>> {
    let log = Arc::new(Mutex::new(String::new()));
    let gathered = Arc::clone(&log);
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if let Ok(mut log) = gathered.lock() {
                log.push_str(&line);
                log.push('\n');
            }
        }
    });
    log
}
