//! The thread that owns the speaker: takes commands, and plays phrase after phrase.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use super::{
    AudioCommand, Passage, Pronunciations, Sound, Speaker, SpeechError, SpeechEvent, Synthesis,
    Tone,
    audio_queue::{AudioQueue, Next, Tell, Voice},
    phrases::{NextPhrase, Phrases},
    tones::RATE,
    volume,
};

/// How often it looks whether a phrase has ended; only while something sounds.
const POLL_BUSY: Duration = Duration::from_millis(15);
/// How often it looks whether an open device is still there, while nothing sounds.
const POLL_IDLE: Duration = Duration::from_millis(500);
/// The device is let go after so long without a sound.
const REST: Duration = Duration::from_secs(20);
/// A sound that takes so much longer than it is long will never end.
const MARGIN: Duration = Duration::from_secs(5);
/// How long to wait before a warning is tried again, time after time; the last again and again.
const PACE: [u64; 5] = [1, 2, 4, 8, 15];
/// A reminder is tried again for so long; it comes again by itself.
const REMINDER: Duration = Duration::from_mins(1);
/// After a tone that could not be heard, touches are silent for so long: a finger drums faster than a device opens.
const QUIET: Duration = Duration::from_secs(5);

/// Starts the thread. It ends when every [`Voice`] is gone. `tell` is called on that thread, and where a command
/// comes to nothing at once on the thread that gives it.
pub fn start<S: Speaker>(
    speaker: impl FnOnce() -> S + Send + 'static,
    synthesis: Result<Synthesis, SpeechError>,
    tell: impl Fn(SpeechEvent) + Send + Sync + 'static,
) -> Voice {
    let queue = Arc::new(AudioQueue::default());
    let tell: Tell = Arc::new(tell);
    let (waiting, told) = (Arc::clone(&queue), Arc::clone(&tell));
    let started = thread::Builder::new()
        .name("voice".to_owned())
        .spawn(move || {
            // Whatever happens here, who waits for an end hears of one.
            let _end = End(Arc::clone(&waiting), Arc::clone(&told));
            let mut announcer = Announcer {
                speaker: speaker(),
                synthesis,
                pronunciations: Arc::default(),
                tell: told,
                activity: Activity::Nothing,
                taking: None,
                held_since: None,
                newest: 0,
                quiet_until: None,
            };
            // A sound on which a decoder stumbles must not make the tablet mute.
            while catch_unwind(AssertUnwindSafe(|| announcer.run(&waiting))).is_err() {
                announcer.recover();
            }
        });
    if let Err(error) = started {
        tracing::error!(%error, "there will be no sound");
        queue.close();
    }
    Voice::new(queue, tell)
}

/// Tells those who wait that nothing comes any more.
struct End(Arc<AudioQueue>, Tell);

impl Drop for End {
    fn drop(&mut self) {
        for turn in self.0.close() {
            let why = SpeechError::VoiceGone;
            (self.1)(SpeechEvent::Cannot { turn, why });
        }
    }
}

struct Announcer<S> {
    speaker: S,
    synthesis: Result<Synthesis, SpeechError>,
    pronunciations: Arc<Pronunciations>,
    tell: Tell,
    activity: Activity,
    /// The turn that is about to be done.
    taking: Option<u64>,
    /// Since when it is held still.
    held_since: Option<Instant>,
    /// The highest number of a command: one that is older comes too late.
    newest: u64,
    /// Until when touches are silent.
    quiet_until: Option<Instant>,
}

/// What is being done.
enum Activity {
    /// Nothing; the device is closed.
    Nothing,
    /// Nothing, but the device is still open.
    Resting { since: Instant },
    /// A speech.
    Speaking(Speech),
    /// The sound of a programme.
    Playing { turn: u64 },
    /// A warning or a reminder that nobody could hear yet.
    Waiting { utterance: Utterance, at: Instant },
}

