//! What entities become, and which of their attributes are taken for it.

use std::collections::BTreeMap;

/// What the entities become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Becomes {
    /// Articles: `title`, `text`, `published`.
    Articles,
    /// Places: `name`, `reading`, `offers`, `address`, `position`, `telephone`, `opening`,
    /// `capacity`, `note`.
    Places,
    /// Measurements: `name`, `value`, `unit`, `observed_at`, `position`.
    Measurements,
}

impl Becomes {
    /// Every kind with the word for it in the catalogue.
    pub const ALL: [(&'static str, Self); 3] = [
        ("articles", Self::Articles),
        ("places", Self::Places),
        ("measurements", Self::Measurements),
    ];

    /// What the catalogue may say under `map`, with the attributes of the Smart Data Models that
    /// are taken without it.
    pub fn fields(self) -> &'static [(&'static str, &'static [&'static str])] {
        match self {
            Self::Articles => &[
                (
                    "title",
                    &[
                        "title",
                        "headline",
                        "name",
                        "description",
                        "subCategory",
                        "category",
                    ],
                ),
                ("text", &["description", "text", "articleBody", "summary"]),
                (
                    "published",
                    &[
                        "dateIssued",
                        "datePublished",
                        "dateObserved",
                        "validFrom",
                        "dateModified",
                        "dateCreated",
                    ],
                ),
            ],
            Self::Places => &[
                ("name", &["name", "title", "alternateName"]),
                ("reading", &["nameKana", "reading", "name_kana"]),
                ("offers", &["category", "serviceType"]),
                (
                    "address",
                    &["address", "address.streetAddress", "areaServed"],
                ),
                ("position", &["location", "position"]),
                (
                    "telephone",
                    &["contactPoint.telephone", "telephone", "phone"],
                ),
                ("opening", &["openingHours", "openingHoursSpecification"]),
                ("capacity", &["capacity", "totalSpotNumber"]),
                ("note", &["description", "note"]),
            ],
            Self::Measurements => &[
                ("name", &["name", "stationName", "refDevice", "description"]),
                (
                    "value",
                    &[
                        "value",
                        "temperature",
                        "level",
                        "currentLevel",
                        "relativeHumidity",
                    ],
                ),
                ("unit", &["unit", "unitText"]),
                (
                    "observed_at",
                    &["dateObserved", "observedAt", "dateModified"],
                ),
                ("position", &["location", "position"]),
            ],
        }
    }
}

/// Which attribute holds what.
pub type Mapping = BTreeMap<String, String>;
