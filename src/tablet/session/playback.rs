//! What is heard: the screen as it is read aloud, or a programme as it is played; and why there is silence. Pure.

use kairan_contract::{Content, ItemHash, Programme, ServiceId};

use super::{
    effect::Effect,
    narration::{Narration, NarrationStatus},
    playing::Playing,
};
use crate::{
    library::ContentSnapshot,
    speech::{Passage, SpeechError, SpeechEvent, Tone},
};

/// What the speaker has been asked for, and has not told the end of. Each is known by the number of its order.
#[derive(Debug, Clone, Default)]
enum ActiveTurn {
    /// Nothing, or what was silenced: what the speaker still tells of it is of no matter.
    #[default]
    Nothing,
    /// The screen.
    Screen(Narration),
    /// A sentence that stands nowhere.
    Sentence(u64),
    /// A step of the programme. The speaker has it, though it may hold it still.
    Step(u64),
}

/// What was asked of the speaker, and what became of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Playback {
    /// The number of the last order to the speaker.
    turn: u64,
    active: ActiveTurn,
    programme: Option<Playing>,
    /// Why the tablet could not speak when it was last asked to.
    error: Option<SpeechError>,
}

/// What follows from what the speaker tells.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct PlaybackUpdate {
    pub(super) effects: Vec<Effect>,
    /// Something is heard, so that nobody is taken to be away.
    pub(super) is_heard: bool,
}

impl Playback {
    /// What is being read aloud.
    pub(super) fn narration(&self) -> Option<&Narration> {
        match &self.active {
            ActiveTurn::Screen(narration) => Some(narration),
            ActiveTurn::Nothing | ActiveTurn::Sentence(_) | ActiveTurn::Step(_) => None,
        }
    }

    /// Why the tablet could not speak when it was last asked to.
    pub(super) fn error(&self) -> Option<SpeechError> {
        self.error
    }

    /// Whether something is read aloud, or a programme runs.
    pub(super) fn is_busy(&self) -> bool {
        self.narration().is_some() || self.programme.as_ref().is_some_and(|it| it.is_running)
    }

