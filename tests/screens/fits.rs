//! No word on any screen is cut or lies over another: measured with the letters' own widths,
//! independently of the renderer.

use i_slint_backend_testing::{ElementHandle, ElementQuery};
use kairan_contract::{TextSize, phrases};
use kairan_tablet::{
    drawing::{Headless, LANGUAGES, Profile, TEXT_SIZES, fit, show_scene},
    scenes::scenes,
    window::join_phrases,
};
use kairan_ui::TabletWindow;
use slint::ComponentHandle as _;
use ttf_parser::Face;

const REGULAR: &[u8] = include_bytes!("../../assets/fonts/BIZUDPGothic-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../../assets/fonts/BIZUDPGothic-Bold.ttf");
/// A logical pixel is a quarter of a millimetre: what is less than that nobody sees.
const TOLERANCE: f32 = 0.75;

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
        "KeyWords" => (14.0, 1.1, Grows::OnKeys),
        "PadDigit" => (30.0, 1.0, Grows::Never),
        _ => return None,
    })
}

#[derive(PartialEq)]
struct Text {
    words: String,
    kind: String,
    x: f32,
    y: f32,
    width: f32,
    height: f32,
}

impl Text {
    fn of(element: &ElementHandle) -> Self {
        let (at, size) = (element.absolute_position(), element.size());
        Self {
            words: element.accessible_label().unwrap_or_default().to_string(),
            kind: element.type_name().unwrap_or_default().to_string(),
            x: at.x,
            y: at.y,
            width: size.width,
            height: size.height,
        }
    }

    fn overlaps(&self, other: &Self) -> bool {
        let apart = |a: f32, a_length: f32, b: f32, b_length: f32| {
            a + a_length <= b + TOLERANCE || b + b_length <= a + TOLERANCE
        };
        !apart(self.x, self.width, other.x, other.width)
            && !apart(self.y, self.height, other.y, other.height)
    }
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
fn fault(text: &Text, scale: f32, screen_scale: f32) -> Option<String> {
    if let Some(line_height) = one_line_of(&text.kind) {
        let face = Face::parse(BOLD, 0).expect("our own font");
        let needed = width(&face, &text.words, text.height / line_height);
        return (needed > text.width + TOLERANCE)
            .then(|| format!("needs {needed} px across and has {}", text.width));
    }
    let (points, line_height, grows) = type_of(&text.kind)?;
    let grown = match grows {
        Grows::Fully => scale * screen_scale,
        Grows::OnKeys => scale.min(1.15) * screen_scale,
        Grows::Never => 1.0,
    };
    let font = points * 96.0 / 72.0 * grown;
    // A line may be bold by exception; it has to fit in the letters that need less room.
    let faces = [REGULAR, BOLD].map(|bytes| Face::parse(bytes, 0).expect("our own font"));
    let needs = faces.map(|face| lines_needed(&face, &text.words, font, text.width));
    let lines = match needs {
        [Err(phrase), Err(_)] => {
            return Some(format!("`{phrase}` is wider than its {} px", text.width));
        }
        [regular, bold] => regular.unwrap_or(u16::MAX).min(bold.unwrap_or(u16::MAX)),
    };
    let needed = f32::from(lines) * font * line_height.min(1.25);
    (needed > text.height + TOLERANCE * f32::from(lines))
        .then(|| format!("{lines} lines need {needed} px and have {}", text.height))
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

/// Every text below an element, each once: Slint gives a handle for each layer of a component.
fn texts_below(query: ElementQuery) -> Vec<Text> {
    let mut texts: Vec<Text> = Vec::new();
    for element in query.match_descendants().match_inherits("Words").find_all() {
        let text = Text::of(&element);
        if !text.words.is_empty() && !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts
}

fn faults_on(window: &TabletWindow, scale: f32) -> Vec<String> {
    let size = window
        .window()
        .size()
        .to_logical(window.window().scale_factor());
    let screen_scale = if size.width > 300.0 * 96.0 / 25.4 {
        1.6
    } else {
        1.0
    };
    let every = texts_below(ElementQuery::from_root(window));
    let scroll = ElementQuery::from_root(window)
        .match_descendants()
        .match_inherits("Scroll")
        .find_first();
    let scrolled = scroll.map_or_else(Vec::new, |scroll| texts_below(scroll.query_descendants()));
    let (moving, standing): (Vec<Text>, Vec<Text>) =
        every.into_iter().partition(|text| scrolled.contains(text));
    let mut faults = Vec::new();
    for (texts, moves) in [(moving, true), (standing, false)] {
        for (index, text) in texts.iter().enumerate() {
            if let Some(fault) = fault(text, scale, screen_scale) {
                faults.push(format!("{} `{}`: {fault}", text.kind, text.words));
            }
            let inside = text.x >= -TOLERANCE
                && text.x + text.width <= size.width + TOLERANCE
                && (moves
                    || (text.y >= -TOLERANCE && text.y + text.height <= size.height + TOLERANCE));
            if !inside {
                faults.push(format!("{} `{}` leaves the screen", text.kind, text.words));
            }
            for other in &texts[index + 1..] {
                if text.overlaps(other) {
                    faults.push(format!("`{}` lies over `{}`", text.words, other.words));
                }
            }
        }
    }
    faults
}

fn every_screen_fits(profile: &Profile) {
    slint::platform::set_platform(Box::new(Headless::default())).expect("a platform");
    let mut faults = Vec::new();
    let mut texts = 0;
    for ((size_name, size), (language_name, language)) in TEXT_SIZES
        .into_iter()
        .flat_map(|size| LANGUAGES.map(|language| (size, language)))
    {
        for scene in scenes() {
            let window = TabletWindow::new().expect("a window");
            join_phrases(&window);
            window.show().expect("shows");
            fit(&window, profile);
            show_scene(&window, &scene, size, language);
            window.window().take_snapshot().expect("draws");
            let enrolling = scene.name.starts_with("enrolment");
            let scale = match size {
                TextSize::Large if !enrolling => 1.25,
                TextSize::Largest if !enrolling => 1.5,
                _ => 1.0,
            };
            texts += ElementQuery::from_root(&window)
                .match_descendants()
                .match_inherits("Words")
                .find_all()
                .len();
            faults.extend(
                faults_on(&window, scale)
                    .into_iter()
                    .map(|fault| format!("{} {size_name} {language_name}: {fault}", scene.name)),
            );
            window.hide().expect("hides");
        }
    }
    assert!(
        texts > 300,
        "only {texts} texts were found, so nothing was measured"
    );
    assert!(
        faults.is_empty(),
        "{} faults on {}:\n{}",
        faults.len(),
        profile.name,
        faults.join("\n")
    );
}

#[test]
fn on_tablet_10() {
    every_screen_fits(&Profile::ALL[0]);
}

#[test]
fn on_tablet_10_portrait() {
    every_screen_fits(&Profile::ALL[1]);
}

#[test]
fn on_tablet_8() {
    every_screen_fits(&Profile::ALL[2]);
}

#[test]
fn on_tablet_11_sharp() {
    every_screen_fits(&Profile::ALL[3]);
}

#[test]
fn on_kiosk_21() {
    every_screen_fits(&Profile::ALL[4]);
}
