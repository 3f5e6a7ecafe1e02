//! Making the phrases of a speech, beside what is being heard of it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, Receiver, SyncSender, TryRecvError},
    },
    thread,
};

use super::{Passage, Pronunciations, SpeechError, Synthesis, line, pieces};

/// Phrases that are made before they are needed.
const AHEAD: usize = 2;

/// A piece that is ready to be played.
pub struct Phrase {
    /// The place of its passage.
    pub passage: usize,
    /// As it is shown.
    pub words: String,
    /// How it sounds.
    pub samples: Vec<i16>,
}

/// What comes next.
pub enum NextPhrase {
    /// This.
    Phrase(Phrase),
    /// Something that is still being made.
    Pending,
    /// Nothing: everything was made.
    End,
    /// Nothing, and why.
    Failed(SpeechError),
}

/// The phrases of one speech. When this is dropped no more are made.
pub struct Phrases {
    receiver: Receiver<NextPhrase>,
    is_over: Arc<AtomicBool>,
}

impl Phrases {
    /// Begins to make them.
    pub fn begin(
        synthesis: Synthesis,
        pronunciations: Arc<Pronunciations>,
        passages: Vec<Passage>,
        rate: f32,
    ) -> Result<Self, SpeechError> {
        let (sender, receiver) = mpsc::sync_channel(AHEAD);
        let is_over = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&is_over);
        let making = thread::Builder::new()
            .name("phrases".to_owned())
            .spawn(move || {
                let last = make(&synthesis, &pronunciations, &passages, rate, &stop, &sender);
                // Nobody may be listening any more; then nobody misses it.
                let _ = sender.send(last);
            });
        if let Err(error) = making {
            tracing::error!(%error, "nothing can be said");
            return Err(SpeechError::ProgramFailed);
        }
        Ok(Self { receiver, is_over })
    }

    /// The next phrase; does not wait for it.
    pub fn next(&self) -> NextPhrase {
        match self.receiver.try_recv() {
            Ok(next) => next,
            Err(TryRecvError::Empty) => NextPhrase::Pending,
            // Its last word was not said: it broke off.
            Err(TryRecvError::Disconnected) => NextPhrase::Failed(SpeechError::ProgramFailed),
        }
    }
}

impl Drop for Phrases {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
    }
}

/// Makes phrase after phrase, until there are no more or nobody wants them; says what comes last.
fn make(
    synthesis: &Synthesis,
    pronunciations: &Pronunciations,
    passages: &[Passage],
    rate: f32,
    is_over: &AtomicBool,
    phrases: &SyncSender<NextPhrase>,
) -> NextPhrase {
    let mut said = false;
    for (passage, text) in passages.iter().enumerate() {
        let pieces = match &text.reading {
            // What is marked is the name, though its reading is said.
            Some(reading) => vec![(text.words.clone(), line(reading, pronunciations))],
            None => pieces(&text.words, pronunciations),
        };
        for (words, spoken) in pieces {
            if is_over.load(Ordering::Relaxed) {
                return NextPhrase::End;
            }
            let samples = match synthesis.samples(&spoken, rate, is_over) {
                Ok(samples) if samples.is_empty() => continue,
                Ok(samples) => samples,
                Err(why) => return NextPhrase::Failed(why),
            };
            said = true;
            let phrase = Phrase {
                passage,
                words,
                samples,
            };
            if phrases.send(NextPhrase::Phrase(phrase)).is_err() {
                return NextPhrase::End;
            }
        }
    }
    if said {
        NextPhrase::End
    } else {
        NextPhrase::Failed(SpeechError::NothingToSay)
    }
}
