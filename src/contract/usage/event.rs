//! What happened, as a kind with its few fields.

use std::str::FromStr as _;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use strum::{EnumCount, IntoStaticStr, VariantNames};
use utoipa::ToSchema;

use super::vocabulary::{
    EndCause, LeaveHow, Mood, OpenedFrom, StartCause, TextSize, TouchIgnored, VisitHow,
};
use crate::{FormId, Invalid, ItemHash, Language, ScreenName, WarningLevel};

/// What happened, with the few fields that may be said about it.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    ToSchema,
    EnumCount,
    IntoStaticStr,
    VariantNames,
)]
#[serde(
    tag = "kind",
    content = "detail",
    rename_all = "snake_case",
    deny_unknown_fields
)]
#[strum(serialize_all = "snake_case")]
pub enum Event {
    /// The program started.
    Started {
        /// What led to it.
        cause: StartCause,
    },
    /// Somebody came: the first touch after five minutes without one.
    VisitBegan {
        /// What they came by.
        how: VisitHow,
    },
    /// They left: five minutes untouched, the screen dark, or the program stopping.
    VisitEnded {
        /// What ended it.
        cause: EndCause,
    },
    /// A tile was opened.
    ServiceOpened {
        /// Where from.
        from: OpenedFrom,
    },
    /// A tile was left.
    ServiceLeft {
        /// How long it was open, in milliseconds.
        dwell_ms: u64,
        /// What led out of it.
        how: LeaveHow,
    },
    /// An item of a list was read.
    ItemRead {
        /// Which.
        item: ItemHash,
        /// How long it was open, in milliseconds.
        dwell_ms: u64,
        /// Whether its end was on the screen.
        to_end: bool,
    },
    /// The size of the letters was chosen.
    TextSizeSet {
        /// The new size.
        to: TextSize,
    },
    /// The language was chosen.
    LanguageSet {
        /// The new one.
        to: Language,
    },
    /// What stood on the screen was read aloud.
    ReadAloud {
        /// The item of the list, if it was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        item: Option<ItemHash>,
        /// How long it was listened to, in milliseconds.
        heard_ms: u64,
        /// It was stopped before its end.
        stopped: bool,
    },
    /// The help screen was opened.
    HelpOpened {
        /// From which screen.
        screen: ScreenName,
    },
    /// The resident asked to be called back.
    CallBackAsked {
        /// From which screen.
        screen: ScreenName,
    },
    /// The resident said how they are today.
    CheckIn {
        /// 1 well, 2 so-so, 3 unwell.
        #[schema(value_type = u8, minimum = 1, maximum = 3)]
        mood: Mood,
    },
    /// A reminder of the resident's own was answered. Which, and how, stays on the tablet.
    ReminderAnswered {},
    /// A form was opened at a question that was not answered yet.
    FormBegan {
        /// Which.
        form: FormId,
    },
    /// A question of the form was answered, perhaps once more.
    FormStep {
        /// Which form.
        form: FormId,
        /// The number of the question, from 1.
        step: u8,
    },
    /// The last question of the form was answered.
    FormSent {
        /// Which.
        form: FormId,
    },
    /// The form was left before its end.
    FormLeft {
        /// Which form.
        form: FormId,
        /// The number of the question that was on the screen, from 1.
        step: u8,
    },
    /// A question of a questionnaire was answered. Of two answers the later one counts.
    QuestionAnswered {
        /// Which questionnaire.
        survey: FormId,
        /// The number of the question, from 1.
        question: u8,
        /// The number of the answer, from 1.
        choice: u8,
    },
    /// A warning took over the screen.
    AlertShown {
        /// How grave it is, 3 to 5.
        #[schema(value_type = u8, minimum = 3, maximum = 5)]
        level: WarningLevel,
    },
    /// The resident answered it.
    AlertAnswered {
        /// How grave it is, 3 to 5.
        #[schema(value_type = u8, minimum = 3, maximum = 5)]
        level: WarningLevel,
        /// How long it had been on the screen, in milliseconds.
        after_ms: u64,
    },
    /// A touch was taken for a tremor and did nothing.
    TouchIgnored {
        /// Why.
        why: TouchIgnored,
    },
    /// The backend could no longer be reached.
    OfflineBegan {},
    /// It could be reached again.
    OfflineEnded {
        /// How long it could not, in milliseconds.
        lasted_ms: u64,
    },
}

