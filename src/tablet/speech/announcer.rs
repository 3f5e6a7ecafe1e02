//! The thread that owns the speaker: takes orders, and plays phrase after phrase.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use super::{
    AudioCommand, Passage, Readings, Sound, Speaker, SpeechError, SpeechEvent, Synthesis, Tone,
    making::{Coming, Phrases},
    orders::{Next, Orders, Tell, Voice},
    tones::RATE,
    volume,
};

/// How often it looks whether a phrase has ended; only while something sounds.
const LOOK: Duration = Duration::from_millis(15);
/// How often it looks whether an open device is still there, while nothing sounds.
const SELDOM: Duration = Duration::from_millis(500);
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

/// Starts the thread. It ends when every [`Voice`] is gone. `tell` is called on that thread, and where an order
/// comes to nothing at once on the thread that gives it.
pub fn start<S: Speaker>(
    speaker: impl FnOnce() -> S + Send + 'static,
    synthesis: Result<Synthesis, SpeechError>,
    tell: impl Fn(SpeechEvent) + Send + Sync + 'static,
) -> Voice {
    let orders = Arc::new(Orders::default());
    let tell: Tell = Arc::new(tell);
    let (waiting, told) = (Arc::clone(&orders), Arc::clone(&tell));
    let started = thread::Builder::new()
        .name("voice".to_owned())
        .spawn(move || {
            // Whatever happens here, who waits for an end hears of one.
            let _end = End(Arc::clone(&waiting), Arc::clone(&told));
            let mut announcer = Announcer {
                speaker: speaker(),
                synthesis,
                readings: Arc::default(),
                tell: told,
                doing: Doing::Nothing,
                taking: None,
                held_since: None,
                newest: 0,
                quiet_until: None,
            };
            // A sound on which a decoder stumbles must not make the tablet mute.
            while catch_unwind(AssertUnwindSafe(|| announcer.obey(&waiting))).is_err() {
                announcer.stumble();
            }
        });
    if let Err(error) = started {
        tracing::error!(%error, "there will be no sound");
        orders.close();
    }
    Voice::new(orders, tell)
}

/// Tells those who wait that nothing comes any more.
struct End(Arc<Orders>, Tell);

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
    readings: Arc<Readings>,
    tell: Tell,
    doing: Doing,
    /// The turn that is about to be done.
    taking: Option<u64>,
    /// Since when it is held still.
    held_since: Option<Instant>,
    /// The highest number of an order: one that is older comes too late.
    newest: u64,
    /// Until when touches are silent.
    quiet_until: Option<Instant>,
}

/// What is being done.
enum Doing {
    /// Nothing; the device is closed.
    Nothing,
    /// Nothing, but the device is still open.
    Resting { since: Instant },
    /// A speech.
    Speaking(Speech),
    /// The sound of a programme.
    Playing { turn: u64 },
    /// A warning or a reminder that nobody could hear yet.
    Waiting { say: Say, at: Instant },
}

impl Doing {
    /// Whose end somebody waits for.
    fn turn(&self) -> Option<u64> {
        match self {
            Self::Nothing | Self::Resting { .. } => None,
            Self::Speaking(Speech { say, .. }) | Self::Waiting { say, .. } => say.turn,
            Self::Playing { turn } => Some(*turn),
        }
    }
}

/// What is to be said.
struct Say {
    /// Nobody waits for the end of a tone alone.
    turn: Option<u64>,
    passages: Vec<Passage>,
    first: Option<(Tone, f32)>,
    volume: f32,
    rate: f32,
    /// How often it was tried in vain.
    tries: usize,
    ordered: Instant,
}

impl Say {
    /// When to try again what could not be heard, if at all.
    fn again(&self, now: Instant) -> Option<Instant> {
        let pace = PACE.get(self.tries).or(PACE.last())?;
        let at = now + Duration::from_secs(*pace);
        match self.first?.0 {
            // It is tried until it is answered.
            Tone::Warning => Some(at),
            Tone::Reminder => (at <= self.ordered + REMINDER).then_some(at),
            Tone::Touch | Tone::Sent => None,
        }
    }
}

/// A speech whose phrases are made beside it.
struct Speech {
    say: Say,
    phrases: Option<Result<Phrases, SpeechError>>,
    /// What sounds now must have ended by then.
    ends_by: Instant,
}

/// What a look at a speech came to.
enum Look {
    GoesOn,
    Told(SpeechEvent),
    Over,
    Silent(SpeechError),
}

