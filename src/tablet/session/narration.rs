//! What is being read aloud. Pure.

use kairan_contract::{Event, ItemHash, ServiceId};

use super::effect::Effect;
use crate::speech::{Passage, SpeechError, SpeechEvent};

/// The screen as it is being read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Narration {
    /// The number of the order, by which the speaker speaks of it.
    pub turn: u64,
    /// What is read.
    pub passages: Vec<Passage>,
    /// The place of what is being spoken; none before the first sound.
    pub at: Option<usize>,
    /// The piece of it that is being spoken.
    pub clause: String,
    /// Since when something is heard, by the program's own clock in milliseconds.
    pub since_ms: Option<u64>,
    /// The resident asked for it; a warning speaks unasked.
    pub is_asked_for: bool,
    /// The tile and the item that are read, if any.
    pub of: (Option<ServiceId>, Option<ItemHash>),
}

impl Narration {
    /// The passage that is being spoken, as it is shown.
    pub fn passage(&self) -> &str {
        let passage = self.at.and_then(|at| self.passages.get(at));
        passage.map_or("", |passage| passage.words.as_str())
    }

    /// The record of it, if the resident asked for it and something was heard.
    pub fn record(&self, stopped: bool, now_ms: u64) -> Option<Effect> {
        let since_ms = self.since_ms.filter(|_| self.is_asked_for)?;
        let (service, item) = self.of.clone();
        let event = Event::ReadAloud {
            item,
            heard_ms: now_ms.saturating_sub(since_ms),
            stopped,
        };
        Some(Effect::Record(service, event))
    }

    /// Takes in what the speaker tells; says whether it is over, and why if it never began.
    pub fn on_speech_event(&mut self, heard: SpeechEvent, now_ms: u64) -> NarrationStatus {
        match heard {
            SpeechEvent::Clause {
                turn,
                passage,
                words,
            } if turn == self.turn => {
                self.at = Some(passage);
                self.clause = words;
                self.since_ms.get_or_insert(now_ms);
                NarrationStatus::GoesOn
            }
            SpeechEvent::Ended { turn } if turn == self.turn => NarrationStatus::IsOver,
            // Whatever stopped it, nothing of it is heard any more.
            SpeechEvent::Stopped { turn } if turn == self.turn => NarrationStatus::IsOver,
            SpeechEvent::Cannot { turn, why } if turn == self.turn => {
                NarrationStatus::IsSilent(why)
            }
            _ => NarrationStatus::Nothing,
        }
    }
}

/// What became of the reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NarrationStatus {
    /// It speaks of something else, which was stopped meanwhile.
    Nothing,
    /// The next piece is being spoken.
    GoesOn,
    /// Everything was said.
    IsOver,
    /// Nothing can be heard.
    IsSilent(SpeechError),
}
