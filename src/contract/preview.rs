//! What the console asks the tablet's program to draw, so that a preview is drawn by the very code that draws
//! the tablet. It goes to the program's standard input as JSON; the picture comes back as a PNG file, or what stands
//! on it as JSON.

use serde::{Deserialize, Serialize};

use crate::{Language, Manifest, TextSize};

/// A picture of a tablet with this manifest, after these touches.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PreviewOrder {
    /// What the tablet would hold.
    pub manifest: Manifest,
    /// The screen, as `kairan-tablet screens` names it.
    pub profile: String,
    /// The size of the letters.
    pub text_size: TextSize,
    /// The language of what the tablet itself says.
    pub language: Language,
    /// What was touched, one after the other.
    pub touches: Vec<Touch>,
    /// When, in milliseconds since 1970-01-01 UTC.
    pub now: i64,
    /// The charge of the battery that is shown.
    pub battery_percent: Option<u8>,
}

impl PreviewOrder {
    /// The most touches: further than this nobody goes from the first screen.
    pub const TOUCHES: usize = 30;
}

/// A finger on a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Touch {
    /// Somewhere: pixels from the left and from above.
    Place([u32; 2]),
    /// One of the controls in sight, counted from 0 as [`OnScreen`] lists them: the way of whoever has no pointer.
    Control(usize),
}

/// Something that stands on a screen, as whoever hears it instead of seeing it is told. In the order of reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnScreen {
    /// Words.
    Words(String),
    /// What can be touched: what it is called, and what else stands on it.
    Control(String, Vec<String>),
}