impl Activity {
    /// Whose end somebody waits for.
    fn turn(&self) -> Option<u64> {
        match self {
            Self::Nothing | Self::Resting { .. } => None,
            Self::Speaking(Speech { utterance, .. }) | Self::Waiting { utterance, .. } => {
                utterance.turn
            }
            Self::Playing { turn } => Some(*turn),
        }
    }
}

/// What is to be said.
struct Utterance {
    /// Nobody waits for the end of a tone alone.
    turn: Option<u64>,
    passages: Vec<Passage>,
    first: Option<(Tone, f32)>,
    volume: f32,
    rate: f32,
    /// How often it was tried in vain.
    tries: usize,
    requested: Instant,
}

impl Utterance {
    /// When to try again what could not be heard, if at all.
    fn again(&self, now: Instant) -> Option<Instant> {
        let pace = PACE.get(self.tries).or(PACE.last())?;
        let at = now + Duration::from_secs(*pace);
        match self.first?.0 {
            // It is tried until it is answered.
            Tone::Warning => Some(at),
            Tone::Reminder => (at <= self.requested + REMINDER).then_some(at),
            Tone::Touch | Tone::Sent => None,
        }
    }
}

/// A speech whose phrases are made beside it.
struct Speech {
    utterance: Utterance,
    phrases: Option<Result<Phrases, SpeechError>>,
    /// What sounds now must have ended by then.
    ends_by: Instant,
}

/// How far a speech has come.
enum Progress {
    Running,
    Event(SpeechEvent),
    Done,
    Failed(SpeechError),
}

impl<S: Speaker> Announcer<S> {
    fn run(&mut self, queue: &AudioQueue) {
        loop {
            let patience = match &self.activity {
                Activity::Nothing => None,
                Activity::Waiting { at, .. } => Some(at.saturating_duration_since(Instant::now())),
                Activity::Resting { .. } => Some(POLL_IDLE),
                // What is held still needs little looking after.
                _ if self.held_since.is_some() => Some(POLL_IDLE),
                Activity::Speaking(_) | Activity::Playing { .. } => Some(POLL_BUSY),
            };
            match queue.next(patience) {
                Next::Command(command) => self.on_command(command),
                Next::Nothing => self.poll(),
                Next::Closed => break,
            }
        }
        self.stop();
    }

    fn on_command(&mut self, command: AudioCommand) {
        if let Some(turn) = command.turn() {
            if turn < self.newest {
                // Something else was requested while this was on its way.
                return (self.tell)(SpeechEvent::Stopped { turn });
            }
            self.newest = turn;
            self.taking = Some(turn);
        }
        self.execute(command);
        self.taking = None;
    }

    fn execute(&mut self, command: AudioCommand) {
        match command {
            AudioCommand::Speak {
                turn,
                passages,
                first,
                loudness,
                rate,
            } => {
                self.stop();
                self.speak(Utterance {
                    turn: Some(turn),
                    passages,
                    first: first.map(|tone| (tone, 1.0)),
                    volume: volume(loudness),
                    rate,
                    tries: 0,
                    requested: Instant::now(),
                });
            }
            AudioCommand::Play {
                turn,
                file,
                loudness,
            } => {
                self.stop();
                match self.speaker.play(Sound::File(file), volume(loudness)) {
                    Ok(()) => self.activity = Activity::Playing { turn },
                    Err(why) => {
                        self.release_device();
                        (self.tell)(SpeechEvent::Cannot { turn, why });
                    }
                }
            }
            AudioCommand::Stop => self.stop(),
            AudioCommand::Pause => self.hold(true),
            AudioCommand::Resume => self.hold(false),
            AudioCommand::SetPronunciations(pronunciations) => self.pronunciations = pronunciations,
            AudioCommand::Tone(tone, loudness) => self.sound(tone, volume(loudness)),
        }
    }

