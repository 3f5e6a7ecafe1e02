//! What has taken over the screen: what it is, what to do, where to go, whom to ring.

use std::sync::Arc;

use jiff::Timestamp;
use kairan_contract::{
    Content, Emergency, EmergencySeen, EmergencyStage, Hazard, Language, Place, ScreenName,
    Warning, WarningLevel,
};
use kairan_text::tr;
use kairan_ui::{AlertFace, AlertKind, AlertView, TabletWindow};
use slint::ComponentHandle as _;

use super::{
    scene::{Scene, at, id},
    screen::{Pictures, Screen, ScreenContext},
};
use crate::{
    dates::{in_japan, moment},
    demonstration::{emergency, make_real, now, snapshot},
    library::ContentSnapshot,
    profile::Profile,
    session::{Alert, AlertSubject, Command, Connection, Session},
    speech::Passage,
    way::Origin,
};

/// Its name in records, and on the face.
pub const NAME: ScreenName = ScreenName::named("alert");

/// What has taken over.
pub struct AlertScreen;

impl Screen for AlertScreen {
    fn name(&self) -> ScreenName {
        NAME
    }

    fn stands(&self, session: &Session) -> bool {
        session.alert().is_some()
    }

    fn show(&self, window: &TabletWindow, context: &ScreenContext, _: Pictures) {
        let session = context.session;
        if let Some(shown) = session.alert() {
            let snapshot = session.content.as_deref();
            let view = view(shown, snapshot, &session.profile, context.now);
            window.global::<AlertFace>().set_view(view);
        }
    }

    fn describe(&self, context: &ScreenContext) -> Vec<Passage> {
        passages(context.session, context.now)
    }

    fn purpose(&self, language: Language) -> &'static str {
        tr(
            language,
            "警報を 知らせる画面です。読んだら「わかりました」を 押してください。",
        )
    }

    fn scenes(&self) -> Vec<Scene> {
        vec![
            Scene::of("alert", alarmed()),
            Scene::of("alert-of-two", alarmed_twice()),
            Scene::of(
                "emergency",
                told_of_an_emergency(EmergencyStage::Released, false),
            ),
            Scene::of(
                "emergency-drill",
                told_of_an_emergency(EmergencyStage::Released, true),
            ),
            Scene::of(
                "emergency-over",
                told_of_an_emergency(EmergencyStage::Over, false),
            ),
            Scene::of(
                "alert-practice",
                at(
                    Connection::Online,
                    &[Command::Help, Command::PractiseWarning],
                ),
            ),
            Scene::of("alert-own", alarmed_at_home()),
        ]
    }
}

fn alarmed_at_home() -> Session {
    let mut session = alarmed();
    session.profile.neighbourhood = snapshot().neighbourhoods.last().cloned();
    session
}

fn alarmed() -> Session {
    let mut snapshot = snapshot();
    make_real(&mut snapshot, &[("49", 4)]);
    if let Some(Content::Places { places }) = snapshot.contents.get_mut(&id("clinics")) {
        "ひだまり小学校".clone_into(&mut places[1].name);
        places[1].safe_from = vec![Hazard::Landslide, Hazard::Earthquake];
    }
    let mut session = Session::new(Some(Arc::new(snapshot)), Profile::practised(), true);
    session.tick(now(), 0);
    session
}

/// A second danger of the same rank has come before the first was answered.
fn alarmed_twice() -> Session {
    let mut session = alarmed();
    let mut snapshot = session.content.as_deref().cloned().unwrap_or_else(snapshot);
    make_real(&mut snapshot, &[("49", 4), ("48", 4)]);
    session.set_content(Arc::new(snapshot), 0);
    session.tick(now(), 0);
    session
}

fn told_of_an_emergency(stage: EmergencyStage, drill: bool) -> Session {
    let mut snapshot = snapshot();
    let mut profile = Profile::practised();
    let mut told = emergency(EmergencyStage::Released, drill);
    snapshot.manifest.emergencies = vec![told.clone()];
    if stage != EmergencyStage::Released {
        profile.emergencies = vec![EmergencySeen {
            id: told.id,
            edition: told.edition,
            answered: true,
        }];
        told = emergency(stage, drill);
        snapshot.manifest.emergencies = vec![told];
    }
    let mut session = Session::new(Some(Arc::new(snapshot)), profile, true);
    session.tick(now(), 0);
    session
}

