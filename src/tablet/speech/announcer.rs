//! The thread that owns the speaker: takes orders, and plays phrase after phrase.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, Receiver, RecvTimeoutError, TryRecvError},
    },
    thread,
    time::Duration,
};

use super::{
    Heard, ORDERS_LIMIT, Order, Passage, Silence, Sound, Speaker, Synthesis, Tone, Voice, clauses,
    volume,
};

/// How often it looks whether a phrase has ended; only while something sounds.
const LOOK: Duration = Duration::from_millis(15);
/// The device is let go after so long without a sound.
const REST: Duration = Duration::from_secs(20);
/// Phrases that are made before they are needed.
const AHEAD: usize = 2;

/// Starts the thread. It ends when every [`Voice`] is gone. `tell` is called on that thread.
pub fn start<S: Speaker>(
    speaker: impl FnOnce() -> S + Send + 'static,
    synthesis: Result<Synthesis, Silence>,
    tell: impl Fn(Heard) + Send + 'static,
) -> Voice {
    let (sender, orders) = mpsc::sync_channel(ORDERS_LIMIT);
    let started = thread::Builder::new()
        .name("voice".to_owned())
        .spawn(move || {
            let announcer = Announcer {
                speaker: speaker(),
                synthesis,
                tell,
                doing: Doing::Nothing,
                is_still: false,
            };
            announcer.obey(&orders);
        });
    if let Err(error) = started {
        tracing::error!(%error, "there will be no sound");
    }
    Voice(sender)
}

struct Announcer<S, T> {
    speaker: S,
    synthesis: Result<Synthesis, Silence>,
    tell: T,
    doing: Doing,
    is_still: bool,
}

/// What is being done.
enum Doing {
    /// Nothing; the device is closed.
    Nothing,
    /// Nothing, but the device is still open.
    Resting,
    /// A speech.
    Speaking(Speech),
    /// The sound of a programme.
    Playing { turn: u64 },
}

/// A speech whose phrases are made beside it.
struct Speech {
    turn: u64,
    phrases: Receiver<Result<Phrase, Silence>>,
    is_over: Arc<AtomicBool>,
    volume: f32,
}

struct Phrase {
    passage: usize,
    words: String,
    samples: Vec<i16>,
}

