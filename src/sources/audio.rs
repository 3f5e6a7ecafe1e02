//! An audio programme of the operator's own: a TOML file of steps, beside it pictures and sounds.
//!
//! ```toml
//! title = "すわってできる体操"
//! [[step]]
//! words = "うでを 上に のばします。"
//! picture = "arms.jpg"
//! sound = "arms.ogg"
//! seconds = 30
//! ```

use crate::{
    draft::{DraftContent, DraftProgramme, Gleaned},
    error::SourceError,
    toml_file::toml_file,
};

/// The steps of a programme; a longer one is no exercise for anybody.
const STEP_LIMIT: usize = 100;

/// Reads a programme.
pub fn parse(bytes: &[u8]) -> Result<Gleaned, SourceError> {
    let not_understood = |why: String| SourceError::NotUnderstood(why);
    let programme: DraftProgramme = toml_file(bytes, "programme")?;
    if programme.steps.is_empty() || programme.steps.len() > STEP_LIMIT {
        return Err(not_understood(format!(
            "a programme has 1 to {STEP_LIMIT} steps, this one {}",
            programme.steps.len()
        )));
    }
    for (number, step) in (1..).zip(&programme.steps) {
        if step.sound.is_none() && step.seconds.is_none_or(|seconds| seconds == 0) {
            return Err(not_understood(format!(
                "step {number} has neither a sound nor seconds, so nobody knows when it ends"
            )));
        }
    }
    Ok(Gleaned::whole(DraftContent::Audio(programme)))
}

/// Whether the bytes are a sound that a tablet plays: Ogg, MP3, FLAC or WAV.
pub fn is_sound(bytes: &[u8]) -> bool {
    let is_mp3 =
        bytes.starts_with(b"ID3") || matches!(bytes, [0xff, second, ..] if second & 0xe0 == 0xe0);
    let is_wav = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WAVE");
    bytes.starts_with(b"OggS") || bytes.starts_with(b"fLaC") || is_mp3 || is_wav
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_read_and_faults_are_named_with_their_line() {
        let good = "title = \"体操\"\n[[step]]\nwords = \"うで\"\nsound = \"arms.ogg\"\n[[step]]\nwords = \"あし\"\nseconds = 30\n";
        let gleaned = parse(good.as_bytes()).expect("reads");
        let DraftContent::Audio(programme) = gleaned.draft else {
            panic!("no programme")
        };
        assert_eq!(programme.steps.len(), 2);
        for (text, why) in [
            ("title = \"体操\"\n", "missing field `step`"),
            (
                "title = \"体操\"\n[[step]]\nwords = \"うで\"\n",
                "step 1 has neither",
            ),
            (
                "title = \"体操\"\n[[step]]\nwords = \"うで\"\nsond = \"a\"\n",
                "line 4",
            ),
        ] {
            let error = parse(text.as_bytes()).map(|_| ()).expect_err("refused");
            assert!(error.to_string().contains(why), "{error}");
        }
    }
}
