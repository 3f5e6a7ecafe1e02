//! The parts of a catalogue that have a form, each with its fields.

/// A part of the catalogue that has a form: each is a list of tables, but for the council.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// `[[service]]`
    Tile,
    /// `[[message]]`
    Message,
    /// `[[category]]`
    Category,
    /// `[[provider]]`
    Provider,
    /// `[council]`
    Council,
}

impl Part {
    /// All, in the order in which differences are told.
    pub const ALL: [Self; 5] = [
        Self::Tile,
        Self::Message,
        Self::Category,
        Self::Provider,
        Self::Council,
    ];

    /// Its name in the text.
    pub fn key(self) -> &'static str {
        match self {
            Self::Tile => "service",
            Self::Message => "message",
            Self::Category => "category",
            Self::Provider => "provider",
            Self::Council => "council",
        }
    }

    /// The keys of one of them, in the order of its form. Lists are parted by commas; `content` holds one setting a
    /// line.
    pub fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Tile => &[
                "id",
                "provider",
                "category",
                "title",
                "reading",
                "summary",
                "icon",
                "areas",
                "age_bands",
                "cohorts",
                "from",
                "until",
                "off",
                "content",
            ],
            Self::Message => &[
                "id",
                "title",
                "text",
                "areas",
                "age_bands",
                "cohorts",
                "from",
                "until",
            ],
            Self::Category => &["id", "name", "colour", "icon"],
            Self::Provider => &["id", "name", "kind", "telephone"],
            Self::Council => &["name", "areas", "helper_telephone", "neighbourhoods"],
        }
    }

    /// The key under which residents know it.
    pub fn name_field(self) -> &'static str {
        match self {
            Self::Tile | Self::Message => "title",
            Self::Category | Self::Provider | Self::Council => "name",
        }
    }

    /// The way faults name it.
    pub(super) fn shown(self) -> &'static str {
        match self {
            Self::Tile => "[[service]]",
            Self::Message => "[[message]]",
            Self::Category => "[[category]]",
            Self::Provider => "[[provider]]",
            Self::Council => "[council]",
        }
    }
}
