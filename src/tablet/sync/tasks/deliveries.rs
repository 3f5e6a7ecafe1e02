//! What is known of requests beside the journal: which have arrived although the disk could not note it, and which wait.

use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

use kairan_contract::{Request, RequestId};

/// What the backend would not take is left alone for so long.
const LEFT_ALONE: Duration = Duration::from_hours(1);

/// What is known of requests beside the journal.
#[derive(Default)]
pub struct Deliveries {
    /// The backend has them, and the disk could not note it.
    pub(super) arrived: HashSet<RequestId>,
    /// The backend would not take them, or cannot read them, and when that was.
    refused: HashMap<RequestId, Instant>,
}

impl Deliveries {
    /// Whether it is not the turn of a request.
    pub(super) fn is_put_off(&self, id: RequestId) -> bool {
        let refused = self.refused.get(&id);
        self.arrived.contains(&id) || refused.is_some_and(|at| at.elapsed() < LEFT_ALONE)
    }

    /// Whether a request is about one that the backend does not have, and would not take now: it keeps its place behind it.
    pub(super) fn is_held_up(&self, request: &Request) -> bool {
        let about = request.what.about();
        let refused = about.and_then(|id| self.refused.get(&id));
        refused.is_some_and(|at| at.elapsed() < LEFT_ALONE)
    }

    /// These are left alone for a while.
    pub(super) fn put_off(&mut self, ids: impl IntoIterator<Item = RequestId>) {
        let now = Instant::now();
        self.refused.extend(ids.into_iter().map(|id| (id, now)));
    }
}
