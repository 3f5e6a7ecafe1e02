//! From text to samples, by the program `open_jtalk` with its dictionary and the voice "Mei".

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::{Silence, spoken};
use crate::keeping::write_whole;

/// The voice "Mei" (CC BY 3.0), built in so that the program is one file.
const VOICE: &[u8] = include_bytes!("../../../assets/voice/mei_normal.htsvoice");
/// Where Debian lays the dictionary.
const DICTIONARY: &str = "/var/lib/mecab/dic/open-jtalk/naist-jdic";
/// Bytes of a WAVE file before its samples, as `open_jtalk` writes it.
const HEADER: usize = 44;

/// Makes speech.
#[derive(Debug, Clone)]
pub struct Synthesis {
    voice: PathBuf,
}

/// The spaces that part phrases for the eye would each be a pause for the ear; those between Latin words
/// stay.
fn without_gaps(text: &str) -> String {
    let mut before = None;
    let mut letters = text.chars().peekable();
    let mut kept = String::with_capacity(text.len());
    while let Some(letter) = letters.next() {
        let is_latin = |it: Option<&char>| it.is_some_and(char::is_ascii);
        if letter == ' ' && !(is_latin(before.as_ref()) && is_latin(letters.peek())) {
            continue;
        }
        before = Some(letter);
        kept.push(letter);
    }
    kept
}

impl Synthesis {
    /// Finds everything that speech needs, and lays the voice into `folder`.
    pub fn prepare(folder: &Path) -> Result<Self, Silence> {
        if !Path::new(DICTIONARY).is_dir() {
            return Err(Silence::NoDictionary);
        }
        let found = std::env::var_os("PATH").is_some_and(|path| {
            std::env::split_paths(&path).any(|folder| folder.join("open_jtalk").is_file())
        });
        if !found {
            return Err(Silence::NoProgram);
        }
        let voice = folder.join("mei_normal.htsvoice");
        let is_there = voice
            .metadata()
            .is_ok_and(|known| known.len() == VOICE.len() as u64);
        if !is_there && write_whole(&voice, VOICE).is_err() {
            return Err(Silence::NoVoice);
        }
        Ok(Self { voice })
    }

    /// The samples of `words`, one channel at [`super::tones::RATE`]; empty where nothing in them is
    /// spoken. Takes about a tenth of a second for a phrase.
    pub fn samples(&self, words: &str, rate: f32) -> Result<Vec<i16>, Silence> {
        let text = without_gaps(&spoken(words));
        if text.trim().is_empty() {
            return Ok(Vec::new());
        }
        let mut child = Command::new("open_jtalk")
            .args(["-x", DICTIONARY, "-m"])
            .arg(&self.voice)
            .args(["-r", &rate.to_string(), "-ow", "/dev/stdout"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|_| Silence::NoProgram)?;
        if let Some(mut stdin) = child.stdin.take() {
            // A phrase is shorter than any pipe, so this does not wait; it reads one line.
            let _ = stdin.write_all(text.as_bytes());
        }
        let made = child.wait_with_output().map_err(|_| Silence::NoProgram)?;
        if made.stdout.len() <= HEADER {
            tracing::warn!(status = %made.status, "open_jtalk said nothing");
            return Ok(Vec::new());
        }
        let samples = made.stdout[HEADER..].chunks_exact(2);
        Ok(samples
            .map(|pair| i16::from_le_bytes([pair[0], pair[1]]))
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_spoken_without_a_pause_between_them() {
        assert_eq!(
            without_gaps("今は つながって いません"),
            "今はつながっていません"
        );
        assert_eq!(without_gaps("City Hall の前"), "City Hallの前");
    }
}
