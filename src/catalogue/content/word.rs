//! The kinds of content by their words: the keys of each, and how often its publisher is asked.

use toml::de::{DeTable, DeValue};

use kairan_sources::beside::Role;

/// The kinds by the words for them in the catalogue.
pub(super) const KINDS: [(&str, Word); 11] = [
    ("feed", Word::Feed),
    ("weather", Word::Weather),
    ("warnings", Word::Warnings),
    ("places", Word::Places),
    ("events", Word::Events),
    ("timetable", Word::Timetable),
    ("entities", Word::Entities),
    ("page", Word::Page),
    ("audio", Word::Audio),
    ("questionnaire", Word::Questionnaire),
    ("form", Word::Form),
];

/// The word of a kind, before its settings are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    Feed,
    Weather,
    Warnings,
    Places,
    Events,
    Timetable,
    Entities,
    Page,
    Audio,
    Questionnaire,
    Form,
}

impl Word {
    /// The keys that a table of this kind may have.
    pub(super) fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Feed => &["kind", "url", "every_minutes", "include", "exclude"],
            Self::Weather => &["kind", "url", "office", "area", "station", "every_minutes"],
            Self::Warnings => &["kind", "url", "office", "area", "every_minutes"],
            Self::Places => &[
                "kind",
                "url",
                "every_minutes",
                "columns",
                "near",
                "near_name",
            ],
            Self::Events => &["kind", "url", "every_minutes", "columns"],
            Self::Timetable => &["kind", "url", "every_minutes", "stop", "to"],
            Self::Entities => &[
                "kind",
                "url",
                "every_minutes",
                "gives",
                "map",
                "near",
                "near_name",
                "tenant",
                "service_path",
                "token_file",
            ],
            Self::Page | Self::Audio | Self::Questionnaire | Self::Form => &["kind", "file"],
        }
    }

    /// What its file is read as.
    pub(super) fn role(self) -> Role {
        match self {
            Self::Page => Role::Text,
            Self::Audio | Self::Questionnaire | Self::Form => Role::Programme,
            _ => Role::Data,
        }
    }

    /// The shortest pause between two questions, in minutes: what its publisher would still call
    /// polite.
    pub(super) fn shortest_pace(self) -> u32 {
        match self {
            Self::Warnings | Self::Entities => 1,
            _ => 5,
        }
    }

    /// The longest pause between two questions, in minutes: a warning that nobody looks for for an
    /// hour is none.
    pub(super) fn longest_pace(self) -> u32 {
        match self {
            Self::Warnings => 5,
            _ => 24 * 60,
        }
    }

    /// The pause between two questions where the catalogue names none, in minutes.
    pub(super) fn pace(self) -> u32 {
        match self {
            Self::Warnings => 1,
            Self::Entities => 10,
            Self::Places | Self::Timetable => 12 * 60,
            Self::Events => 3 * 60,
            Self::Feed
            | Self::Weather
            | Self::Page
            | Self::Audio
            | Self::Questionnaire
            | Self::Form => 30,
        }
    }
}

/// Every key of every kind, for a table whose kind is not known.
pub(super) const EVERY_KEY: &[&str] = &[
    "kind",
    "url",
    "file",
    "office",
    "area",
    "station",
    "every_minutes",
    "include",
    "exclude",
    "columns",
    "near",
    "near_name",
    "stop",
    "to",
    "gives",
    "map",
    "tenant",
    "service_path",
    "token_file",
];

pub(super) fn kind_in(table: &DeTable) -> Option<Word> {
    let DeValue::String(written) = table.get("kind")?.get_ref() else {
        return None;
    };
    let found = KINDS.iter().find(|(word, _)| word == written);
    found.map(|(_, word)| *word)
}
