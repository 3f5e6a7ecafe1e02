//! From text to samples, by the program `open_jtalk` with its dictionary and the voice "Mei".

use std::{
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::SpeechError;
use crate::atomic_file::write;

/// The voice "Mei" (CC BY 3.0), built in so that the program is one file.
const VOICE: &[u8] = include_bytes!("../../../assets/voice/mei_normal.htsvoice");
/// Where Debian lays the dictionary.
const DICTIONARY: &str = "/var/lib/mecab/dic/open-jtalk/naist-jdic";
/// A phrase takes a tenth of a second; a program that takes so long hangs, and is ended.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often it is looked whether the phrase is still wanted.
const LOOK: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 50_000_000,
};
/// Three minutes of speech; no phrase is as long.
const MOST_BYTES: usize = 180 * 2 * 48_000;
/// More letters are not spoken in one piece: they fit into any pipe, so that writing them never waits.
const MOST_LETTERS: usize = 2_000;
/// Bytes of a WAVE file before its samples, as `open_jtalk` writes it.
const HEADER: usize = 44;

/// Makes speech.
#[derive(Debug, Clone)]
pub struct Synthesis {
    program: PathBuf,
    voice: PathBuf,
    patience: Duration,
}

impl Synthesis {
    /// Finds everything that speech needs, and lays the voice into `folder`.
    pub fn prepare(folder: &Path) -> Result<Self, SpeechError> {
        if !Path::new(DICTIONARY).is_dir() {
            return Err(SpeechError::NoDictionary);
        }
        let found = std::env::var_os("PATH").and_then(|path| {
            let mut programs = std::env::split_paths(&path).map(|folder| folder.join("open_jtalk"));
            programs.find(|program| program.is_file())
        });
        Self::with(folder, found.ok_or(SpeechError::NoProgram)?, PATIENCE)
    }

    /// Speaks with this program, and ends it where it takes longer than `patience` for a phrase.
    pub fn with(folder: &Path, program: PathBuf, patience: Duration) -> Result<Self, SpeechError> {
        let voice = folder.join("mei_normal.htsvoice");
        let is_there = voice
            .metadata()
            .is_ok_and(|known| known.len() == VOICE.len() as u64);
        if !is_there && write(&voice, VOICE).is_err() {
            return Err(SpeechError::NoVoice);
        }
        Ok(Self {
            program,
            voice,
            patience,
        })
    }

    /// The samples of a [`super::line`], one channel at [`super::tones::RATE`]; empty where nothing in them is
    /// spoken, or where nobody wants them any more. Takes about a tenth of a second for a phrase.
    pub fn samples(
        &self,
        line: &str,
        rate: f32,
        is_over: &AtomicBool,
    ) -> Result<Vec<i16>, SpeechError> {
        let text: String = line.chars().take(MOST_LETTERS).collect();
        if text.trim().is_empty() {
            return Ok(Vec::new());
        }
        let mut child = Command::new(&self.program)
            .args(["-x", DICTIONARY, "-m"])
            .arg(&self.voice)
            .args(["-r", &rate.to_string(), "-ow", "/dev/stdout"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|_| SpeechError::NoProgram)?;
        if let Some(mut stdin) = child.stdin.take() {
            // It reads one line. Where it has ended already, how it ended says more than that.
            let _ = stdin.write_all(text.as_bytes());
        }
        let until = Instant::now() + self.patience;
        let said = child
            .stdout
            .take()
            .map_or(Said::Failed("it has no voice"), |stdout| {
                listen(stdout, until, is_over)
            });
        let status = match said {
            Said::All(_) => end(&mut child, until),
            Said::NotWanted | Said::Failed(_) => kill(&mut child),
        };
        match said {
            Said::NotWanted => Ok(Vec::new()),
            Said::All(bytes) if status == Some(true) => {
                let samples = bytes.get(HEADER..).unwrap_or_default().chunks_exact(2);
                Ok(samples
                    .map(|pair| i16::from_le_bytes([pair[0], pair[1]]))
                    .collect())
            }
            Said::All(_) => Err(failed("it ended with an error")),
            Said::Failed(how) => Err(failed(how)),
        }
    }
}

fn failed(how: &str) -> SpeechError {
    tracing::warn!(how, "open_jtalk cannot speak");
    SpeechError::ProgramFailed
}

/// What the program said.
enum Said {
    All(Vec<u8>),
    NotWanted,
    Failed(&'static str),
}

/// Takes in what it says, for no longer than is allowed.
fn listen(mut stdout: ChildStdout, until: Instant, is_over: &AtomicBool) -> Said {
    let mut bytes = Vec::new();
    let mut piece = [0; 16 * 1024];
    loop {
        if is_over.load(Ordering::Relaxed) {
            return Said::NotWanted;
        }
        if Instant::now() >= until {
            return Said::Failed("it hangs");
        }
        let mut waiting = [PollFd::new(&stdout, PollFlags::IN)];
        match poll(&mut waiting, Some(&LOOK)) {
            Ok(0) | Err(rustix::io::Errno::INTR) => continue,
            Ok(_) => {}
            Err(_) => return Said::Failed("it cannot be heard"),
        }
        match stdout.read(&mut piece) {
            Ok(0) => return Said::All(bytes),
            Ok(length) => bytes.extend(&piece[..length]),
            Err(_) => return Said::Failed("it cannot be heard"),
        }
        if bytes.len() > MOST_BYTES {
            return Said::Failed("it does not end");
        }
    }
}

/// Waits for a program that has said everything; says whether it ended well.
fn end(child: &mut Child, until: Instant) -> Option<bool> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status.success()),
            Ok(None) if Instant::now() < until => thread::sleep(Duration::from_millis(2)),
            Ok(None) | Err(_) => return kill(child),
        }
    }
}

/// Ends a program that nobody needs.
fn kill(child: &mut Child) -> Option<bool> {
    // It may have ended by itself at this moment.
    let _ = child.kill();
    let _ = child.wait();
    None
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn program(folder: &Path, script: &str) -> Synthesis {
        let path = folder.join("open_jtalk");
        // The program is written under another name: one that is open for writing cannot be run.
        let draft = folder.join("draft");
        std::fs::write(&draft, format!("#!/bin/sh\n{script}\n")).expect("a program");
        std::fs::set_permissions(&draft, PermissionsExt::from_mode(0o755)).expect("it can be run");
        std::fs::rename(&draft, &path).expect("a program");
        Synthesis::with(folder, path, Duration::from_secs(2)).expect("a voice")
    }

    #[test]
    fn a_program_that_fails_or_hangs_has_a_known_end() {
        let folder = tempfile::tempdir().expect("a folder");
        let on = AtomicBool::new(false);
        for script in [
            "exit 1",
            "cat >/dev/null; kill -SEGV $$",
            "exec sleep 1000",
            "exec cat /dev/zero",
            "exec >&-; exec sleep 1000",
        ] {
            let synthesis = program(folder.path(), script);
            let said = synthesis.samples("晴れです。", 0.8, &on);
            assert_eq!(said, Err(SpeechError::ProgramFailed), "{script}");
        }
        let missing = folder.path().join("nowhere");
        let missing = Synthesis::with(folder.path(), missing, PATIENCE).expect("a voice");
        let said = missing.samples("晴れです。", 0.8, &on);
        assert_eq!(said, Err(SpeechError::NoProgram));
    }

    #[test]
    fn what_nobody_wants_any_more_is_not_waited_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let synthesis = program(folder.path(), "exec sleep 1000");
        let said = synthesis.samples("晴れです。", 0.8, &AtomicBool::new(true));
        assert_eq!(said, Ok(Vec::new()));
    }
}
