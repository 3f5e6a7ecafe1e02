//! What the console asks the tablet's program to draw, so that a preview is drawn by the very code that draws
//! the tablet. It goes to the program's standard input as JSON; the picture comes back as a PNG file.

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
    /// Where the screen was touched, one after the other: pixels from the left and from above.
    pub touches: Vec<[u32; 2]>,
    /// When, in milliseconds since 1970-01-01 UTC.
    pub now: i64,
    /// The charge of the battery that is shown.
    pub battery_percent: Option<u8>,
}

impl PreviewOrder {
    /// The most touches: further than this nobody goes from the first screen.
    pub const TOUCHES: usize = 30;
}