    fn sound(&mut self, tone: Tone, volume: f32) {
        if !matches!(self.activity, Activity::Nothing) && self.speaker.is_lost() {
            self.fail(SpeechError::SpeakerLost);
        }
        let is_free = matches!(self.activity, Activity::Nothing | Activity::Resting { .. });
        match tone {
            Tone::Warning | Tone::Reminder if is_free => self.speak(Utterance {
                turn: None,
                passages: Vec::new(),
                first: Some((tone, volume)),
                volume,
                rate: 1.0,
                tries: 0,
                requested: Instant::now(),
            }),
            // A touch without a sound is no trouble: the key lights up as well.
            _ if self.quiet_until.is_some_and(|it| Instant::now() < it) => {}
            _ if matches!(self.activity, Activity::Waiting { .. }) => {}
            _ => {
                let sound = Sound::Samples(tone.samples());
                let sounded = self.speaker.play_beside(sound, volume);
                self.quiet_until = sounded.is_err().then(|| Instant::now() + QUIET);
                if sounded.is_ok() && is_free {
                    self.idle();
                }
            }
        }
    }

    fn hold(&mut self, still: bool) {
        if let Activity::Speaking(_) | Activity::Playing { .. } = self.activity {
            self.speaker.pause(still);
            let now = Instant::now();
            let held_since = self.held_since.take();
            if still {
                self.held_since = held_since.or(Some(now));
            } else if let (Some(since), Activity::Speaking(speech)) =
                (held_since, &mut self.activity)
            {
                speech.ends_by += now - since;
            }
        }
    }

    fn speak(&mut self, utterance: Utterance) {
        let mut seconds = Duration::ZERO;
        if let Some((tone, volume)) = utterance.first {
            // A warning is heard though nothing can be spoken.
            let samples = tone.samples();
            seconds = length(&samples);
            if let Err(why) = self.speaker.play(Sound::Samples(samples), volume) {
                return self.on_unheard(utterance, why);
            }
        }
        let phrases = utterance.turn.map(|_| {
            let synthesis = self.synthesis.clone()?;
            let pronunciations = Arc::clone(&self.pronunciations);
            Phrases::begin(
                synthesis,
                pronunciations,
                utterance.passages.clone(),
                utterance.rate,
            )
        });
        self.activity = Activity::Speaking(Speech {
            utterance,
            phrases,
            ends_by: Instant::now() + seconds + MARGIN,
        });
    }

    /// Looks whether the next phrase is due, and whether the device is still there.
    fn poll(&mut self) {
        if let Activity::Waiting { .. } = self.activity {
            if let Activity::Waiting { utterance, .. } =
                std::mem::replace(&mut self.activity, Activity::Nothing)
            {
                self.taking = utterance.turn;
                self.speak(utterance);
                self.taking = None;
            }
            return;
        }
        if !matches!(self.activity, Activity::Nothing) && self.speaker.is_lost() {
            return self.fail(SpeechError::SpeakerLost);
        }
        if self.held_since.is_some() {
            return;
        }
        match &mut self.activity {
            Activity::Nothing | Activity::Waiting { .. } => {}
            Activity::Resting { since } => {
                if since.elapsed() >= REST {
                    self.release_device();
                }
            }
            Activity::Playing { turn } => {
                let turn = *turn;
                if !self.speaker.is_playing() {
                    self.idle();
                    (self.tell)(SpeechEvent::Ended { turn });
                }
            }
            Activity::Speaking(speech) => match speech.advance(&mut self.speaker) {
                Progress::Running => {}
                Progress::Event(heard) => (self.tell)(heard),
                Progress::Done => {
                    let turn = speech.utterance.turn;
                    self.idle();
                    if let Some(turn) = turn {
                        (self.tell)(SpeechEvent::Ended { turn });
                    }
                }
                Progress::Failed(why) => self.fail(why),
            },
        }
    }

