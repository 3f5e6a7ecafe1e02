//! One record: as it is written down, and as it travels.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::event::Event;
use crate::{BootId, Participation, ServiceId, TabletId};

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
