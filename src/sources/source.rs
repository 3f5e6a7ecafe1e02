//! A source: where it lies, how often it is asked, and how its bytes are read.

use std::path::PathBuf;

use kairan_contract::{Position, Sha256};
use url::Url;

use super::{
    entities::{Becomes, Mapping},
    open_data::Named,
};

/// Where the content of a tile comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct ContentSource {
    /// Where it lies.
    pub location: Location,
    /// How often it is asked for, in minutes; a file beside the catalogue is looked at all the time.
    pub every_minutes: u32,
    /// What a broker wants to hear besides the address.
    pub access: Access,
    /// How it is read.
    pub kind: SourceKind,
    /// What residents call the point from which distances are measured, such as 駅前.
    pub near_name: Option<String>,
}

impl ContentSource {
    /// What must stay the same for content to belong to a service: another address is another source, even on
    /// the same tile.
    pub fn key(&self) -> String {
        let Self {
            location,
            access,
            kind,
            every_minutes: _,
            // A word beside the content changes nothing of it.
            near_name: _,
        } = self;
        let identity = format!("{location:?} {access:?} {kind:?}");
        Sha256::of(identity.as_bytes()).to_string()
    }
}

/// Where something is fetched from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// On the web, by https.
    Web(Url),
    /// A file in the folder of the catalogue.
    File(PathBuf),
}

/// What a context broker wants to hear.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// Whose data it is, in `NGSILD-Tenant` and `Fiware-Service`.
    pub tenant: Option<String>,
    /// The part of it, in `Fiware-ServicePath`.
    pub service_path: Option<String>,
    /// The file beside the catalogue in which the token lies. The token itself stands in no
    /// catalogue, because catalogues are mailed around.
    pub token_file: Option<PathBuf>,
}

/// How bytes are read.
#[derive(Debug, Clone, PartialEq)]
pub enum SourceKind {
    /// News in RSS or Atom.
    Feed {
        /// Only articles in which one of these stands; all, if there are none.
        include: Vec<String>,
        /// Not those in which one of these stands.
        exclude: Vec<String>,
    },
    /// The JMA's forecast.
    Weather {
        /// The forecast area (class10), such as 270000.
        area: String,
        /// The station whose temperatures hold, such as 62078; chosen by the area if absent.
        station: Option<String>,
    },
    /// The JMA's warnings.
    Warnings {
        /// The municipality (class20), such as 2710000.
        area: String,
    },
    /// A table of places.
    Places {
        /// A city's own names for columns.
        columns: Named,
        /// From where distances are measured.
        near: Option<Position>,
    },
    /// A table of events, or a calendar.
    Events {
        /// A city's own names for columns.
        columns: Named,
    },
    /// A timetable in GTFS-JP.
    Timetable {
        /// The stop, by its name, and others of which a resident may choose.
        stops: Vec<String>,
        /// The stop one wants to go to.
        to: Option<String>,
    },
    /// Entities of a context broker.
    Entities {
        /// What they become.
        becomes: Becomes,
        /// Which attribute holds what.
        mapping: Mapping,
        /// From where distances are measured.
        near: Option<Position>,
    },
    /// Markdown of the operator's own.
    Page,
    /// A programme of the operator's own.
    Audio,
    /// A questionnaire of the evaluator's.
    Questionnaire,
    /// What can be asked of a provider: read with the catalogue, because its faults are told with those of the catalogue.
    Form,
}
