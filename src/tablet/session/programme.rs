//! What the keys of an audio programme do, and what follows when a step has ended. Pure.

use kairan_contract::{Content, Programme};

use super::{Effect, Session, playing::Playing};
use crate::speech::Tone;

impl Session {
    /// Starts, holds or goes on with the programme.
    pub(crate) fn run_programme(&mut self, now_ms: u64) -> Vec<Effect> {
        let Some(playing) = &mut self.programme else {
            return Vec::new();
        };
        playing.is_running = !playing.is_running;
        if !playing.is_running {
            return vec![Effect::HoldStep(true)];
        }
        if playing.is_over {
            playing.go_to(0);
        }
        if playing.ran_ms > 0 || playing.has_sounded {
            return vec![Effect::HoldStep(false)];
        }
        self.play_step(now_ms)
    }

    /// Goes to another step, and plays it if the programme runs.
    pub(crate) fn step_programme(&mut self, by: i32, now_ms: u64) -> Vec<Effect> {
        let Some(steps) = self.programme_steps() else {
            return Vec::new();
        };
        let Some(playing) = &mut self.programme else {
            return Vec::new();
        };
        let step = i64::try_from(playing.step).unwrap_or(0) + i64::from(by);
        let Some(step) = usize::try_from(step).ok().filter(|step| *step < steps) else {
            return Vec::new();
        };
        playing.go_to(step);
        if playing.is_running {
            self.play_step(now_ms)
        } else {
            vec![Effect::Hush]
        }
    }

    fn programme_steps(&self) -> Option<usize> {
        let (_, programme) = self.open_programme()?;
        Some(programme.steps.len())
    }

    fn play_step(&mut self, now_ms: u64) -> Vec<Effect> {
        let step = self.open_programme().and_then(|(playing, programme)| {
            let step = playing.shown(programme)?;
            Some(Effect::PlayStep {
                sound: step.sound.as_ref().map(|sound| sound.sha256),
                words: step.words.clone(),
            })
        });
        self.touched(now_ms);
        step.into_iter().collect()
    }

    /// The step's sound or words have ended, or nothing can be heard.
    pub fn step_sounded(&mut self, now_ms: u64) -> Vec<Effect> {
        if let Some(playing) = &mut self.programme {
            playing.has_sounded = true;
        }
        self.step_on_when_done(now_ms)
    }

    /// A second has passed while the programme runs.
    pub fn step_ran(&mut self, milliseconds: u64, now_ms: u64) -> Vec<Effect> {
        if let Some(playing) = &mut self.programme
            && playing.is_running
        {
            playing.ran_ms += milliseconds;
        }
        self.step_on_when_done(now_ms)
    }

    fn step_on_when_done(&mut self, now_ms: u64) -> Vec<Effect> {
        let is_done = self.open_programme().is_some_and(|(playing, programme)| {
            let step = playing.shown(programme);
            playing.is_running && step.is_some_and(|step| playing.is_done(step))
        });
        if !is_done {
            return Vec::new();
        }
        let (Some(steps), Some(playing)) = (self.programme_steps(), &mut self.programme) else {
            return Vec::new();
        };
        if playing.step + 1 < steps {
            playing.go_to(playing.step + 1);
            return self.play_step(now_ms);
        }
        playing.is_running = false;
        playing.is_over = true;
        vec![Effect::Sound(Tone::Sent)]
    }

    /// The programme that is open, if its content is here.
    pub fn open_programme(&self) -> Option<(&Playing, &Programme)> {
        let playing = self.programme.as_ref()?;
        match self.content(&playing.service)? {
            Content::Audio(programme) => Some((playing, programme)),
            _ => None,
        }
    }
}