impl<S: Speaker, T: Fn(Heard)> Announcer<S, T> {
    fn obey(mut self, orders: &Receiver<Order>) {
        loop {
            let order = match self.doing {
                Doing::Nothing => orders.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Doing::Resting => orders.recv_timeout(REST),
                // What is held still needs no looking after.
                _ if self.is_still => orders.recv_timeout(REST),
                Doing::Speaking(_) | Doing::Playing { .. } => orders.recv_timeout(LOOK),
            };
            match order {
                Ok(order) => self.take(order),
                Err(RecvTimeoutError::Timeout) => self.go_on(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.hush();
    }

    fn take(&mut self, order: Order) {
        match order {
            Order::Say {
                turn,
                passages,
                first,
                loudness,
                rate,
            } => {
                self.hush();
                if let Err(why) = self.say(turn, passages, first, volume(loudness), rate) {
                    (self.tell)(Heard::Cannot { turn, why });
                }
            }
            Order::Play {
                turn,
                file,
                loudness,
            } => {
                self.hush();
                match self.speaker.play(Sound::File(file), volume(loudness)) {
                    Ok(()) => self.doing = Doing::Playing { turn },
                    Err(why) => (self.tell)(Heard::Cannot { turn, why }),
                }
            }
            Order::Hush => self.hush(),
            Order::Pause => self.hold(true),
            Order::GoOn => self.hold(false),
            Order::Sound(tone, loudness) => {
                let sound = Sound::Samples(tone.samples());
                // A touch without a sound is no trouble: the key lights up as well.
                let sounded = self.speaker.play_beside(sound, volume(loudness));
                if sounded.is_ok() && matches!(self.doing, Doing::Nothing) {
                    self.doing = Doing::Resting;
                }
            }
        }
    }

    fn hold(&mut self, still: bool) {
        self.is_still = still;
        self.speaker.pause(still);
    }

    fn say(
        &mut self,
        turn: u64,
        passages: Vec<Passage>,
        first: Option<Tone>,
        volume: f32,
        rate: f32,
    ) -> Result<(), Silence> {
        if let Some(tone) = first {
            // A warning is heard though nothing can be spoken.
            self.speaker.play(Sound::Samples(tone.samples()), 1.0)?;
            self.doing = Doing::Resting;
        }
        let synthesis = self.synthesis.clone()?;
        let (sender, phrases) = mpsc::sync_channel(AHEAD);
        let is_over = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&is_over);
        let making = thread::Builder::new()
            .name("phrases".to_owned())
            .spawn(move || make(&synthesis, &passages, rate, &stop, &sender));
        if let Err(error) = making {
            tracing::error!(%error, "nothing can be said");
            return Err(Silence::NoProgram);
        }
        self.doing = Doing::Speaking(Speech {
            turn,
            phrases,
            is_over,
            volume,
        });
        Ok(())
    }

    /// Looks whether the next phrase is due.
    fn go_on(&mut self) {
        if self.is_still {
            return;
        }
        match &self.doing {
            Doing::Nothing => {}
            Doing::Resting => {
                self.speaker.rest();
                self.doing = Doing::Nothing;
            }
            Doing::Playing { turn } => {
                let turn = *turn;
                if !self.speaker.is_playing() {
                    self.doing = Doing::Resting;
                    (self.tell)(Heard::Ended { turn });
                }
            }
            Doing::Speaking(speech) => {
                if self.speaker.is_playing() {
                    return;
                }
                let turn = speech.turn;
                let told = match speech.phrases.try_recv() {
                    Err(TryRecvError::Empty) => return,
                    Err(TryRecvError::Disconnected) => Err(Heard::Ended { turn }),
                    Ok(Err(why)) => Err(Heard::Cannot { turn, why }),
                    Ok(Ok(phrase)) => {
                        let sound = Sound::Samples(phrase.samples);
                        let heard = Heard::Clause {
                            turn,
                            passage: phrase.passage,
                            words: phrase.words,
                        };
                        let played = self.speaker.play(sound, speech.volume);
                        played.map_or_else(|why| Err(Heard::Cannot { turn, why }), |()| Ok(heard))
                    }
                };
                match told {
                    Ok(heard) => (self.tell)(heard),
                    Err(last) => {
                        self.hush();
                        (self.tell)(last);
                    }
                }
            }
        }
    }

    fn hush(&mut self) {
        if let Doing::Speaking(speech) = &self.doing {
            speech.is_over.store(true, Ordering::Relaxed);
        }
        self.is_still = false;
        if !matches!(self.doing, Doing::Nothing) {
            self.speaker.stop();
            self.doing = Doing::Resting;
        }
    }
}

/// Makes phrase after phrase, until there are no more or nobody wants them.
fn make(
    synthesis: &Synthesis,
    passages: &[Passage],
    rate: f32,
    is_over: &AtomicBool,
    phrases: &mpsc::SyncSender<Result<Phrase, Silence>>,
) {
    let mut said = false;
    for (passage, text) in passages.iter().enumerate() {
        let pieces = match &text.reading {
            // What is marked is the name, though its reading is said.
            Some(reading) => vec![(text.words.clone(), reading.clone())],
            None => clauses(&text.words)
                .into_iter()
                .map(|it| (it.clone(), it))
                .collect(),
        };
        for (words, spoken) in pieces {
            if is_over.load(Ordering::Relaxed) {
                return;
            }
            let made = synthesis.samples(&spoken, rate);
            if made.as_ref().is_ok_and(Vec::is_empty) {
                continue;
            }
            said = true;
            let phrase = made.map(|samples| Phrase {
                passage,
                words,
                samples,
            });
            let failed = phrase.is_err();
            if phrases.send(phrase).is_err() || failed {
                return;
            }
        }
    }
    if !said {
        // Nobody may be listening any more; then nobody misses it.
        let _ = phrases.send(Err(Silence::NothingToSay));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::Sender;

    use crate::settings::Loudness;

    use super::*;

    /// A speaker that is done at once, or never.
    struct Silent {
        plays: bool,
        endless: bool,
        heard: Sender<String>,
    }

    impl Speaker for Silent {
        fn play(&mut self, sound: Sound, _: f32) -> Result<(), Silence> {
            if let Sound::Samples(samples) = &sound {
                let _ = self.heard.send(format!("{} samples", samples.len()));
            }
            self.plays = self.endless;
            Ok(())
        }
        fn play_beside(&mut self, _: Sound, _: f32) -> Result<(), Silence> {
            Err(Silence::NoSpeaker)
        }
        fn stop(&mut self) {
            self.plays = false;
            let _ = self.heard.send("stopped".to_owned());
        }
        fn pause(&mut self, _: bool) {}
        fn is_playing(&self) -> bool {
            self.plays
        }
        fn rest(&mut self) {}
    }

    fn say(turn: u64, passages: &[&str]) -> Order {
        Order::Say {
            turn,
            passages: passages.iter().copied().map(Passage::of).collect(),
            first: None,
            loudness: Loudness::Normal,
            rate: 0.8,
        }
    }

    /// What is told, one after another, until the end or a reason why not.
    fn told(synthesis: Result<Synthesis, Silence>, order: Order) -> Vec<Heard> {
        let (tell, heard) = mpsc::channel();
        let (played, _plays) = mpsc::channel();
        let speaker = move || Silent {
            plays: false,
            endless: false,
            heard: played,
        };
        let voice = start(speaker, synthesis, move |heard| {
            let _ = tell.send(heard);
        });
        voice.order(order);
        let mut told = Vec::new();
        while let Ok(heard) = heard.recv_timeout(Duration::from_secs(30)) {
            let is_last = !matches!(heard, Heard::Clause { .. });
            told.push(heard);
            if is_last {
                break;
            }
        }
        told
    }

    #[test]
    fn a_screen_is_read_phrase_by_phrase() {
        let folder = tempfile::tempdir().expect("a folder");
        let synthesis = Synthesis::prepare(folder.path());
        assert_eq!(
            synthesis.as_ref().err(),
            None,
            "make test installs open_jtalk"
        );
        let told = told(
            synthesis,
            say(7, &["市からのお知らせ", "★", "晴れです。雨です。"]),
        );
        let clause = |passage, words: &str| Heard::Clause {
            turn: 7,
            passage,
            words: words.to_owned(),
        };
        assert_eq!(
            told,
            [
                clause(0, "市からのお知らせ"),
                clause(2, "晴れです。"),
                clause(2, "雨です。"),
                Heard::Ended { turn: 7 }
            ]
        );
    }

    #[test]
    fn why_nothing_is_said_is_told() {
        let why = |why| vec![Heard::Cannot { turn: 1, why }];
        let missing = told(Err(Silence::NoProgram), say(1, &["晴れです。"]));
        assert_eq!(missing, why(Silence::NoProgram));
        let folder = tempfile::tempdir().expect("a folder");
        let empty = told(Synthesis::prepare(folder.path()), say(1, &["", "★"]));
        assert_eq!(empty, why(Silence::NothingToSay));
    }

    #[test]
    fn a_second_touch_stops_within_a_tenth_of_a_second() {
        let folder = tempfile::tempdir().expect("a folder");
        let (tell, heard) = mpsc::channel();
        let (played, plays) = mpsc::channel();
        let speaker = move || Silent {
            plays: false,
            endless: true,
            heard: played,
        };
        let voice = start(speaker, Synthesis::prepare(folder.path()), move |heard| {
            let _ = tell.send(heard);
        });
        voice.order(say(1, &["長い 話です。", "まだ つづきます。"]));
        let first = heard.recv_timeout(Duration::from_secs(30));
        assert!(
            matches!(first, Ok(Heard::Clause { passage: 0, .. })),
            "{first:?}"
        );
        let began = plays
            .recv_timeout(Duration::from_secs(30))
            .expect("it plays");
        assert!(began.ends_with("samples"), "{began}");
        voice.order(Order::Hush);
        let stopped = plays.recv_timeout(Duration::from_secs(30));
        assert_eq!(stopped.as_deref(), Ok("stopped"));
        voice.order(say(2, &["つぎです。"]));
        let next = heard.recv_timeout(Duration::from_secs(30));
        assert!(
            matches!(next, Ok(Heard::Clause { turn: 2, .. })),
            "{next:?}"
        );
    }
}
