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

/// What was asked of the speaker, and what became of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Playback {
    /// The number of the last order to the speaker.
    turn: u64,
    narration: Option<Narration>,
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
        self.narration.as_ref()
    }

    /// Why the tablet could not speak when it was last asked to.
    pub(super) fn error(&self) -> Option<SpeechError> {
        self.error
    }

    /// Whether something is read aloud, or a programme runs.
    pub(super) fn is_busy(&self) -> bool {
        self.narration.is_some() || self.programme.as_ref().is_some_and(|it| it.is_running)
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
        self.programme.take().map(|_| Effect::Hush)
    }

    /// 読み上げ: reads what is on the screen, or stops.
    pub(super) fn read_aloud(&mut self, now_ms: u64) -> Vec<Effect> {
        if self.narration.is_some() {
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
        self.narration = Some(Narration {
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

    /// Something else than the screen is said or played; says under which number.
    pub(super) fn begin_saying(&mut self) -> u64 {
        self.turn += 1;
        self.narration = None;
        self.turn
    }

    /// Silences what is being read aloud.
    pub(super) fn hush(&mut self, now_ms: u64) -> Vec<Effect> {
        let Some(narration) = self.narration.take() else {
            return Vec::new();
        };
        let record = narration.record(true, now_ms);
        [Effect::Hush].into_iter().chain(record).collect()
    }

    /// What covers a programme stops it; its step begins anew.
    pub(super) fn stop_programme(&mut self) -> Option<Effect> {
        let playing = self.programme.as_mut().filter(|it| it.is_running)?;
        playing.is_running = false;
        let step = playing.step;
        playing.go_to(step);
        Some(Effect::Hush)
    }

    /// What the speaker tells.
    pub(super) fn on_speech_event(
        &mut self,
        event: SpeechEvent,
        content: Option<&ContentSnapshot>,
        now_ms: u64,
    ) -> PlaybackUpdate {
        let Some(narration) = &mut self.narration else {
            return match event {
                SpeechEvent::Ended { turn } if turn == self.turn => self.step_sounded(content),
                SpeechEvent::Cannot { turn, why } if turn == self.turn => {
                    // What somebody wanted to hear is explained, and no programme rushes on in silence.
                    self.error = Some(why);
                    self.stop_programme();
                    PlaybackUpdate::default()
                }
                _ => PlaybackUpdate::default(),
            };
        };
        match narration.on_speech_event(event, now_ms) {
            NarrationStatus::Nothing => PlaybackUpdate::default(),
            NarrationStatus::GoesOn => PlaybackUpdate {
                is_heard: true,
                ..PlaybackUpdate::default()
            },
            NarrationStatus::IsOver => {
                let record = narration.record(false, now_ms);
                self.narration = None;
                PlaybackUpdate {
                    effects: record.into_iter().collect(),
                    is_heard: false,
                }
            }
            NarrationStatus::IsSilent(why) => {
                let is_asked_for = narration.is_asked_for;
                self.narration = None;
                self.error = Some(why).filter(|_| is_asked_for);
                PlaybackUpdate::default()
            }
        }
    }

    /// Starts, holds or goes on with the programme.
    pub(super) fn run_programme(&mut self, content: Option<&ContentSnapshot>) -> PlaybackUpdate {
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
        if playing.ran_ms > 0 || playing.has_sounded {
            return Effect::HoldStep(false).into();
        }
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
mod tests {
    use kairan_contract::{Event, Step};

    use super::*;
    use crate::demonstration;

    fn reading(playback: &mut Playback, is_asked_for: bool) -> u64 {
        playback.begin_reading(vec![Passage::of("天気")], is_asked_for, (None, None))
    }

    fn clause(turn: u64) -> SpeechEvent {
        SpeechEvent::Clause {
            turn,
            passage: 0,
            words: "天気".to_owned(),
        }
    }

    #[test]
    fn what_is_heard_is_recorded_only_when_it_was_asked_for() {
        for is_asked_for in [true, false] {
            let mut playback = Playback::default();
            let turn = reading(&mut playback, is_asked_for);
            let update = playback.on_speech_event(clause(turn), None, 1_000);
            assert!(update.is_heard, "nobody is away who listens");
            let effects = playback.hush(3_500);
            let read = Event::ReadAloud {
                item: None,
                heard_ms: 2_500,
                stopped: true,
            };
            let expected = is_asked_for.then_some(Effect::Record(None, read));
            let expected: Vec<_> = [Effect::Hush].into_iter().chain(expected).collect();
            assert_eq!(effects, expected);
            assert_eq!(playback.hush(4_000), [], "it is silent already");
        }
    }

    #[test]
    fn silence_is_explained_to_who_asked_for_words_until_the_next_touch() {
        let why = SpeechError::NoSpeaker;
        for (is_asked_for, expected) in [(true, Some(why)), (false, None)] {
            let mut playback = Playback::default();
            let turn = reading(&mut playback, is_asked_for);
            playback.on_speech_event(SpeechEvent::Cannot { turn, why }, None, 1_000);
            assert_eq!(playback.error(), expected);
            playback.forget_error();
            assert_eq!(playback.error(), None);
        }
    }

    #[test]
    fn a_programme_whose_content_is_gone_does_nothing() {
        let tile: ServiceId = "exercise".parse().expect("an id");
        let mut content = demonstration::snapshot();
        let step = Step {
            words: "のばしましょう。".to_owned(),
            seconds: None,
            picture: None,
            sound: None,
        };
        let programme = Programme {
            title: "体操".to_owned(),
            steps: vec![step.clone(), step],
        };
        let programme = Content::Audio(programme);
        content.contents.insert(tile.clone(), programme);
        let mut playback = Playback::default();
        playback.open_programme(tile.clone());
        assert!(playback.run_programme(Some(&content)).is_heard);
        assert!(playback.is_busy());
        content.contents.remove(&tile);
        let nothing = PlaybackUpdate::default();
        assert_eq!(playback.step_programme(1, Some(&content)), nothing);
        let turn = playback.begin_saying();
        let ended = SpeechEvent::Ended { turn };
        let update = playback.on_speech_event(ended, Some(&content), 1_000);
        assert_eq!(update, nothing);
        assert_eq!(playback.stop_programme(), Some(Effect::Hush));
        assert_eq!(playback.stop_programme(), None, "it stands already");
    }
}