/// What is said unasked of what has taken over: whether it is an exercise, what it is, what to do, where to
/// go, what else there is.
fn passages(session: &Session, now: Timestamp) -> Vec<Passage> {
    let language = session.profile.language;
    let Some(shown) = session.alert() else {
        return Vec::new();
    };
    let view = view(shown, session.content.as_deref(), &session.profile, now);
    // Whoever hears the first word, or the last, must know.
    let exercise = if view.drill {
        Some(tr(language, "これは 訓練です"))
    } else if view.practice {
        Some(tr(language, "れんしゅう です"))
    } else {
        None
    };
    let texts = [&view.name, &view.level_words, &view.what_to_do];
    let shelter = if view.shelter.is_empty() {
        ""
    } else if view.shelter_is_nearest {
        tr(language, "いちばん近い 避難場所")
    } else {
        tr(language, "避難場所")
    };
    let said = texts.into_iter().map(slint::SharedString::as_str);
    let said = said
        .chain([shelter, view.shelter.as_str()])
        .map(Passage::of);
    let way = match &session.profile.neighbourhood {
        // The name of one's own part of the town is said as the council reads it.
        Some(own) if own.reading.is_some() => {
            let spoken = Origin::Own(own).spoken(language);
            Passage::with_reading(view.way.as_str(), view.way.replacen(&own.name, spoken, 1))
        }
        _ => Passage::of(view.way.as_str()),
    };
    // Who has heard what to do hears that it is not all.
    let more = Passage::of(view.more.as_str());
    let said = said.chain([way, more]).filter(|it| !it.words.is_empty());
    exercise
        .into_iter()
        .map(Passage::of)
        .chain(said)
        .chain(exercise.filter(|_| view.drill).map(Passage::of))
        .collect()
}

/// What has taken over, in words.
pub fn view(
    alert: &Alert,
    snapshot: Option<&ContentSnapshot>,
    profile: &Profile,
    now: Timestamp,
) -> AlertView {
    let language = profile.language;
    let telephone = snapshot
        .map(|snapshot| snapshot.manifest.council.helper_telephone.as_str())
        .unwrap_or_default();
    let said = match &alert.danger {
        AlertSubject::Warning { warning, .. } | AlertSubject::Practice(warning) => {
            warning_view(warning, snapshot, profile, now)
        }
        AlertSubject::Emergency {
            emergency,
            was_said,
        } => emergency_view(emergency, *was_said, snapshot, now, language),
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
    snapshot: Option<&ContentSnapshot>,
    profile: &Profile,
    now: Timestamp,
) -> AlertView {
    let language = profile.language;
    let shelter = snapshot.and_then(|snapshot| shelter(snapshot, profile, warning));
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
    snapshot: Option<&ContentSnapshot>,
    now: Timestamp,
    language: Language,
) -> AlertView {
    let council = snapshot.map_or("", |snapshot| snapshot.manifest.council.name.as_str());
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
    snapshot: &'h ContentSnapshot,
    profile: &'h Profile,
    warning: &Warning,
) -> Option<(&'h Place, Origin<'h>)> {
    let hazards = hazards_of(&warning.code);
    let is_safe = |place: &Place| {
        let mut safe_from = place.safe_from.iter();
        safe_from.any(|hazard| hazards.contains(hazard))
    };
    // In the operator's order, so that of two that are as near it is always the same.
    let entries = snapshot.manifest.services.iter();
    entries
        .filter_map(|entry| match snapshot.contents.get(&entry.service.id)? {
            Content::Places { places } => Some((entry, places)),
            _ => None,
        })
        .flat_map(|(entry, places)| {
            let origin = Origin::of(profile.neighbourhood.as_ref(), Some(entry));
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
