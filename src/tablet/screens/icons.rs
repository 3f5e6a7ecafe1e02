//! Icons and colours, as the face takes them.

use kairan_contract::Service;
use slint::Color;

use crate::library::ContentSnapshot;

/// The icon of the face that bears `name`; a plain card where an older face lacks it.
pub fn icon(name: &str) -> slint::Image {
    kairan_ui::icon(name)
        .or_else(|| kairan_ui::icon("info"))
        .unwrap_or_default()
}

/// The colour of a tile: its category's, as the face takes it.
pub fn colour_of(service: &Service, snapshot: &ContentSnapshot) -> Color {
    let mut categories = snapshot.manifest.categories.iter();
    let category = categories.find(|category| category.id == service.category);
    category.map_or_else(Color::default, |category| {
        let [red, green, blue] = category.colour.red_green_blue();
        Color::from_rgb_u8(red, green, blue)
    })
}
