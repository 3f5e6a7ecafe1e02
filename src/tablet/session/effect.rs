//! What is to be done outside.

use kairan_contract::{
    EmergencySeen, EndCause, EnrolmentCode, Event, RequestKind, ServiceId, Sha256,
};

use crate::speech::Tone;

/// What is to be done outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Write a usage record.
    Record(Option<ServiceId>, Event),
    /// The visit is over, though nobody left.
    EndVisit(EndCause),
    /// Keep what the resident chose.
    SaveProfile,
    /// Keep what is told of the resident, and what they are filling in.
    SavePersonal,
    /// Ask the backend to let this tablet in.
    Enrol(EnrolmentCode),
    /// Write a request down, and send it.
    Ask(RequestKind),
    /// Send the council what this tablet says of itself.
    Report,
    /// Tell the council that this emergency was shown here, or answered.
    TellSeen(EmergencySeen),
    /// Read what is on the screen now, after a tone if one is named.
    ReadScreen {
        /// First, at full volume.
        first: Option<Tone>,
        /// The resident asked for it.
        is_asked_for: bool,
    },
    /// Speak a sentence that is not on the screen, so that its loudness can be judged.
    Say(&'static str),
    /// Be silent at once.
    Hush,
    /// Light the panel: something has taken over, or is due.
    Light,
    /// Sound a tone.
    Sound(Tone),
    /// Play a step of a programme: its sound, or its words where it has none.
    PlayStep {
        /// The sound.
        sound: Option<Sha256>,
        /// The words.
        words: String,
    },
    /// Hold the step still, or go on with it.
    HoldStep(bool),
}