    /// The programme that is open, if its content is here.
    pub(super) fn programme<'p>(
        &'p self,
        content: Option<&'p ContentSnapshot>,
    ) -> Option<(&'p Playing, &'p Programme)> {
        let playing = self.programme.as_ref()?;
        match content?.contents.get(&playing.service)? {
            Content::Audio(programme) => Some((playing, programme)),
            _ => None,
        }
    }

    /// Whoever does something has seen why there is silence.
    pub(super) fn forget_error(&mut self) {
        self.error = None;
    }

    /// The programme of a tile is opened, before its first step.
    pub(super) fn open_programme(&mut self, service: ServiceId) {
        self.programme = Some(Playing::new(service));
    }

    /// A programme that is left does not go on unseen, and lets the speaker rest.
    pub(super) fn close_programme(&mut self) -> Option<Effect> {
        self.programme.take()?;
        self.let_go_of_step();
        Some(Effect::Hush)
    }

    /// Other content is here. A programme that is gone, or that has no such step any more, comes to rest before its first.
    pub(super) fn content_changed(&mut self, content: Option<&ContentSnapshot>) -> Option<Effect> {
        if self.has_step(content) {
            return None;
        }
        let playing = self.programme.as_mut()?;
        playing.is_running = false;
        playing.go_to(0);
        self.let_go_of_step().then_some(Effect::Hush)
    }

    /// 読み上げ: reads what is on the screen, or stops.
    pub(super) fn read_aloud(&mut self, now_ms: u64) -> Vec<Effect> {
        if self.narration().is_some() {
            return self.hush(now_ms);
        }
        let mut effects: Vec<Effect> = self.stop_programme().into_iter().collect();
        effects.push(Effect::ReadScreen {
            first: None,
            is_asked_for: true,
        });
        effects
    }

    /// The screen begins to be read; says under which number. `of`: the tile and the item that are read, if any.
    pub(super) fn begin_reading(
        &mut self,
        passages: Vec<Passage>,
        is_asked_for: bool,
        of: (Option<ServiceId>, Option<ItemHash>),
    ) -> u64 {
        self.turn += 1;
        self.active = ActiveTurn::Screen(Narration {
            turn: self.turn,
            passages,
            at: None,
            clause: String::new(),
            since_ms: None,
            is_asked_for,
            of,
        });
        self.turn
    }

    /// A sentence is said that stands nowhere; says under which number. What was being read was silenced before.
    pub(super) fn begin_saying(&mut self) -> u64 {
        self.turn += 1;
        self.active = ActiveTurn::Sentence(self.turn);
        self.turn
    }

    /// The step of the programme is played; says under which number. What was being read was silenced before.
    pub(super) fn begin_step(&mut self) -> u64 {
        self.turn += 1;
        self.active = ActiveTurn::Step(self.turn);
        self.turn
    }

    /// The sound of a step is here that was to be played under `turn`. Says whether it is still wanted: who has held the
    /// programme meanwhile hears it from its beginning when it goes on.
    pub(super) fn still_wants_step(&mut self, turn: u64) -> bool {
        let is_wanted = matches!(self.active, ActiveTurn::Step(wanted) if wanted == turn);
        let is_running = self.programme.as_ref().is_some_and(|it| it.is_running);
        if is_wanted && !is_running {
            self.active = ActiveTurn::Nothing;
        }
        is_wanted && is_running
    }

    /// Silences whatever is being said. A programme is no speech: it is stopped, or left.
    pub(super) fn hush(&mut self, now_ms: u64) -> Vec<Effect> {
        let record = match &self.active {
            ActiveTurn::Nothing | ActiveTurn::Step(_) => return Vec::new(),
            ActiveTurn::Sentence(_) => None,
            ActiveTurn::Screen(narration) => narration.record(true, now_ms),
        };
        self.active = ActiveTurn::Nothing;
        [Effect::Hush].into_iter().chain(record).collect()
    }

    /// What covers a programme stops it; its step begins anew.
    pub(super) fn stop_programme(&mut self) -> Option<Effect> {
        let playing = self.programme.as_mut().filter(|it| it.is_running)?;
        playing.is_running = false;
        let step = playing.step;
        playing.go_to(step);
        self.let_go_of_step();
        Some(Effect::Hush)
    }

    /// Nobody waits for the end of the step any more. Says whether the speaker had it.
    fn let_go_of_step(&mut self) -> bool {
        let had_it = matches!(self.active, ActiveTurn::Step(_));
        if had_it {
            self.active = ActiveTurn::Nothing;
        }
        had_it
    }

    /// What the speaker tells.
    pub(super) fn on_speech_event(
        &mut self,
        event: SpeechEvent,
        content: Option<&ContentSnapshot>,
        now_ms: u64,
    ) -> PlaybackUpdate {
        match &mut self.active {
            ActiveTurn::Screen(narration) => {
                let status = narration.on_speech_event(event, now_ms);
                self.on_narration_status(status, now_ms)
            }
            ActiveTurn::Sentence(turn) if event.turn() == *turn => self.on_sentence_event(&event),
            ActiveTurn::Step(turn) if event.turn() == *turn => self.on_step_event(&event, content),
            ActiveTurn::Nothing | ActiveTurn::Sentence(_) | ActiveTurn::Step(_) => {
                PlaybackUpdate::default()
            }
        }
    }

    fn on_narration_status(&mut self, status: NarrationStatus, now_ms: u64) -> PlaybackUpdate {
        if status == NarrationStatus::GoesOn {
            return PlaybackUpdate {
                is_heard: true,
                ..PlaybackUpdate::default()
            };
        }
        if status == NarrationStatus::Nothing {
            return PlaybackUpdate::default();
        }
        let ActiveTurn::Screen(narration) = std::mem::take(&mut self.active) else {
            return PlaybackUpdate::default();
        };
        if let NarrationStatus::IsSilent(why) = status {
            self.error = Some(why).filter(|_| narration.is_asked_for);
            return PlaybackUpdate::default();
        }
        PlaybackUpdate {
            effects: narration.record(false, now_ms).into_iter().collect(),
            is_heard: false,
        }
    }

    fn on_sentence_event(&mut self, event: &SpeechEvent) -> PlaybackUpdate {
        match event {
            SpeechEvent::Clause { .. } | SpeechEvent::Waits { .. } => {}
            SpeechEvent::Ended { .. } | SpeechEvent::Stopped { .. } => {
                self.active = ActiveTurn::Nothing;
            }
            SpeechEvent::Cannot { why, .. } => {
                self.active = ActiveTurn::Nothing;
                self.error = Some(*why);
            }
        }
        PlaybackUpdate::default()
    }

    fn on_step_event(
        &mut self,
        event: &SpeechEvent,
        content: Option<&ContentSnapshot>,
    ) -> PlaybackUpdate {
        match event {
            SpeechEvent::Clause { .. } | SpeechEvent::Waits { .. } => PlaybackUpdate::default(),
            SpeechEvent::Ended { .. } => {
                self.active = ActiveTurn::Nothing;
                self.step_sounded(content)
            }
            SpeechEvent::Stopped { .. } => {
                // Whatever stopped it, nothing of it is heard any more.
                self.active = ActiveTurn::Nothing;
                self.stop_programme();
                PlaybackUpdate::default()
            }
            SpeechEvent::Cannot { why, .. } => {
                // What somebody wanted to hear is explained, and no programme rushes on in silence.
                self.active = ActiveTurn::Nothing;
                self.error = Some(*why);
                self.stop_programme();
                PlaybackUpdate::default()
            }
        }
    }

    /// Starts, holds or goes on with the programme.
    pub(super) fn run_programme(&mut self, content: Option<&ContentSnapshot>) -> PlaybackUpdate {
        if !self.has_step(content) {
            // There is nothing that could run.
            return PlaybackUpdate {
                effects: self.content_changed(content).into_iter().collect(),
                is_heard: false,
            };
        }
        let is_held = matches!(self.active, ActiveTurn::Step(_));
        let Some(playing) = &mut self.programme else {
            return PlaybackUpdate::default();
        };
        playing.is_running = !playing.is_running;
        if !playing.is_running {
            return Effect::HoldStep(true).into();
        }
        if playing.is_over {
            playing.go_to(0);
        }
        if is_held || playing.has_sounded {
            return Effect::HoldStep(false).into();
        }
        // It was not played yet, or the speaker has let go of it for something else that was said meanwhile.
        let step = playing.step;
        playing.go_to(step);
        self.play_step(content)
    }

    /// Goes to another step, and plays it if the programme runs.
    pub(super) fn step_programme(
        &mut self,
        by: i32,
        content: Option<&ContentSnapshot>,
    ) -> PlaybackUpdate {
        let steps = self.steps(content);
        let Some(playing) = &mut self.programme else {
            return PlaybackUpdate::default();
        };
        let step = i64::try_from(playing.step).unwrap_or(0) + i64::from(by);
        let Some(step) = usize::try_from(step).ok().filter(|step| *step < steps) else {
            return PlaybackUpdate::default();
        };
        playing.go_to(step);
        if playing.is_running {
            self.play_step(content)
        } else {
            self.let_go_of_step();
            Effect::Hush.into()
        }
    }

    /// So many milliseconds have passed while the programme runs.
    pub(super) fn step_ran(
        &mut self,
        milliseconds: u64,
        content: Option<&ContentSnapshot>,
    ) -> PlaybackUpdate {
        if let Some(playing) = self.programme.as_mut().filter(|it| it.is_running) {
            playing.ran_ms += milliseconds;
        }
        self.step_on_when_done(content)
    }

    /// The step's sound or words have ended.
    fn step_sounded(&mut self, content: Option<&ContentSnapshot>) -> PlaybackUpdate {
        if let Some(playing) = &mut self.programme {
            playing.has_sounded = true;
        }
        self.step_on_when_done(content)
    }

    fn step_on_when_done(&mut self, content: Option<&ContentSnapshot>) -> PlaybackUpdate {
        let is_done = self.programme(content).is_some_and(|(playing, programme)| {
            let step = playing.shown(programme);
            playing.is_running && step.is_some_and(|step| playing.is_done(step))
        });
        let steps = self.steps(content);
        let Some(playing) = self.programme.as_mut().filter(|_| is_done) else {
            return PlaybackUpdate::default();
        };
        if playing.step + 1 < steps {
            playing.go_to(playing.step + 1);
            return self.play_step(content);
        }
        playing.is_running = false;
        playing.is_over = true;
        Effect::Sound(Tone::Sent).into()
    }

    fn play_step(&self, content: Option<&ContentSnapshot>) -> PlaybackUpdate {
        let step = self.programme(content).and_then(|(playing, programme)| {
            let step = playing.shown(programme)?;
            Some(Effect::PlayStep {
                sound: step.sound.as_ref().map(|sound| sound.sha256),
                words: step.words.clone(),
            })
        });
        PlaybackUpdate {
            is_heard: step.is_some(),
            effects: step.into_iter().collect(),
        }
    }

    /// Whether the programme is open, with its content, and has the step at which it stands.
    fn has_step(&self, content: Option<&ContentSnapshot>) -> bool {
        self.programme(content)
            .is_some_and(|(playing, programme)| playing.shown(programme).is_some())
    }

    /// How many steps the programme has that is open; none where its content is gone.
    fn steps(&self, content: Option<&ContentSnapshot>) -> usize {
        self.programme(content)
            .map_or(0, |(_, programme)| programme.steps.len())
    }
}

/// What is done once, and keeps nobody awake.
impl From<Effect> for PlaybackUpdate {
    fn from(effect: Effect) -> Self {
        Self {
            effects: vec![effect],
            is_heard: false,
        }
    }
}

#[cfg(test)]
mod tests;
