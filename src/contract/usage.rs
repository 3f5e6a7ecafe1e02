//! Usage records: what the tablet writes down, in types that cannot hold anything personal.

use std::str::FromStr as _;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{
    BootId, FormId, Invalid, ItemHash, Language, Participation, ServiceId, TabletId, WarningLevel,
};

/// One thing that happened on a tablet. Never changed once written.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The installation.
    pub tablet: TabletId,
    /// The pseudonym of this loan.
    pub participation: Participation,
    /// 1, 2, 3 … without gaps per tablet.
    pub sequence: u64,
    /// Which start of the program.
    pub boot: BootId,
    /// Milliseconds since that start, by a clock that never jumps.
    pub uptime_ms: u64,
    /// The tablet's clock: milliseconds since 1970-01-01 UTC.
    pub happened_at: i64,
    /// The council's time minus the tablet's wall clock in milliseconds, both at the moment of the record. The council's
    /// time is the one of the last contact plus what has passed since, suspend included, whatever the wall clock did.
    pub clock_offset_ms: Option<i64>,
    /// The number of the visit within `boot`; 0 before the first.
    pub visit: u32,
    /// The catalogue's revision on the screen; 0 before the first.
    pub catalogue: u64,
    /// The tile it is about, if it is about one.
    pub service: Option<ServiceId>,
    /// What happened.
    pub event: Event,
}

/// What happened, with the few fields that may be said about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(
    tag = "kind",
    content = "detail",
    rename_all = "snake_case",
    deny_unknown_fields
)]
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

/// Declares an enum of plain words.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }

        impl $name {
            /// Every one of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
        }
    };
}

words!(
    /// Why the program started.
    StartCause {
        /// The tablet was switched on.
        Power,
        /// The program before it did not end by itself.
        Crash,
    }
);
words!(
    /// What a visit began with.
    VisitHow {
        /// A touch.
        Touch,
        /// A warning that was answered.
        Alert,
    }
);
words!(
    /// What ended a visit.
    EndCause {
        /// Five minutes without a touch.
        Idle,
        /// The screen went dark.
        Dark,
        /// The program stopped.
        Stop,
    }
);
words!(
    /// Where a tile was opened from.
    OpenedFrom {
        /// The home screen.
        Home,
        /// A warning.
        Alert,
        /// A search.
        Search,
        /// A message from the council.
        Message,
    }
);
words!(
    /// What led out of a tile.
    LeaveHow {
        /// The key はじめ.
        Home,
        /// The key もどる.
        Back,
        /// Nobody touched the tablet for three minutes.
        Idle,
        /// A warning took over.
        Alert,
    }
);
words!(
    /// The three sizes of the letters.
    #[derive(Default)]
    TextSize {
        /// 18 pt body text.
        #[default]
        Standard,
        /// 1.25 times that.
        Large,
        /// 1.5 times that.
        Largest,
    }
);

/// How somebody is today: 1 well, 2 so-so, 3 unwell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Mood {
    /// 元気です.
    Well,
    /// まあまあです.
    SoSo,
    /// つらいです.
    Unwell,
}

impl TryFrom<u8> for Mood {
    type Error = Invalid;

    fn try_from(number: u8) -> Result<Self, Invalid> {
        match number {
            1 => Ok(Self::Well),
            2 => Ok(Self::SoSo),
            3 => Ok(Self::Unwell),
            other => Err(Invalid(format!("a mood is 1, 2 or 3 and not {other}"))),
        }
    }
}

impl From<Mood> for u8 {
    fn from(mood: Mood) -> Self {
        match mood {
            Mood::Well => 1,
            Mood::SoSo => 2,
            Mood::Unwell => 3,
        }
    }
}

