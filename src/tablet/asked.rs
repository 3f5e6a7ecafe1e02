//! お願いしたこと: what this tablet has asked for and what the backend has answered, put together by the request's id. Pure.

use jiff::{SignedDuration, Timestamp};
use kairan_contract::{Appointment, RequestAnswer, RequestId, RequestKind, RequestStatus};

use crate::kept_request::{KeptRequest, RequestState};

/// One thing that was asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Which.
    pub id: RequestId,
    /// As this tablet asked for it; none where another did.
    pub kept: Option<&'a KeptRequest>,
    /// What the backend says of it; none while it has said nothing.
    pub answer: Option<&'a RequestAnswer>,
    /// What the resident has said since, while the backend has not taken it up.
    pub since: Option<FollowUp>,
}

/// What a resident said of something that was asked for before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FollowUp {
    /// What.
    pub kind: FollowUpKind,
    /// How far it has come.
    pub state: RequestState,
}

/// What can be said of something that was asked for before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FollowUpKind {
    /// It is taken back.
    Withdraw,
    /// It is cancelled.
    Cancel,
    /// A proposal is accepted.
    Accept,
    /// A proposal is not accepted.
    Refuse,
    /// It was mended, and sent again.
    Mend,
}

/// What can be done with something that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequestAction {
    /// それで いいです.
    Accept,
    /// いいえ.
    Refuse,
    /// Mend what was sent back.
    Mend,
    /// Ask for the same once more.
    Again,
    /// Take it back, before it is confirmed.
    Withdraw,
    /// Cancel what is confirmed.
    Cancel,
}

impl Asked<'_> {
    /// How it stands; none while the backend has not answered.
    pub fn status(&self) -> Option<RequestStatus> {
        self.answer.map(|answer| answer.status)
    }

    /// When it was asked.
    pub fn asked_at(&self) -> Timestamp {
        match (self.answer, self.kept) {
            (Some(answer), _) => answer.asked_at,
            (None, Some(kept)) => {
                Timestamp::from_millisecond(kept.request.made_at).unwrap_or(Timestamp::UNIX_EPOCH)
            }
            (None, None) => Timestamp::UNIX_EPOCH,
        }
    }

    /// Whether a proposal can still be answered.
    pub fn open_proposal(&self, now: Timestamp) -> Option<&kairan_contract::Proposal> {
        let answer = self.answer?;
        let proposal = answer.proposal.as_ref()?;
        let is_open = answer.status == RequestStatus::Proposed && now < proposal.until;
        (is_open && self.since.is_none()).then_some(proposal)
    }

    /// What can be done with it now. `can_repeat`: there is still a form with which it can be asked for.
    pub fn actions(&self, can_repeat: bool, now: Timestamp) -> Vec<RequestAction> {
        let mut actions = Vec::new();
        if self.open_proposal(now).is_some() {
            actions.extend([RequestAction::Accept, RequestAction::Refuse]);
        }
        let Some(status) = self.status() else {
            // What has not arrived can be taken back as well: that goes behind it.
            let is_form = matches!(
                self.kept.map(|it| &it.request.what),
                Some(RequestKind::Form(_))
            );
            if is_form && self.since.is_none() {
                actions.push(RequestAction::Withdraw);
            }
            return actions;
        };
        if status == RequestStatus::Returned && can_repeat && self.since.is_none() {
            actions.push(RequestAction::Mend);
        }
        if status.is_over() && can_repeat {
            actions.push(RequestAction::Again);
        }
        let is_free = self.since.is_none_or(|it| it.kind == FollowUpKind::Mend);
        if status.can_be_withdrawn() && is_free {
            actions.push(RequestAction::Withdraw);
        }
        if status == RequestStatus::Confirmed && self.since.is_none() {
            actions.push(RequestAction::Cancel);
        }
        actions
    }

    /// Whether it is too late to cancel it freely.
    pub fn is_late(&self, now: Timestamp) -> bool {
        let until = self.answer.and_then(|answer| answer.cancel_until);
        until.is_some_and(|until| until <= now)
    }
}