impl<S: Speaker> Announcer<S> {
    fn obey(&mut self, orders: &Orders) {
        loop {
            let patience = match &self.doing {
                Doing::Nothing => None,
                Doing::Waiting { at, .. } => Some(at.saturating_duration_since(Instant::now())),
                Doing::Resting { .. } => Some(SELDOM),
                // What is held still needs little looking after.
                _ if self.held_since.is_some() => Some(SELDOM),
                Doing::Speaking(_) | Doing::Playing { .. } => Some(LOOK),
            };
            match orders.next(patience) {
                Next::Order(order) => self.take(order),
                Next::Nothing => self.look(),
                Next::Closed => break,
            }
        }
        self.hush();
    }

    fn take(&mut self, order: AudioCommand) {
        if let Some(turn) = order.turn() {
            if turn < self.newest {
                // Something else was ordered while this was on its way.
                return (self.tell)(SpeechEvent::Stopped { turn });
            }
            self.newest = turn;
            self.taking = Some(turn);
        }
        self.carry_out(order);
        self.taking = None;
    }

    fn carry_out(&mut self, order: AudioCommand) {
        match order {
            AudioCommand::Say {
                turn,
                passages,
                first,
                loudness,
                rate,
            } => {
                self.hush();
                self.say(Say {
                    turn: Some(turn),
                    passages,
                    first: first.map(|tone| (tone, 1.0)),
                    volume: volume(loudness),
                    rate,
                    tries: 0,
                    ordered: Instant::now(),
                });
            }
            AudioCommand::Play {
                turn,
                file,
                loudness,
            } => {
                self.hush();
                match self.speaker.play(Sound::File(file), volume(loudness)) {
                    Ok(()) => self.doing = Doing::Playing { turn },
                    Err(why) => {
                        self.let_go();
                        (self.tell)(SpeechEvent::Cannot { turn, why });
                    }
                }
            }
            AudioCommand::Hush => self.hush(),
            AudioCommand::Pause => self.hold(true),
            AudioCommand::GoOn => self.hold(false),
            AudioCommand::Read(readings) => self.readings = readings,
            AudioCommand::Sound(tone, loudness) => self.sound(tone, volume(loudness)),
        }
    }

    fn sound(&mut self, tone: Tone, volume: f32) {
        if !matches!(self.doing, Doing::Nothing) && self.speaker.is_lost() {
            self.fall_silent(SpeechError::SpeakerLost);
        }
        let is_free = matches!(self.doing, Doing::Nothing | Doing::Resting { .. });
        match tone {
            Tone::Warning | Tone::Reminder if is_free => self.say(Say {
                turn: None,
                passages: Vec::new(),
                first: Some((tone, volume)),
                volume,
                rate: 1.0,
                tries: 0,
                ordered: Instant::now(),
            }),
            // A touch without a sound is no trouble: the key lights up as well.
            _ if self.quiet_until.is_some_and(|it| Instant::now() < it) => {}
            _ if matches!(self.doing, Doing::Waiting { .. }) => {}
            _ => {
                let sound = Sound::Samples(tone.samples());
                let sounded = self.speaker.play_beside(sound, volume);
                self.quiet_until = sounded.is_err().then(|| Instant::now() + QUIET);
                if sounded.is_ok() && is_free {
                    self.rest();
                }
            }
        }
    }

    fn hold(&mut self, still: bool) {
        if let Doing::Speaking(_) | Doing::Playing { .. } = self.doing {
            self.speaker.pause(still);
            let now = Instant::now();
            let held_since = self.held_since.take();
            if still {
                self.held_since = held_since.or(Some(now));
            } else if let (Some(since), Doing::Speaking(speech)) = (held_since, &mut self.doing) {
                speech.ends_by += now - since;
            }
        }
    }

    fn say(&mut self, say: Say) {
        let mut seconds = Duration::ZERO;
        if let Some((tone, volume)) = say.first {
            // A warning is heard though nothing can be spoken.
            let samples = tone.samples();
            seconds = length(&samples);
            if let Err(why) = self.speaker.play(Sound::Samples(samples), volume) {
                return self.not_heard(say, why);
            }
        }
        let phrases = say.turn.map(|_| {
            let synthesis = self.synthesis.clone()?;
            let readings = Arc::clone(&self.readings);
            Phrases::begin(synthesis, readings, say.passages.clone(), say.rate)
        });
        self.doing = Doing::Speaking(Speech {
            say,
            phrases,
            ends_by: Instant::now() + seconds + MARGIN,
        });
    }

