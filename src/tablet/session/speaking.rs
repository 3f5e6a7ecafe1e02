//! What is said aloud, and what follows from what the speaker tells. Pure.

use super::{
    Effect, Session,
    narration::{Narration, NarrationStatus},
};
use crate::speech::{Passage, SpeechEvent};

impl Session {
    /// What covers a programme stops it; its step begins anew.
    pub(crate) fn stop_programme(&mut self) -> Vec<Effect> {
        match &mut self.programme {
            Some(playing) if playing.is_running => {
                playing.is_running = false;
                let step = playing.step;
                playing.go_to(step);
                vec![Effect::Hush]
            }
            _ => Vec::new(),
        }
    }

    /// 読み上げ: reads what is on the screen, or stops.
    pub(crate) fn read_aloud(&mut self, now_ms: u64) -> Vec<Effect> {
        if self.narration.is_some() {
            return self.hush(now_ms);
        }
        let mut effects = self.stop_programme();
        effects.push(Effect::ReadScreen {
            first: None,
            is_asked_for: true,
        });
        effects
    }

    /// The screen begins to be read; says under which number.
    pub fn begin_reading(&mut self, passages: Vec<Passage>, is_asked_for: bool) -> u64 {
        self.turn += 1;
        self.narration = Some(Narration {
            turn: self.turn,
            passages,
            at: None,
            clause: String::new(),
            since_ms: None,
            is_asked_for,
            of: self.opened.what(),
        });
        self.turn
    }

    /// Something else than the screen is said or played; says under which number.
    pub fn begin_saying(&mut self) -> u64 {
        self.turn += 1;
        self.narration = None;
        self.turn
    }

    /// What the speaker tells. Says what is to be done, and whether the screen is another now.
    pub fn on_speech_event(&mut self, heard: SpeechEvent, now_ms: u64) -> Vec<Effect> {
        let Some(aloud) = &mut self.narration else {
            return match heard {
                SpeechEvent::Ended { turn } if turn == self.turn => self.step_sounded(now_ms),
                SpeechEvent::Cannot { turn, why } if turn == self.turn => {
                    // What somebody wanted to hear is explained, and no programme rushes on in silence.
                    self.speech_error = Some(why);
                    self.stop_programme();
                    Vec::new()
                }
                _ => Vec::new(),
            };
        };
        match aloud.on_speech_event(heard, now_ms) {
            NarrationStatus::Nothing => Vec::new(),
            NarrationStatus::GoesOn => {
                self.touched(now_ms);
                Vec::new()
            }
            NarrationStatus::IsOver => {
                let record = aloud.record(false, now_ms);
                self.narration = None;
                record.into_iter().collect()
            }
            NarrationStatus::IsSilent(why) => {
                let unasked = !aloud.is_asked_for;
                self.narration = None;
                self.speech_error = Some(why).filter(|_| !unasked);
                Vec::new()
            }
        }
    }

    /// Silences what is being read aloud.
    pub(super) fn hush(&mut self, now_ms: u64) -> Vec<Effect> {
        let Some(aloud) = self.narration.take() else {
            return Vec::new();
        };
        let mut effects = vec![Effect::Hush];
        effects.extend(aloud.record(true, now_ms));
        effects
    }
}