/// Everything that was asked for, the latest first. What was said of it afterwards stands with it.
pub fn asked<'a>(requests: &'a [KeptRequest], answers: &'a [RequestAnswer]) -> Vec<Asked<'a>> {
    let own = requests.iter().filter(|it| is_asked_for(&it.request.what));
    let mut all: Vec<Asked> = own
        .map(|kept| Asked {
            id: kept.request.id,
            kept: Some(kept),
            answer: answers.iter().find(|it| it.request == kept.request.id),
            since: None,
        })
        .collect();
    let is_known = |id| {
        requests
            .iter()
            .any(|it| it.request.id == id && is_asked_for(&it.request.what))
    };
    let others = answers.iter().filter(|it| !is_known(it.request));
    all.extend(others.map(|answer| Asked {
        id: answer.request,
        kept: None,
        answer: Some(answer),
        since: None,
    }));
    for it in &mut all {
        it.since = follow_up(requests, it.id, it.answer);
    }
    all.sort_by_key(|it| std::cmp::Reverse(it.asked_at()));
    all
}

/// What is asked for by itself, and not said of something that was asked for before.
fn is_asked_for(what: &RequestKind) -> bool {
    matches!(what, RequestKind::CallBack { .. } | RequestKind::Form(_)) && what.about().is_none()
}

/// The last thing that was said of a request, while what the backend tells of it is from before.
fn follow_up(
    requests: &[KeptRequest],
    id: RequestId,
    answer: Option<&RequestAnswer>,
) -> Option<FollowUp> {
    let last = requests
        .iter()
        .rfind(|it| it.request.what.about() == Some(id))?;
    let status = answer.map(|it| it.status);
    let (kind, is_taken_up) = match &last.request.what {
        RequestKind::Withdraw { .. } => (
            FollowUpKind::Withdraw,
            status.is_some_and(|status| !status.can_be_withdrawn()),
        ),
        RequestKind::Cancel { .. } => (
            FollowUpKind::Cancel,
            status != Some(RequestStatus::Confirmed),
        ),
        RequestKind::Proposal {
            revision, accepts, ..
        } => (
            if *accepts {
                FollowUpKind::Accept
            } else {
                FollowUpKind::Refuse
            },
            answer.is_none_or(|it| it.revision > *revision),
        ),
        RequestKind::Form(_) => (FollowUpKind::Mend, status != Some(RequestStatus::Returned)),
        RequestKind::CallBack { .. } | RequestKind::Report { .. } => return None,
    };
    (!is_taken_up).then_some(FollowUp {
        kind,
        state: last.state,
    })
}

/// The evening before, until the tablet goes to rest for the night.
const EVENING: std::ops::Range<i8> = 18..21;
/// So long before it begins.
const AHEAD: SignedDuration = SignedDuration::from_hours(2);

/// Of what a resident is to be reminded now: what is confirmed, the evening before and two hours before. `in_japan`
/// says what a moment is there. Computed each time it is asked for, so that whatever changes is right at once.
pub fn appointment_due(
    answers: &[RequestAnswer],
    now: Timestamp,
    in_japan: impl Fn(Timestamp) -> jiff::civil::DateTime,
    is_reminded: impl Fn(RequestId, jiff::civil::Date) -> bool,
) -> Option<(RequestId, jiff::civil::Date)> {
    let here = in_japan(now);
    let of = |answer: &RequestAnswer| {
        let Appointment { begins_at, .. } = answer.appointment?;
        if answer.status != RequestStatus::Confirmed || begins_at <= now {
            return None;
        }
        let day = in_japan(begins_at).date();
        let is_eve = here.date().tomorrow().ok() == Some(day) && EVENING.contains(&here.hour());
        let is_near = begins_at.duration_since(now) <= AHEAD;
        let due = (is_eve || is_near).then_some((answer.request, here.date()));
        due.filter(|(id, day)| !is_reminded(*id, *day))
            .map(|due| (begins_at, due))
    };
    let due = answers.iter().filter_map(of);
    due.min_by_key(|(begins_at, _)| *begins_at)
        .map(|(_, due)| due)
}

#[cfg(test)]
mod tests;