    /// Looks whether the next phrase is due, and whether the device is still there.
    fn look(&mut self) {
        if let Doing::Waiting { .. } = self.doing {
            if let Doing::Waiting { say, .. } = std::mem::replace(&mut self.doing, Doing::Nothing) {
                self.taking = say.turn;
                self.say(say);
                self.taking = None;
            }
            return;
        }
        if !matches!(self.doing, Doing::Nothing) && self.speaker.is_lost() {
            return self.fall_silent(SpeechError::SpeakerLost);
        }
        if self.held_since.is_some() {
            return;
        }
        match &mut self.doing {
            Doing::Nothing | Doing::Waiting { .. } => {}
            Doing::Resting { since } => {
                if since.elapsed() >= REST {
                    self.let_go();
                }
            }
            Doing::Playing { turn } => {
                let turn = *turn;
                if !self.speaker.is_playing() {
                    self.rest();
                    (self.tell)(SpeechEvent::Ended { turn });
                }
            }
            Doing::Speaking(speech) => match speech.go_on(&mut self.speaker) {
                Look::GoesOn => {}
                Look::Told(heard) => (self.tell)(heard),
                Look::Over => {
                    let turn = speech.say.turn;
                    self.rest();
                    if let Some(turn) = turn {
                        (self.tell)(SpeechEvent::Ended { turn });
                    }
                }
                Look::Silent(why) => self.fall_silent(why),
            },
        }
    }

    /// Gets up again where a sound made it stumble. Who waits for an end is told.
    fn stumble(&mut self) {
        tracing::error!("the voice stumbled over a sound");
        let why = SpeechError::SpeakerLost;
        let taking = self
            .taking
            .take()
            .filter(|it| self.doing.turn() != Some(*it));
        self.fall_silent(why);
        if let Some(turn) = taking {
            (self.tell)(SpeechEvent::Cannot { turn, why });
        }
    }

    /// What was being heard is over, because it cannot be heard.
    fn fall_silent(&mut self, why: SpeechError) {
        let is_device = matches!(why, SpeechError::NoSpeaker | SpeechError::SpeakerLost);
        let doing = std::mem::replace(&mut self.doing, Doing::Nothing);
        if is_device {
            self.let_go();
        } else {
            self.speaker.stop();
            self.rest();
        }
        match doing {
            Doing::Speaking(speech) => self.not_heard(speech.say, why),
            Doing::Waiting { say, .. } => self.not_heard(say, why),
            Doing::Playing { turn } => (self.tell)(SpeechEvent::Cannot { turn, why }),
            Doing::Nothing | Doing::Resting { .. } => {}
        }
    }

    fn not_heard(&mut self, mut say: Say, why: SpeechError) {
        let is_device = matches!(why, SpeechError::NoSpeaker | SpeechError::SpeakerLost);
        if is_device {
            self.let_go();
        }
        let turn = say.turn;
        let now = Instant::now();
        let told = match say.again(now).filter(|_| is_device) {
            Some(at) => {
                say.tries += 1;
                self.doing = Doing::Waiting { say, at };
                turn.map(|turn| SpeechEvent::Waits { turn, why })
            }
            None => turn.map(|turn| SpeechEvent::Cannot { turn, why }),
        };
        if let Some(told) = told {
            (self.tell)(told);
        }
    }

    /// Stops what is being done; who waits for its end is told.
    fn hush(&mut self) {
        self.held_since = None;
        let turn = self.doing.turn();
        match self.doing {
            Doing::Nothing | Doing::Waiting { .. } => self.doing = Doing::Nothing,
            Doing::Resting { .. } | Doing::Speaking(_) | Doing::Playing { .. } => {
                self.speaker.stop();
                self.rest();
            }
        }
        if let Some(turn) = turn {
            (self.tell)(SpeechEvent::Stopped { turn });
        }
    }

    fn rest(&mut self) {
        self.held_since = None;
        self.doing = Doing::Resting {
            since: Instant::now(),
        };
    }

    fn let_go(&mut self) {
        self.held_since = None;
        self.speaker.rest();
        self.doing = Doing::Nothing;
    }
}

impl Speech {
    fn go_on<S: Speaker>(&mut self, speaker: &mut S) -> Look {
        if speaker.is_playing() {
            return if Instant::now() > self.ends_by {
                Look::Silent(SpeechError::SpeakerLost)
            } else {
                Look::GoesOn
            };
        }
        let phrase = match &self.phrases {
            None => return Look::Over,
            Some(Err(why)) => return Look::Silent(*why),
            Some(Ok(phrases)) => match phrases.next() {
                Coming::NotYet => return Look::GoesOn,
                Coming::End => return Look::Over,
                Coming::Failed(why) => return Look::Silent(why),
                Coming::Phrase(phrase) => phrase,
            },
        };
        self.ends_by = Instant::now() + length(&phrase.samples) + MARGIN;
        if let Err(why) = speaker.play(Sound::Samples(phrase.samples), self.say.volume) {
            return Look::Silent(why);
        }
        match self.say.turn {
            None => Look::GoesOn,
            Some(turn) => Look::Told(SpeechEvent::Clause {
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