    /// Gets up again where a sound made it stumble. Who waits for an end is told.
    fn recover(&mut self) {
        tracing::error!("the voice stumbled over a sound");
        let why = SpeechError::SpeakerLost;
        let taking = self
            .taking
            .take()
            .filter(|it| self.activity.turn() != Some(*it));
        self.fail(why);
        if let Some(turn) = taking {
            (self.tell)(SpeechEvent::Cannot { turn, why });
        }
    }

    /// What was being heard is over, because it cannot be heard.
    fn fail(&mut self, why: SpeechError) {
        let is_device = matches!(why, SpeechError::NoSpeaker | SpeechError::SpeakerLost);
        let activity = std::mem::replace(&mut self.activity, Activity::Nothing);
        if is_device {
            self.release_device();
        } else {
            self.speaker.stop();
            self.idle();
        }
        match activity {
            Activity::Speaking(speech) => self.on_unheard(speech.utterance, why),
            Activity::Waiting { utterance, .. } => self.on_unheard(utterance, why),
            Activity::Playing { turn } => (self.tell)(SpeechEvent::Cannot { turn, why }),
            Activity::Nothing | Activity::Resting { .. } => {}
        }
    }

    fn on_unheard(&mut self, mut utterance: Utterance, why: SpeechError) {
        let is_device = matches!(why, SpeechError::NoSpeaker | SpeechError::SpeakerLost);
        if is_device {
            self.release_device();
        }
        let turn = utterance.turn;
        let now = Instant::now();
        let told = match utterance.again(now).filter(|_| is_device) {
            Some(at) => {
                utterance.tries += 1;
                self.activity = Activity::Waiting { utterance, at };
                turn.map(|turn| SpeechEvent::Waits { turn, why })
            }
            None => turn.map(|turn| SpeechEvent::Cannot { turn, why }),
        };
        if let Some(told) = told {
            (self.tell)(told);
        }
    }

    /// Stops what is being done; who waits for its end is told.
    fn stop(&mut self) {
        self.held_since = None;
        let turn = self.activity.turn();
        match self.activity {
            Activity::Nothing | Activity::Waiting { .. } => self.activity = Activity::Nothing,
            Activity::Resting { .. } | Activity::Speaking(_) | Activity::Playing { .. } => {
                self.speaker.stop();
                self.idle();
            }
        }
        if let Some(turn) = turn {
            (self.tell)(SpeechEvent::Stopped { turn });
        }
    }

    fn idle(&mut self) {
        self.held_since = None;
        self.activity = Activity::Resting {
            since: Instant::now(),
        };
    }

    fn release_device(&mut self) {
        self.held_since = None;
        self.speaker.rest();
        self.activity = Activity::Nothing;
    }
}

impl Speech {
    fn advance<S: Speaker>(&mut self, speaker: &mut S) -> Progress {
        if speaker.is_playing() {
            return if Instant::now() > self.ends_by {
                Progress::Failed(SpeechError::SpeakerLost)
            } else {
                Progress::Running
            };
        }
        let phrase = match &self.phrases {
            None => return Progress::Done,
            Some(Err(why)) => return Progress::Failed(*why),
            Some(Ok(phrases)) => match phrases.next() {
                NextPhrase::Pending => return Progress::Running,
                NextPhrase::End => return Progress::Done,
                NextPhrase::Failed(why) => return Progress::Failed(why),
                NextPhrase::Phrase(phrase) => phrase,
            },
        };
        self.ends_by = Instant::now() + length(&phrase.samples) + MARGIN;
        if let Err(why) = speaker.play(Sound::Samples(phrase.samples), self.utterance.volume) {
            return Progress::Failed(why);
        }
        match self.utterance.turn {
            None => Progress::Running,
            Some(turn) => Progress::Event(SpeechEvent::Clause {
                turn,
                passage: phrase.passage,
                words: phrase.words,
            }),
        }
    }
}

/// How long these sound.
fn length(samples: &[i16]) -> Duration {
    let samples = u64::try_from(samples.len()).unwrap_or(u64::MAX);
    Duration::from_millis(samples.saturating_mul(1000) / u64::from(RATE))
}
