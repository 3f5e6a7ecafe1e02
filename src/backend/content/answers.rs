//! Which tablets wait for what becomes of their requests, and who tells them. What is told to one tablet is no herd: it waits
//! for no turn.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;

/// Who waits for answers. Bounded by the number of tablets that listen.
#[derive(Debug, Default)]
pub struct AnswerNews {
    /// By the loan: up to which revision something was told of it.
    waiting: Mutex<HashMap<String, watch::Sender<u64>>>,
    /// Counts the changes that were made here, for whoever looks what has changed.
    changes: watch::Sender<u64>,
}

impl AnswerNews {
    /// Hears of every change for a loan from now on.
    pub fn subscribe(&self, loan: &str) -> watch::Receiver<u64> {
        let mut waiting = self.waiting();
        // Those of tablets that have gone.
        waiting.retain(|_, sender| sender.receiver_count() > 0);
        let sender = waiting
            .entry(loan.to_owned())
            .or_insert_with(|| watch::Sender::new(0));
        sender.subscribe()
    }

    /// Tells the tablets of a loan that something has changed up to this revision.
    pub fn tell(&self, loan: &str, revision: u64) {
        if let Some(sender) = self.waiting().get(loan) {
            sender.send_if_modified(|told| {
                let is_news = *told < revision;
                *told = revision.max(*told);
                is_news
            });
        }
    }

    /// Something has changed here: it is looked at once what.
    pub fn look(&self) {
        self.changes.send_modify(|changes| *changes += 1);
    }

    /// Hears whenever something has changed here.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<String, watch::Sender<u64>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_loan_hears_of_its_own_and_of_nothing_twice() {
        let news = AnswerNews::default();
        let (mut one, mut other) = (news.subscribe("one"), news.subscribe("other"));
        news.tell("one", 5);
        assert!(one.has_changed().expect("goes on") && !other.has_changed().expect("goes on"));
        assert_eq!(*one.borrow_and_update(), 5);
        news.tell("one", 4);
        assert!(!one.has_changed().expect("goes on"), "older news is none");
        news.tell("nobody", 9);
        drop(one);
        let again = news.subscribe("two");
        assert_eq!(news.waiting().len(), 2, "who has gone leaves no trace");
        drop((again, other.borrow_and_update()));
    }
}
