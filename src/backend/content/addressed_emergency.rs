//! What takes over the screens of some tablets.

use std::collections::HashSet;

use kairan_contract::{Emergency, TabletId};

/// An emergency that tablets are told of now, and which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressedEmergency {
    /// What they are told.
    pub emergency: Emergency,
    /// The tablets of a drill; all where there is no choice.
    pub to: Option<HashSet<TabletId>>,
}
