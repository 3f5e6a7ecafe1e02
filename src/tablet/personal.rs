//! What a loan leaves on this tablet that is nobody else's: わたしのこと, forms that are being filled in, and which answers
//! were heard. It lies in a file of its own, and is forgotten with the loan.

use jiff::civil::Date;
use kairan_contract::{Participation, PersonalData, RequestId, ServiceId};
use serde::{Deserialize, Serialize};

use crate::form_draft::FormDraft;

/// Forms that are being filled in at once; the one that was not touched for longest goes first.
const DRAFTS: usize = 5;
/// Requests of which it is remembered what was heard; as many as answers are kept.
const HEARD: usize = 100;

/// All of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Personal {
    /// The loan in which it was told.
    pub loan: Option<Participation>,
    /// わたしのこと.
    pub about: PersonalData,
    /// Forms that are being filled in, the latest last.
    pub drafts: Vec<FormDraft>,
    /// What the resident has heard of requests, the latest last.
    pub heard: Vec<HeardAnswer>,
    /// Of which appointments the resident has been reminded.
    pub reminded: Vec<RemindedAppointment>,
}

/// Up to which revision the resident knows what became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeardAnswer {
    /// Of which request.
    pub request: RequestId,
    /// Up to which of its revisions.
    pub revision: u32,
}

/// The resident has been reminded of an appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemindedAppointment {
    /// Of which request.
    pub request: RequestId,
    /// On which day.
    pub day: Date,
}

impl Personal {
    /// From now on this is what is told in `loan`; what was told in another is forgotten.
    pub fn begin_loan(&mut self, loan: Participation) {
        if self.loan.is_some_and(|before| before != loan) {
            *self = Self::default();
        }
        self.loan = Some(loan);
    }

    /// The form of a tile that is being filled in.
    pub fn draft(&self, service: &ServiceId) -> Option<&FormDraft> {
        self.drafts.iter().find(|it| it.service == *service)
    }

    /// The same, to be filled in.
    pub fn draft_mut(&mut self, service: &ServiceId) -> Option<&mut FormDraft> {
        self.drafts.iter_mut().find(|it| it.service == *service)
    }

    /// Begins a form, in place of one of the same tile.
    pub fn begin_draft(&mut self, draft: FormDraft) {
        self.drop_draft(&draft.service);
        if self.drafts.len() == DRAFTS {
            self.drafts.remove(0);
        }
        self.drafts.push(draft);
    }

    /// The form of a tile is sent, or forgotten.
    pub fn drop_draft(&mut self, service: &ServiceId) {
        self.drafts.retain(|it| it.service != *service);
    }

    /// Up to which revision the resident knows of a request; 0 for one of which nothing was heard.
    pub fn heard(&self, request: RequestId) -> u32 {
        let known = self.heard.iter().find(|it| it.request == request);
        known.map_or(0, |it| it.revision)
    }

    /// The resident has heard. Says whether that is new.
    pub fn note_heard(&mut self, request: RequestId, revision: u32) -> bool {
        if self.heard(request) >= revision {
            return false;
        }
        self.heard.retain(|it| it.request != request);
        if self.heard.len() == HEARD {
            self.heard.remove(0);
        }
        self.heard.push(HeardAnswer { request, revision });
        true
    }

    /// Whether the resident was reminded of an appointment on this day.
    pub fn is_reminded(&self, request: RequestId, day: Date) -> bool {
        self.reminded
            .contains(&RemindedAppointment { request, day })
    }

    /// The resident was reminded.
    pub fn note_reminded(&mut self, request: RequestId, day: Date) {
        if self.reminded.len() == HEARD {
            self.reminded.remove(0);
        }
        self.reminded.push(RemindedAppointment { request, day });
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn what_was_told_in_one_loan_is_forgotten_in_the_next() {
        let loan = |number| Participation(Uuid::from_u128(number));
        let mut personal = Personal::default();
        personal.begin_loan(loan(1));
        personal.about.name = Some("はなこ".to_owned().try_into().expect("a name"));
        personal.note_heard(RequestId(Uuid::from_u128(7)), 2);
        personal.begin_loan(loan(1));
        assert!(personal.about.name.is_some());
        personal.begin_loan(loan(2));
        assert_eq!(
            personal,
            Personal {
                loan: Some(loan(2)),
                ..Personal::default()
            }
        );
    }

    #[test]
    fn an_answer_is_heard_once_and_an_older_one_is_no_news() {
        let mut personal = Personal::default();
        let id = RequestId(Uuid::from_u128(7));
        assert!(personal.note_heard(id, 2));
        assert!(!personal.note_heard(id, 2));
        assert!(!personal.note_heard(id, 1));
        assert!(personal.note_heard(id, 3));
        assert_eq!(personal.heard(id), 3);
    }
}
