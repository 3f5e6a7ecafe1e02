//! The demonstration's content as a tablet holds it, always of the same Sunday in November.

use jiff::{Timestamp, ToSpan as _};
use kairan_contract::{
    BlobReference, Content, ContentKind, ContentReference, Emergency, EmergencyId, EmergencyStage,
    Form, Freshness, Manifest, Neighbourhood, ServiceId, Sha256, Warning, WarningLevel,
};
use serde::Deserialize;
use uuid::Uuid;

use crate::library::ContentSnapshot;

const CONTENT: &[u8] = include_bytes!("../../assets/demonstration/tablet.json");
const FORMS: &[u8] = include_bytes!("../../assets/demonstration/tablet-forms.json");
const PICTURE: &[u8] = include_bytes!("../../assets/demonstration/park.jpg");

#[derive(Deserialize)]
struct Demonstration {
    manifest: Manifest,
    contents: std::collections::HashMap<ServiceId, Content>,
    neighbourhoods: Vec<Neighbourhood>,
}

/// Sunday, 22 November 2026, 15:24 in Japan.
pub fn now() -> Timestamp {
    Timestamp::constant(1_795_328_640, 0)
}

/// What the demonstration's tablet holds.
///
/// # Panics
/// If the file that is built in cannot be read, which a test rules out.
pub fn snapshot() -> ContentSnapshot {
    let Demonstration {
        manifest,
        contents,
        neighbourhoods,
    } = serde_json::from_slice(CONTENT)
        .expect("the demonstration's content is built in and tested");
    ContentSnapshot {
        manifest,
        contents,
        neighbourhoods: neighbourhoods.into(),
    }
}

/// The same, with forms on four of its tiles: every kind of question stands in one of them.
///
/// # Panics
/// If the forms that are built in cannot be read, or a tile for them is not there, which a test rules out.
pub fn held_with_forms() -> ContentSnapshot {
    let forms: std::collections::HashMap<ServiceId, Form> =
        serde_json::from_slice(FORMS).expect("the demonstration's forms are built in and tested");
    let mut held = snapshot();
    for (service, form) in forms {
        put_form(&mut held, &service, form);
    }
    held
}

/// Puts a form on a tile, as a backend delivers it: under a version that its own words make.
///
/// # Panics
/// If the tile is not there.
pub fn put_form(held: &mut ContentSnapshot, service: &ServiceId, form: Form) {
    let bytes = serde_json::to_vec(&form).expect("a form can be written");
    let mut entries = held.manifest.services.iter_mut();
    let entry = entries
        .find(|it| it.service.id == *service)
        .expect("a tile of the demonstration");
    entry.content = Some(ContentReference {
        kind: ContentKind::Form,
        blob: BlobReference {
            sha256: Sha256::of(&bytes),
            bytes: bytes.len() as u64,
        },
        pictures: Vec::new(),
        sounds: Vec::new(),
        freshness: Freshness::Current,
    });
    held.contents.insert(service.clone(), Content::Form(form));
}

/// Puts warnings of these codes and levels in force on the demonstration's tablet, as if they were
/// real and not a sample.
///
/// # Panics
/// If the tile is not there or a level is none.
pub fn make_real(snapshot: &mut ContentSnapshot, codes: &[(&str, u8)]) {
    let id: ServiceId = "warnings".parse().expect("an id of the demonstration");
    let Some(Content::Warnings(warnings)) = snapshot.contents.get_mut(&id) else {
        panic!("the demonstration has no warnings")
    };
    let since = warnings.reported_at;
    let in_force = codes.iter().map(|(code, level)| Warning {
        code: (*code).to_owned(),
        name: "土砂災害危険警報".to_owned(),
        level: WarningLevel::try_from(*level).expect("a level"),
        what_to_do: "危険な場所から全員避難。すぐに 安全な場所へ 移ってください。".to_owned(),
        additions: Vec::new(),
        since,
    });
    warnings.in_force = in_force.collect();
    let entries = snapshot.manifest.services.iter_mut();
    for entry in entries.filter(|entry| entry.service.id == id) {
        if let Some(content) = &mut entry.content {
            content.freshness = Freshness::Current;
        }
    }
}

/// An emergency of the demonstration's council.
pub fn emergency(stage: EmergencyStage, drill: bool) -> Emergency {
    let (title, text) = match stage {
        EmergencyStage::Over => (
            "避難指示は 終わりました",
            "ひだまり川の 水は さがりました。\n家に もどって だいじょうぶです。",
        ),
        EmergencyStage::Released | EmergencyStage::Corrected => (
            "ひだまり川が あふれます",
            "川の近くの 人は、すぐに 2階か 高いところへ。\nひとりで 動けないときは「助けが ほしい」を 押してください。",
        ),
    };
    Emergency {
        id: EmergencyId(Uuid::from_u128(7)),
        edition: if stage == EmergencyStage::Released {
            1
        } else {
            2
        },
        stage,
        title: title.to_owned(),
        text: text.to_owned(),
        drill,
        released_at: now() - 4.minutes(),
        until: now() + 6.hours(),
    }
}

/// A picture of the demonstration.
pub fn picture(sha256: Sha256) -> Option<&'static [u8]> {
    (Sha256::of(PICTURE) == sha256).then_some(PICTURE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_picture_of_the_content_is_built_in() {
        for content in snapshot().contents.values() {
            for shown in content.pictures() {
                assert!(picture(shown.sha256).is_some());
            }
        }
    }
}
