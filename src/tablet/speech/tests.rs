//! The voice as the tablet uses it, on speakers that fail in every way.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        mpsc::{self, Receiver, Sender},
    },
    time::Duration,
};

use super::*;

/// A speaker that is done at once, or never.
struct Silent {
    plays: bool,
    endless: bool,
    heard: Sender<String>,
}

impl Speaker for Silent {
    fn play(&mut self, sound: Sound, _: f32) -> Result<(), SpeechError> {
        if let Sound::Samples(samples) = &sound {
            let _ = self.heard.send(format!("{} samples", samples.len()));
        }
        self.plays = self.endless;
        Ok(())
    }
    fn play_beside(&mut self, _: Sound, _: f32) -> Result<(), SpeechError> {
        Err(SpeechError::NoSpeaker)
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

fn say(turn: u64, passages: &[&str]) -> AudioCommand {
    AudioCommand::Speak {
        turn,
        passages: passages.iter().copied().map(Passage::of).collect(),
        first: None,
        loudness: Loudness::Normal,
        rate: 0.8,
    }
}

/// What is told, one after another, until the end or a reason why not.
fn told(synthesis: Result<Synthesis, SpeechError>, command: AudioCommand) -> Vec<SpeechEvent> {
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
    voice.send(command);
    let mut told = Vec::new();
    while let Ok(heard) = heard.recv_timeout(Duration::from_secs(30)) {
        let is_last = !matches!(heard, SpeechEvent::Clause { .. });
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
    let clause = |passage, words: &str| SpeechEvent::Clause {
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
            SpeechEvent::Ended { turn: 7 }
        ]
    );
}

#[test]
fn why_nothing_is_said_is_told() {
    let why = |why| vec![SpeechEvent::Cannot { turn: 1, why }];
    let missing = told(Err(SpeechError::NoProgram), say(1, &["晴れです。"]));
    assert_eq!(missing, why(SpeechError::NoProgram));
    let folder = tempfile::tempdir().expect("a folder");
    let empty = told(Synthesis::prepare(folder.path()), say(1, &["", "★"]));
    assert_eq!(empty, why(SpeechError::NothingToSay));
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
    voice.send(say(1, &["長い 話です。", "まだ つづきます。"]));
    let first = heard.recv_timeout(Duration::from_secs(30));
    assert!(
        matches!(first, Ok(SpeechEvent::Clause { passage: 0, .. })),
        "{first:?}"
    );
    let began = plays
        .recv_timeout(Duration::from_secs(30))
        .expect("it plays");
    assert!(began.ends_with("samples"), "{began}");
    voice.send(AudioCommand::Stop);
    let stopped = plays.recv_timeout(Duration::from_secs(30));
    assert_eq!(stopped.as_deref(), Ok("stopped"));
    let stopped = heard.recv_timeout(Duration::from_secs(30));
    assert_eq!(stopped, Ok(SpeechEvent::Stopped { turn: 1 }));
    voice.send(say(2, &["つぎです。"]));
    let next = heard.recv_timeout(Duration::from_secs(30));
    assert!(
        matches!(next, Ok(SpeechEvent::Clause { turn: 2, .. })),
        "{next:?}"
    );
}

/// What a speaker does that fails.
#[derive(Clone, Copy, PartialEq)]
enum Fails {
    /// It plays, and each sound is over at once.
    Not,
    /// It cannot be opened.
    Opening,
    /// It is lost as soon as something plays.
    Playing,
    /// It never ends, and says nothing of it.
    Silently,
    /// It stumbles.
    Badly,
}

/// A speaker whose ways can be changed from outside.
struct Failing {
    how: Arc<Mutex<Fails>>,
    is_open: bool,
    /// Where the voice lies.
    _folder: tempfile::TempDir,
}

impl Failing {
    fn how(&self) -> Fails {
        *self.how.lock().expect("not poisoned")
    }
}

impl Speaker for Failing {
    fn play(&mut self, _: Sound, _: f32) -> Result<(), SpeechError> {
        let how = self.how();
        assert!(how != Fails::Badly, "as it is meant to");
        self.is_open = how != Fails::Opening;
        if self.is_open {
            Ok(())
        } else {
            Err(SpeechError::NoSpeaker)
        }
    }
    fn play_beside(&mut self, sound: Sound, volume: f32) -> Result<(), SpeechError> {
        self.play(sound, volume)
    }
    fn stop(&mut self) {}
    fn pause(&mut self, _: bool) {}
    fn is_playing(&self) -> bool {
        self.is_open && self.how() == Fails::Silently
    }
    fn is_lost(&self) -> bool {
        self.is_open && self.how() == Fails::Playing
    }
    fn rest(&mut self) {
        self.is_open = false;
    }
}

/// A voice on such a speaker, and what it tells.
fn failing(how: Fails) -> (Voice, Receiver<SpeechEvent>, Arc<Mutex<Fails>>) {
    let how = Arc::new(Mutex::new(how));
    let ways = Arc::clone(&how);
    let folder = tempfile::tempdir().expect("a folder");
    let synthesis = Synthesis::prepare(folder.path());
    let (tell, heard) = mpsc::channel();
    let speaker = move || Failing {
        how: ways,
        is_open: false,
        _folder: folder,
    };
    let voice = start(speaker, synthesis, move |heard| {
        let _ = tell.send(heard);
    });
    (voice, heard, how)
}

fn warn(turn: u64) -> AudioCommand {
    let AudioCommand::Speak {
        turn,
        passages,
        loudness,
        rate,
        ..
    } = say(turn, &["津波です。"])
    else {
        unreachable!("it says something")
    };
    AudioCommand::Speak {
        turn,
        passages,
        first: Some(Tone::Warning),
        loudness,
        rate,
    }
}

fn next(heard: &Receiver<SpeechEvent>) -> SpeechEvent {
    let next = heard.recv_timeout(Duration::from_mins(1));
    next.expect("it tells something")
}

#[test]
fn a_lost_device_ends_what_was_said_and_the_next_sound_opens_it_anew() {
    let (voice, heard, how) = failing(Fails::Playing);
    voice.send(say(1, &["晴れです。"]));
    let why = SpeechError::SpeakerLost;
    let mut told = next(&heard);
    if matches!(told, SpeechEvent::Clause { .. }) {
        told = next(&heard);
    }
    assert_eq!(told, SpeechEvent::Cannot { turn: 1, why });
    *how.lock().expect("not poisoned") = Fails::Not;
    voice.send(say(2, &["晴れです。"]));
    assert!(matches!(next(&heard), SpeechEvent::Clause { turn: 2, .. }));
    assert_eq!(next(&heard), SpeechEvent::Ended { turn: 2 });
}

#[test]
fn a_warning_is_tried_until_it_is_heard_or_answered() {
    let (voice, heard, how) = failing(Fails::Opening);
    let why = SpeechError::NoSpeaker;
    voice.send(warn(1));
    for _ in 0..2 {
        assert_eq!(next(&heard), SpeechEvent::Waits { turn: 1, why });
    }
    *how.lock().expect("not poisoned") = Fails::Not;
    assert!(matches!(next(&heard), SpeechEvent::Clause { turn: 1, .. }));
    assert_eq!(next(&heard), SpeechEvent::Ended { turn: 1 });
    *how.lock().expect("not poisoned") = Fails::Opening;
    voice.send(warn(2));
    assert_eq!(next(&heard), SpeechEvent::Waits { turn: 2, why });
    voice.send(AudioCommand::Stop);
    assert_eq!(next(&heard), SpeechEvent::Stopped { turn: 2 });
    // Who asked to be read to is told at once.
    voice.send(say(3, &["晴れです。"]));
    assert_eq!(next(&heard), SpeechEvent::Cannot { turn: 3, why });
}

#[test]
fn a_clause_that_outlasts_its_own_length_is_over() {
    let (voice, heard, _) = failing(Fails::Silently);
    voice.send(say(1, &["雨。"]));
    assert!(matches!(next(&heard), SpeechEvent::Clause { turn: 1, .. }));
    let why = SpeechError::SpeakerLost;
    assert_eq!(next(&heard), SpeechEvent::Cannot { turn: 1, why });
}

#[test]
fn a_speaker_that_stumbles_makes_nobody_mute() {
    let (voice, heard, how) = failing(Fails::Badly);
    voice.send(say(1, &["雨。"]));
    let why = SpeechError::SpeakerLost;
    assert_eq!(next(&heard), SpeechEvent::Cannot { turn: 1, why });
    *how.lock().expect("not poisoned") = Fails::Not;
    voice.send(say(2, &["雨。"]));
    assert!(matches!(next(&heard), SpeechEvent::Clause { turn: 2, .. }));
}

#[test]
fn a_voice_without_a_thread_says_so() {
    let (tell, heard) = mpsc::channel();
    let speaker = || -> Silent { panic!("it cannot be made") };
    let synthesis = Err(SpeechError::NoProgram);
    let voice = start(speaker, synthesis, move |heard| {
        let _ = tell.send(heard);
    });
    voice.send(say(1, &["雨。"]));
    let why = SpeechError::VoiceGone;
    assert_eq!(next(&heard), SpeechEvent::Cannot { turn: 1, why });
    voice.send(say(2, &["雨。"]));
    assert_eq!(next(&heard), SpeechEvent::Cannot { turn: 2, why });
}

#[test]
fn a_program_that_fails_is_no_screen_without_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let broken = PathBuf::from("/bin/false");
    let synthesis = Synthesis::with(folder.path(), broken, Duration::from_secs(5));
    let why = SpeechError::ProgramFailed;
    let told = told(synthesis, say(1, &["雨。"]));
    assert_eq!(told, [SpeechEvent::Cannot { turn: 1, why }]);
}

/// Whatever is asked for and however the speaker fails, each turn has one end.
#[test]
fn each_turn_has_one_end() {
    let (voice, heard, how) = failing(Fails::Not);
    let mut state: u64 = 11;
    let mut random = |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let turns = 150;
    for turn in 1..=turns {
        let ways = [Fails::Not, Fails::Opening, Fails::Playing, Fails::Badly];
        let chosen = usize::try_from(random(4)).expect("small");
        *how.lock().expect("not poisoned") = ways[chosen];
        voice.send(match random(3) {
            0 => warn(turn),
            1 => AudioCommand::Play {
                turn,
                file: Vec::new(),
                loudness: Loudness::Normal,
            },
            _ => say(turn, &["雨。", "雪。"]),
        });
        match random(4) {
            0 => voice.send(AudioCommand::Stop),
            1 => voice.send(AudioCommand::Pause),
            2 => voice.send(AudioCommand::Tone(Tone::Touch, Loudness::Normal)),
            _ => std::thread::sleep(Duration::from_millis(random(20))),
        }
    }
    *how.lock().expect("not poisoned") = Fails::Not;
    voice.send(say(turns + 1, &["雨。"]));
    let mut ends: HashMap<u64, u32> = HashMap::new();
    loop {
        let turn = match next(&heard) {
            SpeechEvent::Ended { turn }
            | SpeechEvent::Stopped { turn }
            | SpeechEvent::Cannot { turn, .. } => turn,
            SpeechEvent::Clause { .. } | SpeechEvent::Waits { .. } => continue,
        };
        *ends.entry(turn).or_default() += 1;
        if turn == turns + 1 {
            break;
        }
    }
    let wrong: Vec<_> = (1..=turns).filter(|it| ends.get(it) != Some(&1)).collect();
    assert!(wrong.is_empty(), "{wrong:?} of {ends:?}");
}
