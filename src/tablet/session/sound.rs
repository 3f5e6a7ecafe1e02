//! What is said aloud or played, as touches and the speaker ask for it. Pure.

use kairan_contract::Programme;

use super::{Effect, Playing, Session, playback::PlaybackUpdate};
use crate::speech::{Passage, SpeechEvent};

impl Session {
    /// The programme that is open, if its content is here.
    pub fn open_programme(&self) -> Option<(&Playing, &Programme)> {
        self.playback.programme(self.content.as_deref())
    }

    /// 読み上げ: reads what is on the screen, or stops.
    pub(super) fn read_aloud(&mut self, now_ms: u64) -> Vec<Effect> {
        self.playback.read_aloud(now_ms)
    }

    /// What covers a programme stops it.
    pub(crate) fn stop_programme(&mut self) -> Vec<Effect> {
        self.playback.stop_programme().into_iter().collect()
    }

    /// Silences what is being read aloud.
    pub(super) fn hush(&mut self, now_ms: u64) -> Vec<Effect> {
        self.playback.hush(now_ms)
    }

    /// The screen begins to be read; says under which number.
    pub fn begin_reading(&mut self, passages: Vec<Passage>, is_asked_for: bool) -> u64 {
        let of = self.dwell.what();
        self.playback.begin_reading(passages, is_asked_for, of)
    }

    /// A sentence is said that stands nowhere; says under which number.
    pub fn begin_saying(&mut self) -> u64 {
        self.playback.begin_saying()
    }

    /// The step of the programme is played; says under which number.
    pub fn begin_step(&mut self) -> u64 {
        self.playback.begin_step()
    }

    /// The sound of a step is here that was to be played under `turn`. Says whether it is still wanted.
    pub fn still_wants_step(&mut self, turn: u64) -> bool {
        self.playback.still_wants_step(turn)
    }

    /// What the speaker tells. Says what is to be done.
    pub fn on_speech_event(&mut self, event: SpeechEvent, now_ms: u64) -> Vec<Effect> {
        let content = self.content.as_deref();
        let update = self.playback.on_speech_event(event, content, now_ms);
        self.listen(update, now_ms)
    }

    /// Starts, holds or goes on with the programme.
    pub(crate) fn run_programme(&mut self, now_ms: u64) -> Vec<Effect> {
        let mut effects = self.hush(now_ms);
        let update = self.playback.run_programme(self.content.as_deref());
        effects.extend(self.listen(update, now_ms));
        effects
    }

    /// Goes to another step, and plays it if the programme runs.
    pub(crate) fn step_programme(&mut self, by: i32, now_ms: u64) -> Vec<Effect> {
        let mut effects = self.hush(now_ms);
        let update = self.playback.step_programme(by, self.content.as_deref());
        effects.extend(self.listen(update, now_ms));
        effects
    }

    /// So many milliseconds have passed while the programme runs.
    pub fn step_ran(&mut self, milliseconds: u64, now_ms: u64) -> Vec<Effect> {
        let content = self.content.as_deref();
        let update = self.playback.step_ran(milliseconds, content);
        self.listen(update, now_ms)
    }

    /// Who listens is there.
    fn listen(&mut self, update: PlaybackUpdate, now_ms: u64) -> Vec<Effect> {
        if update.is_heard {
            self.touched(now_ms);
        }
        update.effects
    }
}
