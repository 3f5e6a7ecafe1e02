//! How well a text stands out from what is really drawn behind it, read from the pixels.

use std::collections::HashMap;

use slint::{Rgba8Pixel, SharedPixelBuffer};

use super::elements::Area;

/// A colour as it is drawn.
type Colour = [u8; 3];

/// The contrast of WCAG between the letters in an area and what lies behind them; none where too
/// little of it is on the screen.
///
/// Behind them is the colour that most of the area has. Letters have softened edges, so what counts is
/// the colour that stands out most of those which have some pixels for each letter.
pub fn contrast(
    picture: &SharedPixelBuffer<Rgba8Pixel>,
    area: &Area,
    scale: f32,
    letters: usize,
) -> Option<f32> {
    let mut counted: HashMap<Colour, usize> = HashMap::new();
    let (width, height) = (picture.width(), picture.height());
    let across = pixels(area.x, area.width, scale, width);
    for row in pixels(area.y, area.height, scale, height) {
        let line = &picture.as_slice()[(row * width) as usize..][..width as usize];
        let line = &line[across.start as usize..across.end as usize];
        // Most of a line is one colour after another, so the colours are counted in runs.
        for run in line.chunk_by(|one, next| one == next) {
            let pixel = run[0];
            *counted.entry([pixel.r, pixel.g, pixel.b]).or_default() += run.len();
        }
    }
    let (behind, _) = counted.iter().max_by_key(|(_, count)| **count)?;
    let mut found: Vec<(f32, usize)> = counted
        .iter()
        .map(|(colour, count)| (ratio(*colour, *behind), *count))
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let enough = letters.max(2) * 3;
    let mut seen = 0;
    found.into_iter().find_map(|(ratio, count)| {
        seen += count;
        (seen >= enough).then_some(ratio)
    })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a few thousand pixels, none below nought"
)]
fn pixels(start: f32, length: f32, scale: f32, most: u32) -> std::ops::Range<u32> {
    let within = |at: f32| (at * scale).clamp(0.0, most as f32) as u32;
    within(start)..within(start + length)
}

fn ratio(one: Colour, other: Colour) -> f32 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(colour: Colour) -> f32 {
    let [red, green, blue] = colour.map(|part| {
        let part = f32::from(part) / 255.0;
        if part <= 0.040_45 {
            part / 12.92
        } else {
            ((part + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}
