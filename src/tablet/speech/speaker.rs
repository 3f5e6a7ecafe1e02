//! The speaker, and the smallest thing that the rest asks of one.

use std::{cell::Cell, io::Cursor, num::NonZero, time::Duration};

use rodio::{Decoder, Player, Source as _, buffer::SamplesBuffer};

use super::{
    SpeechError,
    device::{Device, Patience},
    tones::RATE,
};

/// Something that can be heard.
#[derive(Debug, Clone)]
pub enum Sound {
    /// Samples of 16 bits, one channel, [`RATE`] a second.
    Samples(Vec<i16>),
    /// A file: Ogg, MP3, FLAC or WAV.
    File(Vec<u8>),
}

/// What sounds can be played on. It is used by one thread alone, and keeps nobody waiting for long.
pub trait Speaker {
    /// Plays after what is playing already. `volume` is between 0 and 1.
    fn play(&mut self, sound: Sound, volume: f32) -> Result<(), SpeechError>;
    /// Plays beside whatever else is playing.
    fn play_beside(&mut self, sound: Sound, volume: f32) -> Result<(), SpeechError>;
    /// Stops what [`Speaker::play`] began, at once.
    fn stop(&mut self);
    /// Holds still, or goes on.
    fn pause(&mut self, still: bool);
    /// Whether what [`Speaker::play`] began is still heard.
    fn is_playing(&self) -> bool;
    /// Whether the device is lost on which it plays: nothing is heard until it is opened anew.
    fn is_lost(&self) -> bool {
        false
    }
    /// Lets the device go: an open one costs a little all the time. The next sound opens it anew.
    fn rest(&mut self);
}

/// So many looks at a sound that gets no further, and it hangs: five seconds' worth.
const MOST_LOOKS: u32 = 333;

/// The machine's own loudspeaker, opened when a sound comes: whichever is the system's default by then.
#[derive(Default)]
pub struct Loudspeaker {
    patience: Patience,
    open: Option<Open>,
}

struct Open {
    device: Device,
    track: Player,
    /// How far the sound was when somebody last looked, and for how many looks it has been there.
    seen: Cell<(Duration, u32)>,
}

impl Open {
    /// Whether the sound gets no further, although nobody holds it.
    fn hangs(&self) -> bool {
        let at = self.track.get_pos();
        let (seen, looks) = self.seen.get();
        let is_held = self.track.empty() || self.track.is_paused();
        let looks = if is_held || at != seen { 0 } else { looks + 1 };
        self.seen.set((at, looks));
        looks >= MOST_LOOKS
    }
}

impl Loudspeaker {
    /// The device that is open and sounds, or one that is opened now.
    fn open(&mut self) -> Result<&mut Open, SpeechError> {
        if self.open.as_ref().is_some_and(|it| it.device.is_lost()) {
            self.rest();
        }
        if self.open.is_none() {
            let device = self.patience.open()?;
            let track = Player::connect_new(device.mixer());
            self.open = Some(Open {
                device,
                track,
                seen: Cell::default(),
            });
        }
        self.open.as_mut().ok_or(SpeechError::NoSpeaker)
    }
}

impl Speaker for Loudspeaker {
    fn play(&mut self, sound: Sound, volume: f32) -> Result<(), SpeechError> {
        let track = &self.open()?.track;
        match sound {
            Sound::Samples(samples) => track.append(buffer(samples).amplify(volume)),
            Sound::File(bytes) => match Decoder::new(Cursor::new(bytes)) {
                Ok(decoder) => track.append(decoder.amplify(volume)),
                // A sound that nobody can play takes no time; the programme goes on.
                Err(error) => tracing::warn!(%error, "a sound cannot be played"),
            },
        }
        track.play();
        Ok(())
    }

    fn play_beside(&mut self, sound: Sound, volume: f32) -> Result<(), SpeechError> {
        if let Sound::Samples(samples) = sound {
            let open = self.open()?;
            open.device.mixer().add(buffer(samples).amplify(volume));
        }
        Ok(())
    }

    fn stop(&mut self) {
        if let Some(open) = &mut self.open {
            open.track.stop();
            open.track = Player::connect_new(open.device.mixer());
        }
    }

    fn pause(&mut self, still: bool) {
        if let Some(open) = &self.open {
            if still {
                open.track.pause();
            } else {
                open.track.play();
            }
        }
    }

    fn is_playing(&self) -> bool {
        self.open.as_ref().is_some_and(|open| !open.track.empty())
    }

    fn is_lost(&self) -> bool {
        let open = self.open.as_ref();
        open.is_some_and(|open| open.device.is_lost() || open.hangs())
    }

    fn rest(&mut self) {
        self.open = None;
    }
}

/// Samples a second, as `rodio` takes them.
const PACE: NonZero<u32> = NonZero::new(RATE).expect("not nought");

fn buffer(samples: Vec<i16>) -> SamplesBuffer {
    let samples: Vec<f32> = samples
        .into_iter()
        .map(|sample| f32::from(sample) / f32::from(i16::MAX))
        .collect();
    SamplesBuffer::new(NonZero::<u16>::MIN, PACE, samples)
}
