//! How much room a text needs, by the letters' own widths and our own breaking of lines: independent of
//! the renderer.

use kairan_text::phrases;
use ttf_parser::Face;

use super::elements::Text;

const REGULAR: &[u8] = include_bytes!("../../assets/fonts/BIZUDPGothic-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../../assets/fonts/BIZUDPGothic-Bold.ttf");
/// A logical pixel is a quarter of a millimetre: what is less than that nobody sees.
pub const TOLERANCE: f32 = 0.75;

/// The scale of type: points at the standard size, line height, and how it grows.
enum Grows {
    /// With the letters.
    Fully,
    /// Up to 1.15, on keys.
    OnKeys,
    /// Not at all.
    Never,
}

fn type_of(name: &str) -> Option<(f32, f32, Grows)> {
    Some(match name {
        "Note" => (14.0, 1.35, Grows::Fully),
        "FixedNote" => (14.0, 1.1, Grows::Never),
        "Body" => (18.0, 1.5, Grows::Fully),
        "Line" => (18.0, 1.25, Grows::Fully),
        "Name" => (20.0, 1.25, Grows::Fully),
        "Head" => (24.0, 1.3, Grows::Fully),
        "AnswerWords" => (20.0, 1.25, Grows::OnKeys),
        "KeyWords" => (14.0, 1.1, Grows::OnKeys),
        "PadDigit" => (30.0, 1.0, Grows::Never),
        _ => return None,
    })
}

/// Types whose size is their own affair, but whose words stay on one line.
fn one_line_of(name: &str) -> Option<f32> {
    (name == "Digits").then_some(1.2)
}

/// The width of `text` in logical pixels.
fn width(face: &Face, text: &str, font: f32) -> f32 {
    let units: f32 = text
        .chars()
        .filter_map(|letter| face.glyph_hor_advance(face.glyph_index(letter)?))
        .map(f32::from)
        .sum();
    units / f32::from(face.units_per_em()) * font
}

/// What is wrong with a text in its room, if anything.
pub fn fault(text: &Text, scale: f32, screen_scale: f32) -> Option<String> {
    if let Some(line_height) = one_line_of(&text.kind) {
        let face = Face::parse(BOLD, 0).expect("our own font");
        let needed = width(&face, &text.words, text.area.height / line_height);
        return (needed > text.area.width + TOLERANCE)
            .then(|| format!("needs {needed} px across and has {}", text.area.width));
    }
    let (points, line_height, grows) = type_of(&text.kind)?;
    let grown = match grows {
        Grows::Fully => scale * screen_scale,
        Grows::OnKeys => scale.min(1.15) * screen_scale,
        Grows::Never => 1.0,
    };
    let font = points * 96.0 / 72.0 * grown;
    // A line may be bold by exception; it has to fit in the letters that need less room.
    let needs = [REGULAR, BOLD].map(|bytes| {
        let face = Face::parse(bytes, 0).expect("our own font");
        lines_needed(&face, &text.words, font, text.area.width)
    });
    let lines = match needs {
        [Err(phrase), Err(_)] => {
            return Some(format!(
                "`{phrase}` is wider than its {} px",
                text.area.width
            ));
        }
        [regular, bold] => regular.unwrap_or(u16::MAX).min(bold.unwrap_or(u16::MAX)),
    };
    let needed = f32::from(lines) * font * line_height.min(1.25);
    (needed > text.area.height + TOLERANCE * f32::from(lines)).then(|| {
        format!(
            "{lines} lines need {needed} px and have {}",
            text.area.height
        )
    })
}

/// Lines of `words` broken between phrases, or the phrase that fits no line.
fn lines_needed(face: &Face, words: &str, font: f32, room: f32) -> Result<u16, String> {
    let mut lines = 0;
    for paragraph in words.split('\n') {
        lines += 1;
        let mut line = String::new();
        for phrase in phrases(paragraph) {
            // Long phrases may break anywhere.
            let pieces: Vec<String> = if phrase.chars().count() > 9 {
                phrase.chars().map(String::from).collect()
            } else {
                vec![phrase]
            };
            for piece in pieces {
                if width(face, piece.trim_end(), font) > room + TOLERANCE {
                    return Err(piece);
                }
                if width(face, format!("{line}{piece}").trim_end(), font) > room + TOLERANCE {
                    lines += 1;
                    line.clear();
                }
                line.push_str(&piece);
            }
        }
    }
    Ok(lines)
}
