//! What is wrong with a screen: a text that is cut, overlaps, leaves its room or does not stand out; a
//! target that is too small or too near to the next.

use slint::{ComponentHandle, Rgba8Pixel, SharedPixelBuffer};

use super::{
    contrast::contrast,
    elements::{Area, Elements, MILLIMETRE, Target, Text},
    measure::{TOLERANCE, fault},
};

/// What a target must be across and down, in millimetres, but for a rounded pixel: what matters, and the keys of a board
/// of which one presses many.
pub const TARGET: f32 = 19.9;
pub const BOARD_KEY: f32 = 15.9;
/// What must lie between two targets.
const GAP: f32 = 3.1;
/// WCAG 2.2 AAA, but for what softened edges take from thin letters.
const CONTRAST: f32 = 6.9;

/// What was measured on one screen.
#[derive(Default)]
pub struct Findings {
    pub texts: usize,
    pub targets: usize,
    /// The smallest target, in millimetres.
    pub smallest: f32,
    /// The narrowest gap, in millimetres.
    pub narrowest: f32,
    /// The text that stands out least.
    pub faintest: f32,
    pub faults: Vec<String>,
}

/// Measures a screen. `letters` and `glass`: how much larger its letters are than the standard, as the
/// resident chose and as the screen asks for; `least`: how large its targets must be.
pub fn check(
    window: &impl ComponentHandle,
    picture: &SharedPixelBuffer<Rgba8Pixel>,
    letters: f32,
    glass: f32,
    least: f32,
) -> Findings {
    let elements = Elements::of(window);
    let scale = window.window().scale_factor();
    let mut findings = Findings {
        smallest: f32::MAX,
        narrowest: f32::MAX,
        faintest: f32::MAX,
        ..Findings::default()
    };
    let parts = [
        (&elements.moving_texts, &elements.moving_targets, true),
        (&elements.standing_texts, &elements.standing_targets, false),
    ];
    for (texts, targets, moves) in parts {
        findings.texts += texts.len();
        findings.targets += targets.len();
        let seen = if moves {
            elements.scroll.unwrap_or(elements.screen)
        } else {
            elements.screen
        };
        for (index, text) in texts.iter().enumerate() {
            let name = format!("{} `{}`", text.kind, text.words);
            if let Some(fault) = fault(text, letters, glass) {
                findings.faults.push(format!("{name}: {fault}"));
            }
            if leaves(text, &elements.screen, moves) {
                findings.faults.push(format!("{name} leaves the screen"));
            }
            for other in &texts[index + 1..] {
                if text.area.gap(&other.area) < -TOLERANCE {
                    let other = &other.words;
                    findings.faults.push(format!("{name} lies over `{other}`"));
                }
            }
            if seen.holds(&text.area, TOLERANCE) {
                findings.judge_contrast(text, picture, scale, &name);
            }
        }
        for (index, target) in targets.iter().enumerate() {
            findings.judge_target(target, &targets[index + 1..], least);
        }
    }
    findings
}

/// What can be turned may lie above or below the screen, but never beside it.
fn leaves(text: &Text, screen: &Area, moves: bool) -> bool {
    let as_if_turned = Area {
        y: 0.0,
        height: 0.0,
        ..text.area
    };
    let area = if moves { &as_if_turned } else { &text.area };
    !screen.holds(area, TOLERANCE)
}

impl Findings {
    fn judge_contrast(
        &mut self,
        text: &Text,
        picture: &SharedPixelBuffer<Rgba8Pixel>,
        scale: f32,
        name: &str,
    ) {
        let letters = text.words.chars().filter(|it| it.is_alphanumeric()).count();
        if letters == 0 {
            return;
        }
        let Some(found) = contrast(picture, &text.area, scale, letters) else {
            return;
        };
        self.faintest = self.faintest.min(found);
        if found < CONTRAST {
            self.faults
                .push(format!("{name} has a contrast of {found:.1}"));
        }
    }

    fn judge_target(&mut self, target: &Target, others: &[Target], least: f32) {
        let (width, height) = (
            target.area.width / MILLIMETRE,
            target.area.height / MILLIMETRE,
        );
        let name = &target.name;
        self.smallest = self.smallest.min(width).min(height);
        if width < least || height < least {
            self.faults
                .push(format!("target `{name}` is {width:.1} × {height:.1} mm"));
        }
        for other in others {
            let gap = target.area.gap(&other.area) / MILLIMETRE;
            self.narrowest = self.narrowest.min(gap);
            if gap < GAP {
                let other = &other.name;
                self.faults
                    .push(format!("target `{name}` is {gap:.1} mm from `{other}`"));
            }
        }
    }
}
