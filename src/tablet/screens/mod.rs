//! One file a screen: from what the session holds to what the face shows, what is said of it, and what a command
//! does to it. [`registry`] has them all.

pub mod alert;
pub mod aloud;
pub mod article;
pub mod call_back;
pub mod could_not_start;
pub mod enrolment;
pub mod head;
pub mod help;
pub mod home;
pub mod idle;
pub mod list;
pub mod locked;
pub mod message;
pub mod model;
pub mod neighbourhood;
pub mod night;
pub mod pad;
pub mod pin;
pub mod practice;
pub mod programme;
pub mod question;
pub mod questionnaire;
pub mod registry;
pub mod reminder;
pub mod reminders;
pub mod scene;
pub mod screen;
pub mod sky;
pub mod stops;
pub mod text_size;
pub mod this_tablet;
pub mod time;
pub mod top;
pub mod waiting;
pub mod weather;

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
pub fn colour_of(service: &Service, held: &ContentSnapshot) -> Color {
    let mut categories = held.manifest.categories.iter();
    let category = categories.find(|category| category.id == service.category);
    category.map_or_else(Color::default, |category| {
        let [red, green, blue] = category.colour.red_green_blue();
        Color::from_rgb_u8(red, green, blue)
    })
}
