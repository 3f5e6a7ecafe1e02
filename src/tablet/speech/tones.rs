//! The tablet's few tones, made by the program itself. Pure.

use std::f32::consts::TAU;

/// Samples a second, as the voice has them.
pub const RATE: u32 = 48_000;

/// A tone with a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// A finger touched something that does something.
    Touch,
    /// Something was sent, or written down for good.
    Sent,
    /// It is time for something the resident wanted to be reminded of.
    Reminder,
    /// A warning: rises, and never startles.
    Warning,
}

/// One note of a tone.
struct Note {
    hertz: f32,
    seconds: f32,
    /// Of the whole volume.
    strength: f32,
}

const fn note(hertz: f32, seconds: f32, strength: f32) -> Note {
    Note {
        hertz,
        seconds,
        strength,
    }
}

impl Tone {
    fn notes(self) -> &'static [Note] {
        // Frequencies between 500 and 1,050 Hz: hearing that comes with age loses the high ones first.
        match self {
            Self::Touch => const { &[note(660.0, 0.05, 0.25)] },
            Self::Sent => const { &[note(587.0, 0.14, 0.5), note(880.0, 0.3, 0.5)] },
            Self::Reminder => {
                const {
                    &[
                        note(784.0, 0.25, 0.5),
                        note(659.0, 0.25, 0.5),
                        note(784.0, 0.45, 0.5),
                    ]
                }
            }
            Self::Warning => {
                const {
                    &[
                        note(523.0, 0.45, 0.4),
                        note(659.0, 0.45, 0.65),
                        note(784.0, 0.45, 0.85),
                        note(1047.0, 0.9, 1.0),
                    ]
                }
            }
        }
    }

    /// The tone in samples of 16 bits, one channel, 48,000 a second.
    pub fn samples(self) -> Vec<i16> {
        self.notes().iter().flat_map(sounded).collect()
    }
}

/// A note that swells within 15 ms and dies away: a wave that is cut off would crack.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a few ten thousand samples between -32767 and 32767"
)]
fn sounded(note: &Note) -> impl Iterator<Item = i16> + '_ {
    let samples = (note.seconds * RATE as f32) as u32;
    (0..samples).map(move |index| {
        let at = index as f32 / RATE as f32;
        let swelling = (at / 0.015).min(1.0);
        let dying = (1.0 - at / note.seconds).powf(1.5);
        // A second harmonic makes it warm, and audible on the small speaker of a tablet.
        let wave = 0.8 * (TAU * note.hertz * at).sin() + 0.2 * (2.0 * TAU * note.hertz * at).sin();
        (wave * swelling * dying * note.strength * 32_000.0) as i16
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loudest(samples: &[i16]) -> u16 {
        samples
            .iter()
            .map(|it| it.unsigned_abs())
            .max()
            .unwrap_or(0)
    }

    #[test]
    fn a_warning_rises_and_begins_softly() {
        let samples = Tone::Warning.samples();
        let loud: Vec<u16> = samples.chunks(21_600).take(4).map(loudest).collect();
        assert!(loud.is_sorted(), "{loud:?}");
        assert!(loud[3] > 25_000, "{loud:?}");
        assert!(
            loudest(&samples[..24]) < 1_500,
            "it cracks at the beginning"
        );
    }

    #[test]
    fn a_touch_is_short_and_soft() {
        let samples = Tone::Touch.samples();
        assert!(samples.len() < 4_800);
        assert!(loudest(&samples) < 9_000);
    }
}
