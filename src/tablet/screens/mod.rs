//! One file a screen: from what the session holds to what the face shows.

pub mod article;
pub mod enrolment;
pub mod head;
pub mod help;
pub mod home;
pub mod list;
pub mod sky;
pub mod top;
pub mod weather;
pub mod words;

use kairan_contract::Colour;
use slint::Color;

/// The icon of the face that bears `name`; a plain card where an older face lacks it.
pub fn icon(name: &str) -> slint::Image {
    kairan_ui::icon(name)
        .or_else(|| kairan_ui::icon("info"))
        .unwrap_or_default()
}

/// A colour of the catalogue as the face takes it.
pub fn colour(colour: Colour) -> Color {
    let [red, green, blue] = colour.red_green_blue();
    Color::from_rgb_u8(red, green, blue)
}
