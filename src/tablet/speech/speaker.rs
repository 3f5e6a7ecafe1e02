//! The speaker, and the smallest thing that the rest asks of one.

use std::{io::Cursor, num::NonZero};

use rodio::{
    Decoder, DeviceSinkBuilder, MixerDeviceSink, Player, Source as _, buffer::SamplesBuffer,
};

use super::{Silence, tones::RATE};

/// Something that can be heard.
#[derive(Debug, Clone)]
pub enum Sound {
    /// Samples of 16 bits, one channel, [`RATE`] a second.
    Samples(Vec<i16>),
    /// A file: Ogg, MP3, FLAC or WAV.
    File(Vec<u8>),
}

/// What sounds can be played on. It is used by one thread alone.
pub trait Speaker {
    /// Plays after what is playing already. `volume` is between 0 and 1.
    fn play(&mut self, sound: Sound, volume: f32) -> Result<(), Silence>;
    /// Plays beside whatever else is playing.
    fn play_beside(&mut self, sound: Sound, volume: f32) -> Result<(), Silence>;
    /// Stops what [`Speaker::play`] began, at once.
    fn stop(&mut self);
    /// Holds still, or goes on.
    fn pause(&mut self, still: bool);
    /// Whether what [`Speaker::play`] began is still heard.
    fn is_playing(&self) -> bool;
    /// Lets the device go: an open one costs a little all the time.
    fn rest(&mut self);
}

/// The machine's own loudspeaker, opened when the first sound comes.
#[derive(Default)]
pub struct Loudspeaker {
    open: Option<Open>,
}

struct Open {
    device: MixerDeviceSink,
    track: Player,
}

impl Loudspeaker {
    fn open(&mut self) -> Result<&mut Open, Silence> {
        if self.open.is_none() {
            let mut device = DeviceSinkBuilder::open_default_sink().map_err(|error| {
                tracing::info!(%error, "the speaker cannot be opened");
                Silence::NoSpeaker
            })?;
            device.log_on_drop(false);
            let track = Player::connect_new(device.mixer());
            self.open = Some(Open { device, track });
        }
        self.open.as_mut().ok_or(Silence::NoSpeaker)
    }
}

impl Speaker for Loudspeaker {
    fn play(&mut self, sound: Sound, volume: f32) -> Result<(), Silence> {
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

    fn play_beside(&mut self, sound: Sound, volume: f32) -> Result<(), Silence> {
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