impl Event {
    /// The kinds that this version knows, as they are written.
    pub const KINDS: &'static [&'static str] = Self::VARIANTS;

    /// One of each kind, in the order of [`Event::KINDS`]: for the dictionary and for tests.
    ///
    /// # Panics
    /// Never: the ids in it are ids.
    pub fn examples() -> [Self; Self::COUNT] {
        let form = || FormId::from_str("first-month").expect("an id");
        [
            Self::Started {
                cause: StartCause::Crash,
            },
            Self::VisitBegan {
                how: VisitHow::Touch,
            },
            Self::VisitEnded {
                cause: EndCause::Stop,
            },
            Self::ServiceOpened {
                from: OpenedFrom::Home,
            },
            Self::ServiceLeft {
                dwell_ms: 1,
                how: LeaveHow::Back,
            },
            Self::ItemRead {
                item: ItemHash::of("a"),
                dwell_ms: 2,
                to_end: true,
            },
            Self::TextSizeSet {
                to: TextSize::Largest,
            },
            Self::LanguageSet {
                to: Language::ENGLISH,
            },
            Self::ReadAloud {
                item: Some(ItemHash::of("a")),
                heard_ms: 5,
                stopped: true,
            },
            Self::HelpOpened {
                screen: ScreenName::named("weather"),
            },
            Self::CallBackAsked {
                screen: ScreenName::named("help"),
            },
            Self::CheckIn { mood: Mood::SoSo },
            Self::ReminderAnswered {},
            Self::FormBegan { form: form() },
            Self::FormStep {
                form: form(),
                step: 1,
            },
            Self::FormSent { form: form() },
            Self::FormLeft {
                form: form(),
                step: 2,
            },
            Self::QuestionAnswered {
                survey: form(),
                question: 1,
                choice: 5,
            },
            Self::AlertShown {
                level: WarningLevel::LivesInDanger,
            },
            Self::AlertAnswered {
                level: WarningLevel::EverybodyLeaves,
                after_ms: 4,
            },
            Self::TouchIgnored {
                why: TouchIgnored::Slide,
            },
            Self::OfflineBegan {},
            Self::OfflineEnded { lasted_ms: 3 },
        ]
    }

    /// Its kind, as it is written.
    pub fn kind(&self) -> &'static str {
        self.into()
    }

    /// The event as a kind and its detail.
    pub fn to_parts(&self) -> (String, Map<String, Value>) {
        let mut written = serde_json::to_value(self).unwrap_or_default();
        let detail = match written.get_mut("detail").map(Value::take) {
            Some(Value::Object(detail)) => detail,
            _ => Map::new(),
        };
        (self.kind().to_owned(), detail)
    }

    /// The event that `kind` and `detail` say, or `None` if a newer tablet speaks of a kind that
    /// this version does not know.
    pub fn from_parts(kind: &str, detail: &Map<String, Value>) -> Result<Option<Self>, Invalid> {
        if !Self::KINDS.contains(&kind) {
            return Ok(None);
        }
        serde_json::from_value(serde_json::json!({ "kind": kind, "detail": detail }))
            .map(Some)
            .map_err(|error| Invalid(format!("`{kind}` does not hold what it should: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_is_read_back_from_its_parts() {
        let events = Event::examples();
        let kinds: Vec<String> = events.iter().map(|event| event.to_parts().0).collect();
        assert_eq!(kinds, Event::KINDS);
        for event in events {
            let (kind, detail) = event.to_parts();
            assert_eq!(Event::from_parts(&kind, &detail), Ok(Some(event)));
        }
    }

    #[test]
    fn a_known_kind_holds_its_own_fields_and_no_others() {
        let detail = |json: Value| json.as_object().cloned().unwrap_or_default();
        let named = detail(serde_json::json!({ "from": "home", "name": "やまだ" }));
        assert!(Event::from_parts("service_opened", &named).is_err());
        assert!(Event::from_parts("service_opened", &Map::new()).is_err());
        assert_eq!(Event::from_parts("danced", &named), Ok(None));
    }
}
