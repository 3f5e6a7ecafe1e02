//! A warning that has taken over: what it is, what to do, where to go, whom to ring.

use jiff::Timestamp;
use kairan_contract::{Content, Hazard, Language, Place, Warning, way_in_words};
use kairan_ui::AlertView;

use super::words::{in_japan, moment};
use crate::{library::Held, say, session::Alert};

/// The warning in words.
pub fn view(alert: &Alert, held: Option<&Held>, now: Timestamp, language: Language) -> AlertView {
    let warning = &alert.warning;
    let shelter = held.and_then(|held| shelter(held, warning));
    let way = shelter.map(|place| {
        let way = place.metres.map(|metres| way_in_words(language, metres));
        let parts = [way, place.address.clone()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    });
    let since = moment(language, warning.since, in_japan(now).date());
    let level = u8::from(warning.level);
    AlertView {
        level: i32::from(level),
        name: warning.name.as_str().into(),
        level_words: say!(language, "警戒レベル {level}", "Warning level {level}").into(),
        since: say!(language, "{since}から 出ています", "In force since {since}").into(),
        what_to_do: warning.what_to_do.as_str().into(),
        shelter: shelter
            .map(|place| place.name.as_str())
            .unwrap_or_default()
            .into(),
        way: way.unwrap_or_default().into(),
        telephone: held
            .map(|held| held.manifest.council.helper_telephone.as_str())
            .unwrap_or_default()
            .into(),
        practice: alert.is_practice,
    }
}

/// The nearest place that is safe from this, of all that the tablet holds.
fn shelter<'h>(held: &'h Held, warning: &Warning) -> Option<&'h Place> {
    let hazards = hazards_of(&warning.code);
    held.contents
        .values()
        .filter_map(|content| match content {
            Content::Places { places } => Some(places),
            _ => None,
        })
        .flatten()
        .filter(|place| {
            place
                .safe_from
                .iter()
                .any(|hazard| hazards.contains(hazard))
        })
        .min_by_key(|place| place.metres.unwrap_or(u32::MAX))
}

/// What the JMA's code warns of. Of a storm one stays at home.
fn hazards_of(code: &str) -> &'static [Hazard] {
    match code {
        "10" | "03" | "43" | "33" | "04" | "18" => &[Hazard::Flood, Hazard::InlandFlood],
        "29" | "09" | "49" | "39" => &[Hazard::Landslide],
        "19" | "08" | "48" | "38" => &[Hazard::StormSurge],
        _ => &[],
    }
}
