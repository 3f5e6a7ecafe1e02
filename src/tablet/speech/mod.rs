//! From text to sound to speaker: reads aloud phrase by phrase, and sounds the tablet's few tones.
//!
//! One thread owns the speaker. The window gives it commands and never waits for it; what it has to say
//! comes back as [`SpeechEvent`]: each turn has an end that is told, whatever becomes of the sound server, the
//! synthesiser or the thread itself. While nothing sounds it sleeps, and after a while it lets the device go.
//!
//! The sound server may go at any moment. Then the device is let go at once, what was being said is over, and
//! the next sound opens the system's default device anew. A warning is tried again until it was heard or answered.

mod announcer;
mod audio_queue;
mod device;
mod phrases;
mod pronunciation;
mod speaker;
mod synthesis;
#[cfg(test)]
mod tests;
mod tones;

use std::sync::Arc;

use crate::profile::Loudness;

pub use announcer::start;
pub use audio_queue::Voice;
pub use pronunciation::{Pronunciations, clauses, line, pieces, spoken};
pub use speaker::{Loudspeaker, Sound, Speaker};
pub use synthesis::Synthesis;
pub use tones::Tone;

/// Something that stands on the screen, and how it is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// As it is shown, so that the face can mark it.
    pub words: String,
    /// As it is spoken, where a reading was given.
    pub reading: Option<String>,
}

impl Passage {
    /// What is spoken as it is shown.
    pub fn of(words: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            reading: None,
        }
    }

    /// What has a reading of its own.
    pub fn with_reading(words: impl Into<String>, reading: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            reading: Some(reading.into()),
        }
    }
}

/// Why the tablet cannot speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SpeechError {
    /// The program `open_jtalk` is not installed.
    #[error("the program open_jtalk is missing: install open-jtalk")]
    NoProgram,
    /// Its dictionary is not installed.
    #[error("the dictionary is missing: install open-jtalk-mecab-naist-jdic")]
    NoDictionary,
    /// The voice could not be laid beside the tablet's data.
    #[error("the voice could not be written to the disk")]
    NoVoice,
    /// There is no speaker, or it is used by another program.
    #[error("no speaker was found")]
    NoSpeaker,
    /// The device went away, or got no further, while something sounded.
    #[error("the speaker went away while something was being said")]
    SpeakerLost,
    /// The program `open_jtalk` failed or hung.
    #[error("the program open_jtalk failed: install open-jtalk anew")]
    ProgramFailed,
    /// The thread that speaks is no more.
    #[error("the voice has stopped: start the tablet again")]
    VoiceGone,
    /// There is nothing to say in a language that it speaks.
    #[error("there is nothing to read aloud here")]
    NothingToSay,
}

/// What the speaker is asked to do.
#[derive(Debug)]
pub enum AudioCommand {
    /// Read these aloud, after a tone if one is named. What was being said is stopped.
    Speak {
        /// The number under which [`SpeechEvent`] speaks of it.
        turn: u64,
        /// What is said.
        passages: Vec<Passage>,
        /// First, at full volume.
        first: Option<Tone>,
        /// How loud.
        loudness: Loudness,
        /// How fast, 1 being the voice's own pace.
        rate: f32,
    },
    /// Play a sound of a programme. What was being said is stopped.
    Play {
        /// The number under which [`SpeechEvent`] speaks of it.
        turn: u64,
        /// Ogg, MP3, FLAC or WAV.
        file: Vec<u8>,
        /// How loud.
        loudness: Loudness,
    },
    /// Stop at once.
    Stop,
    /// Hold still, until [`AudioCommand::Resume`].
    Pause,
    /// Go on from where it was held.
    Resume,
    /// A tone beside whatever else sounds.
    Tone(Tone, Loudness),
    /// From now on, words are said so.
    SetPronunciations(Arc<Pronunciations>),
}

/// What the speaker tells. Each turn ends with [`SpeechEvent::Ended`], [`SpeechEvent::Stopped`] or [`SpeechEvent::Cannot`], once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SpeechEvent {
    /// This piece is being spoken now.
    Clause {
        /// Of which command.
        turn: u64,
        /// The place of its passage in the command.
        passage: usize,
        /// The piece itself, as it is shown.
        words: String,
    },
    /// The command is done.
    Ended {
        /// Which.
        turn: u64,
    },
    /// It was stopped, because it was hushed or something else was asked for.
    Stopped {
        /// Which.
        turn: u64,
    },
    /// A warning or a reminder cannot be heard yet, and why. It is tried again until it is heard or hushed.
    Waits {
        /// Of which command.
        turn: u64,
        /// Why.
        why: SpeechError,
    },
    /// Nothing can be heard any more, and why.
    Cannot {
        /// Of which command.
        turn: u64,
        /// Why.
        why: SpeechError,
    },
}

impl SpeechEvent {
    /// Of which command it tells.
    pub fn turn(&self) -> u64 {
        match self {
            Self::Clause { turn, .. }
            | Self::Ended { turn }
            | Self::Stopped { turn }
            | Self::Waits { turn, .. }
            | Self::Cannot { turn, .. } => *turn,
        }
    }
}

/// How loud speech and tones are, 1 being as loud as the device goes.
fn volume(loudness: Loudness) -> f32 {
    match loudness {
        Loudness::Soft => 0.3,
        Loudness::Normal => 0.6,
        Loudness::Loud => 1.0,
    }
}
