//! The commands that wait for the speaker. What comes later takes the place of what nobody needs any more, so there
//! are never more than a handful, and none that somebody waits for is dropped.

use std::{
    collections::VecDeque,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{AudioCommand, SpeechError, SpeechEvent};

/// Who is told what is heard.
pub type Tell = Arc<dyn Fn(SpeechEvent) + Send + Sync>;

/// The window's end of the thread that speaks.
#[derive(Clone)]
pub struct Voice {
    queue: Arc<AudioQueue>,
    tell: Tell,
    _alive: Arc<Alive>,
}

/// Closes the queue when the last [`Voice`] goes.
struct Alive(Arc<AudioQueue>);

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Voice {
    pub(super) fn new(queue: Arc<AudioQueue>, tell: Tell) -> Self {
        Self {
            _alive: Arc::new(Alive(Arc::clone(&queue))),
            queue,
            tell,
        }
    }

    /// Hands a command over; never waits. What it makes needless is told to be over.
    pub fn send(&self, command: AudioCommand) {
        let turn = command.turn();
        match self.queue.push(command) {
            Ok(needless) => needless
                .into_iter()
                .for_each(|turn| (self.tell)(SpeechEvent::Stopped { turn })),
            Err(_) => turn.into_iter().for_each(|turn| {
                let why = SpeechError::VoiceGone;
                (self.tell)(SpeechEvent::Cannot { turn, why });
            }),
        }
    }
}

/// The queue, as the window and the speaker's thread share them.
#[derive(Default)]
pub struct AudioQueue {
    state: Mutex<QueueState>,
    is_news: Condvar,
}

#[derive(Default)]
struct QueueState {
    /// At most one thing to be heard (or a hush), one pause, and one of each tone.
    waiting: VecDeque<AudioCommand>,
    is_closed: bool,
}

/// What came of waiting.
pub enum Next {
    /// The next command.
    Command(AudioCommand),
    /// None came in time.
    Nothing,
    /// Nobody will ask for anything any more.
    Closed,
}

/// Nobody carries commands out any more.
#[derive(Debug, PartialEq, Eq)]
pub struct Closed;

impl AudioQueue {
    /// Lays a command down. Gives back the turns of those that it makes needless.
    pub fn push(&self, command: AudioCommand) -> Result<Vec<u64>, Closed> {
        let mut state = self.lock();
        if state.is_closed {
            return Err(Closed);
        }
        let mut needless = Vec::new();
        state.waiting.retain(|waiting| {
            let stays = !command.replaces(waiting);
            needless.extend(waiting.turn().filter(|_| !stays));
            stays
        });
        state.waiting.push_back(command);
        self.is_news.notify_one();
        Ok(needless)
    }

    /// Waits for the next; without end where no `patience` is given.
    pub fn next(&self, patience: Option<Duration>) -> Next {
        let is_idle = |state: &mut QueueState| state.waiting.is_empty() && !state.is_closed;
        let mut state = match patience {
            None => self
                .is_news
                .wait_while(self.lock(), is_idle)
                .unwrap_or_else(PoisonError::into_inner),
            Some(patience) => {
                self.is_news
                    .wait_timeout_while(self.lock(), patience, is_idle)
                    .unwrap_or_else(PoisonError::into_inner)
                    .0
            }
        };
        match state.waiting.pop_front() {
            Some(command) => Next::Command(command),
            None if state.is_closed => Next::Closed,
            None => Next::Nothing,
        }
    }

    /// Takes no more. Gives back the turns of those that were never carried out.
    pub fn close(&self) -> Vec<u64> {
        let mut state = self.lock();
        state.is_closed = true;
        self.is_news.notify_all();
        state
            .waiting
            .drain(..)
            .filter_map(|command| command.turn())
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, QueueState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AudioCommand {
    /// Under which number somebody waits for its end.
    pub(super) fn turn(&self) -> Option<u64> {
        match self {
            Self::Speak { turn, .. } | Self::Play { turn, .. } => Some(*turn),
            Self::Stop
            | Self::Pause
            | Self::Resume
            | Self::Tone(..)
            | Self::SetPronunciations(_) => None,
        }
    }

    /// Whether nobody needs `waiting` any more, now that this comes.
    fn replaces(&self, waiting: &Self) -> bool {
        match (self, waiting) {
            (Self::Tone(tone, _), Self::Tone(waiting, _)) => tone == waiting,
            (Self::SetPronunciations(_), Self::SetPronunciations(_)) => true,
            (_, Self::Tone(..) | Self::SetPronunciations(_))
            | (Self::Tone(..) | Self::SetPronunciations(_), _) => false,
            (Self::Pause | Self::Resume, waiting) => matches!(waiting, Self::Pause | Self::Resume),
            (Self::Speak { .. } | Self::Play { .. } | Self::Stop, _) => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{profile::Loudness, speech::Tone};

    fn say(turn: u64) -> AudioCommand {
        AudioCommand::Play {
            turn,
            file: Vec::new(),
            loudness: Loudness::Normal,
        }
    }

    #[test]
    fn a_drumming_finger_pushes_nothing_out() {
        let queue = AudioQueue::default();
        assert_eq!(queue.push(say(1)), Ok(vec![]));
        for _ in 0..10_000 {
            let touch = AudioCommand::Tone(Tone::Touch, Loudness::Normal);
            assert_eq!(queue.push(touch), Ok(vec![]));
        }
        assert_eq!(queue.push(say(2)), Ok(vec![1]), "the first is over");
        assert_eq!(queue.push(AudioCommand::Pause), Ok(vec![]));
        assert_eq!(queue.push(AudioCommand::Resume), Ok(vec![]));
        let mut kinds = Vec::new();
        while let Next::Command(command) = queue.next(Some(Duration::ZERO)) {
            kinds.push(match command {
                AudioCommand::Play { turn, .. } => format!("play {turn}"),
                other => format!("{other:?}"),
            });
        }
        assert_eq!(kinds, ["Tone(Touch, Normal)", "play 2", "Resume"]);
    }

    #[test]
    fn what_was_never_carried_out_is_told() {
        let queue = AudioQueue::default();
        assert_eq!(queue.push(say(7)), Ok(vec![]));
        assert_eq!(queue.close(), [7]);
        assert!(matches!(queue.next(None), Next::Closed));
        assert_eq!(queue.push(say(8)), Err(Closed));
    }
}
