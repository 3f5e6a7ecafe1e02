//! The list of everything that a tablet should hold.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Category, ContentKind, Council, CouncilMessage, Emergency, Provider, Service, Sha256};

/// Everything that a tablet should hold, at one revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Manifest {
    /// The catalogue's revision; grows by one with every change an operator makes.
    pub catalogue: u64,
    /// Who lends the tablets.
    pub council: Council,
    /// The groups of tiles.
    pub categories: Vec<Category>,
    /// Who stands behind the tiles.
    pub providers: Vec<Provider>,
    /// The tiles in the operator's order.
    pub services: Vec<ServiceEntry>,
    /// What the council says to everybody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<CouncilMessage>,
    /// What takes over the screen of this tablet now, the newest last; at most [`Emergency::AT_ONCE`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emergencies: Vec<Emergency>,
    /// The parts of the town of which a resident may choose their own, in a blob: a list of
    /// [`crate::Neighbourhood`], in the order in which it is shown. Which one somebody chose stays on the tablet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub neighbourhoods: Option<BlobReference>,
    /// The council has locked this tablet: it says whom to ring, passes on warnings, and does
    /// nothing else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub locked: bool,
    /// The council has this tablet forget its loan: everything of it goes, and the tablet is as new. It
    /// answers with [`crate::WipeReport`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub wipe: bool,
}

impl Manifest {
    /// Every blob that must lie on the tablet before it may switch to this manifest.
    pub fn blobs(&self) -> impl Iterator<Item = &BlobReference> {
        self.services
            .iter()
            .filter_map(|entry| entry.content.as_ref())
            .flat_map(ContentReference::blobs)
            .chain(&self.neighbourhoods)
    }
}

/// A tile and where its content lies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServiceEntry {
    /// The tile.
    #[serde(flatten)]
    pub service: Service,
    /// Its content; absent until the backend has fetched it for the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<ContentReference>,
    /// What residents call the point from which the distances of its places are counted, such as 駅前.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub near_name: Option<String>,
}

/// Where the content of a service lies and how far it can be trusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ContentReference {
    /// Which kind it is. A tablet leaves out a kind that it does not know.
    pub kind: ContentKind,
    /// The content itself, JSON.
    pub blob: BlobReference,
    /// The pictures that it shows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pictures: Vec<BlobReference>,
    /// The sounds that it plays.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sounds: Vec<BlobReference>,
    /// Whether it is what the source says now.
    pub freshness: Freshness,
}

impl ContentReference {
    /// The content and everything it needs.
    pub fn blobs(&self) -> impl Iterator<Item = &BlobReference> {
        std::iter::once(&self.blob)
            .chain(&self.pictures)
            .chain(&self.sounds)
    }
}

/// Whether content is what its source says now.
///
/// While a source answers, its age is the age of the tablet's own last contact, so that nothing
/// in the manifest changes as long as the content does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Freshness {
    /// The source answered the last time it was asked.
    Current,
    /// The source has not answered since.
    StaleSince {
        /// When it last did.
        #[schema(value_type = String, format = "date-time")]
        at: Timestamp,
    },
    /// Sample content for a demonstration; it must be shown as 見本.
    Sample,
}

/// A blob: bytes that never change, addressed by their hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BlobReference {
    /// Its address and its proof.
    pub sha256: Sha256,
    /// Its length in bytes.
    pub bytes: u64,
}
