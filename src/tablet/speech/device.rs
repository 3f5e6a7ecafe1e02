//! The sound device: opened and closed on a thread of its own, so that a sound server that hangs keeps nobody
//! waiting, and watched, so that one that is gone is noticed once and at once.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc::{self, Receiver, Sender},
    },
    thread,
    time::{Duration, Instant},
};

use rodio::{
    DeviceSinkBuilder, DeviceSinkError, MixerDeviceSink,
    cpal::{
        self, ErrorKind,
        traits::{DeviceTrait as _, HostTrait as _},
    },
    mixer::Mixer,
};

use super::SpeechError;

/// How long a device may take to open. A sound server that is still starting needs a second or two.
const OPENING: Duration = Duration::from_secs(6);
/// How long a device may take to close before the next is opened beside it.
const CLOSING: Duration = Duration::from_secs(1);
/// So many devices may be hanging before no more are tried.
const MOST_HANGING: usize = 3;
/// A device that fails again and again is written down no more often than this.
const LOG_AGAIN: Duration = Duration::from_mins(1);
/// A stream that fails is called again at once by its thread: this keeps it from running hot until it is closed.
const BETWEEN_ERRORS: Duration = Duration::from_millis(10);
/// A device that reports nothing but errors for so long is gone. A sound server that has just taken a stream cannot say
/// yet how far it is, which counts as an error too, for a tenth of a second or longer on a busy machine.
const SPELL: Duration = Duration::from_secs(2);
/// What lies further apart than this is no spell: it played between the two.
const APART: Duration = Duration::from_millis(500);

/// What is known of the devices that were opened before this one.
#[derive(Debug, Default)]
pub struct Patience {
    hanging: Arc<AtomicUsize>,
    log: Arc<Seldom>,
}

/// A device that is open. It is closed when this is dropped.
pub struct Device {
    mixer: Mixer,
    is_lost: Arc<AtomicBool>,
    close: Option<Sender<()>>,
    is_closed: Receiver<()>,
}

impl Patience {
    /// Opens the system's default device, whichever that is by now, or another where it cannot be opened.
    pub fn open(&self) -> Result<Device, SpeechError> {
        if self.hanging.load(Ordering::Relaxed) >= MOST_HANGING {
            self.log.warn("the sound devices hang");
            return Err(SpeechError::NoSpeaker);
        }
        let (opened, opening) = mpsc::channel();
        let (close, closing) = mpsc::channel::<()>();
        let (closed, is_closed) = mpsc::channel::<()>();
        let counted = Counted::one_more(&self.hanging);
        let log = Arc::clone(&self.log);
        let started = thread::Builder::new()
            .name("speaker".to_owned())
            .spawn(move || {
                // They go in the order opposite to this: the device first.
                let (_counted, _closed) = (counted, closed);
                match open_default(&log) {
                    Ok((device, is_lost)) => {
                        let _ = opened.send(Ok((device.mixer().clone(), is_lost)));
                        // Nothing is ever sent: it ends when nobody wants the device any more.
                        let _ = closing.recv();
                        drop(device);
                    }
                    Err(problem) => drop(opened.send(Err(problem.to_string()))),
                }
            });
        if let Err(error) = started {
            self.log.warn(&format!("no speaker can be opened: {error}"));
            return Err(SpeechError::NoSpeaker);
        }
        let problem = match opening.recv_timeout(OPENING) {
            Ok(Ok((mixer, is_lost))) => {
                return Ok(Device {
                    mixer,
                    is_lost,
                    close: Some(close),
                    is_closed,
                });
            }
            Ok(Err(error)) => error,
            Err(mpsc::RecvTimeoutError::Timeout) => "it hangs".to_owned(),
            Err(mpsc::RecvTimeoutError::Disconnected) => "it failed".to_owned(),
        };
        self.log
            .warn(&format!("the speaker cannot be opened: {problem}"));
        Err(SpeechError::NoSpeaker)
    }
}

impl Device {
    /// Where sounds are put together.
    pub fn mixer(&self) -> &Mixer {
        &self.mixer
    }

