//! `kairan serve` as a process.

use std::{
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
};

use super::process::{gather, program, terminate};
use crate::council::Council;

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
