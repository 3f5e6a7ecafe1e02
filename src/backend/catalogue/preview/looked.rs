//! What is looked at in a preview, as it stands in an address.

use kairan_text::{Message, message};

use kairan_catalogue::Recipient;
use kairan_contract::{AgeBand, PreviewOrder, TextSize, Touch};
use serde::Deserialize;

use crate::tablets::queries::Standing;

/// The screens: name, pixels across and down, how wide the picture stands in the page, and the words for it.
pub(super) const PROFILES: [(&str, u32, u32, u32, Message); 5] = [
    ("tablet-10", 1280, 800, 640, message("10インチ（横）")),
    (
        "tablet-10-portrait",
        800,
        1280,
        320,
        message("10インチ（縦）"),
    ),
    ("tablet-8", 1280, 800, 640, message("8インチ")),
    (
        "tablet-11-sharp",
        1920,
        1200,
        640,
        message("11インチ（細かい）"),
    ),
    ("kiosk-21", 1920, 1080, 640, message("21インチ")),
];
/// The sizes of letters, and the words for them.
pub(super) const SIZES: [(&str, TextSize, Message); 3] = [
    ("standard", TextSize::Standard, message("ふつう")),
    ("large", TextSize::Large, message("大きい")),
    ("largest", TextSize::Largest, message("いちばん大きい")),
];

/// What is looked at.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Looked {
    #[serde(default)]
    pub(super) profile: String,
    #[serde(default)]
    pub(super) size: String,
    #[serde(default)]
    pub(super) language: String,
    /// Whose tablet it is: the period of the loan, the municipality, the age.
    #[serde(default)]
    pub(super) cohort: String,
    #[serde(default)]
    pub(super) area: String,
    #[serde(default)]
    pub(super) age_band: String,
    /// An earlier revision instead of the draft.
    pub(super) revision: Option<u64>,
    /// Touches as `ACROSS-DOWN`, or `c` and the number of a control; parted by points.
    #[serde(default)]
    pub(super) touches: String,
    /// How wide the picture stood in the page.
    pub(super) shown: Option<u32>,
    /// Where it was touched there.
    #[serde(rename = "at.x")]
    pub(super) across: Option<u32>,
    #[serde(rename = "at.y")]
    pub(super) down: Option<u32>,
}

impl Looked {
    pub(super) fn profile(&self) -> (&'static str, u32, u32, u32) {
        let known = PROFILES
            .iter()
            .find(|it| it.0 == self.profile)
            .unwrap_or(&PROFILES[0]);
        (known.0, known.1, known.2, known.3)
    }

    /// Of the tablet that is imagined.
    pub(super) fn standing(&self) -> Standing {
        let known = AgeBand::ALL.iter().find(|(word, _)| *word == self.age_band);
        Standing {
            recipient: Recipient {
                cohort: Some(self.cohort.clone()).filter(|it| !it.is_empty()),
                area: self.area.clone().try_into().ok(),
                age_band: known.map(|(_, band)| *band),
            },
            ..Standing::default()
        }
    }

    pub(super) fn touches(&self) -> Vec<Touch> {
        let touches = self.touches.split('.').filter_map(touch);
        touches.take(PreviewOrder::TOUCHES).collect()
    }

    pub(super) fn address(&self, path: &str, touches: &[Touch]) -> String {
        let touches: Vec<String> = touches
            .iter()
            .map(|touch| match touch {
                Touch::Place([across, down]) => format!("{across}-{down}"),
                Touch::Control(number) => format!("c{number}"),
            })
            .collect();
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query
            .append_pair("profile", self.profile().0)
            .append_pair("size", &self.size)
            .append_pair("language", &self.language)
            .append_pair("cohort", &self.cohort)
            .append_pair("area", &self.area)
            .append_pair("age_band", &self.age_band)
            .append_pair("touches", &touches.join("."));
        if let Some(revision) = self.revision {
            query.append_pair("revision", &revision.to_string());
        }
        format!("{path}?{}", query.finish())
    }
}

/// A touch as it stands in an address.
fn touch(word: &str) -> Option<Touch> {
    if let Some(number) = word.strip_prefix('c') {
        return Some(Touch::Control(number.parse().ok()?));
    }
    let (across, down) = word.split_once('-')?;
    Some(Touch::Place([across.parse().ok()?, down.parse().ok()?]))
}