    /// Whether nothing put there will be heard any more.
    pub fn is_lost(&self) -> bool {
        self.is_lost.load(Ordering::Relaxed)
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        drop(self.close.take());
        // Two programs cannot have some devices at once; neither can we twice.
        let _ = self.is_closed.recv_timeout(CLOSING);
    }
}

/// Counts for as long as it lives.
struct Counted(Arc<AtomicUsize>);

impl Counted {
    fn one_more(of: &Arc<AtomicUsize>) -> Self {
        of.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(of))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn open_default(log: &Arc<Seldom>) -> Result<(MixerDeviceSink, Arc<AtomicBool>), DeviceSinkError> {
    let host = cpal::default_host();
    let open = |device: cpal::Device| {
        let mut watch = Watch::new(log);
        let is_lost = Arc::clone(&watch.is_lost);
        let mut device = DeviceSinkBuilder::from_device(device)?
            .with_error_callback(move |error| watch.hear(&error))
            .open_stream()?;
        device.log_on_drop(false);
        Ok((device, is_lost))
    };
    let default = host.default_output_device();
    default
        .ok_or(DeviceSinkError::NoDevice)
        .and_then(open)
        .or_else(|problem| {
            let others = host.output_devices().into_iter().flatten();
            let is_real = |device: &cpal::Device| {
                let about = device.description().ok();
                about.is_some_and(|it| it.driver().is_some_and(|driver| driver != "null"))
            };
            let mut others = others.filter(is_real);
            others.find_map(|device| open(device).ok()).ok_or(problem)
        })
}

/// Judges the errors of a stream.
struct Watch {
    is_lost: Arc<AtomicBool>,
    log: Arc<Seldom>,
    /// When the errors began that follow one upon another, and when the last of them came.
    spell: Option<(Instant, Instant)>,
}

impl Watch {
    fn new(log: &Arc<Seldom>) -> Self {
        Self {
            is_lost: Arc::default(),
            log: Arc::clone(log),
            spell: None,
        }
    }

    /// Called by the thread of the stream, with each error.
    fn hear(&mut self, error: &cpal::Error) {
        if !self.is_lost.load(Ordering::Relaxed) && self.is_the_last(error.kind(), Instant::now()) {
            self.is_lost.store(true, Ordering::Relaxed);
            self.log.warn(&format!("the speaker is lost: {error}"));
        }
        thread::sleep(BETWEEN_ERRORS);
    }

    fn is_the_last(&mut self, kind: ErrorKind, now: Instant) -> bool {
        match kind {
            ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => return false,
            ErrorKind::DeviceNotAvailable
            | ErrorKind::HostUnavailable
            | ErrorKind::StreamInvalidated => return true,
            _ => {}
        }
        let before = self.spell.filter(|(_, last)| now - *last < APART);
        let began = before.map_or(now, |(began, _)| began);
        self.spell = Some((began, now));
        now - began >= SPELL
    }
}

/// Writes into the log, but not again and again.
#[derive(Debug, Default)]
struct Seldom(Mutex<Option<Instant>>);

impl Seldom {
    fn warn(&self, what: &str) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_none_or(|last| last.elapsed() >= LOG_AGAIN) {
            *last = Some(Instant::now());
            tracing::warn!("{what}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_lost_when_it_reports_nothing_but_errors() {
        let mut watch = Watch::new(&Arc::default());
        let began = Instant::now();
        let mut at = |milliseconds: u64, kind| {
            watch.is_the_last(kind, began + Duration::from_millis(milliseconds))
        };
        // What a server says of a stream that it has just taken, and a gap now and then.
        assert!((0..150).all(|ms| !at(ms, ErrorKind::BackendError)));
        assert!((1..60).all(|second| !at(second * 1_000, ErrorKind::Xrun)));
        assert!(!at(60_000, ErrorKind::RealtimeDenied));
        assert!((0..200).all(|step| !at(70_000 + step * 10, ErrorKind::BackendError)));
        assert!(at(72_000, ErrorKind::BackendError));
        assert!(at(90_000, ErrorKind::DeviceNotAvailable));
    }
}
