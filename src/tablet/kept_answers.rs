//! What became of what was asked, as the backend told it: kept on this tablet so that お願いしたこと stands there without
//! a network. An older revision never takes the place of a newer one.

use kairan_contract::{Participation, RequestAnswer, RequestAnswers};
use serde::{Deserialize, Serialize};

/// Requests of which answers are kept; those that are over for longest go first.
pub const ANSWERS: usize = 100;

/// The answers of one loan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeptAnswers {
    /// Whose they are.
    pub loan: Option<Participation>,
    /// The revision up to which the backend has told everything.
    pub revision: u64,
    /// The requests, those that were asked first coming first.
    pub answers: Vec<RequestAnswer>,
}

impl KeptAnswers {
    /// The answers of `loan`: these, or none where they are of another.
    #[must_use]
    pub fn of_loan(self, loan: Participation) -> Self {
        if self.loan == Some(loan) {
            return self;
        }
        Self {
            loan: Some(loan),
            ..Self::default()
        }
    }

    /// Takes in what the backend tells. Says whether anything of it is new.
    pub fn take_in(&mut self, told: RequestAnswers) -> bool {
        // A backend that was set back to an earlier day tells less than it did; then its word counts from there.
        let is_moved = self.revision != told.revision;
        self.revision = told.revision;
        let mut is_new = false;
        for answer in told.answers {
            let mut known = self.answers.iter_mut();
            match known.find(|it| it.request == answer.request) {
                Some(known) if known.revision >= answer.revision => {}
                Some(known) => {
                    *known = answer;
                    is_new = true;
                }
                None => {
                    self.answers.push(answer);
                    is_new = true;
                }
            }
        }
        self.answers.sort_by_key(|it| it.asked_at);
        while self.answers.len() > ANSWERS {
            let over = self.answers.iter().position(|it| it.status.is_over());
            self.answers.remove(over.unwrap_or(0));
        }
        is_new || is_moved
    }
}

#[cfg(test)]
mod tests {
    use kairan_contract::{RequestId, RequestStatus};
    use uuid::Uuid;

    use super::*;

    fn answer(number: u128, revision: u32, status: &str) -> RequestAnswer {
        serde_json::from_value(serde_json::json!({
            "request": Uuid::from_u128(number), "revision": revision, "number": "00000000",
            "title": "買い物", "provider": "ひだまりスーパー", "status": status,
            "since": "2026-11-22T00:00:00Z", "asked_at": format!("2026-11-22T00:{:02}:00Z", number % 60),
        }))
        .expect("an answer")
    }

    fn told(revision: u64, answers: Vec<RequestAnswer>) -> RequestAnswers {
        RequestAnswers {
            revision,
            has_more: false,
            answers,
        }
    }

    #[test]
    fn a_lower_revision_never_takes_the_place_of_a_higher_one() {
        let mut kept = KeptAnswers::default();
        assert!(kept.take_in(told(3, vec![answer(1, 2, "confirmed")])));
        assert!(!kept.take_in(told(3, vec![answer(1, 1, "requested")])));
        assert_eq!(kept.answers[0].status, RequestStatus::Confirmed);
        assert!(kept.take_in(told(4, vec![answer(1, 3, "done")])));
        assert_eq!(kept.answers[0].status, RequestStatus::Done);
        assert_eq!(kept.revision, 4);
    }

    #[test]
    fn however_many_there_are_what_is_over_goes_first() {
        let mut kept = KeptAnswers::default();
        kept.take_in(told(
            1,
            vec![answer(1, 1, "requested"), answer(2, 1, "done")],
        ));
        kept.take_in(told(
            2,
            (3..103)
                .map(|number| answer(number, 1, "requested"))
                .collect(),
        ));
        assert_eq!(kept.answers.len(), ANSWERS);
        let is_there = |number| {
            let id = RequestId(Uuid::from_u128(number));
            kept.answers.iter().any(|it| it.request == id)
        };
        assert!(!is_there(2), "it is over");
        assert!(!is_there(60), "asked for longest");
    }

    #[test]
    fn the_answers_of_another_loan_are_forgotten() {
        let loan = |number| Participation(Uuid::from_u128(number));
        let mut kept = KeptAnswers::default().of_loan(loan(1));
        kept.take_in(told(3, vec![answer(1, 2, "confirmed")]));
        assert_eq!(kept.clone().of_loan(loan(1)), kept);
        assert_eq!(kept.of_loan(loan(2)).revision, 0);
    }
}
