//! What libraries print on the terminal by themselves. ALSA and JACK tell there of every device that a tablet
//! does not have, at each attempt to speak, and whoever looks for the program's own words finds them no more.
//!
//! A library prints where a program's errors go. So the program takes that place for a pipe, reads it, drops
//! what those two are known to say to the log of finer things, and passes on everything else as it came. Its own
//! words go by a way of their own, straight to where errors went before.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, Read as _, Write},
    sync::OnceLock,
};

use rustix::{
    io::fcntl_dupfd_cloexec,
    pipe::{PipeFlags, pipe_with},
    stdio::{dup2_stderr, stderr},
};

/// Where errors went when the program started.
static OWN: OnceLock<File> = OnceLock::new();

/// Longer than any line that is printed; one that is longer is taken in pieces.
const LONGEST: u64 = 16 * 1024;

/// How what ALSA and JACK say begins.
const NOISE: [&str; 8] = [
    "ALSA lib ",
    "Cannot connect to server",
    "jack server is not running",
    "JackShm",
    "jack_client_new",
    "jackdmp ",
    "connect(2) call to ",
    "attempt to connect to server failed",
];

/// The way of the program's own words.
#[derive(Debug, Clone, Copy)]
pub struct OwnStderr;

/// The way of the program's own words, for who writes a log.
pub fn own_stderr() -> OwnStderr {
    OwnStderr
}

impl Write for OwnStderr {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match OWN.get() {
            Some(mut own) => own.write(bytes),
            None => io::stderr().write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match OWN.get() {
            Some(mut own) => own.flush(),
            None => io::stderr().flush(),
        }
    }
}

/// From now on what libraries print is read before anybody sees it.
pub fn redirect() -> io::Result<()> {
    let own = File::from(fcntl_dupfd_cloexec(stderr(), 3)?);
    let (ours, theirs) = pipe_with(PipeFlags::CLOEXEC)?;
    std::thread::Builder::new()
        .name("stderr-filter".to_owned())
        .spawn(move || listen(File::from(ours)))?;
    if OWN.set(own).is_err() {
        return Ok(());
    }
    dup2_stderr(&theirs)?;
    std::panic::set_hook(Box::new(|what| {
        // Nobody may be there to read the pipe when the program ends so.
        let trace = std::backtrace::Backtrace::capture();
        let _ = writeln!(OwnStderr, "kairan-tablet: {what}\n{trace}");
    }));
    Ok(())
}

/// Whatever this program gives its place to finds everything as it was at the start.
pub fn restore() {
    if let Some(own) = OWN.get()
        && let Err(error) = dup2_stderr(own)
    {
        tracing::warn!(%error, "what libraries print is lost");
    }
}

fn listen(pipe: File) {
    let mut reader = BufReader::new(pipe);
    let mut line = Vec::new();
    loop {
        line.clear();
        match reader.by_ref().take(LONGEST).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let words = String::from_utf8_lossy(&line);
        if is_noise(&words) {
            tracing::debug!("{}", words.trim_end());
        } else if !words.trim().is_empty() {
            let _ = OwnStderr.write_all(&line);
        }
    }
}

fn is_noise(line: &str) -> bool {
    NOISE.iter().any(|known| line.starts_with(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_alsa_and_jack_say_is_known_and_nothing_else() {
        for line in [
            "ALSA lib confmisc.c:855:(parse_card) cannot find card '0'",
            "ALSA lib pcm.c:2660:(snd_pcm_open_noupdate) Unknown PCM default",
            "Cannot connect to server socket err = No such file or directory",
            "Cannot connect to server request channel",
            "jack server is not running or cannot be started",
            "JackShmReadWritePtr::~JackShmReadWritePtr - Init not done for -1, skipping unlock",
        ] {
            assert!(is_noise(line), "{line}");
        }
        for line in [
            "thread 'main' has overflowed its stack",
            "malloc(): corrupted top size",
            "2026-11-29T01:44:49Z  WARN kairan_tablet::link: a jack of all trades",
        ] {
            assert!(!is_noise(line), "{line}");
        }
    }
}
