//! The machine: what becomes of a request with each step, and who may take it.

use kairan_contract::RequestStatus;
use strum::{EnumIter, IntoStaticStr};

/// Who takes a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Actor {
    /// Who asked, on the tablet.
    Resident,
    /// A helper in the resident's place.
    Helper,
    /// Somebody of the town.
    Clerk,
    /// Somebody of the provider.
    Provider,
    /// A provider's program.
    Api,
    /// The backend itself, by its rules or its clock.
    System,
}

impl Actor {
    /// Speaks for who asked.
    fn asks(self) -> bool {
        matches!(self, Self::Resident | Self::Helper)
    }

    /// Speaks for who answers.
    fn answers(self) -> bool {
        matches!(self, Self::Clerk | Self::Provider | Self::Api)
    }
}

/// What is done with a request that is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Step {
    /// It is done as it was asked for.
    Accept,
    /// Another time or price is proposed.
    Propose,
    /// It is not done.
    Decline,
    /// Something has to be mended.
    Return,
    /// It is full, and waits.
    Wait,
    /// The time for an answer is over.
    Expire,
    /// It was mended and sent again.
    SendAgain,
    /// それで いいです.
    AcceptProposal,
    /// いいえ.
    RefuseProposal,
    /// It is taken back, before it was confirmed.
    Withdraw,
    /// It is cancelled by who asked, in time.
    Cancel,
    /// Who asked wants to cancel it, too late for doing so alone.
    CancelLate,
    /// A late cancel is granted.
    GrantCancel,
    /// A late cancel is not granted: it holds.
    DenyCancel,
    /// It is cancelled by who answers.
    CallOff,
    /// It has been done.
    Finish,
    /// Nobody was there.
    MissPerson,
    /// Somebody has rung back.
    RingBack,
}

/// A step that is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing of the kind becomes of a request that stands so.
    #[error("a request that is {} takes no such step", <&'static str>::from(*status))]
    NotFrom {
        /// How it stands.
        status: RequestStatus,
    },
    /// Somebody else may.
    #[error("it is for somebody else to take this step")]
    NotBy {
        /// How it stands.
        status: RequestStatus,
    },
}

/// How a request stands after a step.
///
/// # Errors
/// Where it is not taken; nothing has changed then.
pub fn after(status: RequestStatus, step: Step, by: Actor) -> Result<RequestStatus, Refusal> {
    use RequestStatus::{
        Cancelled, Confirmed, Declined, Done, Drawn, Expired, LateCancelAsked, NoShow, Proposed,
        Requested, Returned, WaitingList, Withdrawn,
    };
    let may = match step {
        Step::SendAgain
        | Step::AcceptProposal
        | Step::RefuseProposal
        | Step::Withdraw
        | Step::Cancel
        | Step::CancelLate => by.asks(),
        // The backend confirms by itself where there is room, and refuses by itself what cannot be.
        Step::Accept | Step::Decline | Step::Return | Step::Wait | Step::Propose => {
            by.answers() || by == Actor::System
        }
        Step::GrantCancel | Step::DenyCancel | Step::CallOff | Step::Finish | Step::MissPerson => {
            by.answers()
        }
        Step::Expire => by == Actor::System,
        Step::RingBack => matches!(by, Actor::Helper | Actor::Clerk),
    };
    let next = match (status, step) {
        (Requested | WaitingList | Drawn, Step::Accept)
        | (Proposed, Step::AcceptProposal)
        | (LateCancelAsked, Step::DenyCancel) => Confirmed,
        (Requested | Proposed | WaitingList | Drawn, Step::Propose) => Proposed,
        (Requested | Proposed | Returned | WaitingList | Drawn, Step::Decline)
        | (Proposed, Step::RefuseProposal) => Declined,
        (Requested, Step::Return) => Returned,
        (Requested, Step::Wait) => WaitingList,
        (Requested | Proposed | Returned | WaitingList | Drawn, Step::Expire) => Expired,
        (Returned, Step::SendAgain) => Requested,
        (status, Step::Withdraw) if status.can_be_withdrawn() => Withdrawn,
        (Confirmed, Step::Cancel)
        | (LateCancelAsked, Step::GrantCancel)
        | (Confirmed | LateCancelAsked, Step::CallOff) => Cancelled,
        (Confirmed, Step::CancelLate) => LateCancelAsked,
        (Confirmed | LateCancelAsked, Step::Finish) | (Requested, Step::RingBack) => Done,
        (Confirmed | LateCancelAsked, Step::MissPerson) => NoShow,
        _ => return Err(Refusal::NotFrom { status }),
    };
    if may {
        Ok(next)
    } else {
        Err(Refusal::NotBy { status })
    }
}

/// Whether a request that stands so keeps its place in a window and its goods from others.
pub fn holds_its_place(status: RequestStatus) -> bool {
    matches!(
        status,
        RequestStatus::Requested
            | RequestStatus::Proposed
            | RequestStatus::Confirmed
            | RequestStatus::LateCancelAsked
            | RequestStatus::Done
            | RequestStatus::NoShow
    )
}

#[cfg(test)]
mod tests;
