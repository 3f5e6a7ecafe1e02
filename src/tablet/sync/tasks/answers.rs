//! What became of requests: asked of the backend, kept and told. And requests that wait: what the backend cannot read, and
//! what is about another that it does not have.

use std::sync::PoisonError;

use kairan_contract::{Participation, Request, RequestId};

use super::{LinkError, LinkEvent, TaskError, Tasks, within_patience};
use crate::kept_answers::KeptAnswers;

/// The batches of answers of one task; the rest comes with the next.
const ANSWER_BATCHES: usize = 20;

impl Tasks {
    /// Asks what became of what this loan asked for, keeps it, and tells it.
    pub async fn fetch_answers(&self, token: &str, loan: Participation) -> Result<(), TaskError> {
        for _ in 0..ANSWER_BATCHES {
            let since = {
                let mut kept = self.answers.lock().await;
                if kept.loan != Some(loan) {
                    *kept = std::mem::take(&mut *kept).of_loan(loan);
                }
                kept.revision
            };
            let told = match self.client.answers(token, since).await {
                Ok(told) => told,
                // A backend that is older than this tablet answers nothing.
                Err(LinkError::NotFound) => return Ok(()),
                Err(error) => return Err(error.into()),
            };
            let mut kept = self.answers.lock().await;
            if kept.loan != Some(loan) {
                return Ok(());
            }
            let has_more = told.has_more;
            if kept.take_in(told) {
                let (data, answers) = (self.data.clone(), kept.clone());
                let saving = tokio::task::spawn_blocking(move || data.save_answers(&answers));
                if let Ok(Err(error)) = saving.await {
                    // They are shown all the same, and asked for once more after a restart.
                    tracing::error!(%error, "what became of requests could not be kept");
                }
                self.tell(LinkEvent::Answers(kept.answers.clone()));
            }
            if !has_more {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Whether a request has to wait for another that the backend would not take.
    pub(super) fn is_held_up(&self, request: &Request) -> bool {
        let sent = self
            .deliveries
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        sent.is_held_up(request)
    }

    /// What this backend cannot read stays, and is tried again later: a newer one may.
    pub(super) fn put_unread_off(&self, batch: &[Request], unread: &[u64]) {
        let places = unread
            .iter()
            .filter_map(|place| usize::try_from(*place).ok());
        let ids: Vec<RequestId> = places
            .filter_map(|place| batch.get(place))
            .map(|request| request.id)
            .collect();
        if ids.is_empty() {
            return;
        }
        tracing::warn!(
            requests = ids.len(),
            "the backend cannot read what was asked; it is tried again later"
        );
        let mut sent = self
            .deliveries
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        sent.put_off(ids);
    }

    /// Forgets what was asked for in another loan, and what was answered.
    pub(super) async fn forget_requests(&self) {
        *self.answers.lock().await = KeptAnswers::default();
        let forgetting = async { self.journal.lock().await.forget_requests().await };
        if let Err(error) = within_patience(forgetting).await {
            tracing::error!(%error, "what was asked in another loan could not be forgotten");
        }
    }
}
