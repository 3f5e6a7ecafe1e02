//! Listens to the backend between two questions, so that a warning comes at once. Where it hears
//! nothing, the questions go on at their own pace.

use std::time::Duration;

use reqwest::Response;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::client::{Client, LinkError};

/// The backend says something every 15 seconds; after three silences it is not there any more.
const SILENCE: Duration = Duration::from_secs(45);
/// A stream that stands for so long may be taken up again soon; one that ends at once may not.
const STEADY: Duration = Duration::from_mins(1);
/// The first wait before listening again; it doubles up to the last.
const FIRST_WAIT: Duration = Duration::from_secs(3);
const LAST_WAIT: Duration = Duration::from_mins(5);
/// Thousands of tablets that hear the same word must not ask in the same second.
const SPREAD: Duration = Duration::from_secs(1);
/// Bytes of one line; a longer one is none of ours.
const LINE_LIMIT: usize = 4096;

/// What the backend says that there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Another manifest.
    Manifest,
    /// Answers to what was asked for.
    Answers,
}

/// The stream of changes. Its state outlives a wait that something else has ended.
pub struct ChangeStream {
    stream: Option<Response>,
    line: Vec<u8>,
    wait: Duration,
    not_before: Instant,
    /// Since when the stream stands.
    since: Option<Instant>,
    /// The event whose data comes next; one without a name tells of a manifest.
    event: Vec<u8>,
    /// What was told last: the same again, after the stream was taken up anew, is no news.
    told_manifest: Vec<u8>,
    /// The same for answers.
    told_answers: Vec<u8>,
}

impl Default for ChangeStream {
    fn default() -> Self {
        Self {
            stream: None,
            line: Vec::new(),
            wait: FIRST_WAIT,
            not_before: Instant::now(),
            since: None,
            event: Vec::new(),
            told_manifest: Vec::new(),
            told_answers: Vec::new(),
        }
    }
}

impl ChangeStream {
    /// Forgets what it listens to: the tablet is another to the backend now.
    pub fn begin_anew(&mut self) {
        *self = Self::default();
    }

    /// Waits until the backend says that there is something new, and says what.
    pub async fn next_change(&mut self, client: &Client, token: &str) -> Vec<Change> {
        loop {
            let Some(stream) = &mut self.stream else {
                sleep_until(self.not_before).await;
                match client.changes(token).await {
                    Ok(stream) => {
                        self.stream = Some(stream);
                        self.since = Some(Instant::now());
                    }
                    Err(error) => self.back_off(&error),
                }
                continue;
            };
            let chunk = match timeout(SILENCE, stream.chunk()).await {
                Ok(Ok(Some(chunk))) => chunk,
                Ok(Ok(None)) => {
                    self.back_off(&LinkError::InvalidResponse("the stream ended".to_owned()));
                    continue;
                }
                Ok(Err(error)) => {
                    self.back_off(&error.into());
                    continue;
                }
                Err(_) => {
                    self.back_off(&LinkError::InvalidResponse(
                        "the stream fell silent".to_owned(),
                    ));
                    continue;
                }
            };
            if self.since.is_some_and(|since| since.elapsed() >= STEADY) {
                self.wait = FIRST_WAIT;
            }
            let changes = self.changes(&chunk);
            if changes.contains(&Change::Manifest) {
                sleep(SPREAD.mul_f64(rand::random())).await;
            }
            if !changes.is_empty() {
                return changes;
            }
        }
    }

    /// Leaves the backend alone for a while.
    fn back_off(&mut self, error: &LinkError) {
        tracing::debug!(%error, "nothing can be heard of changes for now");
        self.stream = None;
        self.line.clear();
        self.not_before = Instant::now() + self.wait.mul_f64(0.75 + 0.5 * rand::random::<f64>());
        self.wait = (self.wait * 2).min(LAST_WAIT);
    }

    /// What the lines with data tell that end in `chunk`. Comments and events of a newer backend are passed over.
    fn changes(&mut self, chunk: &[u8]) -> Vec<Change> {
        let mut changes = Vec::new();
        for byte in chunk {
            if *byte == b'\n' {
                let line = std::mem::take(&mut self.line);
                changes.extend(self.change(line).filter(|it| !changes.contains(it)));
            } else if self.line.len() < LINE_LIMIT {
                self.line.push(*byte);
            }
        }
        changes
    }

    /// What a line tells that is whole.
    fn change(&mut self, line: Vec<u8>) -> Option<Change> {
        if let Some(name) = line.strip_prefix(b"event:") {
            self.event = name.trim_ascii().to_vec();
            return None;
        }
        if line.is_empty() {
            self.event.clear();
        }
        if !line.starts_with(b"data:") {
            return None;
        }
        let (told, change) = match self.event.as_slice() {
            b"" | b"manifest" => (&mut self.told_manifest, Change::Manifest),
            b"answers" => (&mut self.told_answers, Change::Answers),
            _ => return None,
        };
        if *told == line {
            return None;
        }
        *told = line;
        Some(change)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_data_has_change_however_it_is_cut() {
        let mut stream = ChangeStream::default();
        assert_eq!(stream.changes(b":\n\nevent: manifest\nda"), []);
        assert_eq!(stream.changes(b"ta: 12ab\n\n:"), [Change::Manifest]);
        assert_eq!(stream.changes(b"\n\nevent: manifest\ndata: 12ab\n\n"), []);
        assert_eq!(stream.changes(b"data: 34cd\n\n"), [Change::Manifest]);
        assert_eq!(stream.changes(&vec![b'x'; 100_000]), []);
        assert!(stream.line.len() <= LINE_LIMIT);
    }

    #[tokio::test]
    async fn answers_are_told_beside_manifests_and_what_is_not_known_is_passed_over() {
        let mut stream = ChangeStream::default();
        let both =
            b"event: answers\ndata: 7\n\nevent: manifest\ndata: 12ab\n\nevent: dance\ndata: 1\n\n";
        assert_eq!(stream.changes(both), [Change::Answers, Change::Manifest]);
        assert_eq!(stream.changes(both), []);
        assert_eq!(
            stream.changes(b"event: answers\ndata: 8\n\n"),
            [Change::Answers]
        );
        assert_eq!(
            stream.changes(b"event: manifest\ndata: 8\n\n"),
            [Change::Manifest]
        );
    }
}
