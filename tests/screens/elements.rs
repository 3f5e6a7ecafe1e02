//! What stands on a screen, as a person meets it: texts and targets, where they lie and how large.

use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};
use slint::ComponentHandle;

/// Logical pixels in a millimetre.
pub const MILLIMETRE: f32 = 96.0 / 25.4;

/// A rectangle on the glass, in logical pixels.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Area {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

impl Area {
    fn of(element: &ElementHandle) -> Self {
        let (at, size) = (element.absolute_position(), element.size());
        Self {
            x: at.x,
            y: at.y,
            width: size.width,
            height: size.height,
        }
    }

    /// How far the two lie apart, along the axis that parts them more; negative where they overlap.
    pub fn gap(&self, other: &Self) -> f32 {
        let between =
            |a: f32, a_length: f32, b: f32, b_length: f32| (b - a - a_length).max(a - b - b_length);
        let across = between(self.x, self.width, other.x, other.width);
        let down = between(self.y, self.height, other.y, other.height);
        across.max(down)
    }

    /// Whether the other lies in it, but for so much.
    pub fn holds(&self, other: &Self, but_for: f32) -> bool {
        other.x >= self.x - but_for
            && other.y >= self.y - but_for
            && other.x + other.width <= self.x + self.width + but_for
            && other.y + other.height <= self.y + self.height + but_for
    }
}

/// A text.
#[derive(Clone, PartialEq)]
pub struct Text {
    pub words: String,
    /// Its place in the scale of type.
    pub kind: String,
    pub area: Area,
}

/// Something that can be touched.
#[derive(Clone, PartialEq)]
pub struct Target {
    pub name: String,
    pub area: Area,
}

/// Everything on a screen.
pub struct Elements {
    /// The glass.
    pub screen: Area,
    /// The part that can be turned, if there is one.
    pub scroll: Option<Area>,
    /// Texts that move when the part is turned, and those that stand.
    pub moving_texts: Vec<Text>,
    pub standing_texts: Vec<Text>,
    /// Targets likewise.
    pub moving_targets: Vec<Target>,
    pub standing_targets: Vec<Target>,
}

impl Elements {
    /// Everything on the screen of a window.
    pub fn of(window: &impl ComponentHandle) -> Self {
        let size = window
            .window()
            .size()
            .to_logical(window.window().scale_factor());
        let scroll = ElementQuery::from_root(window)
            .match_descendants()
            .match_inherits("Scroll")
            .find_first();
        let inside = |scroll: &ElementHandle| {
            (
                texts(scroll.query_descendants()),
                targets(scroll.query_descendants()),
            )
        };
        let (moving_texts, moving_targets) = scroll.as_ref().map(inside).unwrap_or_default();
        let mut standing_texts = texts(ElementQuery::from_root(window).match_descendants());
        standing_texts.retain(|text| !moving_texts.contains(text));
        let mut standing_targets = targets(ElementQuery::from_root(window).match_descendants());
        standing_targets.retain(|target| !moving_targets.contains(target));
        Self {
            screen: Area {
                x: 0.0,
                y: 0.0,
                width: size.width,
                height: size.height,
            },
            scroll: scroll.as_ref().map(Area::of),
            moving_texts,
            standing_texts,
            moving_targets,
            standing_targets,
        }
    }
}

/// The texts below, each once: Slint gives a handle for each layer of a component.
fn texts(query: ElementQuery) -> Vec<Text> {
    let mut texts: Vec<Text> = Vec::new();
    for element in query.match_descendants().match_inherits("Words").find_all() {
        let text = Text {
            words: element.accessible_label().unwrap_or_default().to_string(),
            kind: element.type_name().unwrap_or_default().to_string(),
            area: Area::of(&element),
        };
        if !text.words.is_empty() && !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts
}

fn targets(query: ElementQuery) -> Vec<Target> {
    let mut targets: Vec<Target> = Vec::new();
    for control in query
        .match_descendants()
        .match_accessible_role(AccessibleRole::Button)
        .find_all()
    {
        let target = Target {
            name: control.accessible_label().unwrap_or_default().to_string(),
            area: Area::of(&control),
        };
        if !targets.contains(&target) {
            targets.push(target);
        }
    }
    targets
}
