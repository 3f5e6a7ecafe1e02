//! What comes back to the screens.

use std::sync::Arc;

use kairan_contract::{RequestAnswer, RequestId};

use crate::{
    clock::CouncilTime,
    identity::{EnrolmentRefused, Identity},
    kept_request::KeptRequest,
    library::ContentSnapshot,
};

/// What the link tells the screens.
#[derive(Debug)]
pub enum LinkEvent {
    /// The backend answered.
    Online {
        /// The backend's time, where it says so.
        time: Option<CouncilTime>,
        /// What came stands on the disk; else it is shown, and kept as long as the program runs.
        is_saved: bool,
    },
    /// The backend did not answer.
    Offline,
    /// The backend does not know this tablet.
    Unauthorized,
    /// New content is in force.
    Content(Arc<ContentSnapshot>),
    /// The tablet is let in.
    Enrolled(Identity),
    /// The code did not open.
    Refused(EnrolmentRefused),
    /// A request stands on this tablet's disk.
    Written(RequestId),
    /// The disk did not take it.
    NotWritten(RequestId),
    /// What was asked of the council, and how far it has come.
    Requests(Vec<KeptRequest>),
    /// These stand at the backend, whatever is known on the disk.
    Received(Vec<RequestId>),
    /// What became of what was asked, all that is known.
    Answers(Vec<RequestAnswer>),
    /// What the resident chose stands on the disk, or does not.
    ProfileSaved(bool),
    /// The tablet is to forget its loan: the order stands on the disk, and is carried out at the next start.
    ToBeWiped,
}
