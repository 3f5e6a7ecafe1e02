//! A PostgreSQL server for a test or a measurement, gone with it.

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use crate::until;

/// A PostgreSQL server of our own on a free port of the loopback.
pub struct PostgreSql {
    child: Child,
    /// Where it answers.
    pub url: String,
    _folder: tempfile::TempDir,
}

/// Whether a commit waits for the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commits {
    /// As in service.
    OnDisk,
    /// Fast, for tests that pull no plug.
    InMemory,
}

impl PostgreSql {
    /// Starts one for a test; none where it is not installed, unless the set-up should have brought it.
    ///
    /// # Panics
    /// If it should be there and is not, or does not start.
    pub fn for_a_test() -> Option<Self> {
        let started = Self::start(Commits::InMemory);
        if started.is_none() {
            println!("PostgreSQL is not installed here; `make test` installs it");
            assert!(
                std::env::var_os("KAIRAN_SET_UP").is_none(),
                "the set-up should have installed PostgreSQL"
            );
        }
        started
    }

    /// Starts one; none where it is not installed.
    ///
    /// # Panics
    /// If it is installed and does not start.
    pub fn start(commits: Commits) -> Option<Self> {
        let programs = std::fs::read_dir("/usr/lib/postgresql")
            .ok()?
            .filter_map(Result::ok)
            .map(|e| e.path().join("bin"));
        let programs: PathBuf = programs
            .filter(|path| path.join("initdb").is_file())
            .max()?;
        let folder = tempfile::tempdir().expect("dir");
        // PostgreSQL refuses to run as root.
        let is_root = Command::new("id")
            .arg("-u")
            .output()
            .is_ok_and(|output| output.stdout == b"0\n");
        let run = |name: &str| {
            let mut command = if is_root {
                Command::new("runuser")
            } else {
                Command::new(programs.join(name))
            };
            if is_root {
                command
                    .args(["-u", "postgres", "--"])
                    .arg(programs.join(name));
            }
            command
                .current_dir("/")
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            command
        };
        if is_root {
            Command::new("chown")
                .arg("postgres")
                .arg(folder.path())
                .status()
                .expect("chown runs");
        }
        let data = folder.path().join("data");
        let made = run("initdb")
            .args(["--auth=trust", "--username=kairan", "--no-sync", "-D"])
            .arg(&data)
            .status();
        assert!(made.is_ok_and(|status| status.success()), "initdb");
        let port = std::net::TcpListener::bind("127.0.0.1:0")
            .and_then(|l| l.local_addr())
            .expect("a free port")
            .port();
        let child = run("postgres")
            .arg("-D")
            .arg(&data)
            .args([
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                match commits {
                    Commits::OnDisk => "fsync=on",
                    Commits::InMemory => "fsync=off",
                },
                "-k",
                "",
            ])
            .args(["-p", &port.to_string()])
            .spawn()
            .expect("starts");
        let url = format!("postgres://kairan@127.0.0.1:{port}/postgres");
        until("PostgreSQL", || {
            run("pg_isready")
                .args(["-h", "127.0.0.1", "-p", &port.to_string()])
                .status()
                .ok()?
                .success()
                .then_some(())
        });
        Some(Self {
            child,
            url,
            _folder: folder,
        })
    }
}

impl Drop for PostgreSql {
    fn drop(&mut self) {
        crate::programs::terminate(&self.child);
        let _ = self.child.wait();
    }
}
