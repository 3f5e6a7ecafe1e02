//! Programs that were built beside the tests, and how they end.

use std::{
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command},
    sync::{Arc, Mutex},
};

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