words!(
    /// The screens of the tablet.
    ScreenName {
        /// はじめ.
        Home,
        /// A list of news.
        List,
        /// One article.
        Article,
        /// The forecast.
        Weather,
        /// 困ったとき.
        Help,
        /// 文字の大きさ.
        TextSize,
        /// First use: the code.
        Enrolment,
        /// Waiting for the first content.
        Waiting,
        /// A warning that takes over.
        Alert,
        /// An audio programme.
        Programme,
        /// One question with large answers.
        Question,
        /// A request: written down, or arrived.
        CallBack,
        /// Reminders, and whether they were answered.
        Reminders,
        /// A time to be chosen.
        Time,
        /// A reminder whose time has come.
        Reminder,
        /// First use: a touch to practise.
        Practice,
        /// Nobody has touched the tablet for a while.
        Idle,
        /// The clock of the night.
        Night,
        /// The number pad before the helper's page.
        Pin,
        /// The page of this tablet, for helpers.
        Tablet,
        /// The tablet cannot start.
        CouldNotStart,
        /// A question of a questionnaire.
        Questionnaire,
        /// A message from the council.
        Message,
        /// The stops from which one's own is chosen.
        Stops,
        /// The council has locked the tablet.
        Locked,
    }
);
words!(
    /// Why a touch did nothing.
    TouchIgnored {
        /// It came within 0.7 s of one that changed the screen.
        Repeat,
        /// The finger slid too far.
        Slide,
    }
);

impl Record {
    /// The record as it travels.
    pub fn to_wire(&self) -> WireRecord {
        let (kind, detail) = self.event.to_parts();
        WireRecord {
            tablet: self.tablet,
            participation: self.participation,
            sequence: self.sequence,
            boot: self.boot,
            uptime_ms: self.uptime_ms,
            happened_at: self.happened_at,
            clock_offset_ms: self.clock_offset_ms,
            visit: self.visit,
            catalogue: self.catalogue,
            kind,
            service: self.service.clone(),
            detail,
        }
    }
}

impl Event {
    /// The kinds that this version knows, as they are written.
    pub const KINDS: [&'static str; 23] = [
        "started",
        "visit_began",
        "visit_ended",
        "service_opened",
        "service_left",
        "item_read",
        "text_size_set",
        "language_set",
        "read_aloud",
        "help_opened",
        "call_back_asked",
        "check_in",
        "reminder_answered",
        "form_began",
        "form_step",
        "form_sent",
        "form_left",
        "question_answered",
        "alert_shown",
        "alert_answered",
        "touch_ignored",
        "offline_began",
        "offline_ended",
    ];

    /// One of each kind, in the order of [`Event::KINDS`]: for the dictionary and for tests.
    ///
    /// # Panics
    /// Never: the ids in it are ids.
    pub fn examples() -> [Self; 23] {
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
                screen: ScreenName::Weather,
            },
            Self::CallBackAsked {
                screen: ScreenName::Help,
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

    /// The event as a kind and its detail.
    pub fn to_parts(&self) -> (String, Map<String, Value>) {
        let Ok(Value::Object(mut object)) = serde_json::to_value(self) else {
            unreachable!("an event is written as an object of two fields")
        };
        let kind = object
            .remove("kind")
            .and_then(|kind| kind.as_str().map(str::to_owned));
        let detail = match object.remove("detail") {
            Some(Value::Object(detail)) => detail,
            _ => Map::new(),
        };
        (kind.unwrap_or_default(), detail)
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

/// A usage record as it travels: a newer tablet may send kinds that an older backend keeps
/// without knowing them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WireRecord {
    /// The installation.
    pub tablet: TabletId,
    /// The pseudonym of this loan.
    pub participation: Participation,
    /// 1, 2, 3 … without gaps per tablet.
    pub sequence: u64,
    /// Which start of the program.
    pub boot: BootId,
    /// Milliseconds since that start.
    pub uptime_ms: u64,
    /// The tablet's clock: milliseconds since 1970-01-01 UTC.
    pub happened_at: i64,
    /// The council's time minus the tablet's wall clock in milliseconds, both at the moment of the record. The council's
    /// time is the one of the last contact plus what has passed since, suspend included, whatever the wall clock did.
    pub clock_offset_ms: Option<i64>,
    /// The number of the visit within `boot`.
    pub visit: u32,
    /// The catalogue's revision on the screen.
    pub catalogue: u64,
    /// What happened.
    pub kind: String,
    /// The tile it is about.
    pub service: Option<ServiceId>,
    /// The fields of `kind` and no others.
    #[schema(value_type = Object)]
    pub detail: Map<String, Value>,
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
