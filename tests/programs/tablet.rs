//! `kairan-tablet` as a process that can be touched.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdin, Stdio},
    sync::mpsc,
    time::Duration,
};

use jiff::Timestamp;

use super::process::{program, terminate};
use crate::{small_disk::on_the_disk_of, until};

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
