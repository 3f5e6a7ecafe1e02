//! What has taken over the screen: what it is, what to do, where to go, whom to ring.

use jiff::Timestamp;
use kairan_contract::{
    Content, Emergency, EmergencyStage, Hazard, Language, Place, Warning, WarningLevel,
};
use kairan_text::tr;
use kairan_ui::{AlertKind, AlertView};

use super::words::{in_japan, moment};
use crate::{
    library::ContentSnapshot,
    profile::Profile,
    session::{Alert, AlertSubject},
    way::Origin,
};

/// What has taken over, in words.
pub fn view(
    alert: &Alert,
    held: Option<&ContentSnapshot>,
    choices: &Profile,
    now: Timestamp,
) -> AlertView {
    let language = choices.language;
    let telephone = held
        .map(|held| held.manifest.council.helper_telephone.as_str())
        .unwrap_or_default();
    let said = match &alert.danger {
        AlertSubject::Warning { warning, .. } | AlertSubject::Practice(warning) => {
            warning_view(warning, held, choices, now)
        }
        AlertSubject::Emergency {
            emergency,
            was_said,
        } => emergency_view(emergency, *was_said, held, now, language),
    };
    let others = alert.others;
    let more = tr!(language, "お知らせが ほかに {others}つ あります", others);
    AlertView {
        telephone: telephone.into(),
        more: if others == 0 { String::new() } else { more }.into(),
        practice: matches!(alert.danger, AlertSubject::Practice(_)),
        ..said
    }
}

fn warning_view(
    warning: &Warning,
    held: Option<&ContentSnapshot>,
    choices: &Profile,
    now: Timestamp,
) -> AlertView {
    let language = choices.language;
    let shelter = held.and_then(|held| shelter(held, choices, warning));
    let way = shelter.map(|(place, origin)| {
        let way = origin.way_from(place, language);
        let parts = [way, place.address.clone()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    });
    let since = moment(language, warning.since, in_japan(now).date());
    let level = u8::from(warning.level);
    AlertView {
        kind: match warning.level {
            WarningLevel::LivesInDanger => AlertKind::LivesInDanger,
            WarningLevel::EverybodyLeaves => AlertKind::EverybodyLeaves,
            WarningLevel::ElderlyLeave | WarningLevel::Advisory => AlertKind::ElderlyLeave,
        },
        name: warning.name.as_str().into(),
        level_words: tr!(language, "警戒レベル {level}", level).into(),
        since: tr!(language, "{since}から 出ています", since).into(),
        what_to_do: warning.what_to_do.as_str().into(),
        shelter: shelter
            .map(|(place, _)| place.name.as_str())
            .unwrap_or_default()
            .into(),
        // What has no way may be any of them.
        shelter_is_nearest: shelter
            .is_some_and(|(place, origin)| origin.metres_to(place).is_some()),
        way: way.unwrap_or_default().into(),
        ..AlertView::default()
    }
}

/// What the council says, and that it is the council who says it.
fn emergency_view(
    emergency: &Emergency,
    was_said: bool,
    held: Option<&ContentSnapshot>,
    now: Timestamp,
    language: Language,
) -> AlertView {
    let council = held.map_or("", |held| held.manifest.council.name.as_str());
    let at = moment(language, emergency.released_at, in_japan(now).date());
    let from = match (emergency.stage, was_said) {
        (EmergencyStage::Over, _) => {
            let title = &emergency.title;
            tr!(
                language,
                "{council}の お知らせ「{title}」は 終わりです",
                council,
                title
            )
        }
        (EmergencyStage::Corrected, true) => {
            tr!(language, "{council}から 訂正の お知らせ", council)
        }
        _ => tr!(language, "{council}から 緊急の お知らせ", council),
    };
    // Whoever hears or reads half of an end must not take it for the order that it ends.
    let (kind, name) = if emergency.stage == EmergencyStage::Over {
        let over = tr(language, "終わりました").to_owned();
        (AlertKind::Over, over)
    } else {
        (AlertKind::Emergency, emergency.title.clone())
    };
    AlertView {
        kind,
        name: name.into(),
        level_words: from.into(),
        since: tr!(language, "{at}の お知らせ", at).into(),
        what_to_do: emergency.text.as_str().into(),
        drill: emergency.drill,
        ..AlertView::default()
    }
}

/// What has happened; of an exercise it is said first that it is one, and of an end that it is one.
pub fn emergency_title(language: Language, emergency: &Emergency) -> String {
    let title = &emergency.title;
    let title = if emergency.stage == EmergencyStage::Over {
        tr!(language, "終わりました「{title}」", title)
    } else {
        title.clone()
    };
    if emergency.drill {
        tr!(language, "【訓練】{title}", title)
    } else {
        title
    }
}

/// The nearest place that is safe from this, of all that the tablet holds, and from where that is counted.
fn shelter<'h>(
    held: &'h ContentSnapshot,
    choices: &'h Profile,
    warning: &Warning,
) -> Option<(&'h Place, Origin<'h>)> {
    let hazards = hazards_of(&warning.code);
    let is_safe = |place: &Place| {
        let mut safe_from = place.safe_from.iter();
        safe_from.any(|hazard| hazards.contains(hazard))
    };
    // In the operator's order, so that of two that are as near it is always the same.
    let entries = held.manifest.services.iter();
    entries
        .filter_map(|entry| match held.contents.get(&entry.service.id)? {
            Content::Places { places } => Some((entry, places)),
            _ => None,
        })
        .flat_map(|(entry, places)| {
            let origin = Origin::of(choices, Some(entry));
            places.iter().map(move |place| (place, origin))
        })
        .filter(|(place, _)| is_safe(place))
        .min_by_key(|(place, origin)| origin.metres_to(place).unwrap_or(u32::MAX))
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
