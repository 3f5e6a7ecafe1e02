//! What the sky is, as an icon and its colour. The words always stand beside it.

use kairan_contract::{Sky, WeatherDay};
use slint::Color;

/// The icon for a day and its colour.
pub fn icon(day: &WeatherDay) -> (slint::Image, Color) {
    let (name, colour) = match (day.sky, day.sky_also) {
        (Sky::Thunder, _) | (_, Some(Sky::Thunder)) => ("cloud-lightning", (0x5f, 0x3a, 0x96)),
        (Sky::Snow, _) | (_, Some(Sky::Snow)) => ("cloud-snow", (0x1f, 0x6f, 0x8b)),
        (Sky::Rain, _) | (_, Some(Sky::Rain)) => ("cloud-rain", (0x1f, 0x4e, 0x9c)),
        (Sky::Sunny, None | Some(Sky::Sunny)) => ("sun", (0xb4, 0x5f, 0x06)),
        (Sky::Sunny, Some(Sky::Cloudy)) | (Sky::Cloudy, Some(Sky::Sunny)) => {
            ("cloud-sun", (0x9a, 0x55, 0x08))
        }
        (Sky::Cloudy, _) => ("cloud", (0x55, 0x5f, 0x6b)),
    };
    (
        super::icons::icon(name),
        Color::from_rgb_u8(colour.0, colour.1, colour.2),
    )
}
